package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"memlab/paging/sim"
)

// readAll reads a trace in batches of that size.
func readAll(r Reader, batch int) ([]Access, error) {
	var all []Access
	buf := make([]Access, batch)
	for {
		n, err := r.Read(buf)
		all = append(all, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

func rd(at uint64, size uint32) Access { return Access{Addr: at, Size: size} }
func wr(at uint64, size uint32) Access { return Access{Addr: at, Size: size, Kind: Write} }
func fe(at uint64, size uint32) Access { return Access{Addr: at, Size: size, Kind: Fetch} }

func dr(kind, size uint16, at uint64) string {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, size)
	return string(binary.LittleEndian.AppendUint64(b, at))
}

func le(words ...uint64) string {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return string(b)
}

func oracle(id uint64) string {
	return "\x01\x00\x00\x00" + le(id) + "\x01\x00\x00\x00" + le(^uint64(0))
}

// TestFormats reads an example of each format, found out from content or name, in batches of several sizes.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		format, name, text string
		want               []Access
	}{
		{"lackey", "", "==1== x\nI  00401000,8\n L 00403000,4\n S 1fff00068c,4\n M 0421c7cc,4\n", []Access{
			fe(0x401000, 8), rd(0x403000, 4), wr(0x1fff00068c, 4), {Addr: 0x421c7cc, Size: 4, Kind: Modify},
		}},
		{"lackey", "", " L 10,1\r\n M 20,1", []Access{rd(0x10, 1), {Addr: 0x20, Size: 1, Kind: Modify}}},
		{"memsim", "", "0041f7a0 R\n0x13f5e2c0 W\n\n", []Access{rd(0x41f7a0, 1), wr(0x13f5e2c0, 1)}},
		{"address", "", "s 0x1fffff50 1\nl 0x1fffff58 12\n", []Access{wr(0x1fffff50, 1), rd(0x1fffff58, 1)}},
		{"din", "", "2 20a8f2 comment\n0 408ed4\n1 10019d94\n3 10\n4 0\n", []Access{
			fe(0x20a8f2, 1), rd(0x408ed4, 1), wr(0x10019d94, 1), rd(0x10, 1),
		}},
		{"pinatrace", "", "0x7f31: R 0x7ffd\n0x7f35: W 0x10\n#eof\nrubbish\n", []Access{rd(0x7ffd, 1), wr(0x10, 1)}},
		{"moss", "", "// a comment\nREAD hex 10\nwrite bin 101 // x\nREAD oct 17\nREAD dec 17\nREAD ff\n", []Access{
			rd(16, 1), wr(5, 1), rd(15, 1), rd(17, 1), rd(255, 1),
		}},
		{
			"drmemtrace-view", "", "   1   0: W0.T11 <marker: version 3>\n   2   1: W0.T11 ifetch  3 byte(s) @ 0x00401000 48 89 e7 mov\n" +
				"   3   1: W0.T11 read    8 byte(s) @ 0x7ffc0010 by PC 0x00401003\n   4   1: W0.T11 write   4 byte(s) @ 0x20 by PC 0x1\n",
			[]Access{fe(0x401000, 3), rd(0x7ffc0010, 8), wr(0x20, 4)},
		},
		{
			"drmemtrace", "", dr(25, 0, 3) + dr(22, 4, 7) + dr(24, 4, 9) + dr(28, 3, 1) + dr(10, 3, 0x1000) + dr(17, 2, 0x0205) + dr(0, 8, 64) + dr(1, 4, 68) + dr(26, 0, 0),
			[]Access{
				{Addr: 0x1000, Size: 3, Kind: Fetch, Space: 9},
				{Addr: 0x1003, Size: 5, Kind: Fetch, Space: 9},
				{Addr: 0x1008, Size: 2, Kind: Fetch, Space: 9},
				{Addr: 64, Size: 8, Space: 9},
				{Addr: 68, Size: 4, Kind: Write, Space: 9},
			},
		},
		{"oracleGeneral", "x.oracleGeneral.bin", oracle(7) + oracle(9), []Access{rd(7, 1), rd(9, 1)}},
		{"u64", "x.u64", le(1, 1<<63), []Access{rd(1, 1), rd(1<<63, 1)}},
		{"csv", "x.csv", "1,7,4096\n2,9,4096\n", []Access{rd(7, 1), rd(9, 1)}},
		{"arc", "x.lis", "10 3 0 1\n5 0 0 2\n7 1 0 3\n", []Access{rd(10, 1), rd(11, 1), rd(12, 1), rd(7, 1)}},
		{"lirs", "x.trc", "1\n2\n*\n1\n", []Access{rd(1, 1), rd(2, 1), rd(1, 1)}},
		{"txt", "", "12\n13\n", []Access{rd(12, 1), rd(13, 1)}},
	} {
		for _, batch := range []int{8, 9, 1000} {
			for _, packed := range []bool{false, true} {
				text := c.text
				if packed {
					var b bytes.Buffer
					z := gzip.NewWriter(&b)
					_, _ = z.Write([]byte(text))
					_ = z.Close()
					text = b.String()
				}
				r, info, err := Open(strings.NewReader(text), Options{Name: c.name})
				if err != nil || info.Format != c.format || info.Gzip != packed {
					t.Errorf("%s: found %+v, %v", c.format, info, err)
					continue
				}
				got, err := readAll(r, batch)
				if err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%s, batches of %d: %v, %v\nwant %v", c.format, batch, got, err, c.want)
				}
			}
		}
	}
}

// TestWrong: what is wrong with a trace is one line with the place.
func TestWrong(t *testing.T) {
	long := strings.Repeat("1", maxLine+1)
	for _, c := range []struct{ format, text, want string }{
		{"lackey", "I  10,1\n L 10\n", `line 2: " L 10": must be I, L, S or M, address and size, as " L 00403000,4"`},
		{"lackey", " L 10,99999999\n", "line 1: an access of 99999999 bytes: must be at most 65536"},
		{"lackey", " L ffffffffffffffff,2\n", "line 1: an access of 2 bytes at 0xffffffffffffffff: it goes beyond the last address"},
		{"lackey", long, "line 1: more than 65536 bytes in one line"},
		{"din", "0 1\n5 1\n", `line 2: "5 1": must be a label from 0 to 4 and a hexadecimal address`},
		{"memsim", "10 X\n", `line 1: "10 X": must be a hexadecimal address and R or W`},
		{"address", "s 1\n\nq 1 1\n", `line 3: "q 1 1": must be l or s, an address and a number, as "s 0x1fffff50 1"`},
		{"pinatrace", "0x1: X 0x2\n", `line 1: "0x1: X 0x2": must be as "0x401000: R 0x7ffc10"`},
		{"moss", "READ random\n", `line 1: "READ random": a random address cannot be repeated; write the address`},
		{"moss", "JUMP 1\n", `line 1: "JUMP 1": must be READ or WRITE, bin, oct, hex or dec, and an address`},
		{"drmemtrace-view", "read x byte(s) @ 0x1\n", `line 1: "read x byte(s) @ 0x1": must be as "… read 8 byte(s) @ 0x7ffc0010 …"`},
		{"drmemtrace", dr(0, 1, 1), "byte 0: the first record is of type 0: must be 25, the header"},
		{"drmemtrace", dr(25, 0, 3) + dr(900, 0, 0), "byte 12: a record of type 900: no version of drmemtrace has it"},
		{"drmemtrace", dr(25, 0, 3) + dr(17, 9, 0), "byte 12: a bundle of 9 instructions: must be at most 8"},
		{"u64", "123456789", "byte 8: the trace ends in the middle of a record"},
		{"oracleGeneral", "12", "byte 0: the trace ends in the middle of a record"},
		{"csv", "1,2\n1\n", `line 2: "1": it has no column 2`},
		{"arc", "18446744073709551615 2 0 0\n", `line 1: "18446744073709551615 2 0 0": must be first block, number of blocks, and two more numbers`},
		{"lirs", "x\n", `line 1: "x": must be a block number or *`},
		{"memlab", "MLTRACE\x01\x01", "byte 9: the trace is cut off: it has no end record"},
		{"memlab", "MLTRACE\x02\x01", "byte 0: version 2 of memlab's trace format: must be 1"},
		{"memlab", "MLTRACE\x01\x03", "byte 9: page size 3: must be 0, or a power of two up to 1073741824"},
		{"memlab", "MLTRACE\x01\x01\x07\x05", "byte 11: 0 references were read, the trace's end says 5"},
		{"memlab", "MLTRACE\x01\x01\x07\x00x", "byte 11: there is something behind the end of the trace"},
		{"nonsense", "", `trace format "nonsense": must be one of ` + strings.Join(Names(), ", ")},
		{"", "\x28\xb5\x2f\xfd", "the trace is compressed with zstd: only gzip is read, so unpack it first"},
		{"", "??", "its format cannot be told from name and content: name it with --trace-format, one of " + strings.Join(Names(), ", ")},
	} {
		r, _, err := Open(strings.NewReader(c.text), Options{Format: c.format})
		if err == nil {
			_, err = readAll(r, 16)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%s %.20q: %v\nwant %s", c.format, c.text, err, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	c, err := ParseColumns("time-col=1,obj-id-col=3,op-col=2,delimiter=;,has-header=true,obj-id-is-num=1")
	if want := (Columns{Time: 1, ID: 3, Op: 2, Delimiter: ';', Header: true, Numeric: true}); err != nil || c != want {
		t.Errorf("%+v, %v", c, err)
	}
	r, _, err := Open(strings.NewReader("t;op;id\n1;get;7\n2;set;8\n3;get;x\n"), Options{Format: "csv", Columns: &c})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(r, 16)
	if !slices.Equal(got, []Access{rd(7, 1), wr(8, 1)}) || err == nil || err.Error() != `line 4: "x": must be a number (obj-id-is-num)` {
		t.Errorf("%v, %v", got, err)
	}
	for text, want := range map[string]string{
		"obj-id-col=0":               "obj-id-col=0: must be a column from 1 to 1000",
		"x=1":                        `"x": must be one of time-col, obj-id-col, obj-size-col, op-col, delimiter, has-header, obj-id-is-num`,
		"time-col=1":                 "obj-id-col is missing",
		"obj-id-col=1,delimiter=ab":  "delimiter=ab: must be one character",
		"obj-id-col=1,has-header=no": "has-header=no: must be true or false",
	} {
		if _, err := ParseColumns(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// arbitrary are accesses of all sorts, as a trace of that unit may have them.
func arbitrary(rng *rand.Rand, n int, unit uint64) []Access {
	var all []Access
	for len(all) < n {
		a := Access{Addr: rng.Uint64() >> rng.IntN(64), Size: 1, Space: int32(rng.IntN(2)), Kind: Kind(rng.IntN(5))}
		if unit == 1 && a.Kind != Drop {
			a.Size = 1 << rng.IntN(6)
			if rng.IntN(8) == 0 {
				a.Size = uint32(1 + rng.IntN(maxSize))
			}
			a.Addr &= 1<<63 - 1
		}
		if unit != 1 && a.Kind <= Write && rng.IntN(4) == 0 {
			a.Straddles = true
			all = append(all, a)
			a.Straddles = false
			a.Addr++
		}
		for range 1 + rng.IntN(20)*rng.IntN(2)*rng.IntN(2) {
			all = append(all, a)
		}
	}
	return all
}

// TestOwnRoundTrip writes all sorts of accesses in memlab's own format and reads them.
func TestOwnRoundTrip(t *testing.T) {
	for seed := range uint64(50) {
		for _, unit := range []uint64{0, 1, 4096} {
			want := arbitrary(rand.New(rand.NewPCG(seed, unit)), 300, unit)
			var b bytes.Buffer
			w, err := NewWriter(&b, FormatOwn, unit)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Write(want[:100]), w.Write(want[100:]), w.Close()); err != nil {
				t.Fatal(err)
			}
			r, info, err := Open(&b, Options{})
			if err != nil || info != (Info{Format: FormatOwn, PageSize: unit}) {
				t.Fatalf("%+v, %v", info, err)
			}
			if got, err := readAll(r, 7); err != nil || !slices.Equal(got, want) {
				t.Fatalf("seed %d, unit %d: %v\ngot  %v\nwant %v", seed, unit, err, got, want)
			}
		}
	}
}

// TestWriters writes an example in each format that can be written, and reads it.
func TestWriters(t *testing.T) {
	bytes4 := []Access{fe(0x401000, 8), rd(0x403000, 4), wr(0x1fff00068c, 4), {Addr: 0x421c7cc, Size: 4, Kind: Modify}}
	halves := []Access{fe(0x401000, 1), rd(0x403000, 1), wr(0x1fff00068c, 1), rd(0x421c7cc, 1), wr(0x421c7cc, 1)}
	reads := slices.Clone(halves)
	for i := range reads {
		reads[i].Kind = Read
	}
	memsim := slices.Clone(halves)
	memsim[0].Kind = Read
	for _, c := range []struct {
		format string
		unit   uint64
		text   string
		want   []Access
	}{
		{"lackey", 1, "I  00401000,8\n L 00403000,4\n S 1fff00068c,4\n M 0421c7cc,4\n", bytes4},
		{"din", 1, "2 401000\n0 403000\n1 1fff00068c\n0 421c7cc\n1 421c7cc\n", halves},
		{"memsim", 1, "00401000 R\n00403000 R\n1fff00068c W\n0421c7cc R\n0421c7cc W\n", memsim},
		{"csv", 0, "", halves},
		{"txt", 0, "", reads},
		{"u64", 4096, "", reads},
		{"oracleGeneral", 4096, "", reads},
	} {
		var b bytes.Buffer
		w, err := NewWriter(&b, c.format, c.unit)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(bytes4), w.Close()); err != nil {
			t.Fatal(err)
		}
		if c.text != "" && b.String() != c.text {
			t.Errorf("%s: %q", c.format, b.String())
		}
		o := Options{Format: c.format}
		if c.format == "csv" {
			o.Columns = &Columns{ID: 1, Op: 2, Delimiter: ','}
		}
		r, _, err := Open(&b, o)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(r, 16); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.format, got, err, c.want)
		}
	}
	for want, try := range map[string]func() error{
		"trace format moss cannot be written; must be one of " + strings.Join(WriterNames(), ", "): func() error {
			_, err := NewWriter(io.Discard, "moss", 1)
			return err
		},
		"trace format u64 holds page numbers, the trace byte addresses: a page size is needed": func() error {
			_, err := NewWriter(io.Discard, "u64", 1)
			return err
		},
		"the trace is of several address spaces, 0 and 3: format din cannot tell them apart": func() error {
			w, _ := NewWriter(io.Discard, "din", 1)
			return w.Write([]Access{rd(1, 1), {Addr: 2, Size: 1, Space: 3}})
		},
	} {
		if err := try(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestOracleNext: the next request is counted from 1.
func TestOracleNext(t *testing.T) {
	var b bytes.Buffer
	w, _ := NewWriter(&b, "oracleGeneral", 0)
	if err := errors.Join(w.Write([]Access{rd(5, 1), rd(6, 1), rd(5, 1)}), w.Close()); err != nil {
		t.Fatal(err)
	}
	var next []int64
	for off := 16; off < b.Len(); off += oracleSize {
		next = append(next, int64(binary.LittleEndian.Uint64(b.Bytes()[off:])))
	}
	if want := []int64{3, -1, -1}; !slices.Equal(next, want) {
		t.Errorf("%v, want %v", next, want)
	}
}

// TestPager: accesses become pages; what straddles touches each page once, in order.
func TestPager(t *testing.T) {
	p, err := NewPager(Row([]Access{
		fe(0x1000, 4), rd(0xffe, 4), wr(0x1ffc, 4),
		{Addr: 0x1fff, Size: 2, Kind: Modify},
		fe(0xfff, 3),
		rd(0x1000, 0x2001),
		{Addr: 0x1000, Size: 1, Kind: Drop},
		{Addr: 0x1000, Size: 1, Space: 2},
	}), Info{PageSize: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := ReadAll(p, true)
	if err != nil || len(blocks) != 1 {
		t.Fatal(blocks, err)
	}
	r, w := sim.ReadOf, sim.WriteOf
	want := sim.Block{
		Refs: []sim.Ref{r(0), r(1), r(0), w(0), r(0), r(2), w(0), w(2), r(1), r(0), r(0), r(2), r(3), r(4)},
		Marks: []sim.Mark{
			{At: 1, Pair: true}, {At: 4, Pair: true}, {At: 6, Pair: true}, {At: 13, Gone: 0},
		},
	}
	if !reflect.DeepEqual(blocks[0], want) {
		t.Errorf("got  %+v\nwant %+v", blocks[0], want)
	}
	var names []uint64
	for n := range p.Pages() {
		page, space := p.Name(uint32(n))
		names = append(names, page, uint64(space))
	}
	if want := []uint64{1, 0, 0, 0, 2, 0, 3, 0, 1, 2}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

// TestSweep: many simulations on one decoding give what each gives alone, in order, with any number of workers.
func TestSweep(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var all []Access
	for range 40000 {
		a := Access{Addr: uint64(rng.ExpFloat64() * 20), Size: 1, Kind: Kind(rng.IntN(2))}
		for range 1 + rng.IntN(6) {
			all = append(all, a)
		}
	}
	open := func() (*Pager, error) { return NewPager(Row(all), Info{}, 0) }
	var jobs []Job
	for _, name := range []string{
		"fifo", "random", "lru", "mru", "opt", "clock", "second_chance", "esc", "2q", "sieve", "slru", "arc", "car", "lirs", "lru2", "s3fifo", "aging", "lfu",
	} {
		for _, n := range []int{2, 30} {
			jobs = append(jobs, Job{Policy: name, Frames: n})
		}
	}
	jobs = append(jobs, Job{Policy: "clock", Params: map[string]int{"r_on_load": 0}, Frames: 9},
		Job{Policy: "ws", Params: map[string]int{"tau": 50}}, Job{Policy: "vmin", Params: map[string]int{"tau": 50}})
	got, _, err := Sweep(open, jobs, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, j := range jobs {
		p, _ := open()
		blocks, err := ReadAll(p, true)
		if err != nil {
			t.Fatal(err)
		}
		e, err := sim.NewEngine(sim.Config{
			Policy: j.Policy, Params: j.Params, Frames: j.Frames, Pages: p.Pages(), Seed: 1, Next: sim.NextUses(blocks),
		})
		if err != nil {
			t.Fatal(err)
		}
		for k := range blocks {
			e.FeedBlock(&blocks[k]) // as it stands: nothing is collapsed
		}
		want := Outcome{Refs: e.References(), Hits: e.Hits(), Faults: e.Faults, Evictions: e.Evictions, WriteBacks: e.Written()}
		e.Resident(func(page uint32) { want.Resident = append(want.Resident, page) })
		if !reflect.DeepEqual(got[i], want) {
			t.Errorf("%s, %d frames: %+v\nalone %+v", j.Policy, j.Frames, got[i], want)
		}
	}
}
