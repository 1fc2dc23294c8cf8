package ostep

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math/big"
	"os"
	"reflect"
	"testing"
)

// row is one line of a case file.
type row struct {
	ID, Kind        string
	Input, Expected json.RawMessage
}

func cases(tb testing.TB) []row {
	tb.Helper()
	f, err := os.Open("testdata/ostep.jsonl.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var rows []row
	s := bufio.NewScanner(z)
	for s.Buffer(nil, 1<<20); s.Scan(); {
		var r row
		decode(tb, s.Bytes(), &r)
		rows = append(rows, r)
	}
	return rows
}

func decode(tb testing.TB, text []byte, to any) {
	tb.Helper()
	if err := json.Unmarshal(text, to); err != nil {
		tb.Fatalf("%.200s: %v", text, err)
	}
}

// same fails unless got, as JSON, is the value want.
func same(t *testing.T, id string, got any, want []byte) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var g, w any
	decode(t, text, &g)
	decode(t, want, &w)
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s: got  %s\nwant %s", id, text, want)
	}
}

// translations is how the answers of four exercises are wrapped.
func translations(list any) any { return map[string]any{"translations": list} }

// The recorded problems have the recorded answers.
func TestCases(t *testing.T) {
	count := map[string]int{}
	for _, r := range cases(t) {
		count[r.Kind]++
		var got any
		var err error
		switch r.Kind {
		case "policy":
			got, err = answerPaging(t, r.Input)
		case "freespace":
			var q Heap
			decode(t, r.Input, &q)
			var steps []*HeapStep
			steps, err = q.Run()
			got = map[string]any{"steps": steps}
		case "relocation":
			var q Relocation
			decode(t, r.Input, &q)
			got, err = translations(q.Answer()), q.Check()
		case "segmentation":
			var q Segmentation
			decode(t, r.Input, &q)
			got, err = translations(q.Answer()), q.Check()
		case "linear":
			var q Linear
			decode(t, r.Input, &q)
			got, err = translations(q.Answer()), q.Check()
		case "multilevel":
			q := multilevel(t, r.Input)
			got, err = translations(q.Answer()), q.Check()
		default:
			t.Fatalf("kind %q", r.Kind)
		}
		if err != nil {
			t.Fatalf("%s: %v", r.ID, err)
		}
		same(t, r.ID, got, r.Expected)
	}
	want := map[string]int{
		"policy": 70, "freespace": 60, "relocation": 20, "segmentation": 20, "linear": 20, "multilevel": 10,
	}
	if !reflect.DeepEqual(count, want) {
		t.Errorf("rows %v, want %v", count, want)
	}
}

// answerPaging answers with the seed and with the recorded draws, which must not differ nor be too many.
func answerPaging(t *testing.T, input []byte) (*PagingAnswer, error) {
	t.Helper()
	var q struct {
		Paging
		RNG *struct {
			Seed  int64 `json:"python_seed"`
			Draws []float64
		}
	}
	decode(t, input, &q)
	if q.RNG == nil {
		return q.Run(nil)
	}
	seeded, err := q.Run(NewPython(big.NewInt(q.RNG.Seed)))
	if err != nil {
		return nil, err
	}
	recorded := &Recorded{q.RNG.Draws}
	replayed, err := q.Run(recorded)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(seeded, replayed) || len(recorded.Left) > 0 {
		t.Errorf("%s: seed and draws differ, or %d draws are left", input, len(recorded.Left))
	}
	return seeded, nil
}

func multilevel(t *testing.T, input []byte) *Multilevel {
	t.Helper()
	var lines struct {
		MemoryHex []string `json:"memory_hex"`
	}
	decode(t, input, &lines)
	var q Multilevel
	decode(t, input, &q)
	if err := q.SetMemory(lines.MemoryHex); err != nil {
		t.Fatal(err)
	}
	same(t, "input", &q, input)
	return &q
}
