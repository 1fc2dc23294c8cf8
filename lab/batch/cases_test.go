package batch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
)

// caseFiles are the recorded answers of all kinds, with their number of rows.
var caseFiles = []struct {
	path string
	rows int
}{
	{"../../paging/sim/ostep/testdata/ostep.jsonl.gz", 200},
	{"../../paging/sim/testdata/cases/curve.jsonl.gz", 40},
	{"../../paging/alloc/testdata/cases/fragmentation.jsonl", 177},
	{"../../paging/sim/testdata/cases/policy.jsonl.gz", 1703},
	{"../../paging/sim/testdata/cases/policy-ext.jsonl.gz", 810},
}

// row is one line of a case file.
type row struct {
	ID       string
	Kind     string
	Input    map[string]json.RawMessage
	Expected map[string]any
}

func readCases(tb testing.TB, path string) []row {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			tb.Fatal(err)
		}
	}
	var rows []row
	s := bufio.NewScanner(in)
	for s.Buffer(nil, 16<<20); s.Scan(); {
		var r row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := s.Err(); err != nil {
		tb.Fatal(err)
	}
	return rows
}

// request is the row as a line of a batch.
func (r *row) request() []byte {
	fields := map[string]any{"id": r.ID, "kind": r.Kind}
	for name, value := range r.Input {
		fields[name] = value
	}
	return encode(fields)
}

// differs says where an answer lacks something of the expected value.
func differs(where string, got, want any) string {
	switch want := want.(type) {
	case float64:
		if g, ok := got.(float64); !ok || math.Abs(g-want) > 1e-9 {
			return fmt.Sprintf("%s is %v, want %v", where, got, want)
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return fmt.Sprintf("%s is %v, want %v", where, got, want)
		}
		for i := range want {
			if d := differs(fmt.Sprintf("%s[%d]", where, i), g[i], want[i]); d != "" {
				return d
			}
		}
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %v, want %v", where, got, want)
		}
		for name, value := range want {
			v, ok := g[name]
			if !ok {
				return fmt.Sprintf("%s has no %s", where, name)
			}
			if d := differs(where+"."+name, v, value); d != "" {
				return d
			}
		}
	default:
		if got != want {
			return fmt.Sprintf("%s is %v, want %v", where, got, want)
		}
	}
	return ""
}

// All recorded rows, as one batch: each answer in its place, and each field of it.
func TestCases(t *testing.T) {
	var in, out bytes.Buffer
	var all []row
	for _, file := range caseFiles {
		rows := readCases(t, file.path)
		if len(rows) != file.rows {
			t.Errorf("%s has %d rows, want %d", file.path, len(rows), file.rows)
		}
		all = append(all, rows...)
		for _, r := range rows {
			in.Write(r.request())
			in.WriteByte('\n')
		}
	}
	if err := Run(&in, &out); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
	if len(lines) != len(all) {
		t.Fatalf("%d answers to %d requests", len(lines), len(all))
	}
	wrong := 0
	for i, r := range all {
		var got map[string]any
		if err := json.Unmarshal(lines[i], &got); err != nil {
			t.Fatalf("%s: %v", lines[i], err)
		}
		r.Expected["id"], r.Expected["kind"] = r.ID, r.Kind
		if d := differs("answer", got, r.Expected); d != "" {
			if wrong++; wrong < 20 {
				t.Errorf("%s: %s; %.300s", r.ID, d, lines[i])
			}
		}
	}
	t.Logf("%d of %d rows agree", len(all)-wrong, len(all))
}
