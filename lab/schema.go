package lab

import (
	"encoding/json"
	"strings"
)

// Schema is the JSON Schema (draft 7, which YAML editors know best) of a configuration file. It is generated from the
// table of settings and ends in a newline. It cannot say what Validate says about combinations.
func Schema() []byte {
	root := schemaGroup("")
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "memlab configuration"
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("lab: the schema does not marshal: " + err.Error()) // it is made of strings, numbers and maps only
	}
	return append(out, '\n')
}

func schemaGroup(path string) map[string]any {
	props := make(map[string]any)
	for _, key := range keysOf(path) {
		full := join(path, key)
		if isGroup(full) {
			props[key] = schemaGroup(full)
			continue
		}
		for _, s := range settings {
			if s.Path == full {
				props[key] = schemaSetting(s)
			}
		}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": props}
}

// schemaSetting is one setting. Numbers may also be text with a suffix, whose range a schema cannot check.
func schemaSetting(s Setting) map[string]any {
	out := map[string]any{"description": s.Doc + " (" + s.Allowed() + ")"}
	number := map[string]any{"type": "integer", "minimum": s.Min, "maximum": s.Max}
	switch s.Kind {
	case Int:
		out["anyOf"] = []any{number, map[string]any{"type": "string", "pattern": "^[0-9]+[kKMG]?$"}}
	case Size:
		if s.Power2 {
			delete(number, "minimum")
			delete(number, "maximum")
			var powers []uint64
			for n := s.Min; n <= s.Max; n *= 2 {
				powers = append(powers, n)
			}
			number["enum"] = powers
		}
		out["anyOf"] = []any{number, map[string]any{"type": "string", "pattern": "^[0-9]+([KMG](iB)?)?$"}}
	case Duration:
		out["anyOf"] = []any{
			map[string]any{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`},
			map[string]any{"const": 0},
		}
	case Word:
		out["enum"] = s.words
	case Bool:
		out["type"] = "boolean"
		if s.words != nil {
			out["const"] = s.words[0] == "true"
		}
	case Map:
		out["type"] = "object"
		out["additionalProperties"] = map[string]any{"type": "integer", "minimum": 0}
	}
	if d := s.schemaDefault(); d != nil {
		out["default"] = d
	}
	return out
}

// schemaDefault is the default as a YAML reader would see it.
func (s Setting) schemaDefault() any {
	c := Defaults()
	switch v := s.load(&c).(type) {
	case uint64, bool, string:
		return v
	case map[string]int:
		return map[string]any{}
	}
	return strings.TrimSpace(s.Format(&c))
}
