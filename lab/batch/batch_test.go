package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The examples of the documentation of memlab batch, and lines that say nothing.
func TestAnswers(t *testing.T) {
	for _, tt := range []struct{ request, want string }{
		{
			`{"id":"x","kind":"policy","policy":"CLOCK","params":{"r_on_load":1},"frames":3,"refs":[2,3,2,1,5,2,4,5]}`,
			`{"id":"x","kind":"policy","hits":2,"faults":6,"events":"MMHMMMMH","evicted":[[4,2],[5,3],[6,1]],"resident":[2,4,5]}`,
		},
		{
			`{"id":"y","kind":"policy","policy":"WSCLOCK","params":{"tau":3},"frames":2,"refs":[1,2,1,3,4,1],"writes":"RWRRWR"}`,
			`{"id":"y","kind":"policy","hits":1,"faults":5,"events":"MMHMMM","evicted":[[3,1],[4,3],[5,2]],"resident":[1,4]}`,
		},
		{
			`{"id":"x","kind":"policy","rules":"ostep","policy":"CLOCK","frames":2,"refs":[1,2,3],"clockbits":2,"rng":{"python_seed":0,"draws":[0.8444218515250481,0.7579544029403025,0.420571580830845]}}`,
			`{"id":"x","kind":"policy","steps":[{"page":1,"hit":false,"resident":[1],"victim":null},{"page":2,"hit":false,"resident":[1,2],"victim":null},{"page":3,"hit":false,"resident":[1,3],"victim":2}],"hits":0,"misses":3,"hitrate_2dp":"0.00"}`,
		},
		{ // the draws alone, names in other letters
			`{"rules":"OStep","kind":"policy","policy":"clock","frames":2,"refs":[1,2,3],"clockbits":2,"rng":{"draws":[0.8444218515250481,0.7579544029403025,0.420571580830845]},"id":7}`,
			`{"id":7,"kind":"policy","steps":[{"page":1,"hit":false,"resident":[1],"victim":null},{"page":2,"hit":false,"resident":[1,2],"victim":null},{"page":3,"hit":false,"resident":[1,3],"victim":2}],"hits":0,"misses":3,"hitrate_2dp":"0.00"}`,
		},
		{ // no references
			`{"id":-1.50e3,"kind":"policy","rules":"ostep","policy":"LRU","frames":1,"refs":[]}`,
			`{"id":-1.50e3,"kind":"policy","steps":[],"hits":0,"misses":0,"hitrate_2dp":"0.00"}`,
		},
		{
			`{"id":"x","kind":"curve","refs":[1,2,3,4,1,2,5,1,2]}`,
			`{"id":"x","kind":"curve","distinct":5,"lru_faults":[9,9,7,5,5],"opt_faults":[9,7,5,5,5],"lru_distance":[0,0,0,0,4,4,0,3,3],"opt_distance":[0,0,0,0,2,3,0,2,3]}`,
		},
		{
			` { "id" : "a\"\u00e9<" , "kind" : "curve" , "refs" : [ ] } ` + "\r",
			`{"id":"a\"\u00e9<","kind":"curve","distinct":0,"lru_faults":[],"opt_faults":[],"lru_distance":[],"opt_distance":[]}`,
		},
		{
			`{"id":"x","kind":"fragmentation","model":"linux_indices","nr_free":[64,0,0,1,0,0,0,0,0,0,0]}`,
			`{"id":"x","kind":"fragmentation","extfrag_index":[-1000,-1000,-1000,-1000,916,950,968,976,981,983,984],"unusable_index":[0,888,888,888,1000,1000,1000,1000,1000,1000,1000],"extfrag_percent":[0,88,88,88,100,100,100,100,100,100,100]}`,
		},
		{
			`{"id":"x","kind":"fragmentation","model":"linux_indices","nr_free":[]}`,
			`{"id":"x","kind":"fragmentation","extfrag_index":[],"unusable_index":[],"extfrag_percent":[]}`,
		},
		{
			`{"id":"x","kind":"fragmentation","model":"dynamic","fit":"First","size":100,"ops":[["alloc",30],["alloc",50],["free",0],["alloc",40],["alloc",20]]}`,
			`{"id":"x","kind":"fragmentation","placed":[0,30,null,0],"hole_list":[[20,10],[80,20]],"report":{"holes":2,"free":30,"largest_hole":20,"external":0.33333333333333337,"blocks":2,"requested":70,"granted":70,"internal":0}}`,
		},
		{
			`{"id":"x","kind":"fragmentation","model":"dynamic","fit":"next","size":1,"ops":[["alloc",1]]}`,
			`{"id":"x","kind":"fragmentation","placed":[0],"hole_list":[],"report":{"holes":0,"free":0,"largest_hole":0,"external":0,"blocks":1,"requested":1,"granted":1,"internal":0}}`,
		},
		{
			`{"id":"x","kind":"fragmentation","model":"buddy","order":6,"ops":[["alloc",5],["alloc",17],["free",0],["alloc",40]]}`,
			`{"id":"x","kind":"fragmentation","placed":[0,32,null],"nr_free":[0,0,0,0,0,1,0],"report":{"holes":1,"free":32,"largest_hole":32,"external":0,"blocks":1,"requested":17,"granted":32,"internal":15}}`,
		},
		{
			`{"id":"x","kind":"freespace","heap_size":20,"base":1000,"header":0,"align":null,"fit":"BEST","list_order":"ADDRSORT","coalesce":true,"ops":[{"op":"alloc","id":0,"size":8},{"op":"alloc","id":1,"size":30},{"op":"free","id":0},{"op":"free","id":0}]}`,
			`{"id":"x","kind":"freespace","steps":[{"op":"alloc","id":0,"size":8,"addr":1000,"searched":1,"free_list":[[1008,12]]},{"op":"alloc","id":1,"size":30,"addr":null,"searched":1,"free_list":[[1008,12]]},{"op":"free","id":0,"ret":0,"free_list":[[1000,20]]},{"op":"free","id":0,"ret":-1,"free_list":[[1000,20]]}]}`,
		},
		{
			`{"id":"x","kind":"relocation","address_space":1024,"phys_mem":16384,"base":13884,"limit":290,"vaddrs":[261,507]}`,
			`{"id":"x","kind":"relocation","translations":[{"va":261,"ok":true,"pa":14145},{"va":507,"ok":false,"pa":null}]}`,
		},
		{
			`{"id":"x","kind":"segmentation","address_space":128,"phys_mem":512,"seg0":{"base":0,"limit":20,"grows":"up"},"seg1":{"base":512,"limit":20,"grows":"down"},"vaddrs":[19,20,107,108]}`,
			`{"id":"x","kind":"segmentation","translations":[{"va":19,"seg":0,"ok":true,"pa":19},{"va":20,"seg":0,"ok":false,"pa":null},{"va":107,"seg":1,"ok":false,"pa":null},{"va":108,"seg":1,"ok":true,"pa":492}]}`,
		},
		{ // the other way round: segment 0 down from the middle, segment 1 up
			`{"id":"x","kind":"segmentation","address_space":128,"phys_mem":512,"seg0":{"base":100,"limit":20,"grows":"down"},"seg1":{"base":200,"limit":20,"grows":"up"},"vaddrs":[43,44,63,64,83,84]}`,
			`{"id":"x","kind":"segmentation","translations":[{"va":43,"seg":0,"ok":false,"pa":null},{"va":44,"seg":0,"ok":true,"pa":80},{"va":63,"seg":0,"ok":true,"pa":99},{"va":64,"seg":1,"ok":true,"pa":200},{"va":83,"seg":1,"ok":true,"pa":219},{"va":84,"seg":1,"ok":false,"pa":null}]}`,
		},
		{
			`{"id":"x","kind":"linear","address_space":64,"phys_mem":128,"page_size":16,"page_table":[3,null,7,null],"vaddrs":[5,20,47]}`,
			`{"id":"x","kind":"linear","translations":[{"va":5,"vpn":0,"ok":true,"pa":53},{"va":20,"vpn":1,"ok":false,"pa":null},{"va":47,"vpn":2,"ok":true,"pa":127}]}`,
		},
		{"", ""},
		{" \t\r", ""},
	} {
		if got := string(Answer([]byte(tt.request))); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.request, got, tt.want)
		}
	}
}

// What is wrong is said, with its place and what is allowed.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ request, want string }{
		{`x`, `{"id":null,"error":"the line is not JSON: at byte 1: invalid character 'x' looking for beginning of value"}`},
		{`{"id":1}{`, `{"id":null,"error":"the line is not JSON: at byte 9: invalid character '{' after top-level value"}`},
		{"\"\xff\"", `{"id":null,"error":"the line is not JSON: it is not UTF-8"}`},
		{`[1]`, `{"id":null,"error":"the request is a list: must be an object"}`},
		{`null`, `{"id":null,"error":"the request is null: must be an object"}`},
		{`{"kind":"curve","refs":[]}`, `{"id":null,"error":"field \"id\" is missing: must be a string or a number"}`},
		{`{"id":true,"kind":"curve","refs":[]}`, `{"id":null,"error":"field \"id\" is a boolean: must be a string or a number"}`},
		{`{"id":1}`, `{"id":1,"error":"field \"kind\" is missing: must be a string"}`},
		{`{"id":1,"kind":2}`, `{"id":1,"error":"field \"kind\" is the number 2: must be a string"}`},
		{`{"id":"a","kind":"k"}`, `{"id":"a","error":"kind \"k\": must be one of policy, curve, fragmentation, freespace, relocation, segmentation, linear, multilevel"}`},
		{`{"id":1,"kind":"curve","refs":[],"refs":[]}`, `{"id":1,"error":"field \"refs\" is there twice"}`},
		{`{"id":1,"kind":"curve","refs":[],"Refs":[]}`, `{"id":1,"error":"unknown field \"Refs\": allowed are id, kind, refs"}`},
		{`{"id":1,"kind":"curve"}`, `{"id":1,"error":"field \"refs\" is missing: must be a list of integers of at least 0"}`},
		{`{"id":1,"kind":"curve","refs":{"a":1}}`, `{"id":1,"error":"field \"refs\" is an object: must be a list of integers of at least 0"}`},
		{`{"id":1,"kind":"curve","refs":[1,null]}`, `{"id":1,"error":"field \"refs\", element 1, is null: must be an integer of at least 0"}`},
		{`{"id":1,"kind":"curve","refs":[[1],2]}`, `{"id":1,"error":"field \"refs\", element 0, is [1]: must be an integer of at least 0"}`},
		{`{"id":1,"kind":"curve","refs":[1e3]}`, `{"id":1,"error":"field \"refs\", element 0, is 1e3: must be an integer of at least 0"}`},
		{`{"id":1,"kind":"curve","refs":[18446744073709551616]}`, `{"id":1,"error":"field \"refs\", element 0, is 18446744073709551616: must be an integer of at least 0 and below 2^64"}`},
		{`{"id":1,"kind":"policy","policy":"LRU","frames":0,"refs":[1]}`, `{"id":1,"error":"field \"frames\" is 0: must be an integer of at least 1"}`},
		{`{"id":1,"kind":"policy","policy":"LRU","frames":"3","refs":[1]}`, `{"id":1,"error":"field \"frames\" is a string: must be an integer of at least 1"}`},
		{`{"id":1,"kind":"policy","policy":"LRU","frames":-3,"refs":[1]}`, `{"id":1,"error":"field \"frames\" is -3: must be an integer of at least 1"}`},
		{`{"id":1,"kind":"policy","policy":"LRU","frames":3,"refs":[1],"params":{"x":1}}`, `{"id":1,"error":"parameter \"x\" of replacement policy lru: it has none"}`},
		{`{"id":1,"kind":"policy","policy":"CLOCK","frames":3,"refs":[1],"params":{"r_on_load":2}}`, `{"id":1,"error":"parameter r_on_load of replacement policy clock is 2: must be from 0 to 1"}`},
		{`{"id":1,"kind":"policy","policy":"CLOCK","frames":3,"refs":[1],"params":{"r_on_load":true}}`, `{"id":1,"error":"field \"params.r_on_load\" is a boolean: must be an integer or a word"}`},
		{`{"id":1,"kind":"policy","policy":"CLOCK","frames":3,"refs":[1],"params":[]}`, `{"id":1,"error":"field \"params\" is a list: must be an object"}`},
		{`{"id":1,"kind":"policy","policy":"CLOCK","frames":3,"refs":[1],"writes":"RW"}`, `{"id":1,"error":"field \"writes\": must be a string of R and W, one for each of 1 references"}`},
		{`{"id":1,"kind":"policy","policy":"CLOCK","frames":3,"refs":[1],"writes":"w"}`, `{"id":1,"error":"field \"writes\": must be a string of R and W, one for each of 1 references"}`},
		{`{"id":1,"kind":"policy","rules":"book","policy":"LRU","frames":3,"refs":[1]}`, `{"id":1,"error":"rules \"book\": must be \"ostep\", or left out"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"LFU","frames":3,"refs":[1]}`, `{"id":1,"error":"policy \"LFU\": must be one of FIFO, LRU, MRU, OPT, UNOPT, RAND, CLOCK"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"LRU","frames":3,"refs":[1],"clockbits":1}`, `{"id":1,"error":"unknown field \"clockbits\": allowed are id, kind, rules, policy, frames, refs"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"RAND","frames":3,"refs":[1]}`, `{"id":1,"error":"field \"rng\" is missing: must be an object"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"RAND","frames":3,"refs":[1],"rng":{}}`, `{"id":1,"error":"field \"rng.python_seed\" is missing: must be an integer"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"RAND","frames":3,"refs":[1],"rng":{"python_seed":0.5}}`, `{"id":1,"error":"field \"rng.python_seed\": seed \"0.5\": must be an integer"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"RAND","frames":1,"refs":[1,2],"rng":{"draws":[1]}}`, `{"id":1,"error":"field \"rng.draws\", element 0, is 1: must be a number of at least 0 and less than 1"}`},
		{`{"id":1,"kind":"policy","rules":"ostep","policy":"RAND","frames":1,"refs":[1,2],"rng":{"draws":[]}}`, `{"id":1,"error":"reference 1, page 2: the recorded draws are used up, but another is needed"}`},
		{`{"id":1,"kind":"fragmentation","model":"heap"}`, `{"id":1,"error":"model \"heap\": must be linux_indices, dynamic or buddy"}`},
		{`{"id":1,"kind":"fragmentation"}`, `{"id":1,"error":"field \"model\" is missing: must be a string"}`},
		{`{"id":1,"kind":"fragmentation","model":"linux_indices","nr_free":[0,9007199254740992]}`, `{"id":1,"error":"field \"nr_free\": the blocks of orders 0 to 1 have more than 2^53 pages"}`},
		{`{"id":1,"kind":"fragmentation","model":"dynamic","fit":"first","size":9,"ops":[["free",0]]}`, `{"id":1,"error":"field \"ops\", element 0: no block starts at 0"}`},
		{`{"id":1,"kind":"fragmentation","model":"dynamic","fit":"buddy","size":9,"ops":[]}`, `{"id":1,"error":"field \"fit\" is \"buddy\": must be one of first, best, worst, next"}`},
		{`{"id":1,"kind":"fragmentation","model":"dynamic","fit":"first","size":9,"ops":[["alloc",0]]}`, `{"id":1,"error":"field \"ops\", element 0, is [\"alloc\",0]: must be [\"alloc\", size], a size of at least 1, or [\"free\", start]"}`},
		{`{"id":1,"kind":"fragmentation","model":"buddy","order":49,"ops":[]}`, `{"id":1,"error":"field \"order\" is 49: must be 0 to 48"}`},
		{`{"id":1,"kind":"freespace","heap_size":20,"base":0,"header":0,"fit":"BEST","list_order":"ADDRSORT","coalesce":true,"ops":[]}`, `{"id":1,"error":"field \"align\" is missing: must be an integer of at least 1"}`},
		{`{"id":1,"kind":"freespace","heap_size":20,"base":0,"header":0,"align":null,"fit":"NEXT","list_order":"ADDRSORT","coalesce":true,"ops":[]}`, `{"id":1,"error":"fit \"NEXT\": must be one of BEST, WORST, FIRST"}`},
		{`{"id":1,"kind":"freespace","heap_size":20,"base":0,"header":0,"align":null,"fit":"BEST","list_order":"ADDRSORT","coalesce":1,"ops":[]}`, `{"id":1,"error":"field \"coalesce\" is the number 1: must be true or false"}`},
		{`{"id":1,"kind":"freespace","heap_size":20,"base":0,"header":0,"align":null,"fit":"BEST","list_order":"ADDRSORT","coalesce":true,"ops":[{"op":"alloc","id":0}]}`, `{"id":1,"error":"field \"ops[0].size\" is missing: must be an integer of at least 1"}`},
		{`{"id":1,"kind":"freespace","heap_size":20,"base":0,"header":0,"align":null,"fit":"BEST","list_order":"ADDRSORT","coalesce":true,"ops":[{"op":"alloc","id":0,"size":1},{"op":"alloc","id":0,"size":1}]}`, `{"id":1,"error":"operation 1: id 0 is that of a block that is allocated"}`},
		{`{"id":1,"kind":"relocation","address_space":16,"phys_mem":16,"base":0,"limit":1,"vaddrs":[]}`, `{"id":1,"error":"phys_mem is 16: must be larger than the address space, 16, and at most 2^52"}`},
		{`{"id":1,"kind":"segmentation","address_space":128,"phys_mem":512,"seg0":{"base":0,"limit":20,"grows":"up"},"seg1":{"base":512,"limit":20,"grows":"down"},"vaddrs":[128]}`, `{"id":1,"error":"address 0, 128, lies outside the address space: must be 0 to 127"}`},
		{`{"id":1,"kind":"segmentation","address_space":128,"phys_mem":512,"seg0":{"base":0,"limit":20,"grows":"up"},"seg1":{"base":12,"limit":20,"grows":"down"},"vaddrs":[]}`, `{"id":1,"error":"segment 1: limit 20: the segment grows down from 12 below 0"}`},
		{`{"id":1,"kind":"segmentation","address_space":128,"phys_mem":512,"seg0":{"base":0,"limit":20,"grows":"up","x":1},"seg1":{"base":12,"limit":20,"grows":"down"},"vaddrs":[]}`, `{"id":1,"error":"unknown field \"seg0.x\": allowed are base, limit, grows"}`},
		{`{"id":1,"kind":"linear","address_space":64,"phys_mem":128,"page_size":16,"page_table":[8,null,7,null],"vaddrs":[]}`, `{"id":1,"error":"page_table, page 0: frame 8 must be 0 to 7"}`},
		{`{"id":1,"kind":"linear","address_space":64,"phys_mem":128,"page_size":16,"page_table":[1],"vaddrs":[]}`, `{"id":1,"error":"page_table has 1 entries: the address space has 4 pages"}`},
		{`{"id":1,"kind":"multilevel","page_size":32,"va_bits":15,"pdbr":0,"memory_hex":["00"],"vaddrs":[]}`, `{"id":1,"error":"memory_hex has 1 strings: must be 128, one a frame"}`},
		{`{"id":1,"kind":"multilevel","page_size":64,"va_bits":15,"pdbr":0,"memory_hex":[],"vaddrs":[]}`, `{"id":1,"error":"field \"page_size\" is 64: must be 32"}`},
	} {
		if got := string(Answer([]byte(tt.request))); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.request, got, tt.want)
		}
	}
}

// A program that talks to the batch line by line gets each answer before it sends the next request.
func TestDialogue(t *testing.T) {
	requests, in := io.Pipe()
	out, answers := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Run(requests, answers) }()
	buf := make([]byte, 1000)
	for range 3 {
		if _, err := io.WriteString(in, `{"id":1,"kind":"curve","refs":[1]}`+"\n"); err != nil {
			t.Fatal(err)
		}
		n, err := out.Read(buf)
		want := `{"id":1,"kind":"curve","distinct":1,"lru_faults":[1],"opt_faults":[1],"lru_distance":[0],"opt_distance":[0]}` + "\n"
		if got := string(buf[:n]); got != want || err != nil {
			t.Fatalf("got %s, %v, want %s", got, err, want)
		}
	}
	if err := errors.Join(in.Close(), <-done); err != nil {
		t.Fatal(err)
	}
}

// run is a whole batch.
func run(tb testing.TB, in string) string {
	tb.Helper()
	var out bytes.Buffer
	if err := Run(strings.NewReader(in), &out); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// Lines of megabytes, an end without a newline, empty lines.
func TestLines(t *testing.T) {
	long := `{"id":1,"kind":"policy","policy":"LRU","frames":1,"refs":[` + strings.Repeat("7,", 1<<20) + `7]}`
	got := run(t, "\n"+long+"\n \r\n{\n"+`{"id":2,"kind":"curve","refs":[]}`)
	want := `{"id":1,"kind":"policy","hits":1048576,"faults":1,"events":"M` + strings.Repeat("H", 1<<20) +
		`","evicted":[],"resident":[7]}` + "\n" +
		`{"id":null,"error":"the line is not JSON: at byte 1: unexpected end of JSON input"}` + "\n" +
		`{"id":2,"kind":"curve","distinct":0,"lru_faults":[],"opt_faults":[],"lru_distance":[],"opt_distance":[]}` + "\n"
	if got != want {
		t.Errorf("got %.300s … %.300s", got, got[max(0, len(got)-300):])
	}
}

// failing is a reader or a writer that does not work.
type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBrokenStreams(t *testing.T) {
	if err := Run(failing{}, io.Discard); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading: %v", err)
	}
	if err := Run(strings.NewReader("x"), failing{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("writing: %v", err)
	}
}

// Requests do not influence each other: in any order each has the same answer.
func TestOrder(t *testing.T) {
	var lines []string
	for _, file := range caseFiles {
		for i, r := range readCases(t, file.path) {
			if i%7 == 0 {
				lines = append(lines, string(r.request()))
			}
		}
	}
	answers := map[string]string{}
	for i, answer := range strings.Split(strings.TrimSpace(run(t, strings.Join(lines, "\n"))), "\n") {
		answers[lines[i]] = answer
	}
	rng := rand.New(rand.NewPCG(1, 1))
	rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	var want []string
	for _, line := range lines {
		want = append(want, answers[line])
	}
	got := strings.Split(strings.TrimSpace(run(t, strings.Join(lines, "\n"))), "\n")
	if !slices.Equal(got, want) {
		t.Error("the answers depend on the order of the requests")
	}
}

// FuzzBatch: whatever comes, each line that is not empty has one answer, a JSON object with an id, and either
// a kind or an error; and nothing panics.
func FuzzBatch(f *testing.F) {
	for _, file := range caseFiles {
		for i, r := range readCases(f, file.path) {
			if line := r.request(); i%40 == 0 && len(line) < 2000 {
				f.Add(line)
			}
		}
	}
	f.Add([]byte("{\"id\":1,\"kind\":\"curve\",\"refs\":[1,2\n\n]}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		lines := 0
		for line := range bytes.Lines(in) {
			if len(bytes.Trim(line, " \t\r\n")) > 0 {
				lines++
			}
		}
		answers := run(t, string(in))
		if n := strings.Count(answers, "\n"); n != lines {
			t.Fatalf("%d answers to %d lines: %q", n, lines, answers)
		}
		for line := range strings.Lines(answers) {
			var a map[string]any
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			id, hasID := a["id"]
			kind, hasKind := a["kind"].(string)
			message, hasError := a["error"].(string)
			if !hasID || hasKind == hasError || hasKind && (id == nil || !slices.Contains(Kinds(), kind)) ||
				strings.HasPrefix(message, "internal error") {
				t.Fatalf("%q", line)
			}
		}
	})
}

// All recorded rows in a second.
func BenchmarkCases(b *testing.B) {
	var in bytes.Buffer
	for _, file := range caseFiles {
		for _, r := range readCases(b, file.path) {
			in.Write(append(r.request(), '\n'))
		}
	}
	for b.Loop() {
		if err := Run(bytes.NewReader(in.Bytes()), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
