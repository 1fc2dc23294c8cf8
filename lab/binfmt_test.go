package lab

import (
	"slices"
	"testing"
)

func TestBinfmtList(t *testing.T) {
	const jar = `:jar:M:4:\xca\xfe::/usr/bin/java:P`
	for _, c := range []struct {
		value any
		want  []string
		err   string
	}{
		{"", nil, ""},
		{jar, []string{jar}, ""},
		{jar + "\n|x|E||y||/i|\n", []string{jar, "|x|E||y||/i|"}, ""},
		{[]string{jar}, []string{jar}, ""},
		{[]any{jar}, []string{jar}, ""},
		{[]any{map[string]any{
			"name": "jar", "magic": `\xca\xfe`, "offset": 4.0, "interpreter": "/usr/bin/java", "flags": "P",
		}}, []string{jar}, ""},
		{[]any{map[string]any{"name": "x", "extension": "y", "interpreter": "/a:b"}}, []string{"|x|E||y||/a:b|"}, ""},
		{map[string]any{}, nil, ""},
		{map[string]any{"name": "x"}, nil, "is not a list of entries"},
		{7, nil, "7 is not a list of entries"},
		{[]any{7}, nil, "entry 1: 7 is neither a text nor a table"},
		{[]any{map[string]any{"magik": "x"}}, nil, `entry 1: unknown key "magik"; did you mean "magic"?`},
		{
			[]any{map[string]any{"name": "x", "extension": "y", "magic": "z"}},
			nil,
			"entry 1: extension and magic exclude each other",
		},
		{[]any{jar, ":x:E::y:::"}, nil, "entry 2: has 10 bytes, must have 11 to 1920"},
	} {
		got, err := binfmtList(c.value)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if !slices.Equal(got, c.want) || text != c.err {
			t.Errorf("%v\n got %q %v\nwant %q %s", c.value, got, err, c.want, c.err)
		}
	}
}

// TestBinfmtYAML: the YAML that a configuration prints is read back as the same.
func TestBinfmtYAML(t *testing.T) {
	const src = `machine:
  loader:
    binfmt:
      - {name: a, magic: '\x7fX', offset: 1, mask: '\xff\xff', interpreter: /i, flags: POF}
      - ":b:E::o'x::/i:"
`
	o, err := ParseYAML("t.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	c := Defaults()
	if err := c.Apply(o); err != nil {
		t.Fatal(err)
	}
	want := []string{`:a:M:1:\x7fX:\xff\xff:/i:POF`, ":b:E::o'x::/i:"}
	if !slices.Equal(c.Machine.Loader.Binfmt, want) {
		t.Fatalf("got %q, want %q", c.Machine.Loader.Binfmt, want)
	}
	again, err := ParseYAML("again.yaml", []byte(c.YAML(nil)))
	if err != nil {
		t.Fatal(err)
	}
	d := Defaults()
	if err := d.Apply(again); err != nil || !slices.Equal(d.Machine.Loader.Binfmt, want) {
		t.Errorf("read back: %q, %v", d.Machine.Loader.Binfmt, err)
	}
}
