package lab

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"memlab/vm"
)

// wantDefaults is written out by hand: it is what users are promised, not what the table says.
func wantDefaults() Config {
	return Config{
		Machine: vm.Config{
			Memory: vm.Memory{PageSize: 4096, Frames: 16384, Swap: 16384},
			Allocation: vm.Allocation{
				Scheme: "paged", Fit: "first", Queue: "single", Coalesce: "address", Compaction: "never",
				Heap: 4 << 20, Stack: 256 << 10,
			},
			PageTable: vm.PageTable{Kind: "radix", Levels: 4},
			TLB: vm.TLB{
				Entries: 64, Ways: 4, Policy: "lru", ASID: true, Second: vm.SecondTLB{Ways: 4, Policy: "lru"},
			},
			Replacement: vm.Replacement{
				Policy: "clock", Scope: "global", Params: map[string]int{}, Shares: "equal", MinFrames: 8,
				LoadControl: "off", LoadParams: map[string]int{},
			},
			Loader: vm.Loader{Strategy: "demand", Window: 2, FaultAround: 1, Profile: "linux-6.18"},
			CPU:    vm.CPU{Quantum: 20000},
			Costs: vm.Costs{
				Instruction: time.Nanosecond, Memory: 100 * time.Nanosecond, TLBHit: time.Nanosecond,
				DiskRead: 5 * time.Millisecond, DiskWrite: 5 * time.Millisecond,
			},
			Seed: 1,
		},
		Limits: Limits{LuaInstructions: 200_000_000, LuaMemory: 256 << 20, Time: time.Minute, Output: 1 << 20},
	}
}

func TestDefaults(t *testing.T) {
	got := Defaults()
	if !reflect.DeepEqual(got, wantDefaults()) {
		t.Errorf("got  %+v\nwant %+v", got, wantDefaults())
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

// Every field of the structs that has a YAML name must be in the table, under that name, and the table must
// store into exactly that field.
func TestTableCoversTheStructs(t *testing.T) {
	var paths []string
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("yaml")
			if name == "-" {
				continue
			}
			if name != v.Type().Field(i).Tag.Get("json") {
				t.Errorf("%s.%s: yaml and json names differ", path, name)
			}
			full := join(path, name)
			if v.Field(i).Kind() == reflect.Struct {
				walk(full, v.Field(i))
				continue
			}
			paths = append(paths, full)
			s, _, err := find(full)
			if err != nil {
				t.Errorf("%s: %v", full, err)
				continue
			}
			var c Config
			want := reflect.ValueOf(s.field(&c)).Type().Elem()
			if want != v.Field(i).Type() {
				t.Errorf("%s: the table's field is a %v", full, want)
			}
		}
	}
	walk("", reflect.ValueOf(Config{}))
	var table []string
	for _, s := range Settings() {
		table = append(table, s.Path)
	}
	if !reflect.DeepEqual(paths, table) {
		t.Errorf("structs %v\ntable   %v", paths, table)
	}
}

// One setting at a time is changed; the struct must then differ from the defaults in the field of that name
// only.
func TestSetStoresIntoTheNamedField(t *testing.T) {
	values := map[string]any{
		"machine.memory.page_size": 512, "machine.replacement.policy": "lru", "machine.loader.strategy": "eager",
		"machine.allocation.stack": "64K", "machine.allocation.partitions": "64K,1MiB", "machine.tlb.asid": false,
		"machine.loader.fault_around": 16, "machine.replacement.params": map[string]any{"x": 1.0},
	}
	for _, s := range Settings() {
		c := Defaults()
		v, ok := values[s.Path]
		switch {
		case ok:
		case s.Kind == Duration:
			v = "7us"
		case (s.Kind == Int || s.Kind == Size) && s.Min < s.Max:
			v = 3
		default:
			continue // only one value is allowed
		}
		if err := c.Set(s.Path, v); err != nil {
			t.Errorf("%s: %v", s.Path, err)
			continue
		}
		d := Defaults()
		if reflect.DeepEqual(c, d) {
			t.Errorf("%s: nothing changed", s.Path)
		}
		f := reflect.ValueOf(&d).Elem()
		for name := range strings.SplitSeq(s.Path, ".") {
			for i := range f.NumField() {
				if f.Type().Field(i).Tag.Get("yaml") == name {
					f = f.Field(i)
					break
				}
			}
		}
		f.Set(reflect.ValueOf(s.field(&c)).Elem())
		if !reflect.DeepEqual(c, d) {
			t.Errorf("%s: another field changed too", s.Path)
		}
	}
}

func TestSetAccepts(t *testing.T) {
	for _, tt := range []struct {
		path  string
		value any
		want  any
	}{
		{"machine.memory.page_size", "64K", uint64(65536)},
		{"machine.memory.page_size", "64KiB", uint64(65536)},
		{"machine.memory.page_size", "0x1000", uint64(4096)},
		{"machine.memory.page_size", 512.0, uint64(512)},
		{"machine.memory.frames", "24", uint64(24)},
		{"machine.memory.frames", "2k", uint64(2000)},
		{"machine.memory.frames", uint64(7), uint64(7)},
		{"machine.memory.frames", int64(7), uint64(7)},
		{"machine.memory.frames", 7, uint64(7)},
		{"machine.seed", "18446744073709551615", uint64(math.MaxUint64)},
		{"limits.lua_instructions", "200M", uint64(200_000_000)},
		{"limits.lua_memory", "1GiB", uint64(1 << 30)},
		{"limits.lua_memory", "0", uint64(0)},
		{"machine.costs.disk_read", "5ms", 5 * time.Millisecond},
		{"machine.costs.disk_read", "1m30s", 90 * time.Second},
		{"machine.costs.disk_read", 0.0, time.Duration(0)},
		{"machine.costs.disk_read", time.Second, time.Second},
		{"machine.replacement.policy", "LRU", "lru"},
		{"machine.tlb.asid", "false", false},
		{"machine.tlb.asid", true, true},
		{"machine.replacement.params", "tick=4,bits=8", map[string]int{"tick": 4, "bits": 8}},
		{"machine.replacement.params", "", map[string]int{}},
		{"machine.replacement.params", map[string]any{"Tick": 4.0}, map[string]int{"tick": 4}},
		{"machine.replacement.params", map[string]int{"tick": 4}, map[string]int{"tick": 4}},
		{"machine.replacement.params.tick", "4", 4},
		{"machine.replacement.params.Tick", "4", 4},
	} {
		var c Config
		if err := c.Set(tt.path, tt.value); err != nil {
			t.Errorf("Set(%s, %v): %v", tt.path, tt.value, err)
			continue
		}
		got, err := c.Get(tt.path)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Set(%s, %v): got %v (%T), %v; want %v (%T)", tt.path, tt.value, got, got, err, tt.want, tt.want)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	const frames = "; allowed: 2 to 33554432"
	for _, tt := range []struct {
		path  string
		value any
		want  string
	}{
		{"machine.memory.frames", "many", `machine.memory.frames: "many" is not a whole number` + frames},
		{"machine.memory.frames", "", `machine.memory.frames: "" is not a whole number` + frames},
		{"machine.memory.frames", "010", `machine.memory.frames: "010" starts with a zero, which some read as octal: ` +
			`write it without` + frames},
		{"machine.memory.frames", "99999999999999999999", `machine.memory.frames: "99999999999999999999" is too large` + frames},
		{"machine.memory.frames", "18446744073709551615G", `machine.memory.frames: "18446744073709551615G" is too large` + frames},
		{"machine.memory.frames", 0, `machine.memory.frames: 0 is not allowed` + frames},
		{"machine.memory.frames", -1, `machine.memory.frames: -1 is negative` + frames},
		{"machine.memory.frames", 2.5, `machine.memory.frames: 2.5 is not a whole number` + frames},
		{"machine.memory.frames", math.NaN(), `machine.memory.frames: NaN is not a whole number` + frames},
		{"machine.memory.frames", 1e17, `machine.memory.frames: 1e+17 is beyond 2^53, where Lua numbers are not exact: ` +
			`write it as a string` + frames},
		{"machine.memory.frames", true, `machine.memory.frames: true is not a number` + frames},
		{"machine.memory.frames", nil, `machine.memory.frames: nothing is not a number` + frames},
		{"machine.memory.frames", []any{1}, `machine.memory.frames: a list is not a number` + frames},
		{"machine.memory.frames", strings.Repeat("é", 100), `machine.memory.frames: "` + strings.Repeat("é", 30) +
			`"... is not a whole number` + frames},
		{"machine.memory.page_size", "3000", `machine.memory.page_size: "3000" is not allowed; ` +
			`allowed: powers of two from 512 to 2MiB`},
		{"machine.memory.page_size", "4KB", `machine.memory.page_size: "4KB" is not a size such as 4096, 64K or 1MiB; ` +
			`allowed: powers of two from 512 to 2MiB`},
		{"machine.page_table.levels", 6, `machine.page_table.levels: 6 is not allowed; allowed: 1 to 5`},
		{"machine.replacement.policy", "fiffo", `machine.replacement.policy: "fiffo" is not allowed; ` +
			`allowed: ` + policies + `; did you mean "fifo"?`},
		{"machine.replacement.policy", 4.0, `machine.replacement.policy: 4 is not a word; allowed: ` + policies},
		{"machine.allocation.scheme", "buddy", `machine.allocation.scheme: "buddy" is not allowed; ` +
			`allowed: direct, fixed, dynamic, segmented, paged`},
		{"machine.allocation.partitions", "64K,x", `machine.allocation.partitions: size 2: "x" is not a size such as ` +
			`4096, 64K or 1MiB`},
		{"machine.allocation.partitions", []any{4096, 0}, `machine.allocation.partitions: size 2: 0 is not allowed; ` +
			`allowed: 1 and more`},
		{"machine.allocation.partitions", 4096, `machine.allocation.partitions: 4096 is not a list of sizes`},
		{"machine.loader.aslr", "maybe", `machine.loader.aslr: "maybe" is neither true nor false`},
		{"machine.tlb.asid", "yes", `machine.tlb.asid: "yes" is neither true nor false`},
		{"machine.costs.memory", "5", `machine.costs.memory: "5" has no unit; allowed: 0 to 1h, with a unit as in 100ns, 5ms, 60s`},
		{"machine.costs.memory", 5.0, `machine.costs.memory: 5 has no unit; allowed: 0 to 1h, with a unit as in 100ns, 5ms, 60s`},
		{"machine.costs.memory", "-5ms", `machine.costs.memory: "-5ms" is not allowed; ` +
			`allowed: 0 to 1h, with a unit as in 100ns, 5ms, 60s`},
		{"machine.replacement.params", "tick", `machine.replacement.params: "tick" is not NAME=NUMBER`},
		{"machine.replacement.params", map[string]any{"tick": "x"}, `machine.replacement.params: tick: "x" is not a whole number`},
		{"machine.replacement.params", map[string]any{"a b": 1}, `machine.replacement.params: "a b" is not a name: ` +
			`letters, digits and _, a letter first`},
		{"machine.replacement.params", "a=1,a=2", `machine.replacement.params: "a" comes twice`},
		{"machine.replacement.params", map[string]any{"a": 1, "A": 2}, `machine.replacement.params: a comes twice`},
		{"machine.replacement.params", 4.0, `machine.replacement.params: 4 is not a map of names to whole numbers`},
		{"machine.replacement.params.tick", 1e10, `machine.replacement.params.tick: 1e+10 is too large; allowed: 0 to 2147483647`},
		{"machine.memory.fames", 1, `unknown setting "machine.memory.fames"; did you mean "machine.memory.frames"?`},
		{"machine.memory.colour", 1, `unknown setting "machine.memory.colour"; ` +
			`known keys in machine.memory: page_size, frames, swap`},
		{"frames", 1, `unknown setting "frames"; did you mean "machine.memory.frames"?`},
		{"colour", 1, "unknown setting \"colour\"; `memlab config` lists all"},
		{"", 1, "unknown setting \"\"; `memlab config` lists all"},
		{"machine.memory", 4, `machine.memory: is a group of settings, not a value; its keys: page_size, frames, swap`},
	} {
		c := Defaults()
		err := c.Set(tt.path, tt.value)
		if err == nil || err.Error() != tt.want {
			t.Errorf("Set(%q, %v):\ngot  %v\nwant %s", tt.path, tt.value, err, tt.want)
		}
		if !reflect.DeepEqual(c, wantDefaults()) {
			t.Errorf("Set(%q, %v) changed something", tt.path, tt.value)
		}
	}
}

func TestSetTree(t *testing.T) {
	c := Defaults()
	err := c.SetTree("machine", map[string]any{
		"memory":      map[string]any{"frames": 24.0},
		"replacement": map[string]any{"policy": "lru", "params": map[string]any{}},
		"seed":        7.0,
	})
	want := wantDefaults()
	want.Machine.Memory.Frames, want.Machine.Replacement.Policy, want.Machine.Seed = 24, "lru", 7
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, %v\nwant %+v", c, err, want)
	}
	for _, tt := range []struct {
		path string
		tree map[string]any
		want string
	}{
		{"machine", map[string]any{"memory": map[string]any{"fames": 1.0}}, `unknown key "fames" in machine.memory; did you mean "frames"?`},
		{"machine", map[string]any{"memory": 4.0}, `machine.memory: is a group of settings, not a value; its keys: page_size, frames, swap`},
		{"machine", map[string]any{"x": 4.0}, `unknown key "x" in machine; known keys: memory, allocation, page_table, ` +
			`tlb, replacement, loader, cpu, costs, seed`},
		{"", map[string]any{"machin": 4.0}, `unknown key "machin"; did you mean "machine"?`},
		{"machine", map[string]any{"memory": map[string]any{"frames": 2.0, "swap": "x"}}, `machine.memory.swap: "x" is not a whole number; ` +
			`allowed: 0 to 67108864`},
	} {
		c := Defaults()
		if err := c.SetTree(tt.path, tt.tree); err == nil || err.Error() != tt.want {
			t.Errorf("SetTree(%q, %v):\ngot  %v\nwant %s", tt.path, tt.tree, err, tt.want)
		}
		if !reflect.DeepEqual(c, wantDefaults()) {
			t.Errorf("SetTree(%q, %v) changed something", tt.path, tt.tree)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Config)
		want   string // "": valid
	}{
		{"direct-mapped TLB", func(c *Config) { c.Machine.TLB.Ways = 1 }, ""},
		{"fully associative TLB", func(c *Config) { c.Machine.TLB.Entries, c.Machine.TLB.Ways = 48, 48 }, ""},
		{"no TLB", func(c *Config) { c.Machine.TLB.Entries = 0 }, ""},
		{"hybrid with a window", func(c *Config) { c.Machine.Loader.Strategy, c.Machine.Loader.Window = "hybrid", 8 }, ""},
		{
			"ways do not divide", func(c *Config) { c.Machine.TLB.Ways = 5 },
			"machine.tlb.ways: 5 ways do not divide machine.tlb.entries 64 into a power of two of sets",
		},
		{
			"three sets", func(c *Config) { c.Machine.TLB.Entries = 12 },
			"machine.tlb.ways: 4 ways do not divide machine.tlb.entries 12 into a power of two of sets",
		},
		{
			"more ways than entries", func(c *Config) { c.Machine.TLB.Entries = 2 },
			"machine.tlb.ways: 4 ways do not divide machine.tlb.entries 2 into a power of two of sets",
		},
		{
			"window without hybrid", func(c *Config) { c.Machine.Loader.Window = 8 },
			"machine.loader.window: a window of 8 pages has a meaning only when machine.loader.strategy is hybrid; it is demand",
		},
		{
			"memory too large", func(c *Config) { c.Machine.Memory.Frames = 1 << 23 },
			"machine.memory.frames: 8388608 frames of machine.memory.page_size 4096 are more than 16GiB; " +
				"allowed with this page size: 2 to 4194304",
		},
		{
			"unknown parameter", func(c *Config) { c.Machine.Replacement.Params = map[string]int{"zz": 1} },
			`machine.replacement.params: parameter "zz" of replacement policy clock: must be one of r_on_load; ` +
				`machine.replacement.policy is clock`,
		},
		{
			"another policy's parameter", func(c *Config) {
				c.Machine.Replacement.Policy, c.Machine.Replacement.Params = "fifo", map[string]int{"r_on_load": 1}
			},
			`machine.replacement.params: parameter "r_on_load" of replacement policy fifo: it has none; ` +
				`machine.replacement.policy is fifo`,
		},
		{
			"parameter out of range", func(c *Config) { c.Machine.Replacement.Params = map[string]int{"r_on_load": 2} },
			`machine.replacement.params: parameter r_on_load of replacement policy clock is 2: must be from 0 to 1; ` +
				`machine.replacement.policy is clock`,
		},
		{
			"parameter", func(c *Config) { c.Machine.Replacement.Params = map[string]int{"r_on_load": 0} }, "",
		},
		{
			"unknown parameter of load control", func(c *Config) {
				c.Machine.Replacement.LoadControl = "pff"
				c.Machine.Replacement.LoadParams = map[string]int{"tau": 1}
			},
			`machine.replacement.load_params: parameter "tau" of load control pff: ` +
				`must be one of ["lower" "patience" "period" "upper"]; machine.replacement.load_control is pff`,
		},
		{
			"parameters without load control", func(c *Config) {
				c.Machine.Replacement.LoadParams = map[string]int{"tau": 1}
			},
			`machine.replacement.load_params: parameter "tau" of load control off: it has none; ` +
				`machine.replacement.load_control is off`,
		},
		{
			"lower above upper", func(c *Config) {
				c.Machine.Replacement.LoadControl = "pff"
				c.Machine.Replacement.LoadParams = map[string]int{"lower": 300}
			},
			`machine.replacement.load_params: parameter lower of load control pff is 300: ` +
				`must be at most upper, 200; machine.replacement.load_control is pff`,
		},
		{
			"shares without scope", func(c *Config) { c.Machine.Replacement.Shares = "priority" },
			"machine.replacement.shares: priority has a meaning only when machine.replacement.scope is local; " +
				"it is global",
		},
		{
			"least share", func(c *Config) {
				c.Machine.Replacement.Scope, c.Machine.Replacement.MinFrames = "local", 20000
			},
			"machine.replacement.min_frames: 20000 frames are more than machine.memory.frames, 16384",
		},
		{
			"load control without pages", func(c *Config) {
				c.Machine.Replacement.LoadControl, c.Machine.Allocation.Scheme = "pff", "fixed"
			},
			"machine.replacement.load_control: pff has a meaning only when machine.allocation.scheme is paged; " +
				"it is fixed",
		},
		{
			"negative in Go", func(c *Config) { c.Machine.Memory.Frames = -4 },
			"machine.memory.frames: -4 is negative; allowed: 2 to 33554432",
		},
		{
			"zero Config", func(c *Config) { *c = Config{} },
			"machine.memory.page_size: 0 is not allowed; allowed: powers of two from 512 to 2MiB",
		},
	} {
		c := Defaults()
		tt.change(&c)
		err := c.Validate()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || err.Error() != tt.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

// FuzzSet: any text for any setting is either refused in one line, or what Format writes is read back as the same.
func FuzzSet(f *testing.F) {
	for i, seed := range []string{
		"64K", "0x10", "5ms", "lru", "true", "a=1,b=2", "-1", "18446744073709551616", "1e3", "", "010", "99999999G", "\xff", "1h0m",
	} {
		f.Add(uint(i*7), seed)
	}
	f.Fuzz(func(t *testing.T, n uint, text string) {
		s := settings[n%uint(len(settings))]
		c := Defaults()
		if err := c.Set(s.Path, text); err != nil {
			if msg := err.Error(); strings.ContainsAny(msg, "\n\x00") || len(msg) > 600 {
				t.Fatalf("error %q", msg)
			}
			return
		}
		if s.Kind == Map {
			return // Format writes YAML's form
		}
		d := Defaults()
		if err := d.Set(s.Path, s.Format(&c)); err != nil || !reflect.DeepEqual(c, d) {
			t.Fatalf("%s = %q: written as %s, read back: %v", s.Path, text, s.Format(&c), err)
		}
	})
}

// policies are the words of machine.replacement.policy.
const policies = "fifo, lru, clock, random, mru, opt, second_chance, esc, gclock, nru, nfu, aging, lfu, mfu, ws, " +
	"vmin, wsclock, pff, lru2, slru, 2q, arc, mq, car, lirs, clock-pro, sieve, s3fifo, w-tinylfu, lecar, mglru, linux_lists"
