package loader

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// bssRun is the bss as kernels before 6.7 saw it: one for the whole image, from the highest end of file bytes
// to the highest end in memory, made only when the next segment comes or the image is complete.
type bssRun struct {
	any   bool
	index int    // the segment that reaches highest in memory: its rights count
	last  int    // the segment that has the highest file bytes
	file  uint64 // highest end of file bytes, biased
	mem   uint64 // highest end in memory, biased
}

// add widens the run by a segment that has been mapped.
func (b *bssRun) add(i int, bias uint64, ph *elf.Prog) {
	file, mem := bias+ph.VAddr+ph.FileSz, bias+ph.VAddr+ph.MemSz
	if !b.any || file > b.file {
		b.file, b.last = file, i
	}
	if !b.any || mem > b.mem {
		b.mem, b.index = mem, i
	}
	b.any = true
}

// flushBSS makes the pending bss before the next segment is mapped over it. Clearing may fail: some programs
// ask for odd rights.
func (l *load) flushBSS(img *image, b *bssRun) error {
	if !b.any || b.mem <= b.file {
		return nil
	}
	if pageUp(b.mem) > pageUp(b.file) {
		if err := l.mapBSS(img, b.index, b.file, b.mem); err != nil {
			return err
		}
	}
	if n := pageOff(b.file); n != 0 {
		n = min(pageUp(b.file)-b.file, b.mem-b.file)
		rule := RuleTail
		if l.writeZeros(b.file, n) != nil {
			rule = RuleTailKept
		}
		l.tellTail(img, b, rule, n)
	}
	return nil
}

// finishBSS makes the bss of the complete image (set_brk, then padzero, whose failure is the program's end).
func (l *load) finishBSS(img *image, b *bssRun) error {
	if !b.any {
		return nil
	}
	if pageUp(b.mem) > pageUp(b.file) {
		if err := l.mapBSS(img, b.index, b.file, b.mem); err != nil {
			return err
		}
	}
	if b.file == b.mem && img == l.prog {
		return nil
	}
	if err := l.clearTail(b.file); err != nil {
		return fatal(RuleTailFault, EFAULT, img.file.Path(),
			"the rest of the page at %#x cannot be cleared", b.file)
	}
	if n := pageOff(b.file); n != 0 {
		l.tellTail(img, b, RuleTail, pageUp(b.file)-b.file)
	}
	return nil
}

// tellTail tells of the n bytes behind the highest file bytes, which are the end of their segment's.
func (l *load) tellTail(img *image, b *bssRun, rule Rule, n uint64) {
	ph := &img.progs[b.last]
	m := Mapping{Addr: addr.VAddr(b.file), Len: n, Prot: l.prot(ph)}
	l.tellBSS(img, b.last, rule, m, ph.Off+ph.FileSz)
}
