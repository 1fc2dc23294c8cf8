package policy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/policy"
	"memlab/paging/policy/policytest"
)

func named(name string) policytest.New {
	return func(f policy.Frames, params map[string]int, seed uint64) (policy.Policy, error) {
		return policy.New(name, f, params, seed)
	}
}

// marked makes the policy of that name on frames that keep marks.
func marked(name string) policytest.New {
	return func(f policy.Frames, params map[string]int, seed uint64) (policy.Policy, error) {
		table, ok := f.(*policytest.Table)
		if !ok {
			return nil, fmt.Errorf("frames are a %T", f)
		}
		return policy.New(name, policytest.Marked{Table: table}, params, seed)
	}
}

// variants are parameters that make another policy than the defaults do.
func variants() map[string][]map[string]int {
	return map[string][]map[string]int{
		"clock":         {{"r_on_load": 0}},
		"second_chance": {{"r_on_load": 0}},
		"gclock":        {{"bits": 1, "init": 0}, {"bits": 4}},
		"nru":           {{"tick": 1}},
		"nfu":           {{"tick": 2}},
		"aging":         {{"tick": 1, "bits": 3}},
		"lfu":           {{"tie": 1}, {"keep": 1}},
		"mfu":           {{"tie": 1}, {"keep": 1}},
		"ws":            {{"tau": 40}},
		"wsclock":       {{"tau": 2}},
		"pff":           {{"tau": 2}},
		"lru2":          {{"keep": 0}, {"k": 1}, {"k": 3}},
		"slru":          {{"prot": 0}, {"prot": 1}},
		"2q":            {{"kin": 1, "kout": 0}, {"kin": 2, "kout": 4}},
		"arc":           {{"pint": 1}},
		"mq":            {{"queues": 1}, {"queues": 3, "life": 2, "out": 0}},
		"lirs":          {{"skip_repeat": 1}},
		"clock-pro":     {{"cold": 1}},
		"s3fifo":        {{"libcachesim": 1}, {"thr": 0}, {"ghost": 0}},
		"w-tinylfu":     {{"prot": 0}},
	}
}

// TestConformance runs the suite over every policy that can do without the future.
func TestConformance(t *testing.T) {
	for _, in := range policy.Catalog() {
		if in.Need == policy.NeedFuture {
			continue
		}
		t.Run(in.Name, func(t *testing.T) { policytest.Run(t, named(in.Name), nil) })
		for _, params := range variants()[in.Name] {
			t.Run(fmt.Sprint(in.Name, params), func(t *testing.T) { policytest.Run(t, named(in.Name), params) })
		}
	}
	t.Run("lru by marks", func(t *testing.T) { policytest.Run(t, marked("lru"), nil) })
}

// TestStackAlgorithms are those that more frames never harm.
func TestStackAlgorithms(t *testing.T) {
	policytest.RunStack(t, named("lru"), nil)
	policytest.RunStack(t, marked("lru"), nil)
	policytest.RunStack(t, named("mru"), nil)
	policytest.RunStack(t, named("lfu"), map[string]int{"keep": 1})
	policytest.RunStack(t, named("lru2"), nil)
}

func TestCatalog(t *testing.T) {
	want := []string{
		"fifo nothing", "lru trace", "clock bits", "random nothing", "mru trace", "opt future",
		"second_chance bits", "esc bits", "gclock trace", "nru bits", "nfu bits", "aging bits", "lfu trace",
		"mfu trace", "ws trace", "vmin future", "wsclock bits", "pff bits", "lru2 trace", "slru trace",
		"2q trace", "arc trace", "mq trace", "car bits", "lirs trace", "clock-pro bits", "sieve bits", "s3fifo trace",
		"w-tinylfu trace", "lecar trace", "mglru bits", "linux_lists bits",
	}
	var got []string
	for _, in := range policy.Catalog() {
		got = append(got, in.Name+" "+in.Need.String())
		if in.Source == "" || in.About == "" {
			t.Errorf("%s: published in %q, about %q", in.Name, in.Source, in.About)
		}
		if in.Need == policy.NeedFuture {
			continue
		}
		p, err := policy.New(strings.ToUpper(in.Name), policytest.NewTable(2), nil, 1)
		if err != nil || p.Name() != in.Name || p.Need() != in.Need {
			t.Errorf("%s: %v, %v, needs %v", in.Name, err, p.Name(), p.Need())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("catalog\n%q, want\n%q", got, want)
	}
}

// TestWords checks that a word alone says what number it is.
func TestWords(t *testing.T) {
	for _, in := range policy.Catalog() {
		for _, p := range in.Params {
			for i, w := range p.Words {
				if n, ok := policy.Word(strings.ToUpper(w)); !ok || n != i {
					t.Errorf("%s %s: %s is %d, %v, want %d", in.Name, p.Name, w, n, ok, i)
				}
			}
		}
	}
	if n, ok := policy.Word("oldish"); ok {
		t.Errorf("oldish is %d", n)
	}
}

func TestParams(t *testing.T) {
	for _, c := range []struct {
		name  string
		given map[string]any
		want  map[string]int
		err   string
	}{
		{"LFU", map[string]any{"tie": "FIFO", "keep": 1.0}, map[string]int{"tie": 1, "keep": 1}, ""},
		{"opt", map[string]any{"tie": "newest"}, map[string]int{"tie": 1}, ""},
		{"S3-FIFO", map[string]any{"thr": 2, "libcachesim": true}, map[string]int{"thr": 2, "libcachesim": 1}, ""},
		{"lfu", map[string]any{"tie": "old"}, nil, "parameter tie of replacement policy lfu is old: must be one of lru, fifo"},
		{"lfu", map[string]any{"tie": 1}, nil, "parameter tie of replacement policy lfu is 1: must be one of lru, fifo"},
		{"ws", map[string]any{"tau": 1.5}, nil, "parameter tau of replacement policy ws is 1.5: must be from 1 to 2147483647"},
		{"ws", map[string]any{"tau": "x"}, nil, "parameter tau of replacement policy ws is x: must be from 1 to 2147483647"},
		{"arc", map[string]any{"q": 1}, nil, `parameter "q" of replacement policy arc: must be one of pint`},
	} {
		got, err := policy.Params(c.name, c.given)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if !maps.Equal(got, c.want) || text != c.err {
			t.Errorf("%s %v: %v, %s; want %v, %s", c.name, c.given, got, text, c.want, c.err)
		}
	}
}

func TestNewErrors(t *testing.T) {
	names := strings.Join(policy.Names(), ", ")
	for _, c := range []struct {
		name   string
		params map[string]int
		want   string
	}{
		{"best", nil, `replacement policy "best": must be one of ` + names},
		{"", nil, `replacement policy "": must be one of ` + names},
		{
			"opt", nil, "replacement policy opt needs the future, which a running program does not tell: " +
				"record its references and simulate them",
		},
		{
			"lirs",
			map[string]int{"hirs": 2},
			"parameter hirs of replacement policy lirs is 2: must be from 1 to 1 with 2 frames",
		},
		{"lfu", map[string]int{"tie": 2}, "parameter tie of replacement policy lfu is 2: must be one of lru, fifo"},
		{"fifo", map[string]int{"k": 2}, `parameter "k" of replacement policy fifo: it has none`},
		{
			"clock",
			map[string]int{"z": 1, "a": 1, "r_on_load": 1},
			`parameter "a" of replacement policy clock: must be one of r_on_load`,
		},
		{
			"clock",
			map[string]int{"r_on_load": 2},
			"parameter r_on_load of replacement policy clock is 2: must be from 0 to 1",
		},
	} {
		p, err := policy.New(c.name, policytest.NewTable(2), c.params, 1)
		if p != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s %v: %v, %v; want %s", c.name, c.params, p, err, c.want)
		}
	}
}

func TestRandomDraws(t *testing.T) {
	table := policytest.NewTable(4)
	p, err := policy.New("random", table, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := policytest.NewDriver(table, p)
	for page := range 4 {
		if _, err := d.Reference(page, false); err != nil {
			t.Fatal(err)
		}
	}
	var got []int
	for range 8 {
		got = append(got, int(p.Victim()))
	}
	if want := []int{1, 3, 2, 3, 1, 0, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("victims %v, want %v", got, want)
	}
	// 0xbeeb8da1658eec67 mod 4 = 3 is the second draw of seed 1; with frames 3 and 0 pinned the next that
	// can go is 1.
	p, err = policy.New("random", table, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	for f := range table.Page {
		p.Loaded(addr.Frame(f))
	}
	table.Pinned = []bool{true, true, true, true}
	if f := p.Victim(); f != addr.NoFrame {
		t.Errorf("victim %d of pinned frames", f)
	}
	table.Pinned = []bool{true, false, false, true}
	if a, b := p.Victim(), p.Victim(); a != 1 || b != 1 {
		t.Errorf("victims %d and %d, want 1 and 1: a search without a victim draws nothing", a, b)
	}
}

func BenchmarkVictim(b *testing.B) {
	for _, in := range policy.Catalog() {
		if in.Need == policy.NeedFuture {
			continue
		}
		b.Run(in.Name, func(b *testing.B) { benchmarkVictim(b, in.Name) })
	}
}

// benchmarkVictim replaces pages in a full memory, always by one that was not there for long.
func benchmarkVictim(b *testing.B, name string) {
	b.Helper()
	const n = 4096
	table := policytest.NewTable(n)
	p, err := policy.New(name, table, nil, 1)
	if err != nil {
		b.Fatal(err)
	}
	can := policy.AbilitiesOf(p)
	load := func(f addr.Frame, page int) {
		if can.Faulter != nil {
			can.Faulter.Fault(uint32(page))
		}
		table.Page[f] = page
		p.Loaded(f)
	}
	for f := range n {
		load(addr.Frame(f), f)
	}
	page := n
	b.ReportAllocs()
	for b.Loop() {
		f := p.Victim()
		p.Freed(f)
		load(f, page)
		page = (page + 1) % (4 * n)
	}
}
