package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"memlab/loader/elf"
	"memlab/vm/x86"
)

// listing walks the code of a file.
type listing struct {
	file    *elf.File
	symbols *elf.Symbols
	odd     error // what is wrong with sections or symbols

	all, parts []codePart // of the file; of them what is to be shown
}

// codePart is a piece of code: a section, a segment, or a part of one.
type codePart struct {
	name       string
	start, end uint64 // addresses, [start, end)
	off        uint64 // in the file
	stop       uint64 // instructions that begin here or behind are not shown
}

// newListing finds the code of a file of size bytes.
func newListing(file *elf.File, size uint64) (*listing, error) {
	if file.Type == elf.TypeRel {
		return nil, errors.New("a relocatable file has no addresses yet: link it first")
	}
	l := &listing{file: file}
	sections, err := file.Sections()
	l.odd = err
	if err != nil {
		sections = nil
	}
	var symErr error
	if l.symbols, symErr = file.Symbols(); l.odd == nil {
		l.odd = symErr
	}
	const code = elf.SectionAlloc | elf.SectionExec
	for i := range sections {
		if s := &sections[i]; s.Flags&code == code && s.Type != elf.SectionNobits && s.Size > 0 {
			l.add(s.Name, s.Addr, s.Off, s.Size)
		}
	}
	if len(sections) == 0 {
		for i, s := range file.Progs {
			if s.Type == elf.ProgLoad && s.Flags&elf.FlagX != 0 && s.FileSz > 0 {
				l.add(fmt.Sprintf("segment %d", i), s.VAddr, s.Off, min(s.FileSz, s.MemSz))
			}
		}
	}
	sum := uint64(0)
	for _, c := range l.all {
		n := c.end - c.start
		if c.off > size || n > size-c.off {
			return nil, fmt.Errorf("%s needs %d bytes at offset %#x, the file has %d", c.name, n, c.off,
				size)
		}
		if sum += n; sum > size {
			return nil, errors.New("its executable parts overlap: together they exceed the file")
		}
	}
	l.parts = slices.Clone(l.all)
	return l, nil
}

func (l *listing) add(name string, va, off, size uint64) {
	end := va + size
	if end < va {
		end = ^uint64(0)
	}
	l.all = append(l.all, codePart{name: name, start: va, end: end, off: off, stop: end})
}

// cut keeps the code from an address up to another; false: there is none.
func (l *listing) cut(from, to uint64) bool {
	l.parts = nil
	for _, c := range l.all {
		if from >= c.end || to <= c.start {
			continue
		}
		if from > c.start {
			c.off += from - c.start
			c.start = from
		}
		c.stop = min(c.stop, to)
		if c.start < c.stop {
			l.parts = append(l.parts, c)
		}
	}
	return len(l.parts) > 0
}

// line is one instruction of a listing.
type line struct {
	addr   uint64
	bytes  []byte // valid during the call only
	text   string // with the names of targets
	symbol string // that the instruction belongs to; "": none
	offset uint64 // from the symbol's start
	target string // its symbol and offset
	in     x86.Instruction
}

// instructionWriter prints a listing.
type instructionWriter interface {
	begin(file string, f *elf.File)
	part(name string)
	line(l *line) error
	end()
}

// errOutput says that nothing can be written any more.
var errOutput = errors.New("standard output failed")

// interruptEvery is after how many instructions it is asked whether to go on.
const interruptEvery = 1 << 12

// walk gives every instruction to w.
func (l *listing) walk(w instructionWriter, cancelled func() error) error {
	for _, c := range l.parts {
		r, err := l.file.Content(c.off, c.end-c.start)
		if err != nil {
			return err
		}
		w.part(c.name)
		if err := l.walkPart(c, bufio.NewReaderSize(r, 1<<16), w, cancelled); err != nil {
			return err
		}
	}
	return nil
}

// walkPart starts anew at every symbol, as objdump does: data between functions cannot put what follows out
// of step.
func (l *listing) walkPart(c codePart, r *bufio.Reader, w instructionWriter, cancelled func() error) error {
	mode32 := l.file.Class == elf.Class32
	next, more := l.symbols.Next(c.start)
	for n, va := 0, c.start; va < c.stop; n++ {
		if n%interruptEvery == 0 && cancelled() != nil {
			return cancelled()
		}
		if more && va >= next {
			next, more = l.symbols.Next(va)
		}
		code, err := r.Peek(x86.MaxLen)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(code) == 0 {
			return nil
		}
		in := x86.Disassemble(code, va, mode32)
		if err := w.line(l.line(va, code[:in.Len], in)); err != nil {
			return err
		}
		took := in.Len
		if more && va+uint64(in.Len) > next {
			took = int(next - va)
		}
		va += uint64(took)
		if _, err := r.Discard(took); err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) line(va uint64, code []byte, in x86.Instruction) *line {
	out := &line{addr: va, bytes: code, in: in}
	if s, off, ok := l.symbols.At(va); ok {
		out.symbol, out.offset = shortName(s.Name), off
	}
	out.text = in.WithNames(func(at uint64) string {
		out.target = l.name(at)
		return out.target
	})
	return out
}

// name is "main+0x12"; "": no symbol covers va.
func (l *listing) name(va uint64) string {
	s, off, ok := l.symbols.At(va)
	switch {
	case !ok:
		return ""
	case off == 0:
		return shortName(s.Name)
	}
	return fmt.Sprintf("%s+%#x", shortName(s.Name), off)
}

// longestName bounds what one line of a listing can take of a file's names, each up to 32 KiB.
const longestName = 1 << 10

func shortName(s string) string {
	if len(s) > longestName {
		return s[:longestName] + "…"
	}
	return s
}
