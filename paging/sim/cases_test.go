package sim

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// eachCase reads a file of recorded cases and returns how many there are.
func eachCase[T any](t *testing.T, file string, check func(c T)) int {
	t.Helper()
	f, err := os.Open("testdata/cases/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	text, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	count := 0
	for ; lines.Scan(); count++ {
		var c T
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		check(c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return count
}

type policyCase struct {
	ID    string
	Input struct {
		Policy string
		Params map[string]any
		Frames int
		Refs   []uint64
		Writes *string
	}
	Expected struct {
		Hits, Faults int
		Events       string
		Evicted      [][2]uint64
		Resident     []uint64
	}
}

// TestRecorded runs all recorded cases of policies by the textbooks' rules.
func TestRecorded(t *testing.T) {
	for file, rows := range map[string]int{"policy.jsonl.gz": 1703, "policy-ext.jsonl.gz": 810} {
		failed := map[string]int{}
		n := eachCase(t, file, func(c policyCase) {
			var writes []bool
			if c.Input.Writes != nil {
				for _, w := range *c.Input.Writes {
					writes = append(writes, w == 'W')
				}
			}
			got, err := Run(c.Input.Policy, c.Input.Params, c.Input.Frames, c.Input.Refs, writes)
			if err != nil {
				t.Fatalf("%s: %v", c.ID, err)
			}
			want := Result{
				Hits: c.Expected.Hits, Faults: c.Expected.Faults, Events: c.Expected.Events,
				Evicted: []Eviction{}, Resident: c.Expected.Resident,
			}
			for _, e := range c.Expected.Evicted {
				want.Evicted = append(want.Evicted, Eviction{int(e[0]), e[1]})
			}
			if !reflect.DeepEqual(got, want) {
				if failed[c.Input.Policy]++; failed[c.Input.Policy] == 1 {
					t.Errorf("%s %s %v, %d frames, %v:\n got %+v\nwant %+v",
						c.ID, c.Input.Policy, c.Input.Params, c.Input.Frames, c.Input.Refs, got, want)
				}
			}
		})
		if n != rows || len(failed) > 0 {
			t.Errorf("%s: %d rows, want %d; failed by policy: %v", file, n, rows, failed)
		}
	}
}

// TestOSTEPAgrees runs the recorded problems of OSTEP's simulator whose policies are the textbooks' too: the
// faults and the victims are the same. Its UNOPT, RAND and CLOCK are its own.
func TestOSTEPAgrees(t *testing.T) {
	type ostepCase struct {
		ID    string
		Kind  string
		Input struct {
			Policy string
			Frames int
			Refs   []uint64
		}
		Expected struct {
			Steps json.RawMessage // of other kinds they are other things
		}
	}
	type step struct {
		Hit    bool
		Victim *uint64
	}
	params := map[string]map[string]any{"FIFO": nil, "LRU": nil, "MRU": nil, "OPT": {"tie": "newest"}}
	rows, compared := 0, 0
	eachCase(t, "../../ostep/testdata/ostep.jsonl.gz", func(c ostepCase) {
		if c.Kind != "policy" {
			return
		}
		rows++
		p, shared := params[c.Input.Policy]
		if !shared {
			return
		}
		compared++
		got, err := Run(c.Input.Policy, p, c.Input.Frames, c.Input.Refs, nil)
		if err != nil {
			t.Fatal(err)
		}
		var steps []step
		if err := json.Unmarshal(c.Expected.Steps, &steps); err != nil {
			t.Fatal(err)
		}
		var marks strings.Builder
		evicted := []Eviction{}
		for i, s := range steps {
			if s.Hit {
				marks.WriteByte('H')
			} else {
				marks.WriteByte('M')
			}
			if s.Victim != nil {
				evicted = append(evicted, Eviction{i, *s.Victim})
			}
		}
		events := marks.String()
		if got.Events != events || !reflect.DeepEqual(got.Evicted, evicted) {
			t.Errorf("%s %s: %s %v, want %s %v", c.ID, c.Input.Policy, got.Events, got.Evicted, events, evicted)
		}
	})
	if rows != 70 || compared < 40 {
		t.Errorf("%d rows, %d compared", rows, compared)
	}
}
