//go:build linux && amd64

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// randomELF is a random ELF64 file, valid or not.
type randomELF struct {
	typ, machine, phentsize, phnum uint16
	entry, phoff                   uint64
	size                           int // of the file
	progs                          []randomProg
	texts                          map[uint64]string // by offset
}

// randomProg is one of its program headers.
type randomProg struct {
	typ, flags                              uint32
	off, vaddr, paddr, filesz, memsz, align uint64
}

// pattern fills a file so that each page differs and so that running into it ends a program soon: blocks of 16 bytes
// that exit with a number of their own, or fault.
func pattern(size int) []byte {
	b := make([]byte, size+16)
	for k := 0; k*16 < size; k++ {
		copy(b[k*16:], []byte{
			0x31, 0xc0, 0xb0, 0x3c, 0x40, 0xb7, byte(k ^ k>>8), 0x0f, 0x05, 0xf4, 0xf4, 0xf4, 0xf4, byte(k),
			byte(k >> 8), byte(k >> 16),
		})
	}
	return b[:size]
}

func (e *randomELF) bytes() []byte {
	b := pattern(max(e.size, 64))
	for off, text := range e.texts {
		if off < uint64(len(b)) {
			copy(b[off:], text)
		}
	}
	le := binary.LittleEndian
	copy(b, "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	le.PutUint16(b[16:], e.typ)
	le.PutUint16(b[18:], e.machine)
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[24:], e.entry)
	le.PutUint64(b[32:], e.phoff)
	clear(b[40:52])
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[54:], e.phentsize)
	le.PutUint16(b[56:], e.phnum)
	clear(b[58:64])
	var t bytes.Buffer
	for _, p := range e.progs {
		_ = binary.Write(&t, le, p) // the fields lie as in the file
	}
	if e.phoff < uint64(len(b)) {
		copy(b[e.phoff:], t.Bytes())
	}
	return b[:e.size]
}

func (e *randomELF) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "type %d machine %d entry %#x phoff %#x phentsize %d phnum %d size %#x texts %v\n", e.typ, e.machine, e.entry,
		e.phoff, e.phentsize, e.phnum, e.size, e.texts)
	for i, p := range e.progs {
		if i == 40 {
			fmt.Fprintf(&b, "  and %d more\n", len(e.progs)-i)
			break
		}
		fmt.Fprintf(&b, "  %#x flags %x off %#x vaddr %#x filesz %#x memsz %#x align %#x\n", p.typ, p.flags, p.off, p.vaddr,
			p.filesz, p.memsz, p.align)
	}
	return b.String()
}

// dice makes random choices.
type dice struct{ *rand.Rand }

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// one is true once in n times.
func (d dice) one(n int) bool { return d.IntN(n) == 0 }

// The numbers that fields are set to, some of them at the edge of what Linux takes.
var (
	oddNumbers = []uint64{
		0, 1, 2, 7, 0xfff, 0x1000, 0x1001, 0x200000, 1 << 30, 1 << 44, 0x555555554000, 0x555555555000, 0x7ffff7fff000,
		0x7ffff7ffe000, 0x7fffff000000, 0x7ffffffde000, 0x7fffffffe000, 0x7ffffffff000, 0x7ffffffff001, 1 << 47, 1 << 62, 1<<63 - 1,
		1<<63 - 4096, 1 << 63, 1<<64 - 4096, 1<<64 - 1, 0xffffffffff600000,
	}
	execBases = []uint64{
		0x400000, 0x400000, 0x400000, 0x10000, 0x1000, 0, 0x10000000000, 0x555555554000, 0x7ffff7fc0000, 0x7ffff7ff0000,
		0x7fffffef0000, 0x7ffffffd0000, 0x7fffffffc000,
	}
	dynBases  = []uint64{0, 0, 0, 0x1000, 0x10000, 0x400000, 0x10000000, 0x555555554000}
	oddAligns = []uint64{
		0, 1, 8, 16, 0x1000, 0x1000, 0x1000, 0x2000, 0x4000, 0x10000, 0x200000, 0x40000000, 3, 0x1800, 0x30000, 1 << 46, 1 << 47,
		1 << 63, 0x800,
	}
)

// program makes a random file: segments one behind the other, with what can be odd about them.
func (d dice) program(interp string, asInterp bool) *randomELF {
	e := &randomELF{typ: pick[uint16](d, 2, 3, 3), machine: 62, phentsize: 56, phoff: 64, texts: map[uint64]string{}}
	base := pick(d, dynBases...)
	if e.typ == 2 {
		base = pick(d, execBases...)
		if asInterp {
			base = pick[uint64](d, 0x20000000, 0x30000000, 0x400000, 0x401000, 0x7ffff7fc0000)
		}
	}
	e.size = 0x1000*(1+d.IntN(12)) - d.IntN(0x1000)
	at, off := base, uint64(0)
	align := uint64(0x1000)
	if d.one(2) {
		align = pick(d, oddAligns...)
	}
	for range 1 + d.IntN(5) {
		p := d.segment(at, off, align)
		e.progs = append(e.progs, p)
		at = p.vaddr + p.memsz
		switch d.IntN(6) {
		case 0: // the next page
			at = (at + 0xfff) &^ 0xfff
		case 1: // a hole
			at = (at+0xfff)&^0xfff + 0x1000*uint64(d.IntN(20))
		case 2: // back, over what was there
			at -= min(at-base, 0x1000*uint64(d.IntN(4)))
		case 3: // as linkers do: the same page of the file again
			at += 0x1000
		case 4:
			if d.one(6) {
				at += pick[uint64](d, 0x200000, 0x40000000, 0x3ff000)
			}
		}
		off = p.off + p.filesz
		if d.one(5) {
			off = uint64(d.IntN(e.size + 0x2000))
		}
	}
	d.entryOf(e)
	d.others(e, interp)
	if d.one(4) {
		d.Shuffle(len(e.progs), func(i, j int) { e.progs[i], e.progs[j] = e.progs[j], e.progs[i] })
	}
	e.phnum = uint16(len(e.progs))
	d.oddities(e)
	return e
}

// segment is a PT_LOAD at about at, with bytes from about off on.
func (d dice) segment(at, off, align uint64) randomProg {
	p := randomProg{typ: 1, flags: pick[uint32](d, 5, 5, 5, 6, 6, 4, 7, 7, 0, 1, 2, 3), vaddr: at, align: align}
	if d.one(8) {
		p.align = pick(d, oddAligns...)
	}
	p.filesz = pick(d, 0, uint64(d.IntN(64)), uint64(d.IntN(0x1000)), uint64(d.IntN(0x5000)), 0x1000, 0x2000)
	p.memsz = p.filesz
	if d.one(2) {
		p.memsz += pick(d, uint64(d.IntN(64)), uint64(d.IntN(0x1000)), uint64(d.IntN(0x6000)), 0x1000, 0x3000, 0x200000, 1<<30)
	}
	p.off = off&^0xfff | at&0xfff
	if off&0xfff > at&0xfff && !d.one(2) {
		p.vaddr = at&^0xfff | off&0xfff
		p.off = off
	}
	p.paddr = p.vaddr
	return p
}

// entryOf chooses where the program begins.
func (d dice) entryOf(e *randomELF) {
	p := pick(d, e.progs...)
	e.entry = (p.vaddr + 15) &^ 15
	if n := int(min(p.memsz, 0x4000)) / 16; n > 0 {
		e.entry += 16 * uint64(d.IntN(n))
	}
	if d.one(10) {
		e.entry = pick(d, oddNumbers...)
	}
}

// others adds headers that are no PT_LOAD.
func (d dice) others(e *randomELF, interp string) {
	if interp != "" {
		off := uint64(0x700 + d.IntN(0x100))
		e.texts[off] = interp + "\x00"
		e.progs = append(e.progs, randomProg{typ: 3, flags: 4, off: off, vaddr: off, filesz: uint64(len(interp) + 1), memsz: uint64(
			len(interp) + 1), align: 1})
	}
	if !d.one(3) {
		e.progs = append(e.progs, randomProg{typ: 0x6474e551, flags: pick[uint32](d, 6, 6, 7, 0, 1)})
	}
	for d.one(4) {
		e.progs = append(e.progs, randomProg{
			typ:   pick[uint32](d, 0, 2, 4, 5, 6, 7, 0x6474e550, 0x6474e551, 0x6474e552, 0x6474e553, 0x70000000, 0x70000001, 0xffffffff),
			flags: uint32(d.IntN(8)), off: pick(d, oddNumbers...), vaddr: pick(d, oddNumbers...), filesz: pick(d, oddNumbers...),
			memsz: pick(d, oddNumbers...), align: pick(d, oddAligns...),
		})
	}
}

// oddities break or bend what is whole so far, in one file of three.
func (d dice) oddities(e *randomELF) {
	if d.one(6) {
		e.phoff = pick(d, 64+uint64(d.IntN(64)), uint64(d.IntN(e.size+64)), 0x1000, 0x400, uint64(e.size)-56)
	}
	if d.one(40) {
		e.phnum = pick[uint16](d, 0, e.phnum+1, 73, 74, 1170, 1171, 0xffff)
		if e.phnum > 70 {
			e.size = max(e.size, 64+56*1180)
		}
	}
	for d.one(4) {
		p := &e.progs[d.IntN(len(e.progs))]
		field := pick(d, &p.off, &p.vaddr, &p.filesz, &p.memsz, &p.align, &p.paddr)
		switch d.IntN(3) {
		case 0:
			*field = pick(d, oddNumbers...)
		case 1:
			*field ^= 1 << d.IntN(20)
		case 2:
			*field += uint64(d.IntN(0x4000)) - 0x2000
		}
		if p.filesz > p.memsz && !d.one(3) {
			p.memsz = p.filesz
		}
	}
	if d.one(30) {
		*pick(d, &e.typ, &e.machine, &e.phentsize) = pick[uint16](d, 0, 1, 2, 3, 4, 6, 32, 55, 56, 57, 62, 64)
	}
	if d.one(30) {
		e.phoff = pick(d, oddNumbers...)
	}
	if d.one(20) {
		e.size = d.IntN(e.size)
	}
}

// scriptText is a random #! line.
func (d dice) scriptText(names []string) string {
	blank := func() string { return pick(d, "", " ", "\t", "  \t ", "\r") }
	name := pick(d, names...)
	if d.one(6) {
		name += strings.Repeat(pick(d, "/", "x", "/."), 200+d.IntN(80))
	}
	line := pick(d, "#!", "#!", "#!", "#! ", "# !", "#!\t") + blank() + name
	for d.one(2) {
		line += pick( //nolint:perfsprint // a line of few words
			d, " ", "\t", "   ", "\x00") + pick(d, "-x", "a b  c", "é", "#", strings.Repeat("long ", d.IntN(60)))
	}
	line += blank()
	if d.one(8) {
		line += strings.Repeat(pick(d, " ", "a"), max(0, 250+d.IntN(10)-len(line)))
	}
	return line + pick(d, "\n", "\n", "\n", "\nexit 3\n", "", "\x00", "\r\n", "\n\n")
}

// kernelCase is one call with the files that it needs.
type kernelCase struct {
	hostCall
	story strings.Builder // what the files are, to tell of a difference
}

// randomCase makes case number i below dir.
func randomCase(t *testing.T, dir string, i int) *kernelCase {
	t.Helper()
	d := dice{rand.New(rand.NewPCG(618, uint64(i)))}
	c := &kernelCase{}
	file := func(name string, data []byte, mode os.FileMode) string {
		full := filepath.Join(dir, name)
		if err := os.WriteFile(full, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(full, mode); err != nil {
			t.Fatal(err)
		}
		return full
	}
	interp := ""
	if d.one(3) {
		in := d.program("", true)
		interp = file("interp", in.bytes(), pick[os.FileMode](d, 0o755, 0o755, 0o755, 0o755, 0o755, 0o755, 0o755, 0o755, 0o111, 0o644))
		fmt.Fprintf(&c.story, "interp: %v", in)
		c.interp = interp
		interp = pick(d, interp, interp, interp, interp, interp, interp, interp, interp, dir+"/../"+filepath.Base(dir)+"/interp", dir+"/none", dir, filepath.Join(dir, "prog"))
	}
	prog := d.program(interp, false)
	c.elf = file("prog", prog.bytes(), 0o755)
	if d.one(20) {
		_ = os.Chmod(c.elf, pick[os.FileMode](d, 0o711, 0o100, 0o644))
	}
	c.entry = prog.entry
	if d.one(12) {
		_ = os.Chown(c.elf, 1000, 1000) // only the privileged can
	}
	fmt.Fprintf(&c.story, "prog: %v", prog)
	c.path, c.cwd = c.elf, "/"
	if d.one(6) {
		c.cwd = dir
		c.path = pick(d, "prog", "./prog", "../"+filepath.Base(dir)+"/prog")
	}
	c.argv, c.env = []string{c.path}, nil
	if d.one(6) {
		d.scripts(c, file, dir)
	}
	d.call(c)
	return c
}

// scripts puts one or more scripts before the program.
func (d dice) scripts(c *kernelCase, file func(string, []byte, os.FileMode) string, dir string) {
	names := []string{c.path, c.path, c.path, c.path, dir, dir + "/none", "", "prog", dir + "/script0"}
	for i := range 1 + d.IntN(6) {
		text := d.scriptText(names)
		if i > 0 && d.one(2) {
			text = "#!" + c.path + pick(d, "\n", " x\n", " x y \n")
		}
		c.path = file(fmt.Sprintf("script%d", i), []byte(text), pick[os.FileMode](d, 0o755, 0o755, 0o755, 0o755, 0o644))
		names = append(names, c.path, c.path)
		fmt.Fprintf(&c.story, "%s: %q\n", c.path, text)
		if !d.one(3) {
			break
		}
	}
	c.argv = []string{c.path}
}

// call makes up the rest of the call.
func (d dice) call(c *kernelCase) {
	for d.one(2) {
		c.argv = append(c.argv, pick(d, "", "a", "two words", strings.Repeat("x", d.IntN(600))))
	}
	for d.one(2) {
		c.env = append(c.env, pick(d, "A=b", "HOME=/", "X="+strings.Repeat("y", d.IntN(9000))))
	}
	switch d.IntN(20) {
	case 0:
		c.argv = []string{}
	case 1:
		c.argv[0] = pick(d, "", "other", "-sh")
	}
	c.uid, c.stack = 1000, 8<<20
	if d.one(8) {
		c.uid = 0
	}
	if d.one(4) {
		c.stack = pick[uint64](d, 64<<10, 100<<10, 132<<10, 133<<10, 1<<20, 127<<20, 128<<20, 256<<20, 1<<30, 1<<40, 1<<64-1)
	}
	if d.one(5) {
		c.personality = pick[uint32](d, 0x200000, 0x100000, 0x400000, 0x8000000, 0x300000)
	}
}
