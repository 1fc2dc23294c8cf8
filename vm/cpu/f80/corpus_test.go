package f80

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"testing"
)

// The corpus holds a processor's answers: see testdata/x87.c for its form. A longer one is compared with
//
//	go test ./vm/cpu/f80 -corpus FILE
const corpusFile = "testdata/x87.bin.gz"

var longCorpus = flag.String("corpus", "", "file of answers to compare with instead of the recorded ones")

// answer is what an operation leaves.
type answer struct {
	st, second F80
	status     uint16 // exceptions and conditions
	empty      bool
}

func (a *answer) String() string {
	return fmt.Sprintf("%v %v status %04x empty %t", a.st, a.second, a.status, a.empty)
}

func (a *answer) near(b *answer) bool {
	return near(a.st, b.st) && near(a.second, b.second) && a.status == b.status &&
		a.empty == b.empty
}

// near reports whether a and b are neighbours.
func near(a, b F80) bool {
	if a == b {
		return true
	}
	if a.Class() == ClassNaN || a.SE&signBit != b.SE&signBit {
		return false
	}
	if a.exp() < b.exp() {
		a, b = b, a
	}
	switch a.exp() - b.exp() {
	case 0:
		return a.Man-b.Man+1 <= 2
	case 1:
		return a.Man == intBit && b.Man|intBit == ^uint64(0)
	}
	return false
}

const (
	c0, c1, c2, c3 = 1 << 8, 1 << 9, 1 << 10, 1 << 14
	exceptions     = 0x3f
)

// operation answers as the instruction does with a in ST0 and b in ST1. Compared are the status bits in mask.
type operation struct {
	name   string
	binary bool
	wide   bool
	mask   uint16
	run    func(e *Env, a, b F80) answer
	near   bool // results may differ by one unit in the last place, and then in PE, UE and C1 too
}

// arithmetic makes an operation of a method whose result replaces a.
func arithmetic(f func(e *Env, a, b F80) F80) func(e *Env, a, b F80) answer {
	return func(e *Env, a, b F80) answer {
		r := f(e, a, b)
		return finish(e, a, r, F80{})
	}
}

func finish(e *Env, a, r, second F80) answer {
	if e.Stopped() {
		return answer{st: a, status: e.Status & before}
	}
	return answer{st: r, second: second, status: e.Status}
}

func conditions(r Relation) uint16 { return [...]uint16{0, c0, c3, c3 | c2 | c0}[r] }

func comparison(signal bool) func(e *Env, a, b F80) answer {
	return func(e *Env, a, b F80) answer {
		r := e.Compare(a, b, signal)
		return answer{st: a, status: e.Status | conditions(r)}
	}
}

func remainder(nearest bool) func(e *Env, a, b F80) answer {
	return func(e *Env, a, b F80) answer {
		r := e.Rem(a, b, nearest)
		if e.Stopped() {
			return answer{st: a, status: e.Status & before}
		}
		q := uint16(r.Quotient)
		s := e.Status&^RoundedUp | q&1<<9 | q&2<<13 | q&4<<6
		if r.Partial {
			s |= c2
		}
		return answer{st: r.Value, status: s}
	}
}

// toMemory stores what f gives into size bytes of memory that held 0xa5.
func toMemory(size int, f func(e *Env, a F80) F80) func(e *Env, a, b F80) answer {
	return func(e *Env, a, _ F80) answer {
		var mem [10]byte
		for i := range mem {
			mem[i] = 0xa5
		}
		m := f(e, a)
		if e.Status&^e.Control&(Invalid|Overflow|Underflow) != 0 {
			return answer{st: a, second: packed(mem), status: e.Status}
		}
		b := unpacked(m)
		copy(mem[:size], b[:])
		m = packed(mem)
		return answer{st: a, second: m, status: e.Status}
	}
}

func popping(f func(e *Env, a, b F80) answer) func(e *Env, a, b F80) answer {
	return func(e *Env, a, b F80) answer {
		r := f(e, a, b)
		if e.Status&^e.Control&(Invalid|Overflow|Underflow) == 0 {
			r.st, r.empty = F80{}, true
		}
		return r
	}
}

func toInt(size uint) func(e *Env, a, b F80) answer {
	return toMemory(int(size/8), func(e *Env, a F80) F80 {
		return F80{Man: uint64(e.ToInt(a, size)) << (64 - size) >> (64 - size)}
	})
}

func toIntTrunc(size uint) func(e *Env, a, b F80) answer {
	return popping(toMemory(int(size/8), func(e *Env, a F80) F80 {
		return F80{Man: uint64(e.ToIntTrunc(a, size)) << (64 - size) >> (64 - size)}
	}))
}

func packed(b [10]byte) F80 {
	return F80{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint16(b[8:])}
}

func unpacked(a F80) (b [10]byte) {
	binary.LittleEndian.PutUint64(b[:], a.Man)
	binary.LittleEndian.PutUint16(b[8:], a.SE)
	return b
}

func load(f func(e *Env, a F80) F80) func(e *Env, a, b F80) answer {
	return func(e *Env, a, _ F80) answer {
		r := f(e, a)
		if e.Status&^e.Control&Invalid != 0 { // a denormal is loaded all the same
			return answer{status: e.Status, empty: true}
		}
		return answer{st: r, status: e.Status}
	}
}

func extract(e *Env, a, _ F80) answer {
	exp, sig := e.Extract(a)
	return finish(e, a, sig, exp)
}

func examine(_ *Env, a, _ F80) answer {
	s := [...]uint16{0, c0, c2, c2 | c0, c3, c3 | c2}[a.Class()]
	if a.Neg() {
		s |= c1
	}
	return answer{st: a, status: s}
}

func trig(f func(e *Env, a F80) (F80, bool)) func(e *Env, a, b F80) answer {
	return func(e *Env, a, _ F80) answer {
		r, ok := f(e, a)
		x := finish(e, a, r, F80{})
		if !ok {
			x.status |= c2
		}
		return x
	}
}

func trigPush(f func(e *Env, a F80) (F80, F80, bool)) func(e *Env, a, b F80) answer {
	return func(e *Env, a, _ F80) answer {
		r, pushed, ok := f(e, a)
		if !ok {
			return answer{st: a, status: e.Status | c2}
		}
		if e.Stopped() {
			return answer{st: a, status: e.Status & before}
		}
		return answer{st: pushed, second: r, status: e.Status}
	}
}

// operations are those of testdata/x87.c, in its order.
func operations() []operation {
	const rounded, ordered = exceptions | c1, exceptions | c0 | c1 | c2 | c3
	return []operation{
		{"fadd", true, true, rounded, arithmetic((*Env).Add), false},
		{"fsub", true, true, rounded, arithmetic((*Env).Sub), false},
		{"fmul", true, true, rounded, arithmetic((*Env).Mul), false},
		{"fdiv", true, true, rounded, arithmetic((*Env).Div), false},
		{"fsqrt", false, true, rounded, arithmetic(func(e *Env, a, _ F80) F80 { return e.Sqrt(a) }), false},
		{"fprem", true, false, ordered, remainder(false), false},
		{"fprem1", true, false, ordered, remainder(true), false},
		{"fscale", true, false, rounded, arithmetic((*Env).Scale), false},
		{"fcom", true, false, ordered, comparison(true), false},
		{"fucom", true, false, ordered, comparison(false), false},
		{"frndint", false, false, rounded, arithmetic(func(e *Env, a, _ F80) F80 { return e.RoundToInt(a) }), false},
		{"fxtract", false, false, rounded, extract, false},
		{"fst32", false, false, rounded, toMemory(4, func(e *Env, a F80) F80 { return F80{Man: uint64(e.ToFloat32(a))} }), false},
		{"fst64", false, false, rounded, toMemory(8, func(e *Env, a F80) F80 { return F80{Man: e.ToFloat64(a)} }), false},
		{"fist16", false, false, rounded, toInt(16), false},
		{"fist32", false, false, rounded, toInt(32), false},
		{"fistp64", false, false, rounded, popping(toInt(64)), false},
		{"fisttp16", false, false, exceptions, toIntTrunc(16), false},
		{"fisttp32", false, false, exceptions, toIntTrunc(32), false},
		{"fisttp64", false, false, exceptions, toIntTrunc(64), false},
		{"fbstp", false, false, rounded, popping(toMemory(10, func(e *Env, a F80) F80 { return packed(e.ToBCD(a)) })), false},
		{"fld32", false, false, rounded, load(func(e *Env, a F80) F80 { return e.FromFloat32(uint32(a.Man)) }), false},
		{"fld64", false, false, rounded, load(func(e *Env, a F80) F80 { return e.FromFloat64(a.Man) }), false},
		{"fild16", false, false, rounded, load(func(_ *Env, a F80) F80 { return FromInt(int64(int16(a.Man))) }), false},
		{"fild32", false, false, rounded, load(func(_ *Env, a F80) F80 { return FromInt(int64(int32(a.Man))) }), false},
		{"fild64", false, false, rounded, load(func(_ *Env, a F80) F80 { return FromInt(int64(a.Man)) }), false},
		{"fbld", false, false, rounded, load(func(_ *Env, a F80) F80 { return FromBCD(unpacked(a)) }), false},
		{"fxam", false, false, ordered, examine, false},
		{"f2xm1", false, false, exceptions, arithmetic(func(e *Env, a, _ F80) F80 { return e.Exp2m1(a) }), true},
		{"fyl2x", true, false, exceptions, arithmetic((*Env).Log2), true},
		{"fyl2xp1", true, false, exceptions, arithmetic((*Env).Log2p1), true},
		{"fpatan", true, false, exceptions, arithmetic((*Env).Atan), true},
		{"fptan", false, false, exceptions | c2, trigPush((*Env).Tan), true},
		{"fsincos", false, false, exceptions | c2, trigPush((*Env).SinCos), true},
		{"fsin", false, false, exceptions | c2, trig((*Env).Sin), true},
		{"fcos", false, false, exceptions | c2, trig((*Env).Cos), true},
	}
}

func controls() []uint16 {
	return []uint16{
		0x37f, 0x77f, 0xb7f, 0xf7f, 0x340, 0x047, 0x07f, 0x47f,
		0x87f, 0xc7f, 0x27f, 0x67f, 0xa7f, 0xe7f, 0xa67, 0x17f,
	}
}

// corpus is the opened file.
type corpus struct {
	t     *testing.T
	edges []F80
	pairs []F80
	rest  []byte
}

func openCorpus(t *testing.T) *corpus {
	t.Helper()
	var data []byte
	if name := *longCorpus; name != "" {
		data = must(os.ReadFile(name))(t)
	} else {
		zipped := must(os.ReadFile(corpusFile))(t)
		data = must(io.ReadAll(must(gzip.NewReader(bytes.NewReader(zipped)))(t)))(t)
	}
	c := &corpus{t: t, rest: data}
	head := c.take(8)
	c.edges = c.numbers(binary.LittleEndian.Uint32(head))
	c.pairs = c.numbers(2 * binary.LittleEndian.Uint32(head[4:]))
	return c
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (c *corpus) take(n int) []byte {
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

func number(b []byte) F80 {
	return F80{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:])}
}

func (c *corpus) numbers(n uint32) []F80 {
	list := make([]F80, n)
	for i := range list {
		list[i] = number(c.take(10))
	}
	return list
}

// each calls f for the operand pairs of o, in the corpus's order.
func (c *corpus) each(o *operation, f func(a, b F80)) {
	for _, a := range c.edges {
		if !o.binary {
			f(a, F80{})
			continue
		}
		for _, b := range c.edges {
			f(a, b)
		}
	}
	for i := 0; i < len(c.pairs); i += 2 {
		f(c.pairs[i], c.pairs[i+1])
	}
}

func TestCorpus(t *testing.T) {
	c := openCorpus(t)
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			cases, wrong := 0, 0
			c.each(&o, func(a, b F80) {
				n := 6
				if o.wide {
					n = 16
				}
				var rec [23]byte
				for _, cw := range controls()[:n] {
					for i, x := range c.take(23) {
						rec[i] ^= x
					}
					if o.name == "fyl2xp1" && undefined(a) {
						continue
					}
					cases++
					if !o.check(t, cw, a, b, rec[:]) {
						wrong++
					}
					if wrong == 20 {
						wrong++
						t.Error("more differences are not shown")
					}
				}
			})
			t.Logf("%d cases, %d differ", cases, wrong)
		})
	}
}

// undefined reports whether FYL2XP1 is undefined for x: finite, and not below 1 - √½.
func undefined(x F80) bool {
	c := x.Class()
	return (c == ClassNormal || c == ClassDenormal) &&
		(x.exp() > bias-2 || x.exp() == bias-2 && x.Man > 0x95f619980c4336f7)
}

func (o *operation) check(t *testing.T, cw uint16, a, b F80, rec []byte) bool {
	t.Helper()
	want := answer{number(rec), number(rec[10:]), binary.LittleEndian.Uint16(rec[20:]) & o.mask, rec[22] != 0}
	e := Env{Control: cw}
	got := o.run(&e, a, b)
	got.status &= o.mask
	if want.empty { // what is left in an empty register depends on the last pop
		got.st, want.st = F80{}, F80{}
	}
	if got == want || o.near && got.near(&want) {
		return true
	}
	t.Errorf("%s %v %v with control %03x:\n got %v\nwant %v", o.name, a, b, cw, &got, &want)
	return false
}
