package cpu

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/vm/x86"
)

// The tests of this file execute the same static program twice: on the processor of the host, if that is an
// amd64 under Linux, and here. The program executes one instruction after another, each with registers,
// flags and memory of its own, and keeps what comes out. What the host answered is recorded in testdata, as
// one checksum a case.

const (
	hostCases  = 20000
	hostCode   = 0x400000
	hostData   = 0x1000000
	resultSize = 18 * 8 // 16 registers, flags, one word to spare
	caseData   = scratchBytes + resultSize
	hostStack  = hostData - 0x1000 // of the program itself, for PUSHF
	hostMemory = 32 << 20
	corpusPath = "testdata/host.txt.gz"
)

// update is the -update flag.
var update = flag.Bool("update", false, "record the host's answers")

// hostProgram is the code and the data of the program that executes cases.
func hostProgram(cases []hostCase) (code, data []byte) {
	a := &assembler{}
	for i := range cases {
		scratch := uint64(hostData + i*caseData)
		data = append(data, cases[i].mem[:]...)
		data = append(data, make([]byte, resultSize)...)
		a.runCase(&cases[i], scratch+scratchBytes)
	}
	a.movImm(0, 1) // the system call write to descriptor 1
	a.movImm(7, 1)
	a.movImm(6, hostData)
	a.movImm(2, uint64(len(data)))
	a.b(0x0F, 0x05)
	a.movImm(0, 60) // exit
	a.b(0x31, 0xFF, 0x0F, 0x05)
	return a.code, data
}

// assembler knows the few instructions around a case.
type assembler struct{ code []byte }

func (a *assembler) b(b ...byte) { a.code = append(a.code, b...) }

// movImm is MOV r64, imm64.
func (a *assembler) movImm(r int, v uint64) {
	a.b(0x48|byte(r>>3), 0xB8|byte(r&7))
	a.code = binary.LittleEndian.AppendUint64(a.code, v)
}

// save is MOV [at], r64 with a RIP-relative address.
func (a *assembler) save(r int, at uint64) {
	a.b(0x48|byte(r>>3)<<2, 0x89, byte(r&7)<<3|5)
	next := uint64(hostCode + len(a.code) + 4)
	a.code = binary.LittleEndian.AppendUint32(a.code, uint32(at-next))
}

func (a *assembler) runCase(c *hostCase, result uint64) {
	a.movImm(4, hostStack)
	a.movImm(0, c.flags)
	a.b(0x50, 0x9D) // push rax; popfq
	for r, v := range c.regs {
		a.movImm(r, v)
	}
	a.b(c.code...)
	for r := range 16 {
		a.save(r, result+8*uint64(r))
	}
	a.movImm(4, hostStack)
	a.b(0x9C, 0x58) // pushfq; pop rax
	a.save(0, result+16*8)
}

// hostELF is a static ELF file of code and data.
func hostELF(code, data []byte) []byte {
	const head = 0x1000
	stack := head + (len(code)+0xFFF)&^0xFFF
	f := make([]byte, stack+0x2000+len(data))
	copy(f, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(f[16:], 2)
	le.PutUint16(f[18:], 62)
	le.PutUint32(f[20:], 1)
	le.PutUint64(f[24:], hostCode)
	le.PutUint64(f[32:], 64)
	le.PutUint16(f[52:], 64)
	le.PutUint16(f[54:], 56)
	le.PutUint16(f[56:], 2)
	segment := func(p []byte, flags uint32, off, at uint64, size int) {
		le.PutUint32(p, 1)
		le.PutUint32(p[4:], flags)
		for i, v := range []uint64{off, at, at, uint64(size), uint64(size), 0x1000} {
			le.PutUint64(p[8+8*i:], v)
		}
	}
	segment(f[64:], 5, head, hostCode, len(code))
	segment(f[120:], 6, uint64(stack), hostData-0x2000, 0x2000+len(data))
	copy(f[head:], code)
	copy(f[stack+0x2000:], data)
	return f
}

// onHost runs the program on the host's processor and returns what it wrote.
func onHost(t *testing.T, code, data []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "cases")
	if err := os.WriteFile(path, hostELF(code, data), 0o700); err != nil { //nolint:gosec // to be executed
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command(path) //nolint:gosec // the file just written
	cmd.Stdout = out
	if err := cmd.Run(); err != nil {
		t.Fatalf("the host's processor: %v", err)
	}
	b, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// emulate runs the program here, with frames of the given size, until it writes.
func emulate(t *testing.T, code, data []byte, size uint64, prepare func(*CPU)) []byte {
	t.Helper()
	mem, err := phys.New(addr.PageSize(size), int(hostMemory/size))
	if err != nil {
		t.Fatal(err)
	}
	bus := &event.Bus{}
	mmu := paging.NewDirect(mem, bus)
	copy(mem.Bytes[hostCode:], code)
	copy(mem.Bytes[hostData:], data)
	c := New(mmu, bus, NewCache(mmu))
	c.RIP = hostCode
	prepare(c)
	if e := c.Run(1 << 40); e.Kind != ExitSyscall {
		at := mem.Bytes[c.RIP:]
		t.Fatalf("exit %+v, exception %+v at %#x: %s", e, c.Exception(), c.RIP, x86.Text(at[:15], c.RIP, false))
	}
	return mem.Bytes[hostData : hostData+len(data)]
}

func makeCases() []hostCase {
	g := &caseGen{r: rand.New(rand.NewPCG(1, 2))}
	cases := make([]hostCase, hostCases)
	for i := range cases {
		cases[i] = g.next(uint64(hostData + i*caseData))
	}
	return cases
}

// outcome is what a case left behind, with undefined flags cleared.
func outcome(c *hostCase, i int, out []byte) []byte {
	b := bytes.Clone(out[i*caseData:][:caseData])
	flags := b[scratchBytes+16*8:]
	v := binary.LittleEndian.Uint64(flags)
	binary.LittleEndian.PutUint64(flags, v&c.defined)
	return b
}

// isOracle reports whether the host's processor answers as one does: testdata/insn_oracle.c looks. Where that cannot
// be built, the program of cases is run all the same.
func isOracle(t *testing.T) bool {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return false
	}
	unfit := ""
	t.Run("host", func(t *testing.T) {
		unfit = buildOracle(t, filepath.Join(t.TempDir(), "oracle"), false)
		if unfit != "" {
			t.Skip(unfit)
		}
	})
	return unfit == ""
}

// TestAgainstHost compares case by case, in the fast loop, one instruction at a time, and observed.
func TestAgainstHost(t *testing.T) {
	cases := makeCases()
	code, data := hostProgram(cases)
	want := recorded(t)
	if isOracle(t) {
		host := onHost(t, code, data)
		compareHost(t, cases, host, emulate(t, code, data, 2<<20, func(c *CPU) { fillLines(c.MMU) }))
		sums := checksums(cases, host)
		if *update {
			record(t, sums)
			want = sums
		}
		if sums != want {
			t.Error("the host's answers are not those on record")
		}
	}
	ways := map[string]func(*CPU){
		"lines":    func(c *CPU) { fillLines(c.MMU) },
		"no lines": func(*CPU) {},
		"observed": func(c *CPU) {
			c.Bus.Subscribe(event.PerInstruction|event.PerAccess, func(*event.Event) event.Verdict { return event.Continue })
		},
	}
	for name, prepare := range ways {
		size := uint64(4096)
		if name == "lines" {
			size = 2 << 20
		}
		if got := checksums(cases, emulate(t, code, data, size, prepare)); got != want {
			t.Errorf("%s: the outcome is not the recorded one, first at case %d", name, firstDifference(got, want))
		}
	}
}

func compareHost(t *testing.T, cases []hostCase, host, here []byte) {
	t.Helper()
	bad := 0
	for i := range cases {
		c := &cases[i]
		w, g := outcome(c, i, host), outcome(c, i, here)
		if bytes.Equal(w, g) {
			continue
		}
		if bad++; bad <= 20 {
			t.Errorf("case %d: %s (% x), flags %#x\n%s", i, x86.Text(c.code, 0, false), c.code, c.flags, difference(c, w, g))
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d cases differ from the host", bad, len(cases))
	}
}

// difference lists the words in which host and emulator disagree.
func difference(c *hostCase, want, got []byte) string {
	var s strings.Builder
	for o := 0; o < len(want); o += 8 {
		w, g := binary.LittleEndian.Uint64(want[o:]), binary.LittleEndian.Uint64(got[o:])
		if w == g {
			continue
		}
		switch r := (o - scratchBytes) / 8; {
		case o < scratchBytes:
			fmt.Fprintf(&s, "  memory+%d: host %#x, here %#x, before %#x\n", o, w, g, binary.LittleEndian.Uint64(c.mem[o:]))
		case r == 16:
			fmt.Fprintf(&s, "  flags: host %#x, here %#x\n", w, g)
		default:
			fmt.Fprintf(&s, "  r%d: host %#x, here %#x, before %#x\n", r, w, g, c.regs[r])
		}
	}
	return s.String()
}

// checksums is a line for each case.
func checksums(cases []hostCase, out []byte) string {
	var s strings.Builder
	for i := range cases {
		fmt.Fprintf(&s, "%08x\n", crc32.ChecksumIEEE(outcome(&cases[i], i, out)))
	}
	return s.String()
}

func firstDifference(a, b string) int {
	for i := 0; i+9 <= min(len(a), len(b)); i += 9 {
		if a[i:i+9] != b[i:i+9] {
			return i / 9
		}
	}
	return -1
}

func recorded(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(corpusPath)
	if err != nil {
		if *update {
			return ""
		}
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func record(t *testing.T, sums string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, sums); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(corpusPath), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(corpusPath, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
