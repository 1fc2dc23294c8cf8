package lab

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxYAML is the size of a configuration file in bytes that is still read.
const MaxYAML = 1 << 20

// ParseYAML reads a configuration file strictly: one document, known keys once each, every value of its
// setting's kind and range. Errors are *ConfigError with line and column. file is the name for messages;
// nothing is opened.
//
// The document is walked as a node tree, never expanded: an alias is followed where it stands, and as the
// schema is fixed, of known keys and few levels deep, no chain of aliases can make it grow.
func ParseYAML(file string, src []byte) (Overlay, error) {
	if len(src) > MaxYAML {
		return nil, &ConfigError{File: file, Problem: "is larger than " + formatSize(MaxYAML)}
	}
	docs, err := documents(src)
	switch {
	case err != nil:
		return nil, &ConfigError{File: file, Line: brokenLine(src), Problem: "is not YAML: " + err.Error()}
	case len(docs) > 1:
		at := Source{Layer: LayerFile, Name: file, Line: docs[1].Line, Column: docs[1].Column}
		return nil, at.locate(&ConfigError{Problem: "a second document begins here; a file holds one"})
	case len(docs) == 0 || len(docs[0].Content) != 1:
		return nil, nil
	}
	root := docs[0].Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	r := &yamlReader{file: file}
	if err := r.group("", root); err != nil {
		return nil, err
	}
	return r.overlay, nil
}

// yamlReader walks a document and collects its values.
type yamlReader struct {
	file    string
	overlay Overlay
}

func (r *yamlReader) source(n *yaml.Node) Source {
	return Source{Layer: LayerFile, Name: r.file, Line: n.Line, Column: n.Column}
}

// group reads the mapping n, whose keys are those of the group path.
func (r *yamlReader) group(path string, n *yaml.Node) error {
	n = follow(n)
	if n.Kind != yaml.MappingNode {
		err := groupAsValue(path)
		if path == "" {
			err.Problem = "the document is not a mapping; its keys: " + strings.Join(keysOf(path), ", ")
		}
		return r.source(n).locate(err)
	}
	known := keysOf(path)
	return r.pairs(path, n, func(key string, k, v *yaml.Node) error {
		full := join(path, key)
		switch {
		case !slices.Contains(known, key):
			return r.source(k).locate(unknownKey(path, key))
		case isGroup(full):
			return r.group(full, v)
		}
		return r.setting(full, v)
	})
}

// pairs calls f for every key of a mapping, and refuses a key that comes twice.
func (r *yamlReader) pairs(path string, n *yaml.Node, f func(key string, k, v *yaml.Node) error) error {
	seen := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		name := follow(k)
		if name.Kind != yaml.ScalarNode {
			return r.source(k).locate(&ConfigError{Path: path, Problem: "a key must be a word"})
		}
		if line, twice := seen[name.Value]; twice {
			return r.source(k).locate(&ConfigError{Problem: fmt.Sprintf(
				"key %s comes twice; the first is in line %d", show(join(path, name.Value)), line)})
		}
		seen[name.Value] = k.Line
		if err := f(name.Value, k, v); err != nil {
			return err
		}
	}
	return nil
}

// setting reads the value of one setting.
func (r *yamlReader) setting(path string, n *yaml.Node) error {
	value, err := r.value(path, n)
	if err != nil {
		return err
	}
	e, err := entry(path, value, r.source(n))
	if err != nil {
		return err
	}
	r.overlay = append(r.overlay, e)
	return nil
}

// value is the node as Config.Set takes it: a scalar's text, so that numbers are read by our rules and not
// YAML's; or a map of such.
func (r *yamlReader) value(path string, at *yaml.Node) (any, error) {
	n := follow(at)
	switch n.Kind {
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!null":
			return nil, r.source(at).locate(&ConfigError{Path: path, Problem: "has no value"})
		case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
			return n.Value, nil
		}
		problem := "the tag " + show(n.Tag) + " is not allowed"
		return nil, r.source(at).locate(&ConfigError{Path: path, Problem: problem})
	case yaml.MappingNode:
		m := make(map[string]any)
		err := r.pairs(path, n, func(key string, _, v *yaml.Node) error {
			v = follow(v)
			if v.Kind != yaml.ScalarNode {
				return r.source(v).locate(&ConfigError{Path: join(path, key), Problem: "is not a number"})
			}
			m[key] = v.Value
			return nil
		})
		return m, err
	case yaml.SequenceNode:
		return r.list(path, n)
	default:
		return nil, r.source(at).locate(&ConfigError{Path: path, Problem: "has no value"})
	}
}

// list is a sequence of texts and of maps of texts, as Config.Set takes it.
func (r *yamlReader) list(path string, n *yaml.Node) (any, error) {
	out := []any{}
	for _, item := range n.Content {
		item = follow(item)
		switch item.Kind {
		case yaml.ScalarNode:
			out = append(out, item.Value)
		case yaml.MappingNode:
			m := make(map[string]any)
			err := r.pairs(path, item, func(key string, _, v *yaml.Node) error {
				v = follow(v)
				if v.Kind != yaml.ScalarNode {
					return r.source(v).locate(&ConfigError{Path: join(path, key), Problem: "is not a text"})
				}
				m[key] = v.Value
				return nil
			})
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		default:
			return nil, r.source(item).locate(&ConfigError{Path: path, Problem: "has a list in the list"})
		}
	}
	return out, nil
}

// follow is the node that an alias stands for. An anchor cannot be an alias, so one step is enough.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
