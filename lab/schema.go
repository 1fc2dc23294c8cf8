package lab

import "encoding/json"

// Schema is the JSON Schema (draft 7, which YAML editors know best) of a configuration file. It is generated
// from the table of settings and ends in a newline. It cannot say what Validate says about combinations.
func Schema() []byte {
	root := schemaGroup("")
	root.Schema = "http://json-schema.org/draft-07/schema#"
	root.Title = "memlab configuration"
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("lab: the schema does not marshal: " + err.Error()) // it is made of plain values only
	}
	return append(out, '\n')
}

// Types of JSON Schema.
const (
	typeObject  = "object"
	typeInteger = "integer"
	typeString  = "string"
)

// schema is the part of JSON Schema that we write.
type schema struct {
	Schema      string            `json:"$schema,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Type        string            `json:"type,omitempty"`
	Const       any               `json:"const,omitempty"`
	Enum        any               `json:"enum,omitempty"`
	Minimum     *uint64           `json:"minimum,omitempty"`
	Maximum     *uint64           `json:"maximum,omitempty"`
	Pattern     string            `json:"pattern,omitempty"`
	AnyOf       []schema          `json:"anyOf,omitempty"`
	Default     any               `json:"default,omitempty"`
	Others      any               `json:"additionalProperties,omitempty"`
	Properties  map[string]schema `json:"properties,omitempty"`
	Items       *schema           `json:"items,omitempty"`
}

func schemaGroup(path string) schema {
	out := schema{Type: typeObject, Others: false, Properties: make(map[string]schema)}
	for _, key := range keysOf(path) {
		full := join(path, key)
		if isGroup(full) {
			out.Properties[key] = schemaGroup(full)
			continue
		}
		for _, s := range settings {
			if s.Path == full {
				out.Properties[key] = s.schema()
			}
		}
	}
	return out
}

// schema is one setting. Numbers may also be text with a suffix, whose range a schema cannot check.
func (s Setting) schema() schema {
	out := schema{Description: s.Doc + " (" + s.Allowed() + ")", Default: s.schemaDefault()}
	switch s.Kind {
	case Int:
		out.AnyOf = []schema{s.schemaNumber(), text("^[0-9]+[kKMG]?$")}
	case Size:
		out.AnyOf = []schema{s.schemaNumber(), text("^[0-9]+([KMG](iB)?)?$")}
	case Duration:
		out.AnyOf = []schema{text(`^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`), {Const: 0}}
	case Word:
		out.Enum = s.words
	case Bool:
		out.Type = "boolean"
		if s.words != nil {
			out.Const = s.words[0] == yes
		}
	case Map:
		least := uint64(0)
		out.Type, out.Others = typeObject, schema{Type: typeInteger, Minimum: &least}
	case Sizes:
		least := uint64(1)
		item := schema{AnyOf: []schema{{Type: typeInteger, Minimum: &least}, text("^[0-9]+([KMG](iB)?)?$")}}
		out.Type, out.Items = "array", &item
	case Binfmt:
		item := schema{Type: typeObject, Others: false, Properties: make(map[string]schema)}
		for _, key := range binfmtKeys {
			item.Properties[key] = schema{Type: typeString}
		}
		item.Properties[binfmtOffset] = schema{Type: typeInteger}
		out.Type, out.Items = "array", &schema{AnyOf: []schema{item, {Type: typeString}}}
	}
	return out
}

func text(pattern string) schema { return schema{Type: typeString, Pattern: pattern} }

func (s Setting) schemaNumber() schema {
	if !s.Power2 {
		return schema{Type: typeInteger, Minimum: &s.Min, Maximum: &s.Max}
	}
	var powers []uint64
	for n := s.Min; n <= s.Max; n *= 2 {
		powers = append(powers, n)
	}
	return schema{Enum: powers}
}

// schemaDefault is the default as a YAML reader would see it.
func (s Setting) schemaDefault() any {
	c := Defaults()
	switch v := s.load(&c).(type) {
	case uint64, bool, string:
		return v
	case map[string]int:
		return map[string]int{}
	case []string, []uint64:
		return []string{}
	}
	return s.Format(&c)
}
