package lab

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// object is one node of the schema as a reader sees it.
type object struct {
	Description string             `json:"description"`
	Type        string             `json:"type"`
	Default     any                `json:"default"`
	Enum        []any              `json:"enum"`
	Others      any                `json:"additionalProperties"`
	Properties  map[string]*object `json:"properties"`
}

// Every setting is in the schema under its path, with its words and default, and nothing else is; unknown keys are
// refused on every level.
func TestSchema(t *testing.T) {
	var root object
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	var paths []string
	var walk func(path string, o *object)
	walk = func(path string, o *object) {
		if o.Properties == nil {
			paths = append(paths, path)
			return
		}
		if o.Type != "object" || o.Others != false {
			t.Errorf("%s: type %q, additionalProperties %v", path, o.Type, o.Others)
		}
		for _, key := range keysOf(path) {
			if o.Properties[key] == nil {
				t.Errorf("%s has no %s", path, key)
				continue
			}
			walk(join(path, key), o.Properties[key])
		}
		if len(o.Properties) != len(keysOf(path)) {
			t.Errorf("%s has %d keys, want %v", path, len(o.Properties), keysOf(path))
		}
	}
	walk("", &root)
	var want []string
	for _, s := range settings {
		want = append(want, s.Path)
		o := &root
		for key := range strings.SplitSeq(s.Path, ".") {
			o = o.Properties[key]
		}
		c := Defaults()
		if err := c.Set(s.Path, o.Default); err != nil || !reflect.DeepEqual(c, Defaults()) {
			t.Errorf("%s: default %v (%v)", s.Path, o.Default, err)
		}
		if !strings.HasPrefix(o.Description, s.Doc) {
			t.Errorf("%s: description %q", s.Path, o.Description)
		}
		if s.Kind == Word && len(o.Enum) != len(s.words) {
			t.Errorf("%s: words %v", s.Path, o.Enum)
		}
	}
	if !reflect.DeepEqual(paths, want) {
		t.Errorf("settings %v\nwant     %v", paths, want)
	}
}
