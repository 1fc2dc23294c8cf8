package lab

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestParseYAML(t *testing.T) {
	src := `# yaml-language-server: $schema=./memlab.schema.json
machine:
  memory: {page_size: 4K, frames: &n 16}
  replacement:
    policy: LRU
    params: {tick: 4, bits: *n}
  tlb:
    asid: false
  seed: 0x10
limits:
  time: 5s
`
	at := func(line, col int) Source { return Source{Layer: LayerFile, Name: "t.yaml", Line: line, Column: col} }
	want := Overlay{
		{"machine.memory.page_size", uint64(4096), at(3, 23)},
		{"machine.memory.frames", uint64(16), at(3, 35)},
		{"machine.replacement.policy", "lru", at(5, 13)},
		{"machine.replacement.params", map[string]int{"tick": 4, "bits": 16}, at(6, 13)},
		{"machine.tlb.asid", false, at(8, 11)},
		{"machine.seed", uint64(16), at(9, 9)},
		{"limits.time", mustDuration(t, "5s"), at(11, 9)},
	}
	got, err := ParseYAML("t.yaml", []byte(src))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
}

func mustDuration(t *testing.T, text string) any {
	t.Helper()
	d, err := duration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseYAMLEmpty(t *testing.T) {
	for _, src := range []string{"", "\n", "# only a comment\n", "---\n", "~\n", "{}", "machine: {}", "machine: {memory: {}}"} {
		if got, err := ParseYAML("t.yaml", []byte(src)); err != nil || got != nil {
			t.Errorf("%q: got %v, %v", src, got, err)
		}
	}
}

func TestParseYAMLRefuses(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{
			"unknown key", "machine:\n  memory:\n    fames: 4\n",
			`t.yaml:3:5: unknown key "fames" in machine.memory; did you mean "frames"?`,
		},
		{"unknown top key", "machines: {}\n", `t.yaml:1:1: unknown key "machines"; did you mean "machine"?`},
		{"case of a key", "Machine: {}\n", `t.yaml:1:1: unknown key "Machine"; did you mean "machine"?`},
		{
			"merge key", "machine:\n  memory: &m {frames: 4}\n  <<: *m\n",
			`t.yaml:3:3: unknown key "<<" in machine; known keys: memory, allocation, page_table, tlb, replacement, ` +
				`loader, cpu, costs, seed`,
		},
		{
			"duplicate key", "machine:\n  memory:\n    frames: 4\n    swap: 1\n    frames: 5\n",
			`t.yaml:5:5: key "machine.memory.frames" comes twice; the first is in line 3`,
		},
		{
			"duplicate group", "machine: {seed: 1}\nmachine: {seed: 2}\n",
			`t.yaml:2:1: key "machine" comes twice; the first is in line 1`,
		},
		{
			"duplicate parameter", "machine: {replacement: {params: {a: 1, a: 2}}}\n",
			`t.yaml:1:40: key "machine.replacement.params.a" comes twice; the first is in line 1`,
		},
		{
			"word for a number", "machine:\n  memory: {frames: many}\n",
			`t.yaml:2:20: machine.memory.frames: "many" is not a whole number; allowed: 2 to 33554432`,
		},
		{
			"fraction", "machine: {memory: {frames: 1.5}}\n",
			`t.yaml:1:28: machine.memory.frames: "1.5" is not a whole number; allowed: 2 to 33554432`,
		},
		{
			"list for a number", "machine: {memory: {frames: [4]}}\n",
			`t.yaml:1:28: machine.memory.frames: a list is not a number; allowed: 2 to 33554432`,
		},
		{
			"map for a number", "machine: {memory: {frames: {a: 4}}}\n",
			`t.yaml:1:28: machine.memory.frames: a table is not a number; allowed: 2 to 33554432`,
		},
		{"null", "machine:\n  seed:\n", `t.yaml:2:8: machine.seed: has no value`},
		{"tag", "machine: {seed: !!binary aGk=}\n", `t.yaml:1:17: machine.seed: the tag "!!binary" is not allowed`},
		{
			"number for a group", "machine:\n  memory: 4\n",
			`t.yaml:2:11: machine.memory: is a group of settings, not a value; its keys: page_size, frames, swap`,
		},
		{"empty group", "machine:\n", `t.yaml:1:9: machine: is a group of settings, not a value; its keys: memory, ` +
			`allocation, page_table, tlb, replacement, loader, cpu, costs, seed`},
		{
			"bad word", "machine: {replacement: {policy: fiffo}}\n",
			`t.yaml:1:33: machine.replacement.policy: "fiffo" is not allowed; allowed: ` + policies + `; ` +
				`did you mean "fifo"?`,
		},
		{
			"map in a map", "machine: {replacement: {params: {a: {b: 1}}}}\n",
			`t.yaml:1:37: machine.replacement.params.a: is not a number`,
		},
		{"complex key", "? [a]\n: 1\n", `t.yaml:1:3: a key must be a word`},
		{"list as document", "- 1\n", `t.yaml:1:1: the document is not a mapping; its keys: machine, limits`},
		{"two documents", "machine: {}\n---\nmachine: {}\n", `t.yaml:2:1: a second document begins here; a file holds one`},
		{"syntax", "machine: {seed: 1\nlimits:\n", `t.yaml:1: is not YAML: did not find expected ',' or '}'`},
		{"indentation", "machine:\n  memory:\n frames: 1\n", `t.yaml:3: is not YAML: did not find expected key`},
		{"tab", "machine:\n\tseed: 1\n", `t.yaml:2: is not YAML: found character that cannot start any token`},
		{
			"after a flow mapping of several lines", "machine: {\n  seed: 1\n}\nlimits: a: b\n",
			`t.yaml:4: is not YAML: mapping values are not allowed in this context`,
		},
		{"unknown anchor", "machine: *a\n", `t.yaml:1: is not YAML: unknown anchor 'a' referenced`},
		{"control characters", "machine:\n  seed: \x01\n", `t.yaml:2: is not YAML: control characters are not allowed`},
		{
			"alias to itself", "machine: &m\n  memory: *m\n",
			`t.yaml:2:3: unknown key "memory" in machine.memory; known keys: page_size, frames, swap`,
		},
		{"too large", strings.Repeat("#", MaxYAML+1), `t.yaml: is larger than 1MiB`},
	} {
		got, err := ParseYAML("t.yaml", []byte(tt.src))
		if err == nil || err.Error() != tt.want || got != nil {
			t.Errorf("%s: overlay %v\ngot  %v\nwant %s", tt.name, got, err, tt.want)
		}
	}
}

// Documents that cost a naive reader much must cost little and be refused.
func TestParseYAMLBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x, x]\n")
	for i := 1; i < 64; i++ {
		fmt.Fprintf(&laughs, "a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	for name, src := range map[string]string{
		"aliases of aliases": laughs.String(),
		"as a parameter":     "machine: {replacement: {params: {a: &a [x], b: [*a, *a]}}}",
		"deep brackets":      strings.Repeat("[", 200_000),
		"deep mappings":      strings.Repeat("{a: ", 100_000),
		"many keys":          "machine: {" + strings.Repeat("a: 1, ", 100_000) + "}",
		"a long key":         strings.Repeat("k", 500_000) + ": 1",
		"many parameters":    "machine: {replacement: {params: {" + manyParams(1000) + "}}}",
	} {
		o, err := ParseYAML("t.yaml", []byte(src))
		if err == nil || o != nil || len(err.Error()) > 300 {
			t.Errorf("%s: overlay %v, %v", name, o, err)
		}
	}
}

func manyParams(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d: 1, ", i)
	}
	return b.String()
}

// FuzzParseYAML: no panic, one-line errors that begin with the file's name, and what is accepted can be
// applied and comes out the same from the text that Config.YAML writes.
func FuzzParseYAML(f *testing.F) {
	c := Defaults()
	f.Add([]byte(c.YAML(nil)))
	for _, seed := range []string{
		"machine: {memory: {frames: 1}}", "a: &a [*a]", "machine: &m\n  memory: *m\n", "? ? a\n", "---\n---\n",
		"machine: {replacement: {params: {a: 1}}}", "limits: {time: 1h}", "\xff\xfe", "%YAML 1.1\n", "<<: {}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		o, err := ParseYAML("f.yaml", src)
		if err != nil {
			if text := err.Error(); !strings.HasPrefix(text, "f.yaml:") || strings.ContainsAny(text, "\n\x00") {
				t.Fatalf("error %q", text)
			}
			return
		}
		c := Defaults()
		if err := c.Apply(o); err != nil {
			t.Fatalf("accepted, but not applied: %v", err)
		}
		again, err := ParseYAML("again.yaml", []byte(c.YAML(nil)))
		if err != nil {
			t.Fatalf("own output is refused: %v\n%s", err, c.YAML(nil))
		}
		d := Defaults()
		if err := d.Apply(again); err != nil || !reflect.DeepEqual(c, d) {
			t.Fatalf("own output says something else: %v\n%s\n%s", err, c.YAML(nil), d.YAML(nil))
		}
	})
}
