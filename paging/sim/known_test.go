package sim

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/policy"
	"memlab/paging/policy/policytest"
)

// parse reads a reference string.
func parse(s string) []uint64 {
	var refs []uint64
	for f := range strings.FieldsSeq(s) {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			panic(err)
		}
		refs = append(refs, n)
	}
	return refs
}

func upTo(n int) []uint64 {
	refs := make([]uint64, n)
	for i := range refs {
		refs[i] = uint64(i)
	}
	return refs
}

// TestKnownAnswers are answers from textbooks, papers and examinations: faults with cold misses.
func TestKnownAnswers(t *testing.T) {
	down := upTo(100)
	slices.Reverse(down)
	silberschatz := parse("7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1")
	belady := parse("1 2 3 4 1 2 5 1 2 3 4 5")
	stallings := parse("2 3 2 1 5 2 4 5 3 2 5 2")
	exercise := parse("1 2 3 4 2 1 5 6 2 1 2 3 7 6 3 2 1 2 3 6")
	exercise2 := parse("7 2 3 1 2 5 3 4 6 7 7 1 0 5 4 6 2 3 0 1")
	ostep := parse("0 1 2 0 1 3 0 3 1 2 1")
	ugc := parse("1 2 3 2 5 6 3 4 6 3 7 3 1 5 3 6 3 4 2 4 3 4 5 1")
	tanenbaum := parse("0 2 1 3 5 4 6 3 7 4 7 3 3 5 5 3 1 1 1 7 2 3 4 1")
	gate2015 := parse("3 8 2 3 9 1 6 3 8 9 3 6 2 1 3")
	for _, c := range []struct {
		source string
		policy string
		refs   []uint64
		from   int // frames of the first answer; the next ones have one more each
		faults []int
	}{
		{"Silberschatz, figure of FIFO", "fifo", silberschatz, 3, []int{15}},
		{"Silberschatz, figure of LRU", "lru", silberschatz, 3, []int{12}},
		{"Silberschatz, figure of the optimal algorithm", "opt", silberschatz, 3, []int{9}},
		{"Belady, Nelson and Shedler 1969", "fifo", belady, 3, []int{9, 10}},
		{"Belady, Nelson and Shedler 1969", "lru", belady, 3, []int{10, 8}},
		{"Belady, Nelson and Shedler 1969", "opt", belady, 3, []int{7}},
		{"Wikipedia, Belady's anomaly", "fifo", parse("3 2 1 0 3 2 4 3 2 1 0 4"), 3, []int{9, 10}},
		{"Tanenbaum, Belady's anomaly", "fifo", parse("0 1 2 3 0 1 4 0 1 2 3 4"), 3, []int{9, 10}},
		{"Stallings, figure of four algorithms", "opt", stallings, 3, []int{6}},
		{"Stallings, figure of four algorithms", "lru", stallings, 3, []int{7}},
		{"Stallings, figure of four algorithms", "fifo", stallings, 3, []int{9}},
		{"Stallings, figure of four algorithms", "clock", stallings, 3, []int{8}},
		{"Silberschatz exercise", "lru", exercise, 1, []int{20, 18, 15, 10, 8, 7, 7}},
		{"Silberschatz exercise", "fifo", exercise, 1, []int{20, 18, 16, 14, 10, 10, 7}},
		{"Silberschatz exercise", "opt", exercise, 1, []int{20, 15, 11, 8, 7, 7, 7}},
		{"Silberschatz exercise 2", "lru", exercise2, 3, []int{18}},
		{"Silberschatz exercise 2", "fifo", exercise2, 3, []int{17}},
		{"Silberschatz exercise 2", "opt", exercise2, 3, []int{13}},
		{"OSTEP ch. 22, figures", "opt", ostep, 3, []int{5}},
		{"OSTEP ch. 22, figures", "lru", ostep, 3, []int{5}},
		{"OSTEP ch. 22, figures", "fifo", ostep, 3, []int{7}},
		{"OSTEP ch. 22, looping workload", "lru", slices.Repeat(upTo(50), 200), 49, []int{10000, 50}},
		{"OSTEP ch. 22, looping workload", "fifo", slices.Repeat(upTo(50), 200), 49, []int{10000, 50}},
		{"GATE CS 2012", "opt", parse("1 2 3 2 4 1 3 2 4 1"), 3, []int{5}},
		{"GATE CS 2012", "fifo", parse("1 2 3 2 4 1 3 2 4 1"), 3, []int{6}},
		{"GATE CS 2012", "lru", parse("1 2 3 2 4 1 3 2 4 1"), 3, []int{9}},
		{"GATE CS 2007", "opt", parse("1 2 1 3 7 4 5 6 3 1"), 3, []int{7}},
		{"GATE CS 2007", "lru", parse("1 2 1 3 7 4 5 6 3 1"), 3, []int{9}},
		{"GATE CS 2010", "fifo", append(upTo(100), down...), 4, []int{196}},
		{"GATE CS 2014", "opt", slices.Repeat(upTo(100), 4), 20, []int{340}},
		{"GATE CS 2014", "mru", slices.Repeat(upTo(100), 4), 20, []int{340}},
		{"GATE CS 2014", "fifo", slices.Repeat(upTo(100), 4), 20, []int{400}},
		{"GATE CS 2014", "lru", slices.Repeat(upTo(100), 4), 20, []int{400}},
		{"GATE CS 2014", "lru", parse("4 7 6 1 7 6 1 2 7 2"), 3, []int{6}},
		{"GATE CS 2015", "fifo", gate2015, 5, []int{9}},
		{"GATE CS 2015", "lru", gate2015, 5, []int{9}},
		{"UGC-NET June 2014", "lru", ugc, 4, []int{14}},
		{"UGC-NET June 2014", "opt", ugc, 4, []int{11}},
		{"Tanenbaum exercise", "fifo", parse("0 1 7 2 3 2 7 1 0 3"), 4, []int{6}},
		{"Tanenbaum exercise", "lru", parse("0 1 7 2 3 2 7 1 0 3"), 4, []int{7}},
		{"TU BCA 2020", "fifo", parse("0 9 0 1 8 1 8 7 8 7 1 2 8 2 7 8 2 3 8 3"), 3, []int{8}},
		{"TU BCA 2020", "lru", parse("0 9 0 1 8 1 8 7 8 7 1 2 8 2 7 8 2 3 8 3"), 3, []int{9}},
		{"UCSD CSE 120", "lfu keep=1", parse("1 2 3 2 4 3 5 1 3 2 3 5"), 1, []int{12, 9, 7, 6, 5}},
		{"Belady's anomaly", "clock", parse("4 5 3 1 0 5 2 4 5"), 4, []int{7, 8}},
		{"Belady's anomaly", "clock r_on_load=0", parse("4 4 5 5 1 0 1 4"), 2, []int{5, 6}},
		{"Belady's anomaly", "sieve", parse("4 2 4 2 3 1 3 4"), 2, []int{5, 6}},
		{"Belady's anomaly", "arc", parse("5 0 2 2 4 5 1 2"), 2, []int{6, 7}},
		{"Belady's anomaly", "2q", parse("3 2 5 4 3 2 3 1 2"), 2, []int{7, 8}},
		{"Belady's anomaly", "mfu", parse("0 5 2 0 3 3 0 3"), 2, []int{5, 6}},
		{"Tanenbaum, distance string", "lru", tanenbaum, 1, fromDistances("0 0 0 0 0 0 0 4 0 4 2 3 1 5 1 2 6 1 1 4 7 4 6 5")},
	} {
		name, params := withParams(c.policy)
		for i, want := range c.faults {
			r, err := Run(name, params, c.from+i, c.refs, nil)
			if err != nil || r.Faults != want {
				t.Errorf("%s, %s, %d frames: %d faults, %v, want %d", c.source, c.policy, c.from+i, r.Faults, err, want)
			}
		}
	}
}

// withParams splits "name param=value".
func withParams(s string) (string, map[string]any) {
	words := strings.Fields(s)
	params := map[string]any{}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		params[key] = value
		if n, err := strconv.Atoi(value); err == nil {
			params[key] = n
		}
	}
	return words[0], params
}

// fromDistances are the faults for 1, 2, ... frames that follow from LRU distances, 0 being infinite.
func fromDistances(s string) []int {
	distances := parse(s)
	faults := make([]int, 8)
	for i := range faults {
		for _, d := range distances {
			if d == 0 || d > uint64(i+1) {
				faults[i]++
			}
		}
	}
	return faults
}

// TestRepeatedAnomaly: the string repeated k times faults k times more often with 4 frames than with 3.
func TestRepeatedAnomaly(t *testing.T) {
	for k := 1; k < 6; k++ {
		refs := slices.Repeat(parse("5 6 7 8 0 1 2 3 0 1 4 0 1 2 3 4"), k)
		three, err3 := Run("fifo", nil, 3, refs, nil)
		four, err4 := Run("fifo", nil, 4, refs, nil)
		if err3 != nil || err4 != nil || four.Faults != three.Faults+k {
			t.Errorf("k = %d: %d faults with 3 frames, %d with 4", k, three.Faults, four.Faults)
		}
	}
}

// TestWorkingSetAnswers: GATE CS 1992, and Silberschatz's figure of the working-set model.
func TestWorkingSetAnswers(t *testing.T) {
	gate := parse("5 4 1 3 3 4 2 3 5 3 5 1 4") // e d a before the ten references
	r, err := Run("ws", map[string]any{"tau": 4}, 1, gate, nil)
	if err != nil || strings.Count(r.Events[3:], "M") != 5 {
		t.Errorf("%s, %v: want 5 faults among the last ten", r.Events, err)
	}
	pages := 0
	for n := 4; n <= len(gate); n++ { // after each of the ten references
		r, err := Run("ws", map[string]any{"tau": 4}, 1, gate[:n], nil)
		if err != nil {
			t.Fatal(err)
		}
		pages += len(r.Resident)
	}
	if pages != 32 {
		t.Errorf("GATE CS 1992: %d pages in ten working sets, want 32, 3.2 on average", pages)
	}
	figure := parse("2 6 1 5 7 7 7 7 5 1 6 2 3 4 1 2 3 4 4 4 3 4 3 4 4 4")
	for n, want := range map[int][]uint64{10: {1, 2, 5, 6, 7}, 26: {3, 4}} {
		r, err := Run("ws", map[string]any{"tau": 10}, 1, figure[:n], nil)
		if err != nil || !slices.Equal(r.Resident, want) {
			t.Errorf("after %d references %v, %v, want %v", n, r.Resident, err, want)
		}
	}
}

// TestAgingFigure is Tanenbaum's figure: six pages, the accessed bits at five clock ticks, the counters.
func TestAgingFigure(t *testing.T) {
	// The counters show in the order of victims.
	table := policytest.NewTable(6)
	p, err := policy.New("aging", table, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	for f := range 6 {
		table.Page[f] = f
		p.Loaded(addr.Frame(f))
	}
	can := policy.AbilitiesOf(p)
	for _, bits := range []string{"101011", "110010", "110101", "100010", "011000"} {
		for f := range 6 {
			table.ClearAccessed(addr.Frame(f))
		}
		for f, bit := range bits {
			if bit == '1' {
				table.SetMarks(addr.Frame(f), true, false)
				can.Stream.Referenced(addr.Frame(f))
			}
		}
		can.Ticker.Tick()
	}
	var got []int
	for range 6 {
		f := p.Victim()
		got = append(got, table.Page[f])
		p.Freed(f)
	}
	// counters 01111000 10110000 10001000 00100000 01011000 00101000
	if want := []int{3, 5, 4, 0, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// TestFourPages is Tanenbaum's exercise: pages loaded at 126 230 140 110, last used at 280 265 270 285, with
// R and M 10 01 00 11.
func TestFourPages(t *testing.T) {
	for name, want := range map[string]addr.Frame{"nru": 2, "fifo": 3, "lru": 1, "second_chance": 2} {
		table := policytest.NewTable(4)
		p, err := policy.New(name, table, nil, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []addr.Frame{3, 0, 2, 1} { // in order of loading
			table.Page[f] = int(f)
			p.Loaded(f)
		}
		if stream, ok := p.(policy.Stream); ok {
			for _, f := range []addr.Frame{1, 2, 0, 3} {
				stream.Referenced(f)
			}
		}
		for f, marks := range []string{"10", "01", "00", "11"} {
			table.SetMarks(addr.Frame(f), marks[0] == '1', marks[1] == '1')
		}
		if got := p.Victim(); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// TestAfterFill: Stallings and UGC-NET count faults from when the frames are filled (D9).
func TestAfterFill(t *testing.T) {
	stallings := parse("2 3 2 1 5 2 4 5 3 2 5 2")
	ugc := parse("1 2 3 2 5 6 3 4 6 3 7 3 1 5 3 6 3 4 2 4 3 4 5 1")
	for _, c := range []struct {
		source, policy string
		refs           []uint64
		frames, want   int
	}{
		{"Stallings, figure of four algorithms", "opt", stallings, 3, 3},
		{"Stallings, figure of four algorithms", "lru", stallings, 3, 4},
		{"Stallings, figure of four algorithms", "fifo", stallings, 3, 6},
		{"Stallings, figure of four algorithms", "clock", stallings, 3, 5},
		{"UGC-NET June 2014", "lru", ugc, 4, 10},
		{"UGC-NET June 2014", "opt", ugc, 4, 7},
	} {
		r, err := Run(c.policy, nil, c.frames, c.refs, nil)
		if err != nil || r.Faults-c.frames != c.want {
			t.Errorf("%s, %s: %d faults, %v, want %d after the frames are filled", c.source, c.policy, r.Faults, err, c.want)
		}
	}
}
