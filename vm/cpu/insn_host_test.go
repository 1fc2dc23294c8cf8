package cpu

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// Generated instructions against the processor of the host, in both modes: registers, flags, segment registers, memory,
// and every exception with its error code and address. testdata/insn_oracle.c executes them there.

// longCases is how many cases of each mode TestHostLong makes: go test ./vm/cpu -run TestHostLong -cases 2000000.
var longCases = flag.Int("cases", 20000, "cases of each mode in TestHostLong")

// insnOracle executes cases on the host's processor. It skips the test where that is impossible.
func insnOracle(t *testing.T, dir string, mode32 bool, cases []insnCase) []insnCase {
	t.Helper()
	bin := filepath.Join(dir, fmt.Sprintf("oracle%v", mode32))
	if _, err := os.Stat(bin); err != nil {
		if unfit := buildOracle(t, bin, mode32); unfit != "" {
			t.Skip(unfit)
		}
	}
	var in []byte
	for i := range cases {
		in = cases[i].append(in)
	}
	file := filepath.Join(dir, "cases")
	if err := os.WriteFile(file, in, 0o600); err != nil {
		t.Fatal(err)
	}
	stdin, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	stdout, err := os.Create(filepath.Join(dir, "answers"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdout.Close() }()
	// A case that jumps into the program itself could keep it for ever.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin) //nolint:gosec // the one built above
	cmd.Stdin, cmd.Stdout = stdin, stdout
	runErr := cmd.Run()
	out, err := os.ReadFile(stdout.Name())
	if err != nil {
		t.Fatal(err)
	}
	got := make([]insnCase, len(out)/insnSize)
	for i := range got {
		got[i].parse(out[i*insnSize:])
	}
	if runErr != nil || len(got) != len(cases) {
		text := ""
		if len(got) < len(cases) {
			text = cases[len(got)].text(mode32)
		}
		t.Fatalf("the host's processor: %v, after %d of %d cases: %s", runErr, len(got), len(cases), text)
	}
	return got
}

// buildOracle compiles the program for the mode. It returns why this host is no oracle, if it is none, and skips the
// test where the program cannot be had.
func buildOracle(t *testing.T, bin string, mode32 bool) string {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("needs linux/amd64")
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	mode := "-m64"
	if mode32 {
		mode = "-m32"
	}
	//nolint:gosec // our own program, built from testdata
	out, err := exec.Command(gcc, "-O1", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-no-pie",
		mode, "-o", bin, "testdata/insn_oracle.c").CombinedOutput()
	if err != nil {
		t.Skipf("gcc: %v\n%s", err, out)
	}
	switch err := exec.Command(bin).Run(); {
	case err == nil:
		return ""
	case strings.Contains(err.Error(), "exit status 4"):
		return "this machine's segments are not Linux's on bare hardware: it is virtual, and no oracle"
	default:
		return fmt.Sprintf("this kernel does not run %s programs: %v", mode, err)
	}
}

func (c *insnCase) text(mode32 bool) string {
	return fmt.Sprintf("%s (% x) at %#x", x86.Text(c.Code[:], c.Place, mode32), c.Code[:c.Length], c.Place)
}

// insnBench is a CPU over the memory of a case.
type insnBench struct {
	*CPU
	mode32 bool
	code   [2][]byte
	frames [2]addr.Frame // of the code
	data   [3][]byte
}

func newInsnBench(tb testing.TB, mode32 bool) *insnBench {
	tb.Helper()
	bus := new(event.Bus)
	p, err := paging.NewPager(paging.Config{
		PageSize: 4096, Frames: 64, Table: paging.TableConfig{Levels: 4}, TLB: paging.TLBConfig{Entries: 64, Ways: 4}, Policy: "lru",
	}, bus)
	if err != nil {
		tb.Fatal(err)
	}
	space, err := p.NewSpace(area.Layout{TaskSize: 0x7ffffffff000, MmapBase: 0x7ffff7fff000, MaxAreas: 100})
	if err != nil {
		tb.Fatal(err)
	}
	b := &insnBench{CPU: New(p.MMU, bus, NewCache(p.MMU)), mode32: mode32}
	page := func(at, n uint64, prot addr.Prot, fill byte) [][]byte {
		_, err := space.Map(area.Request{
			Addr: addr.VAddr(at), Len: n * 4096, Prot: prot, Flags: area.MapPrivate | area.MapAnonymous | area.MapFixed,
		})
		if err != nil {
			tb.Fatal(err)
		}
		if got := space.Poke(addr.VAddr(at), bytes.Repeat([]byte{fill}, int(n)*4096)); got != int(n)*4096 {
			tb.Fatalf("%#x: %d bytes written", at, got)
		}
		var list [][]byte
		for i := range n {
			f := space.Page(addr.Page(at>>12 + i)).Frame
			list = append(list, p.Mem.Bytes[uint64(f)<<12:][:4096])
		}
		return list
	}
	code := page(insnCode, 2, addr.ProtRead|addr.ProtWrite|addr.ProtExec, 0xCC)
	low := page(insnData, 2, addr.ProtRead|addr.ProtWrite, 1)
	page(insnReadOnly, 1, addr.ProtRead, insnPattern)
	high := page(insnData+0x5000, 1, addr.ProtRead|addr.ProtWrite, 1)
	b.code = [2][]byte{code[0], code[1]}
	b.data = [3][]byte{low[0], low[1], high[0]}
	for i := range b.frames {
		b.frames[i] = space.Page(addr.Page(insnCode>>12 + i)).Frame
	}
	p.MMU.Switch(space)
	p.MMU.Translate(insnReadOnly, addr.Read) // resident, as on the host
	return b
}

// put writes code, which may cross into the second page.
func (b *insnBench) put(at uint64, code []byte) {
	for i, x := range code {
		o := at - insnCode + uint64(i)
		b.code[o>>12][o&4095] = x
	}
	b.MMU.CodeWritten(b.frames[0])
	b.MMU.CodeWritten(b.frames[1])
}

// run executes a case as the processor would.
func (b *insnBench) run(in *insnCase) insnCase {
	for i := range b.data {
		clear(b.data[i])
	}
	copy(b.data[0][0xFC0:], in.Mem[0][:])
	copy(b.data[1][0:], in.Mem[1][:])
	copy(b.data[1][0xFC0:], in.Mem[2][:])
	copy(b.data[2][0:], in.Mem[3][:])
	b.put(in.Place, in.Code[:in.Length])
	c := b.CPU
	c.Reset(b.mode32)
	copy(c.Regs[:16], in.Regs[:])
	c.FSBase, c.GSBase = in.FS, in.GS
	for i := range c.Sel {
		c.Sel[i] = uint16(in.Sel[i/4] >> (16 * (i & 3)))
	}
	if b.mode32 {
		c.TLS = [3]TLSEntry{{insnBaseFS, true}, {insnBaseGS, true}}
	}
	c.SetRFlags(in.Flags)
	c.RIP = in.Place
	e := c.Run(1 << 20)
	out := *in
	copy(out.Regs[:], c.Regs[:16])
	out.Flags, out.RIP = c.RFlags(), c.RIP
	out.Trap, out.Err, out.CR2 = uint64(c.exc.Vector), uint64(c.exc.Code), 0
	if e.Kind != ExitException {
		out.Trap = 1000 + uint64(e.Kind)
	}
	if c.exc.Vector == PageFault {
		out.CR2 = uint64(c.exc.Fault.VA)
	}
	out.FS, out.GS = c.FSBase, c.GSBase
	out.Sel = [2]uint64{}
	for i := range c.Sel {
		out.Sel[i/4] |= uint64(c.Sel[i]) << (16 * (i & 3))
	}
	out.Sum = uint64(b.sum())
	copy(out.Mem[0][:], b.data[0][0xFC0:])
	copy(out.Mem[1][:], b.data[1][0:])
	copy(out.Mem[2][:], b.data[1][0xFC0:])
	copy(out.Mem[3][:], b.data[2][0:])
	b.put(in.Place, bytes.Repeat([]byte{0xCC}, int(in.Length)))
	return out
}

// sum is a checksum over the data pages.
func (b *insnBench) sum() uint32 {
	sum := uint32(0)
	for _, p := range b.data {
		for k := uint32(0); k < 4096; k += 8 {
			w := binary.LittleEndian.Uint64(p[k:])
			if w == 0 {
				continue
			}
			if lo := uint32(w); lo != 0 {
				sum = sum*16777619 + (lo ^ k/4)
			}
			if hi := uint32(w >> 32); hi != 0 {
				sum = sum*16777619 + (hi ^ (k/4 + 1))
			}
		}
	}
	return sum
}

// normal takes out of an outcome what is not compared.
func (c *insnCase) normal(in *insnCase, mode32 bool) insnCase {
	n := *c
	f := in.facts(mode32)
	n.Flags &= comparedFlags &^ undefinedFlags(f.op, f.size, f.count)
	switch {
	case n.Trap != uint64(PageFault):
		n.CR2 = 0
	case n.CR2 < insnCode || n.CR2 >= insnData+0x6000:
		n.Err &^= 1 // pages of the kernel and of the program that runs the cases may be there
	}
	if f.several {
		n.CR2 = 0 // in which order the parts are touched is the processor's affair
	}
	if mode32 {
		n.FS, n.GS = 0, 0
	}
	fault := n.Trap >= uint64(StackFault) && n.Trap <= uint64(PageFault)
	if fault && f.order {
		n.Trap, n.Err, n.CR2 = uint64(GeneralProtection), 0, 0
	}
	if fault && f.partial {
		n.Mem, n.Sum = in.Mem, 0
	}
	if fault && f.partialRegs {
		n.Regs = in.Regs
	}
	if mode32 && f.override && n.Trap == uint64(StackFault) {
		n.Trap = uint64(GeneralProtection) // which segment an override has chosen is not kept
	}
	if !mode32 {
		n.Sel = nullSelectors(n.Sel) // IRET of the kernel has made them 0
	}
	n.Code, n.Length, n.Place = in.Code, in.Length, in.Place
	if f.noResult {
		n.Regs, n.Mem, n.Sum = in.Regs, in.Mem, 0
	}
	return n
}

// nullSelectors makes 0 of the other null selectors.
func nullSelectors(sel [2]uint64) [2]uint64 {
	for i := range 6 {
		if shift := 16 * (i & 3); sel[i/4]>>shift&0xFFFC == 0 {
			sel[i/4] &^= 3 << shift
		}
	}
	return sel
}

// compareInsns counts the cases whose outcomes differ and reports the first ones.
func compareInsns(t *testing.T, mode32 bool, cases, host []insnCase, here func(*insnCase) insnCase) int {
	t.Helper()
	bad := 0
	for i := range cases {
		in := &cases[i]
		got := here(in)
		g, w := got.normal(in, mode32), host[i].normal(in, mode32)
		if g == w || got.Trap == 1000+uint64(ExitUnsupported) {
			continue // the other is a change of mode
		}
		if bad++; bad <= *showFlag {
			t.Errorf("case %d: %s\n%s", i, in.text(mode32), insnDifference(in, &w, &g))
		}
	}
	return bad
}

// insnDifference names what differs.
func insnDifference(in, want, got *insnCase) string {
	var s strings.Builder
	before, w, g := in.words(), want.words(), got.words()
	for i := range w {
		if *w[i] != *g[i] {
			fmt.Fprintf(&s, "  %s: host %#x, here %#x, before %#x\n", wordNames[i], *w[i], *g[i], *before[i])
		}
	}
	for i := range want.Mem {
		for k := 0; k < 64; k += 8 {
			le := binary.LittleEndian
			b, x, y := le.Uint64(in.Mem[i][k:]), le.Uint64(want.Mem[i][k:]), le.Uint64(got.Mem[i][k:])
			if x != y {
				fmt.Fprintf(&s, "  memory at %#x: host %#x, here %#x, before %#x\n", insnWindows[i]+uint64(k), x, y, b)
			}
		}
	}
	fmt.Fprintf(&s, "  vectors: host %d, here %d; flags before %#x\n", want.Trap, got.Trap, in.Flags)
	return s.String()
}

// TestHostLong runs generated cases in batches.
func TestHostLong(t *testing.T) {
	for _, mode32 := range []bool{false, true} {
		t.Run(fmt.Sprintf("mode32=%v", mode32), func(t *testing.T) {
			dir := t.TempDir()
			b := newInsnBench(t, mode32)
			bad, done := 0, 0
			vectors := map[uint64]int{}
			for seed := uint64(*seedFlag); done < *longCases && bad < 100; seed++ {
				g := newInsnGen(seed, mode32)
				cases := make([]insnCase, min(20000, *longCases-done))
				for i := range cases {
					cases[i] = g.next()
				}
				host := insnOracle(t, dir, mode32, cases)
				for i := range host {
					vectors[host[i].Trap]++
				}
				bad += compareInsns(t, mode32, cases, host, b.run)
				done += len(cases)
			}
			t.Logf("%d cases, %d differences; exceptions by vector: %v", done, bad, vectors)
		})
	}
}

// seedFlag is the first batch's seed.
var seedFlag = flag.Int("seed", 1, "seed of the first batch of TestHostLong")

// showFlag is how many differences are printed.
var showFlag = flag.Int("show", 15, "differences that TestHostLong prints")
