package configs_test

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"memlab/configs"
	"memlab/lab"
)

var update = flag.Bool("update", false, "rewrite the generated files")

// defaultYAML is what default.yaml must be: every setting with its default, its meaning and the words that
// it takes.
func defaultYAML() string {
	c := lab.Defaults()
	docs := make(map[string]string)
	for _, s := range lab.Settings() {
		docs[s.Path] = s.Doc
		if len(s.Words()) > 1 {
			docs[s.Path] += " (" + s.Allowed() + ")"
		}
	}
	return "# yaml-language-server: $schema=./memlab.schema.json\n" +
		"# Every setting with its default. A file of your own needs only what differs.\n" +
		c.YAML(func(path string) string { return docs[path] })
}

func TestGeneratedFiles(t *testing.T) {
	for file, want := range map[string][]byte{"default.yaml": []byte(defaultYAML()), "memlab.schema.json": lab.Schema()} {
		if *update {
			if err := os.WriteFile(file, want, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the table of settings gives (%v): run go test ./configs -update", file, err)
		}
	}
}

func TestPresets(t *testing.T) {
	names := configs.Names()
	want := []string{"belady", "default", "hybrid", "no-swap", "no-tlb", "roomy", "tiny"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("presets %v, want %v", names, want)
	}
	for _, name := range names {
		file, src, ok := configs.Preset(name)
		if !ok || file != "configs/"+name+".yaml" {
			t.Errorf("Preset(%q) = %q, %v", name, file, ok)
		}
		if !strings.HasPrefix(string(src), "# yaml-language-server: $schema=./memlab.schema.json\n# ") {
			t.Errorf("%s begins without the schema line and a line on what it is for", file)
		}
		o, err := lab.ParseYAML(file, src)
		if err != nil {
			t.Error(err)
			continue
		}
		c := lab.Defaults()
		if err := c.Apply(o); err != nil {
			t.Error(err)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if same := reflect.DeepEqual(c, lab.Defaults()); same != (name == "default") {
			t.Errorf("%s equals the defaults: %v", file, same)
		}
	}
	if _, _, ok := configs.Preset("../tiny"); ok {
		t.Error("a preset outside the folder")
	}
}
