package policy_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
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

func TestConformance(t *testing.T) {
	for _, name := range policy.Names() {
		t.Run(name, func(t *testing.T) { policytest.Run(t, named(name), nil) })
	}
	t.Run("clock r_on_load=0", func(t *testing.T) {
		policytest.Run(t, named("clock"), map[string]int{"r_on_load": 0})
	})
	t.Run("lru is a stack algorithm", func(t *testing.T) { policytest.RunStack(t, named("lru"), nil) })
}

func TestNames(t *testing.T) {
	if got, want := policy.Names(), []string{"fifo", "lru", "clock", "random"}; !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	needs := map[string]policy.Need{
		"fifo": policy.NeedNothing, "LRU": policy.NeedTrace, "Clock": policy.NeedBits, "random": policy.NeedNothing,
	}
	for name, need := range needs {
		p, err := policy.New(name, policytest.NewTable(2), nil, 1)
		if err != nil || p.Need() != need || p.Name() != strings.ToLower(name) {
			t.Errorf("%s: %v, %v, needs %v", name, err, p.Name(), p.Need())
		}
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		params map[string]int
		want   string
	}{
		{"opt", nil, `replacement policy "opt": must be one of fifo, lru, clock, random`},
		{"", nil, `replacement policy "": must be one of fifo, lru, clock, random`},
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

// simulate runs a reference string and returns events (H, M) and evictions as the recorded cases have them.
func simulate(t *testing.T, name string, params map[string]int, n int, refs []int) (string, [][2]int, *policytest.Driver) {
	t.Helper()
	table := policytest.NewTable(n)
	p, err := policy.New(name, table, params, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := &policytest.Driver{Table: table, Policy: p}
	events := make([]byte, 0, len(refs))
	evicted := [][2]int{}
	for i, page := range refs {
		before := len(d.Evicted)
		hit, err := d.Reference(page, false)
		if err != nil {
			t.Fatal(err)
		}
		event := byte('M')
		if hit {
			event = 'H'
		}
		events = append(events, event)
		for _, out := range d.Evicted[before:] {
			evicted = append(evicted, [2]int{i, out})
		}
	}
	return string(events), evicted, d
}

// TestRecorded runs the recorded cases of testdata/policy.jsonl.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/policy.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	count := 0
	for lines.Scan() {
		var c struct {
			ID    string
			Input struct {
				Policy string
				Params map[string]int
				Frames int
				Refs   []int
			}
			Expected struct {
				Hits, Faults int
				Events       string
				Evicted      [][2]int
				Resident     []int
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		events, evicted, d := simulate(t, c.Input.Policy, c.Input.Params, c.Input.Frames, c.Input.Refs)
		resident := slices.DeleteFunc(slices.Clone(d.Page), func(p int) bool { return p == policytest.Free })
		slices.Sort(resident)
		want := c.Expected
		if events != want.Events || !slices.Equal(evicted, want.Evicted) || !slices.Equal(resident, want.Resident) ||
			d.Faults != want.Faults || len(c.Input.Refs)-d.Faults != want.Hits {
			t.Errorf("%s: %s %v %v, want %+v", c.ID, events, evicted, resident, want)
		}
		count++
	}
	if count != 620 {
		t.Errorf("%d cases, want 620", count)
	}
}

func TestRandomDraws(t *testing.T) {
	table := policytest.NewTable(4)
	p, err := policy.New("random", table, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := &policytest.Driver{Table: table, Policy: p}
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
	for _, name := range policy.Names() {
		b.Run(name, func(b *testing.B) {
			table := policytest.NewTable(4096)
			p, err := policy.New(name, table, nil, 1)
			if err != nil {
				b.Fatal(err)
			}
			for f := range table.Page {
				table.Page[f] = f
				p.Loaded(addr.Frame(f))
			}
			b.ReportAllocs()
			for b.Loop() {
				f := p.Victim()
				p.Freed(f)
				p.Loaded(f)
			}
		})
	}
}
