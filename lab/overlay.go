package lab

import (
	"fmt"
	"slices"
	"strings"
)

// EnvPrefix begins the names of environment variables that are settings.
const EnvPrefix = "MEMLAB_"

// Layer says which layer of the configuration a value comes from. A later layer overrides an earlier one.
type Layer string

// The layers, weakest first.
const (
	LayerDefault Layer = "default"
	LayerFile    Layer = "file"
	LayerEnv     Layer = "environment"
	LayerOption  Layer = "option"
)

// Source is where a value was written. The zero Source is the default.
type Source struct {
	Layer  Layer  `json:"layer"`
	Name   string `json:"name,omitempty"`   // file, environment variable or option
	Line   int    `json:"line,omitempty"`   // of a file, from 1
	Column int    `json:"column,omitempty"` // from 1
}

// String is the source for people: "default", "tiny.yaml:3:13", "environment MEMLAB_MACHINE_SEED", "--set".
func (s Source) String() string {
	switch s.Layer {
	case LayerFile:
		return fmt.Sprintf("%s:%d:%d", s.Name, s.Line, s.Column)
	case LayerEnv:
		return "environment " + s.Name
	case LayerOption:
		return s.Name
	case LayerDefault:
	}
	return string(LayerDefault)
}

// locate gives an error the source's position.
func (s Source) locate(err error) error {
	if s.Layer == LayerEnv {
		return located(err, s.String(), 0, 0)
	}
	return located(err, s.Name, s.Line, s.Column)
}

// Entry is one value that somebody set. The value has already passed its setting's own check.
type Entry struct {
	Path   string
	Value  any // as Config.Get returns it
	Source Source
}

// Overlay is what one layer sets, in the order in which it was written.
type Overlay []Entry

// entry checks a value and makes the entry.
func entry(path string, value any, src Source) (Entry, error) {
	var c Config
	if err := c.Set(path, value); err != nil {
		return Entry{}, src.locate(err)
	}
	v, err := c.Get(path)
	if err != nil {
		return Entry{}, src.locate(err)
	}
	return Entry{Path: path, Value: v, Source: src}, nil
}

// ParseEnv reads the MEMLAB_ variables of an environment (K=V strings, as os.Environ has them) in order of
// their names. A MEMLAB_ variable that is no setting is an error: a misspelt one must not be ignored.
func ParseEnv(environ []string) (Overlay, error) {
	vars := slices.Clone(environ)
	slices.Sort(vars)
	var o Overlay
	for _, kv := range vars {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || !strings.HasPrefix(name, EnvPrefix) {
			continue
		}
		i := slices.IndexFunc(settings, func(s Setting) bool { return s.Env() == name })
		if i < 0 {
			return nil, unknownEnv(name)
		}
		e, err := entry(settings[i].Path, value, Source{Layer: LayerEnv, Name: name})
		if err != nil {
			return nil, err
		}
		o = append(o, e)
	}
	return o, nil
}

func unknownEnv(name string) error {
	known := make([]string, len(settings))
	for i, s := range settings {
		known[i] = s.Env()
	}
	hint := didYouMean(name, known)
	if hint == "" {
		hint = "; `memlab config` lists all settings, machine.memory.frames is MEMLAB_MACHINE_MEMORY_FRAMES"
	}
	return &ConfigError{Problem: "unknown environment variable " + name + hint}
}

// ParseSet reads one path=value, as --set takes it. option is the option's name for messages.
func ParseSet(option, assignment string) (Overlay, error) {
	src := Source{Layer: LayerOption, Name: option}
	path, value, ok := strings.Cut(assignment, "=")
	if !ok {
		problem := show(assignment) + " is not SETTING=VALUE, as machine.memory.frames=64"
		return nil, src.locate(&ConfigError{Problem: problem})
	}
	e, err := entry(path, value, src)
	if err != nil {
		return nil, err
	}
	return Overlay{e}, nil
}
