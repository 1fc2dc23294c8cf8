package cpu

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"memlab/paging"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/vm/x86"
)

// The vector instructions against a real processor. testdata/sse_insns.txt lists instructions (made by
// sse_insns.sh), testdata/sse_oracle.c runs them, testdata/sse_host.gz has what a processor (an AMD EPYC)
// answered to the cases of corpusCases. Record it anew with
//
//	go test ./vm/cpu -run TestSSECorpus -update

// vecCase is the state before or after one instruction; the layout is that of the record in sse_oracle.c.
type vecCase struct {
	Code           [16]byte
	Length, Offset uint64
	MXCSR, Flags   uint64
	Trap           uint64 // 0, or 1 + the vector of the exception
	XMM            [3]Vec
	MM             [2]uint64 // mm1 and mm2
	Regs           [3]uint64 // RAX, RCX, RDX
	Tags           uint64
	Mem            [8]uint64
}

// vecInsn is a line of sse_insns.txt.
type vecInsn struct {
	code []byte
	text string
}

func vecInsns(t *testing.T) []vecInsn {
	t.Helper()
	data, err := os.ReadFile("testdata/sse_insns.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []vecInsn
	for line := range strings.Lines(string(data)) {
		code, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		b, err := hex.DecodeString(code)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, vecInsn{b, text})
	}
	return list
}

// xorshift is a source of inputs that is the same everywhere and always.
type xorshift uint64

func (x *xorshift) next() uint64 {
	*x ^= *x << 13
	*x ^= *x >> 7
	*x ^= *x << 17
	return uint64(*x)
}

func (x *xorshift) below(n int) int { return int(x.next() >> 33 % uint64(n)) }

var edge64 = []uint64{
	0, 1 << 63, // zeros
	1, 1<<63 | 1, 0xfffffffffffff, 0x8000000000001, // denormals
	0x10000000000000, 0x8010000000000000, 0x10000000000001, // least normal numbers
	0x7fefffffffffffff, 0xffefffffffffffff, // greatest
	0x7ff0000000000000, 0xfff0000000000000, // infinities
	0x7ff8000000000000, 0xfff8000000000123, 0x7fffffffffffffff, // quiet NaNs
	0x7ff0000000000001, 0xfff4000000000000, // signalling NaNs
	0x3ff0000000000000, 0xbff0000000000000, 0x3ff0000000000001, 0x3fefffffffffffff, 0x3fe0000000000000,
	0x3fdfffffffffffff, 0x4000000000000000, 0x4008000000000000, 0x3fb999999999999a, 0xc004000000000000,
	0x41dfffffffc00000, 0x41dfffffffe00000, 0x41dfffffffffffff, 0x41e0000000000000, // around 2^31
	0xc1e0000000000000, 0xc1e0000000100000, 0xc1e0000000200000, 0xc1e00000001fffff,
	0x43e0000000000000, 0x43dfffffffffffff, 0xc3e0000000000000, 0xc3e0000000000001, // around 2^63
	0x4330000000000001, 0x4340000000000000, 0x433fffffffffffff, 0x432fffffffffffff, 0x4338000000000001,
	0x36a0000000000000, 0x3690000000000000, 0x3690000000000001, 0x380fffffffffffff, 0x380ffffff0000000,
	0x3810000000000000, 0x47efffffe0000000, 0x47effffff0000000, 0x47efffffefffffff, 0x36b8000000000000,
	0x1ff0000000000000, 0x2000000000000001, 0x5ff0000000000001, 0x1e60000000000000,
}

var edge32 = []uint64{
	0, 0x80000000, 1, 0x80000001, 0x7fffff, 0x400001, 0x800000, 0x80800000, 0x800001, 0x7f7fffff, 0xff7fffff,
	0x7f800000, 0xff800000, 0x7fc00000, 0xffc00123, 0x7fffffff, 0x7f800001, 0xffa00000, 0x3f800000, 0xbf800000,
	0x3f800001, 0x3f7fffff, 0x3f000000, 0x3effffff, 0x40000000, 0x40400000, 0x3dcccccd, 0xc0200000, 0x4effffff,
	0x4f000000, 0xcf000000, 0xcf000001, 0x5f000000, 0x5effffff, 0xdf000000, 0xdf000001, 0x4b000001, 0x4b7fffff,
	0x4b800000, 0x4a7fffff, 0x20000000, 0x1fffffff, 0x5f800001, 0x1e600000, 0x3fc00000, 0x40200000,
}

var edgeInt = []uint64{
	0, ^uint64(0), 1, 0x7fffffffffffffff, 0x8000000000000000, 0x7f80ff0180007fff, 0x8000000080000000,
	0x7fffffff7fffffff, 0x7fff7fff80008000, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f, 0x0100ff00fe017f80, 15, 16, 31, 32,
	63, 64, 0x00ff00ff00ff00ff, 0x0001000100010001, 0x20000000000000, 0x20000000000001, 0x1000001, 0xffffffff,
}

// word is an input of 64 bits for an instruction whose elements are 'd'oubles, 's'ingles or 'i'ntegers.
func (x *xorshift) word(kind byte) uint64 {
	r := x.next()
	switch kind {
	case 'd':
		switch r >> 60 & 7 {
		case 0, 1, 2, 3:
			return edge64[x.below(len(edge64))]
		case 4:
			return r
		case 5: // close to 1, and so to each other
			return r&0x803fffffffffffff | 0x3fc0000000000000
		case 6: // few bits: exact results
			return r&0x8077f00000000000 | 0x3f80000000000000
		default: // results around the least normal number
			return r&0x807fffffffffffff | 0x1fc0000000000000
		}
	case 's':
		return x.single() | x.single()<<32
	}
	switch r >> 60 & 3 {
	case 0, 1:
		return edgeInt[x.below(len(edgeInt))]
	case 2: // bytes that are often equal, and often zero
		return r & 0x0303030303030303
	}
	return r
}

func (x *xorshift) single() uint64 {
	r := x.next()
	switch r >> 60 & 7 {
	case 0, 1, 2, 3:
		return edge32[x.below(len(edge32))]
	case 4:
		return r & 0xffffffff
	case 5:
		return r&0x81ffffff | 0x3e000000
	case 6:
		return r&0x83f80000 | 0x3c000000
	default:
		return r&0x81ffffff | 0x1e000000
	}
}

// kindOfInsn guesses what an instruction's elements are: it only decides which inputs are interesting.
func kindOfInsn(text string) byte {
	op, _, _ := strings.Cut(text, " ")
	switch {
	case strings.HasPrefix(op, "p") || strings.HasPrefix(op, "cvtdq") || strings.HasPrefix(op, "cvtsi") ||
		strings.HasPrefix(op, "cvtpi") || strings.HasPrefix(op, "mov"):
		return 'i'
	case strings.HasPrefix(op, "cvtsd") || strings.HasPrefix(op, "cvttsd") || strings.HasPrefix(op, "cvtpd") ||
		strings.HasPrefix(op, "cvttpd"):
		return 'd'
	case strings.HasPrefix(op, "cvt"):
		return 's'
	case strings.HasSuffix(op, "d"):
		return 'd'
	case strings.HasSuffix(op, "s"):
		return 's'
	}
	return 'i'
}

// env is an MXCSR: mostly the usual one with some flags set, otherwise all sorts of modes, at times with
// exceptions that are not masked.
func (x *xorshift) env() uint64 {
	r := x.next()
	switch r >> 60 & 7 {
	case 0, 1:
		return 0x1f80
	case 2:
		return 0x1fa0
	case 3:
		return 0x1f80 | r&0xffff // modes and flags
	case 4, 5:
		return 0x1f80 | r&0x6000
	case 6:
		return r & 0xffff
	default:
		return r & 0xffc0 // unmasked ones, no flags yet
	}
}

func makeCase(in vecInsn, x *xorshift) vecCase {
	kind := kindOfInsn(in.text)
	c := vecCase{Length: uint64(len(in.code)), MXCSR: x.env(), Flags: x.next() & flagStatus}
	copy(c.Code[:], in.code)
	for i := range c.XMM {
		c.XMM[i] = Vec{x.word(kind), x.word(kind)}
	}
	for i := range c.MM {
		c.MM[i] = x.word(kind)
	}
	for i := range c.Regs {
		c.Regs[i] = x.word('i')
		if strings.Contains(in.text, "estr") {
			c.Regs[i] = uint64(x.below(40)) - 20
		}
	}
	for i := range c.Mem {
		c.Mem[i] = x.word(kind)
	}
	if x.below(3) == 0 {
		c.Offset = uint64(x.below(40))
	}
	if strings.HasPrefix(in.text, "ldmxcsr") {
		c.Offset &^= 3
		for i := range c.Mem {
			c.Mem[i] &^= 0x2000000020000 // a bit that AMD has and Intel has not
			if x.below(4) != 0 {
				c.Mem[i] &= 0xffff0000ffff
			}
		}
	}
	return c
}

// corpusCases are n cases for each instruction.
func corpusCases(list []vecInsn, n int, seed uint64) []vecCase {
	x := xorshift(seed)
	var cases []vecCase
	for _, in := range list {
		if approximation(in.text) {
			continue
		}
		for range n {
			cases = append(cases, makeCase(in, &x))
		}
	}
	return cases
}

func approximation(text string) bool {
	return strings.HasPrefix(text, "rcp") || strings.HasPrefix(text, "rsqrt")
}

// oracle runs cases on the processor. It skips the test where that is impossible.
func vecOracle(t *testing.T, cases []vecCase) []vecCase {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("needs linux/amd64")
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	bin := filepath.Join(t.TempDir(), "oracle")
	//nolint:gosec // our own program, built from testdata
	if out, err := exec.Command(gcc, "-O1", "-static", "-o", bin, "testdata/sse_oracle.c").CombinedOutput(); err != nil {
		t.Skipf("gcc: %v\n%s", err, out)
	}
	var in bytes.Buffer
	if err := binary.Write(&in, binary.LittleEndian, cases); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin) //nolint:gosec // the one built above
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := make([]vecCase, len(cases))
	if err := binary.Read(bytes.NewReader(out), binary.LittleEndian, got); err != nil {
		t.Fatal(err)
	}
	return got
}

// bench is a CPU with a little memory for single instructions.
type bench struct {
	*CPU
	mem []byte
}

const benchAddr = 2*4096 - 32 // operands beyond the 32nd byte of mem lie in another page

func newBench(tb testing.TB) bench {
	tb.Helper()
	mem, err := phys.New(4096, 4)
	if err != nil {
		tb.Fatal(err)
	}
	bus := new(event.Bus)
	return bench{&CPU{MMU: paging.NewDirect(mem, bus), Bus: bus}, mem.Bytes[benchAddr : benchAddr+64]}
}

// run executes the case as the processor would.
func (b bench) run(in vecCase) (vecCase, error) {
	op, ok := x86.Decode(in.Code[:in.Length], 0, false)
	if ok && op.Code == x86.Nop { // fences and prefetches
		return in, nil
	}
	if !ok || uint64(op.Len) != in.Length || !op.Code.IsSSE() {
		return in, fmt.Errorf("decoded as %+v", op)
	}
	b.load(in)
	b.execSSE(&op)
	return b.save(in), nil
}

// load puts the state of the case into the CPU and its memory.
func (b bench) load(in vecCase) {
	c := b.CPU
	c.MXCSR = uint32(in.MXCSR)
	copy(c.X[:], in.XMM[:])
	c.fpu.init()
	c.fpu.setMMX(1, in.MM[0])
	c.fpu.setMMX(2, in.MM[1])
	c.Regs[x86.RAX], c.Regs[x86.RCX], c.Regs[x86.RDX] = in.Regs[0], in.Regs[1], in.Regs[2]
	c.Regs[x86.RSI] = benchAddr + in.Offset
	c.Regs[x86.RDI] = benchAddr + in.Offset
	c.SetRFlags(in.Flags)
	for i, w := range in.Mem {
		binary.LittleEndian.PutUint64(b.mem[8*i:], w)
	}
	c.raised = false
}

// save is the state afterwards; in has what never changes.
func (b bench) save(in vecCase) vecCase {
	c := b.CPU
	out := in
	if c.raised {
		out.Trap = 1 + uint64(c.exc.Vector)
	}
	out.MXCSR = uint64(c.MXCSR)
	copy(out.XMM[:], c.X[:])
	out.MM = [2]uint64{c.fpu.mmx(1), c.fpu.mmx(2)}
	out.Regs = [3]uint64{c.Regs[x86.RAX], c.Regs[x86.RCX], c.Regs[x86.RDX]}
	out.Tags = uint64(c.fpu.full)
	out.Flags = c.RFlags() & flagStatus
	for i := range out.Mem {
		out.Mem[i] = binary.LittleEndian.Uint64(b.mem[8*i:])
	}
	return out
}

// compareVec checks memlab's answers to cases against a processor's.
func compareVec(t *testing.T, b bench, list []vecInsn, cases, want []vecCase) {
	t.Helper()
	text := make(map[string]string, len(list))
	for _, in := range list {
		text[string(in.code)] = in.text
	}
	failed := map[string]int{}
	bad := 0
	for i, in := range cases {
		got, err := b.run(in)
		if err == nil && got == want[i] {
			continue
		}
		bad++
		name := text[string(in.Code[:in.Length])]
		if failed[name]++; failed[name] <= 2 && len(failed) <= 40 {
			t.Errorf("%s (%v)\n in   %s\n got  %s\n want %s", name, err, in.state(), got.state(), want[i].state())
		}
	}
	t.Logf("%d cases, %d differences in %d instructions", len(cases), bad, len(failed))
}

func (c *vecCase) state() string {
	return fmt.Sprintf("mxcsr %x flags %x trap %d xmm %x mm %x regs %x tags %x mem+%d %x",
		c.MXCSR, c.Flags, c.Trap, c.XMM, c.MM, c.Regs, c.Tags, c.Offset, c.Mem)
}

func TestSSEHost(t *testing.T) {
	list := vecInsns(t)
	cases := corpusCases(list, 300, 0x9e3779b97f4a7c15)
	compareVec(t, newBench(t), list, cases, vecOracle(t, cases))
}

const corpusSeed, corpusPer = 0x123456789abcdef, 24

func TestSSECorpus(t *testing.T) {
	list := vecInsns(t)
	cases := corpusCases(list, corpusPer, corpusSeed)
	if *update {
		recordCorpus(t, cases, vecOracle(t, cases))
	}
	answers := readCorpus(t, cases)
	t.Run("long way", func(t *testing.T) { compareVec(t, newBench(t), list, cases, answers) })
	t.Run("lines", func(t *testing.T) {
		b := newBench(t)
		fillLines(b.MMU)
		compareVec(t, b, list, cases, answers)
	})
}

const caseWords = 23 // what an instruction may change: vecCase from MXCSR on, without the offset

// words lists what an instruction may change.
func (c *vecCase) words() [caseWords]*uint64 {
	return [caseWords]*uint64{
		&c.MXCSR, &c.Flags, &c.Trap, &c.XMM[0].Lo, &c.XMM[0].Hi, &c.XMM[1].Lo, &c.XMM[1].Hi, &c.XMM[2].Lo,
		&c.XMM[2].Hi, &c.MM[0], &c.MM[1], &c.Regs[0], &c.Regs[1], &c.Regs[2], &c.Tags, &c.Mem[0], &c.Mem[1],
		&c.Mem[2], &c.Mem[3], &c.Mem[4], &c.Mem[5], &c.Mem[6], &c.Mem[7],
	}
}

// recordCorpus writes, for each case, a bit mask of the words that changed, and their new values.
func recordCorpus(t *testing.T, cases, answers []vecCase) {
	t.Helper()
	var raw bytes.Buffer
	for i := range cases {
		before, after := cases[i].words(), answers[i].words()
		var mask uint32
		var changed []byte
		for k := range before {
			if *before[k] != *after[k] {
				mask |= 1 << k
				changed = binary.AppendUvarint(changed, *after[k])
			}
		}
		raw.Write(binary.AppendUvarint(nil, uint64(mask)))
		raw.Write(changed)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(raw.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/sse_host.gz", packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readCorpus(t *testing.T, cases []vecCase) []vecCase {
	t.Helper()
	data, err := os.ReadFile("testdata/sse_host.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(raw)
	answers := make([]vecCase, len(cases))
	for i := range cases {
		answers[i] = cases[i]
		mask, err := binary.ReadUvarint(r)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		for k, w := range answers[i].words() {
			if mask>>k&1 != 0 {
				if *w, err = binary.ReadUvarint(r); err != nil {
					t.Fatalf("case %d: %v", i, err)
				}
			}
		}
	}
	if r.Len() != 0 {
		t.Fatalf("%d bytes left over: the corpus is of other cases", r.Len())
	}
	return answers
}
