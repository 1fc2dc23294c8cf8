package policy_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// parse reads a reference string.
func parse(s string) []int {
	var refs []int
	for f := range strings.FieldsSeq(s) {
		n, err := strconv.Atoi(f)
		if err != nil {
			panic(err)
		}
		refs = append(refs, n)
	}
	return refs
}

func upTo(n int) []int {
	refs := make([]int, n)
	for i := range refs {
		refs[i] = i
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
	gate2015 := parse("3 8 2 3 9 1 6 3 8 9 3 6 2 1 3")
	for _, c := range []struct {
		source string
		policy string
		refs   []int
		from   int // frames of the first answer; the next ones have one more each
		faults []int
	}{
		{"Silberschatz", "fifo", silberschatz, 3, []int{15}},
		{"Silberschatz", "lru", silberschatz, 3, []int{12}},
		{"Belady, Nelson and Shedler 1969", "fifo", belady, 3, []int{9, 10}},
		{"Belady, Nelson and Shedler 1969", "lru", belady, 3, []int{10, 8}},
		{"Wikipedia", "fifo", parse("3 2 1 0 3 2 4 3 2 1 0 4"), 3, []int{9, 10}},
		{"Tanenbaum", "fifo", parse("0 1 2 3 0 1 4 0 1 2 3 4"), 3, []int{9, 10}},
		{"Stallings", "lru", stallings, 3, []int{7}},
		{"Stallings", "fifo", stallings, 3, []int{9}},
		{"Stallings", "clock", stallings, 3, []int{8}},
		{"Silberschatz exercise", "lru", exercise, 1, []int{20, 18, 15, 10, 8, 7, 7}},
		{"Silberschatz exercise", "fifo", exercise, 1, []int{20, 18, 16, 14, 10, 10, 7}},
		{"Silberschatz exercise 2", "lru", parse("7 2 3 1 2 5 3 4 6 7 7 1 0 5 4 6 2 3 0 1"), 3, []int{18}},
		{"Silberschatz exercise 2", "fifo", parse("7 2 3 1 2 5 3 4 6 7 7 1 0 5 4 6 2 3 0 1"), 3, []int{17}},
		{"OSTEP ch. 22", "lru", parse("0 1 2 0 1 3 0 3 1 2 1"), 3, []int{5}},
		{"OSTEP ch. 22", "fifo", parse("0 1 2 0 1 3 0 3 1 2 1"), 3, []int{7}},
		{"OSTEP looping workload", "lru", slices.Repeat(upTo(50), 200), 49, []int{10000, 50}},
		{"OSTEP looping workload", "fifo", slices.Repeat(upTo(50), 200), 49, []int{10000, 50}},
		{"GATE CS 2012", "fifo", parse("1 2 3 2 4 1 3 2 4 1"), 3, []int{6}},
		{"GATE CS 2012", "lru", parse("1 2 3 2 4 1 3 2 4 1"), 3, []int{9}},
		{"GATE CS 2007", "lru", parse("1 2 1 3 7 4 5 6 3 1"), 3, []int{9}},
		{"GATE CS 2010", "fifo", append(upTo(100), down...), 4, []int{196}},
		{"GATE CS 2014", "fifo", slices.Repeat(upTo(100), 4), 20, []int{400}},
		{"GATE CS 2014", "lru", slices.Repeat(upTo(100), 4), 20, []int{400}},
		{"GATE CS 2014", "lru", parse("4 7 6 1 7 6 1 2 7 2"), 3, []int{6}},
		{"GATE CS 2015", "fifo", gate2015, 5, []int{9}},
		{"GATE CS 2015", "lru", gate2015, 5, []int{9}},
		{"UGC-NET June 2014", "lru", parse("1 2 3 2 5 6 3 4 6 3 7 3 1 5 3 6 3 4 2 4 3 4 5 1"), 4, []int{14}},
		{"Tanenbaum exercise", "fifo", parse("0 1 7 2 3 2 7 1 0 3"), 4, []int{6}},
		{"Tanenbaum exercise", "lru", parse("0 1 7 2 3 2 7 1 0 3"), 4, []int{7}},
		{"TU BCA 2020", "fifo", parse("0 9 0 1 8 1 8 7 8 7 1 2 8 2 7 8 2 3 8 3"), 3, []int{8}},
		{"TU BCA 2020", "lru", parse("0 9 0 1 8 1 8 7 8 7 1 2 8 2 7 8 2 3 8 3"), 3, []int{9}},
		{"Belady's anomaly", "clock", parse("4 5 3 1 0 5 2 4 5"), 4, []int{7, 8}},
	} {
		for i, want := range c.faults {
			_, _, d := simulate(t, c.policy, nil, c.from+i, c.refs)
			if d.Faults != want {
				t.Errorf("%s, %s, %d frames: %d faults, want %d", c.source, c.policy, c.from+i, d.Faults, want)
			}
		}
	}
}

func TestBeladyForClockColdLoad(t *testing.T) {
	for n, want := range map[int]int{2: 5, 3: 6} {
		_, _, d := simulate(t, "clock", map[string]int{"r_on_load": 0}, n, parse("4 4 5 5 1 0 1 4"))
		if d.Faults != want {
			t.Errorf("%d frames: %d faults, want %d", n, d.Faults, want)
		}
	}
}

// TestRepeatedAnomaly: the string repeated k times faults k times more often with 4 frames than with 3.
func TestRepeatedAnomaly(t *testing.T) {
	for k := 1; k < 6; k++ {
		refs := slices.Repeat(parse("5 6 7 8 0 1 2 3 0 1 4 0 1 2 3 4"), k)
		_, _, three := simulate(t, "fifo", nil, 3, refs)
		_, _, four := simulate(t, "fifo", nil, 4, refs)
		if four.Faults != three.Faults+k {
			t.Errorf("k = %d: %d faults with 3 frames, %d with 4", k, three.Faults, four.Faults)
		}
	}
}
