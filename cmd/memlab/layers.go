package main

import (
	"fmt"
	"maps"
	"strings"

	"github.com/spf13/viper"

	"memlab/lab"
)

// layers are the overlays over the defaults, weakest first. Each has passed its own strict reader; viper
// merges them.
type layers struct {
	file, env, options lab.Overlay
}

// merge is the configuration that results, and where each setting that is not the default comes from.
func (l layers) merge() (lab.Config, map[string]lab.Source, error) {
	v := viper.New()
	for _, s := range lab.Settings() {
		v.SetDefault(s.Path, s.Default)
	}
	sources := make(map[string]lab.Source)
	if err := v.MergeConfigMap(nest(l.file)); err != nil {
		return lab.Config{}, nil, err
	}
	for _, e := range l.file {
		sources[e.Path] = e.Source
	}
	for _, e := range l.env {
		if err := v.BindFlagValue(e.Path, envValue{e}); err != nil {
			return lab.Config{}, nil, err
		}
		sources[e.Path] = e.Source
	}
	for _, e := range l.options {
		path, value := wholeSetting(v, e)
		v.Set(path, value)
		sources[path] = e.Source
	}
	var c lab.Config
	for _, s := range lab.Settings() {
		if err := c.Set(s.Path, v.Get(s.Path)); err != nil {
			return lab.Config{}, nil, err
		}
	}
	return c, sources, nil
}

// nest makes the nested map that viper takes for a file's content.
func nest(o lab.Overlay) map[string]any {
	root := make(map[string]any)
	for _, e := range o {
		m := root
		keys := strings.Split(e.Path, ".")
		for _, key := range keys[:len(keys)-1] {
			sub, ok := m[key].(map[string]any)
			if !ok {
				sub = make(map[string]any)
				m[key] = sub
			}
			m = sub
		}
		m[keys[len(keys)-1]] = e.Value
	}
	return root
}

// wholeSetting turns an entry below a map setting (machine.replacement.params.tick) into one for the whole
// setting: the map of the layers below with that entry changed. viper would hide the map of a lower layer.
func wholeSetting(v *viper.Viper, e lab.Entry) (string, any) {
	for _, s := range lab.Settings() {
		name, below := strings.CutPrefix(e.Path, s.Path+".")
		if !below {
			continue
		}
		var c lab.Config
		_ = c.Set(s.Path, v.Get(s.Path)) // has been checked by the layer's reader
		old, _ := c.Get(s.Path)
		m, _ := old.(map[string]int)
		m = maps.Clone(m)
		if m == nil {
			m = make(map[string]int)
		}
		m[strings.ToLower(name)], _ = e.Value.(int)
		return s.Path, m
	}
	return e.Path, e.Value
}

// envValue puts an environment variable where viper keeps flags, between its file and its overrides.
// viper's own reading of the environment goes to the process, past the one that a test hands in, and
// ignores unknown names.
type envValue struct{ lab.Entry }

// HasChanged, Name, ValueString and ValueType are viper's FlagValue.
func (e envValue) HasChanged() bool { return true }

// Name is the variable's.
func (e envValue) Name() string { return e.Source.Name }

// ValueString is text that Config.Set reads back as the same value.
func (e envValue) ValueString() string {
	if m, ok := e.Value.(map[string]int); ok {
		pairs := make([]string, 0, len(m))
		for k, n := range m { // read back into a map: the order does not matter
			pairs = append(pairs, fmt.Sprintf("%s=%d", k, n))
		}
		return strings.Join(pairs, ",")
	}
	if list, ok := e.Value.([]string); ok {
		return strings.Join(list, "\n")
	}
	return fmt.Sprint(e.Value)
}

// ValueType is one that viper leaves as text.
func (e envValue) ValueType() string { return "string" }
