package lab

import (
	"reflect"
	"testing"
)

func TestParseEnv(t *testing.T) {
	got, err := ParseEnv([]string{
		"PATH=/bin", "MEMLAB_MACHINE_TLB_ENTRIES=0", "MEMLAB=oracle", "MEMLAB_MACHINE_MEMORY_PAGE_SIZE=64K",
	})
	want := Overlay{
		{"machine.memory.page_size", uint64(65536), Source{Layer: LayerEnv, Name: "MEMLAB_MACHINE_MEMORY_PAGE_SIZE"}},
		{"machine.tlb.entries", uint64(0), Source{Layer: LayerEnv, Name: "MEMLAB_MACHINE_TLB_ENTRIES"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
	for _, tt := range []struct{ kv, want string }{
		{
			"MEMLAB_MACHINE_MEMORY_FAMES=4",
			`unknown environment variable MEMLAB_MACHINE_MEMORY_FAMES; did you mean "MEMLAB_MACHINE_MEMORY_FRAMES"?`,
		},
		{
			"MEMLAB_X=4", "unknown environment variable MEMLAB_X; `memlab config` lists all settings, " +
				"machine.memory.frames is MEMLAB_MACHINE_MEMORY_FRAMES",
		},
		{
			"MEMLAB_MACHINE_MEMORY_FRAMES=", `environment MEMLAB_MACHINE_MEMORY_FRAMES: machine.memory.frames: ` +
				`"" is not a whole number; allowed: 2 to 33554432`,
		},
	} {
		if o, err := ParseEnv([]string{tt.kv}); err == nil || err.Error() != tt.want || o != nil {
			t.Errorf("%s: overlay %v\ngot  %v\nwant %s", tt.kv, o, err, tt.want)
		}
	}
}

func TestEnvNamesDiffer(t *testing.T) {
	seen := make(map[string]string)
	for _, s := range Settings() {
		if other := seen[s.Env()]; other != "" {
			t.Errorf("%s and %s are both %s", s.Path, other, s.Env())
		}
		seen[s.Env()] = s.Path
	}
}

func TestParseSet(t *testing.T) {
	got, err := ParseSet("--set", "machine.replacement.params.tick=4")
	want := Overlay{{"machine.replacement.params.tick", 4, Source{Layer: LayerOption, Name: "--set"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, tt := range []struct{ arg, want string }{
		{"frames", `--set: "frames" is not SETTING=VALUE, as machine.memory.frames=64`},
		{"machine.seed=x", `--set: machine.seed: "x" is not a whole number; allowed: 0 and more`},
		{"seed=1", `--set: unknown setting "seed"; did you mean "machine.seed"?`},
	} {
		if o, err := ParseSet("--set", tt.arg); err == nil || err.Error() != tt.want || o != nil {
			t.Errorf("%s: overlay %v\ngot  %v\nwant %s", tt.arg, o, err, tt.want)
		}
	}
}

func TestSourceString(t *testing.T) {
	for _, tt := range []struct {
		src  Source
		want string
	}{
		{Source{}, "default"},
		{Source{Layer: LayerFile, Name: "a.yaml", Line: 3, Column: 4}, "a.yaml:3:4"},
		{Source{Layer: LayerEnv, Name: "MEMLAB_MACHINE_SEED"}, "environment MEMLAB_MACHINE_SEED"},
		{Source{Layer: LayerOption, Name: "--set"}, "--set"},
	} {
		if got := tt.src.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"frames", "page_size", "swap", "lru"}
	for _, tt := range []struct {
		word, want string
		ok         bool
	}{
		{"fames", "frames", true},
		{"farmes", "frames", true},
		{"FRAMES", "frames", true},
		{"pagesize", "page_size", true},
		{"swp", "swap", true},
		{"lur", "lru", true},
		{"colour", "", false},
		{"", "", false},
	} {
		if got, ok := Suggest(tt.word, words); got != tt.want || ok != tt.ok {
			t.Errorf("Suggest(%q) = %q, %v", tt.word, got, ok)
		}
	}
}
