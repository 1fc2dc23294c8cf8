package loader

import (
	"fmt"
	"math"

	"memlab/loader/elf"
	"memlab/paging/addr"
)

// place says where a segment goes. flags is Fixed, NoReplace, or 0 when at is only a hint.
type place struct {
	at    uint64
	flags MapFlags
	total uint64 // of the first segment: bytes to reserve for the whole image; 0: just its own

	rule  Rule   // why there, and so
	base  Rule   // of the first segment: what decided where the image goes
	align uint64 // of the image; 0: none
}

// prot are the rights of a segment's mapping.
func (l *load) prot(ph *elf.Prog) addr.Prot {
	var p addr.Prot
	if ph.Flags&elf.FlagR != 0 {
		p |= addr.ProtRead
	}
	if ph.Flags&elf.FlagW != 0 {
		p |= addr.ProtWrite
	}
	if ph.Flags&elf.FlagX != 0 {
		p |= addr.ProtExec
	}
	if p&addr.ProtRead != 0 && l.readImpliesExec() {
		p |= addr.ProtExec
	}
	return p
}

// loadSegment maps one PT_LOAD (elf_load) and returns the address of its first page. What the file does not
// cover is cleared up to the end of its page, and an anonymous area follows:
//
//	        p_vaddr      +p_filesz          +p_memsz
//	|.......|============|0000000|------------------|
//	^ file bytes before  ^ file  ^ page ^ anonymous, whole pages, always rw
//
// In a page that is not cleared the file's bytes on either side of the segment stay visible.
func (l *load) loadSegment(img *image, i int, pl place) (uint64, error) {
	ph := &img.progs[i]
	mapped := pageDown(pl.at)
	zero := mapped
	if ph.FileSz > 0 || l.prof.PerProgramBSS {
		var err error
		if mapped, err = l.mapFile(img, i, pl); err != nil {
			return 0, err
		}
		zero = mapped + pageOff(ph.VAddr) + ph.FileSz
	} else {
		l.tellBase(img, i, pl, mapped)
	}
	l.tellSegment(img, i, pl, mapped)
	if !l.prof.PerProgramBSS && ph.MemSz > ph.FileSz {
		// A tail that cannot be cleared is an error only where the program could have written it.
		rule := RuleTail
		if err := l.clearTail(zero); err != nil {
			if ph.Flags&elf.FlagW != 0 {
				return 0, fatal(RuleTailFault, EFAULT, img.file.Path(),
					"program header %d: the rest of the page at %#x cannot be cleared", i, zero)
			}
			rule = RuleTailKept
		}
		if pageOff(zero) != 0 {
			tail := Mapping{Addr: addr.VAddr(zero), Len: pageUp(zero) - zero, Prot: l.prot(ph)}
			l.tellBSS(img, i, rule, tail, ph.Off+ph.FileSz)
		}
		end := mapped + pageOff(ph.VAddr) + ph.MemSz
		if err := l.mapBSS(img, i, zero, end); err != nil {
			return 0, err
		}
	}
	if mapped >= l.task {
		return 0, fatal(RuleBelowTask, EINVAL, img.file.Path(),
			"program header %d: address %#x is above the end of the space, %#x",
			i, mapped, l.task)
	}
	return mapped, nil
}

// mapFile maps the pages of the file that a segment touches (elf_map).
func (l *load) mapFile(img *image, i int, pl place) (uint64, error) {
	ph := &img.progs[i]
	size := pageUp(ph.FileSz + pageOff(ph.VAddr))
	off := ph.Off - pageOff(ph.VAddr)
	if size == 0 {
		l.tellBase(img, i, pl, pageDown(pl.at))
		return pageDown(pl.at), nil
	}
	if pl.flags != 0 {
		l.tellBase(img, i, pl, pageDown(pl.at))
	}
	length := size
	if pl.total != 0 {
		length = pageUp(pl.total)
	}
	self := img.file.Path()
	switch {
	case pageOff(off) != 0:
		return 0, fatal(RuleCongruent, EINVAL, self,
			"program header %d: p_offset %#x and p_vaddr %#x differ within their pages",
			i, ph.Off, ph.VAddr)
	case off+length < off || off > math.MaxInt64 || length > math.MaxInt64-off:
		return 0, fatal(RuleFileRange, EOVERFLOW, self,
			"program header %d: p_offset %#x lies outside any file", i, ph.Off)
	case length == 0:
		return 0, fatal(RuleTotal, EINVAL, self, "program header %d: the image has no size", i)
	}
	at, err := l.mmap(Mapping{
		Addr: addr.VAddr(pageDown(pl.at)), Len: length, Prot: l.prot(ph), Flags: pl.flags, File: img.part(i),
		Offset: off,
	})
	if err != nil {
		return 0, fatal(pl.rule, errnoOf(err), self, "program header %d: %s", i, mapFailure(err,
			pageDown(pl.at),
			length))
	}
	if pl.flags == 0 {
		l.tellBase(img, i, pl, uint64(at))
	}
	if length > size {
		if err := l.m.Unmap(at+addr.VAddr(size), length-size); err != nil {
			return 0, fatal(RuleGiveBack, errnoOf(err), self,
				"program header %d: the reserved room at %#x cannot be given back", i, at)
		}
	}
	return uint64(at), nil
}

// mmap maps after the checks that keep sums of hostile values from wrapping.
func (l *load) mmap(m Mapping) (addr.VAddr, error) {
	fixed := m.Flags&(Fixed|NoReplace) != 0
	if m.Len > l.task || fixed && uint64(m.Addr) > l.task-m.Len {
		return 0, ENOMEM
	}
	if !fixed && uint64(m.Addr) >= l.task {
		m.Addr = 0 // a hint that cannot be met
	}
	return l.m.Map(m)
}

// mapBSS makes the anonymous area for [start, end), both rounded up to pages. It is writable whatever the
// segment says, and executable if the segment is.
func (l *load) mapBSS(img *image, i int, start, end uint64) error {
	start, end = pageUp(start), pageUp(end)
	if start == end {
		return nil
	}
	prot := addr.ProtRead | addr.ProtWrite | l.prot(&img.progs[i])&addr.ProtExec
	if l.readImpliesExec() {
		prot |= addr.ProtExec
	}
	m := Mapping{Addr: addr.VAddr(start), Len: end - start, Prot: prot, Flags: Fixed | BrkLike}
	if _, err := l.mmap(m); err != nil {
		return fatal(RuleBSS, errnoOf(err), img.file.Path(), "program header %d: bss: %s", i,
			mapFailure(err, start,
				end-start))
	}
	rule := RuleBSS
	switch {
	case l.prof.PerProgramBSS:
		rule = RuleBSSProgram
	case prot&addr.ProtExec != 0:
		rule = RuleBSSExec
	}
	l.tellBSS(img, i, rule, m, 0)
	return nil
}

// clearTail writes zeros from va to the end of its page (padzero).
func (l *load) clearTail(va uint64) error {
	if pageOff(va) == 0 {
		return nil
	}
	return l.writeZeros(va, pageUp(va)-va)
}

// writeZeros clears n bytes, less than a page.
func (l *load) writeZeros(va, n uint64) error {
	return l.m.Write(addr.VAddr(va), make([]byte, n))
}

// mapFailure says why a range could not be mapped.
func mapFailure(err error, at, length uint64) string {
	where := fmt.Sprintf("%d bytes at %#x cannot be mapped: ", length, at)
	switch errnoOf(err) { //nolint:exhaustive // only these need words
	case EEXIST:
		return where + "something is mapped there"
	case EPERM:
		return where + "too low for an unprivileged program"
	case ENOMEM:
		return where + "outside the address space or more than there is memory"
	}
	return where + err.Error()
}
