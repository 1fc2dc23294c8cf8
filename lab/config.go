package lab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"memlab/vm"
)

// Config is everything that can be set: the machine, and what a script may use up.
type Config struct {
	Machine vm.Config `yaml:"machine" json:"machine"`
	Limits  Limits    `yaml:"limits" json:"limits"`
}

// Limits bound a script. 0 = no limit.
type Limits struct {
	LuaInstructions uint64        `yaml:"lua_instructions" json:"lua_instructions"` // of the Lua VM
	LuaMemory       uint64        `yaml:"lua_memory" json:"lua_memory"`             // bytes
	Time            time.Duration `yaml:"time" json:"time"`                         // wall clock
	Output          uint64        `yaml:"output" json:"output"`                     // bytes printed
}

// Defaults is the configuration before anything is set.
func Defaults() Config {
	var c Config
	for _, s := range settings {
		v, err := s.value(s.Default)
		if err != nil {
			panic(fmt.Sprintf("lab: the default of %s: %v", s.Path, err)) // the table itself is wrong
		}
		s.store(&c, v)
	}
	return c
}

// Set changes one setting, named by its dotted path. The value may be text as in YAML and on the command
// line ("64K", "5ms", "true", "tick=4,bits=8"), any Go number or bool, a time.Duration, or for a map
// setting a map from names to numbers; Lua's float64 must be whole and at most 2^53. A path below a map
// setting sets one of its entries: machine.replacement.params.tick. The error is a *ConfigError; c is then
// unchanged.
func (c *Config) Set(path string, value any) error {
	s, entry, err := find(path)
	if err != nil {
		return err
	}
	if entry != "" {
		old, _ := s.load(c).(map[string]int)
		m := maps.Clone(old)
		if m == nil {
			m = make(map[string]int)
		}
		n, err := paramValue(value)
		if err != nil {
			return &ConfigError{Path: path, Problem: err.Error()}
		}
		m[entry] = n
		value = m
	}
	v, err := s.value(value)
	if err != nil {
		return &ConfigError{Path: path, Problem: err.Error()}
	}
	s.store(c, v)
	return nil
}

// SetTree sets a group of settings from a nested table, as a Lua scenario writes it: SetTree("machine",
// {"memory": {"frames": 24}}). path "" is the whole configuration. Keys are taken in sorted order; the
// first error ends it, and c is then unchanged.
func (c *Config) SetTree(path string, tree map[string]any) error {
	next := *c
	if err := next.setTree(path, tree); err != nil {
		return err
	}
	*c = next
	return nil
}

func (c *Config) setTree(path string, tree map[string]any) error {
	if path != "" && !isGroup(path) {
		return unknownPath(path)
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		full := join(path, key)
		if !slices.Contains(keysOf(path), key) {
			return unknownKey(path, key)
		}
		if !isGroup(full) {
			if err := c.Set(full, tree[key]); err != nil {
				return err
			}
			continue
		}
		sub, ok := tree[key].(map[string]any)
		if !ok {
			return groupAsValue(full)
		}
		if err := c.setTree(full, sub); err != nil {
			return err
		}
	}
	return nil
}

// Get is the value of one setting: uint64 for numbers and sizes, time.Duration, string, bool or
// map[string]int.
func (c *Config) Get(path string) (any, error) {
	s, entry, err := find(path)
	if err != nil {
		return nil, err
	}
	v := s.load(c)
	if entry == "" {
		return v, nil
	}
	m, _ := v.(map[string]int)
	n, ok := m[entry]
	if !ok {
		return nil, &ConfigError{Path: path, Problem: "is not set"}
	}
	return n, nil
}

// Apply sets what an overlay holds, in its order. An error carries the source's position.
func (c *Config) Apply(o Overlay) error {
	for _, e := range o {
		if err := c.Set(e.Path, e.Value); err != nil {
			return e.Source.locate(err)
		}
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// find looks a path up. entry is the rest of a path that leads below a map setting.
func find(path string) (s Setting, entry string, err error) {
	for _, s := range settings {
		if s.Path == path {
			return s, "", nil
		}
		if rest, ok := strings.CutPrefix(path, s.Path+"."); ok && s.Kind == Map && rest != "" {
			return s, strings.ToLower(rest), nil
		}
	}
	return Setting{}, "", unknownPath(path)
}

// isGroup reports whether path names a group of settings: "machine.memory".
func isGroup(path string) bool {
	return slices.ContainsFunc(settings, func(s Setting) bool { return strings.HasPrefix(s.Path, path+".") })
}

// keysOf lists the keys of a group in the table's order; path "" is the top.
func keysOf(path string) []string {
	var keys []string
	for _, s := range settings {
		rest := s.Path
		if path != "" {
			var ok bool
			if rest, ok = strings.CutPrefix(s.Path, path+"."); !ok {
				continue
			}
		}
		key, _, _ := strings.Cut(rest, ".")
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
