package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// caseRow is one line of a case file.
type caseRow struct {
	ID, Kind        string
	Input, Expected map[string]any
}

// caseRows reads a case file, compressed or not.
func caseRows(t *testing.T, path string) []caseRow {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var in io.Reader = bytes.NewReader(b)
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	var rows []caseRow
	s := bufio.NewScanner(in)
	for s.Buffer(nil, 1<<20); s.Scan(); {
		var r caseRow
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

const ostepCases = "../../paging/sim/ostep/testdata/"

// ostepNames are the verbs by kind.
var ostepNames = map[string]string{
	"freespace": "malloc", "relocation": "relocation", "segmentation": "segmentation",
	"linear": "paging-linear-translate", "multilevel": "paging-multilevel-translate",
}

// Some of the recorded problems were asked by a seed: with the options in seeds.txt, memlab asks the same,
// and answers as recorded.
func TestOstepSeeds(t *testing.T) {
	rows := map[string]caseRow{}
	for _, r := range caseRows(t, ostepCases+"ostep.jsonl.gz") {
		rows[r.ID] = r
	}
	seeds, err := os.ReadFile(ostepCases + "seeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(seeds)) {
		id, options, _ := strings.Cut(strings.TrimSpace(line), " ")
		want := rows[id]
		args := append([]string{"ostep", ostepNames[want.Kind], "-c", "--format", "json"}, strings.Fields(options)...)
		if want.Kind == "freespace" {
			args = append(args, heapArgs(want.Input)...)
		}
		r := memlab(t, "", nil, args...)
		var got caseRow
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			t.Fatalf("%v: %+v, %v", args, r, err)
		}
		got.ID = id
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v\ngot  %+v\nwant %+v", args, got, want)
		}
	}
}

// heapArgs are the options for the heap of a question.
func heapArgs(in map[string]any) []string {
	text := func(v any) string {
		b, _ := json.Marshal(v)
		return strings.Trim(string(b), `"`)
	}
	args := []string{
		"-S", text(in["heap_size"]), "-b", text(in["base"]), "-H", text(in["header"]),
		"-p", text(in["fit"]), "-l", text(in["list_order"]),
	}
	if in["align"] != nil {
		args = append(args, "-a", text(in["align"]))
	}
	if in["coalesce"] == true {
		args = append(args, "-C")
	}
	return args
}

// The recorded strings of page replacement through the command, as far as its options can express them.
func TestOstepPolicyCases(t *testing.T) {
	n := 0
	for _, want := range caseRows(t, ostepCases+"ostep.jsonl.gz") {
		if want.Kind != "policy" {
			continue
		}
		n++
		number := func(v any) string { b, _ := json.Marshal(v); return string(b) }
		refs := strings.Trim(number(want.Input["refs"]), "[]")
		args := []string{
			"ostep", "paging-policy", "-c", "--format", "json", "-a", refs,
			"-p", fmt.Sprint(want.Input["policy"]), "-C", number(want.Input["frames"]),
		}
		if rng, ok := want.Input["rng"].(map[string]any); ok {
			args = append(args, "-s", number(rng["python_seed"]))
			delete(rng, "python_seed") // the command tells the draws
		}
		if bits, ok := want.Input["clockbits"]; ok {
			args = append(args, "-b", number(bits))
		}
		r := memlab(t, "", nil, args...)
		var got caseRow
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			t.Fatalf("%v: %+v, %v", args, r, err)
		}
		got.ID = want.ID
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v\ngot  %+v\nwant %+v", args, got, want)
		}
	}
	if n != 70 {
		t.Errorf("%d rows, want 70", n)
	}
}

// All case files through the verb batch: every answer has the recorded fields.
func TestBatchCases(t *testing.T) {
	total := 0
	for _, file := range []string{
		ostepCases + "ostep.jsonl.gz",
		"../../paging/sim/testdata/cases/curve.jsonl.gz",
		"../../paging/sim/testdata/cases/policy.jsonl.gz",
		"../../paging/sim/testdata/cases/policy-ext.jsonl.gz",
		"../../paging/alloc/testdata/cases/fragmentation.jsonl",
	} {
		rows := caseRows(t, file)
		total += len(rows)
		var in, out, stderr bytes.Buffer
		for _, r := range rows {
			r.Input["id"], r.Input["kind"] = r.ID, r.Kind
			if err := json.NewEncoder(&in).Encode(r.Input); err != nil {
				t.Fatal(err)
			}
		}
		p := &process{
			args: []string{"batch"}, stdin: &in, stdout: &out, stderr: &stderr, ctx: t.Context(), now: time.Now,
		}
		if code := p.run(); code != 0 || stderr.Len() > 0 {
			t.Fatalf("%s: exit code %d, %s", file, code, &stderr)
		}
		d := json.NewDecoder(&out)
		for _, r := range rows {
			var got map[string]any
			if err := d.Decode(&got); err != nil {
				t.Fatalf("%s: %v", r.ID, err)
			}
			r.Expected["id"], r.Expected["kind"] = r.ID, r.Kind
			if !holds(got, r.Expected) {
				t.Errorf("%s: got %v, want %v", r.ID, got, r.Expected)
			}
		}
		if d.More() {
			t.Errorf("%s: more answers than requests", file)
		}
	}
	if total != 2930 {
		t.Errorf("%d rows, want 2930", total)
	}
}

// holds says whether got has all that want has. Integers are exact in float64, fractions within 1e-9.
func holds(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for name, value := range want {
			v, there := g[name]
			ok = ok && there && holds(v, value)
		}
		return ok
	case []any:
		g, ok := got.([]any)
		ok = ok && len(g) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = holds(g[i], want[i])
		}
		return ok
	case float64:
		g, ok := got.(float64)
		return ok && g-want < 1e-9 && want-g < 1e-9
	}
	return got == want
}
