package cpu

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"testing"

	"memlab/paging"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// The corpus holds what a processor made of every x87 instruction: see testdata/x87insn.c for its form. A
// longer one is compared with
//
//	go test ./vm/cpu -run X87 -x87corpus FILE
const x87Corpus = "testdata/x87insn.bin.gz"

var x87Long = flag.String("x87corpus", "", "file of answers to compare with instead of the recorded ones")

const (
	x87StateSize = 108 + 128 + 4
	x87Operand   = 0x2000 // where the tests keep the operand in memory
	sigILL       = 4
	sigFPE       = 8
)

// x87State is the state before and after an instruction.
type x87State struct {
	image  [108]byte
	memory [128]byte
	flags  uint16
	ax     uint16
}

func (s *x87State) parse(b []byte) {
	copy(s.image[:], b)
	copy(s.memory[:], b[108:])
	s.flags, s.ax = binary.LittleEndian.Uint16(b[236:]), binary.LittleEndian.Uint16(b[238:])
}

func (s *x87State) String() string {
	le := binary.LittleEndian
	var b bytes.Buffer
	fmt.Fprintf(&b, "cw %04x sw %04x tw %04x flags %04x ax %04x mem % x", le.Uint16(s.image[0:]),
		le.Uint16(s.image[4:]), le.Uint16(s.image[8:]), s.flags, s.ax, s.memory[:28])
	for i := 28; i < 108; i += 10 {
		fmt.Fprintf(&b, "\n\t%v", f80.F80{Man: le.Uint64(s.image[i:]), SE: le.Uint16(s.image[i+8:])})
	}
	return b.String()
}

func newX87(tb testing.TB) *CPU {
	tb.Helper()
	mem, err := phys.New(4096, 8)
	if err != nil {
		tb.Fatal(err)
	}
	bus := &event.Bus{}
	c := &CPU{MMU: paging.NewDirect(mem, bus), Bus: bus}
	c.Regs[x86.RDI] = x87Operand
	c.fpu.init()
	return c
}

// run executes the instruction on s, and returns the signal that it would bring.
func (s *x87State) run(c *CPU, insn []byte) int {
	c.raised = false
	c.fpu.setImage(s.image[:])
	copy(c.MMU.Mem.Bytes[x87Operand:], s.memory[:])
	c.SetRFlags(uint64(s.flags))
	c.Regs[x86.RAX] = uint64(s.ax)
	var code [x86.MaxLen]byte
	copy(code[:], insn)
	op, _ := x86.Decode(code[:], 0, false)
	switch {
	case op.Code == x86.Undefined:
		return sigILL
	case op.Code.IsX87():
		c.execX87(&op)
	case op.Code != x86.Nop || int(op.Len) != len(insn):
		return -1
	}
	if c.raised {
		if c.exc.Vector == FPUError {
			return sigFPE
		}
		return -1
	}
	c.fpu.image(s.image[:])
	copy(s.memory[:], c.MMU.Mem.Bytes[x87Operand:])
	s.flags, s.ax = uint16(c.rflags()), uint16(c.Regs[x86.RAX])
	return 0
}

func readX87Corpus(t *testing.T) []byte {
	t.Helper()
	if name := *x87Long; name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	zipped, err := os.ReadFile(x87Corpus)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestX87Corpus(t *testing.T) {
	data := readX87Corpus(t)
	states, insns := int(binary.LittleEndian.Uint32(data)), int(binary.LittleEndian.Uint32(data[4:]))
	before := data[8 : 8+states*x87StateSize]
	list := data[8+len(before):][:4*insns]
	rest := data[8+len(before)+len(list):]
	c := newX87(t)
	cases, wrong := 0, 0
	for i := range insns {
		insn := list[4*i+1 : 4*i+1+int(list[4*i])]
		for j := range states {
			var want, got, was x87State
			from := before[j*x87StateSize:][:x87StateSize]
			was.parse(from)
			got = was
			signal := int(rest[0])
			after := make([]byte, x87StateSize)
			for k := range after {
				after[k] = from[k] ^ rest[1+k]
			}
			rest = rest[1+x87StateSize:]
			want.parse(after)
			s := got.run(c, insn)
			if x87Undefined(insn, &was) {
				continue
			}
			cases++
			x87Forget(insn, &want, &got)
			same := got == want || x87Transcendental(insn) && x87Near(&got, &want)
			if s != signal || s == 0 && !same {
				if wrong++; wrong <= 20 {
					t.Errorf("% x on %v\n signal %d: %v\nwant %d: %v", insn, &was, s, &got, signal, &want)
				}
			}
		}
	}
	t.Logf("%d instructions on %d states, %d compared: %d differ", insns, states, cases, wrong)
}

// x87Forget drops what is not to be compared: the pointers, and what the manual leaves undefined.
func x87Forget(insn []byte, states ...*x87State) {
	for _, s := range states {
		clear(s.image[12:28])
		if len(insn) == 1 {
			continue
		}
		op := insn[len(insn)-2:]
		if op[0]&^4 == 0xdb && op[1] >= 0xe8 && op[1] < 0xf8 {
			s.image[5] &^= fswC1 >> 8 // FCOMI clears C1 by the manual; AMD's leave it
		}
		if store := op[0] == 0xd9 && op[1] == 0x37 || op[0] == 0xdd && op[1] == 0x37; store {
			if len(insn) == 3 {
				clear(s.memory[6:14])
			} else {
				clear(s.memory[12:28])
			}
		}
	}
}

// x87Number is ST(i) of s.
func (s *x87State) x87Number(i int) f80.F80 {
	b := s.image[28+10*i:]
	return f80.F80{Man: binary.LittleEndian.Uint64(b), SE: binary.LittleEndian.Uint16(b[8:])}
}

// x87Undefined reports whether the manual gives the instruction no meaning for ST(0): F2XM1 outside -1 to 1,
// FYL2XP1 outside ±(1 - √½), here cut to a quarter, and D9 D8, an alias of FSTP that finds nothing wrong
// with an empty register.
func x87Undefined(insn []byte, s *x87State) bool {
	if insn[0] != 0xd9 {
		return false
	}
	exp := s.x87Number(0).SE & 0x7fff
	tag := binary.LittleEndian.Uint16(s.image[8:]) >> (s.image[5] >> 3 & 7 * 2) & 3
	return insn[1] == 0xf0 && exp >= 0x3fff || insn[1] == 0xf9 && exp >= 0x3ffd || insn[1]&0xf8 == 0xd8 && tag == 3
}

// x87Transcendental names the instructions whose results may differ by one unit in the last place, and then
// in C1.
func x87Transcendental(insn []byte) bool {
	return insn[0] == 0xd9 && bytes.IndexByte([]byte{0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff}, insn[1]) >= 0
}

func x87Near(got, want *x87State) bool {
	a, b := *got, *want
	a.image[5] &^= fswC1 >> 8
	b.image[5] &^= fswC1 >> 8
	for i := range 2 {
		x, y := a.x87Number(i), b.x87Number(i)
		if x.SE != y.SE || x.Man-y.Man+1 > 2 {
			return false
		}
		copy(a.image[28+10*i:], b.image[28+10*i:38+10*i])
	}
	return a == b
}
