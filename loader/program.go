package loader

import (
	"math"

	"memlab/loader/elf"
	"memlab/paging/addr"
)

// mapProgram maps the program's PT_LOADs in the order of the file and works out the bias, the entry, AT_PHDR
// and the code and data bounds (load_elf_binary's loop).
func (l *load) mapProgram() error {
	img := l.prog
	mm := &l.res.MM
	mm.StartCode = math.MaxUint64
	l.pieBase = img.head.Type == elf.TypeDyn && l.interp == nil
	first, bss := true, bssRun{}
	for i := range img.progs {
		ph := &img.progs[i]
		if ph.Type != elf.ProgLoad {
			continue
		}
		if l.prof.PerProgramBSS {
			if err := l.flushBSS(img, &bss); err != nil {
				return err
			}
		}
		pl, err := l.placeProgram(i, first)
		if err != nil {
			return err
		}
		mapped, err := l.loadSegment(img, i, pl)
		if err != nil {
			return err
		}
		if first && img.head.Type == elf.TypeDyn {
			l.bias += mapped - pageDown(l.bias+ph.VAddr)
		}
		l.notePhdr(ph, first)
		first = false
		if err := l.checkSegment(img, i, ph.VAddr, EINVAL); err != nil {
			return err
		}
		l.noteBounds(ph)
		bss.add(i, l.bias, ph)
	}
	if l.prof.PerProgramBSS {
		if err := l.finishBSS(img, &bss); err != nil {
			return err
		}
	}
	l.addBias()
	return nil
}

// placeProgram says where the program's segment i goes. At the first one of an ET_DYN it chooses the bias.
func (l *load) placeProgram(i int, first bool) (place, error) {
	img, vaddr := l.prog, l.prog.progs[i].VAddr
	if !first || img.head.Type == elf.TypeExec {
		pl := place{at: l.bias + vaddr, flags: Fixed, rule: RuleLaterFixed}
		if first {
			pl.base = RuleExecBase
			pl.flags, pl.rule = l.firstFlags()
		}
		return pl, nil
	}
	total := img.totalSize(l.prof)
	if total == 0 {
		return place{}, fatal(RuleTotal, EINVAL, img.file.Path(), "the program's segments have no size")
	}
	var align uint64
	if l.prof.PIEAlign {
		align = img.maxAlign()
	}
	pl := place{total: total, rule: RuleFirstFree, align: align, base: RuleStaticPIE}
	if img.progs[i].FileSz == 0 && !l.prof.PerProgramBSS {
		pl.base = RuleStaticPIEBSS
	}
	base := uint64(0)
	switch {
	case l.interp != nil:
		base = etDynBase(l.class, l.task) + l.mmapRandom()
		pl.flags, pl.rule = l.firstFlags()
		pl.base = RulePIEBase
		if align > addr.ABIPage {
			pl.base = RulePIEAlign
		}
	case align > addr.ABIPage:
		// Linux maps the segment for the address and takes it away again.
		l.quiet = true
		probe, err := l.loadSegment(img, i, pl)
		l.quiet = false
		if err != nil {
			return place{}, err
		}
		if err := l.m.Unmap(addr.VAddr(probe), pageUp(total)); err != nil {
			return place{}, fatal(RuleGiveBack, errnoOf(err), img.file.Path(),
				"the room found at %#x cannot be given back",
				probe)
		}
		base = probe
		pl.flags, pl.rule, pl.base = NoReplace, RuleFirstNoReplace, RuleStaticPIEAlign
	}
	if align != 0 {
		base &^= align - 1
	}
	l.bias = pageDown(base - vaddr)
	pl.at = l.bias + vaddr
	return pl, nil
}

// firstFlags is how the first segment is mapped at an address.
func (l *load) firstFlags() (MapFlags, Rule) {
	if l.prof.FirstFixed {
		return Fixed, RuleFirstFixed
	}
	return NoReplace, RuleFirstNoReplace
}

// checkSegment judges sizes, after the segment has been mapped as Linux does. vaddr is where it starts.
func (l *load) checkSegment(img *image, i int, vaddr uint64, no Errno) error {
	ph := &img.progs[i]
	self := img.file.Path()
	switch {
	case ph.FileSz > ph.MemSz:
		return fatal(RuleFileSize, no, self, "program header %d: p_filesz %#x exceeds p_memsz %#x", i,
			ph.FileSz, ph.MemSz)
	case vaddr >= l.task || ph.MemSz > l.task || l.task-ph.MemSz < vaddr:
		return fatal(RuleBelowTask, no, self, "program header %d: %#x bytes at %#x end above %#x", i,
			ph.MemSz, vaddr,
			l.task)
	}
	return nil
}

// notePhdr finds where the program headers are in memory, without bias.
func (l *load) notePhdr(ph *elf.Prog, first bool) {
	off := l.prog.head.PhOff
	if l.prog.head.PhNum == 0 {
		return // a format of its own has none
	}
	if l.prof.PhdrByFirst {
		if first {
			l.phdr = ph.VAddr - ph.Off + off
		}
		return
	}
	if ph.Off <= off && off < ph.Off+ph.FileSz {
		l.phdr = off - ph.Off + ph.VAddr
	}
}

// noteBounds widens the code and data bounds, without bias.
func (l *load) noteBounds(ph *elf.Prog) {
	mm := &l.res.MM
	exec := ph.Flags&elf.FlagX != 0
	if exec || l.prof.StartCodeAll {
		mm.StartCode = min(mm.StartCode, ph.VAddr)
	}
	mm.StartData = max(mm.StartData, ph.VAddr)
	end := ph.VAddr + ph.FileSz
	if exec {
		mm.EndCode = max(mm.EndCode, end)
	}
	mm.EndData = max(mm.EndData, end)
	l.brk = max(l.brk, ph.VAddr+ph.MemSz)
}

// addBias turns what was noted into addresses.
func (l *load) addBias() {
	mm := &l.res.MM
	mm.StartCode += l.bias
	mm.EndCode += l.bias
	mm.StartData += l.bias
	mm.EndData += l.bias
	l.brk += l.bias
	l.phdr += l.bias
	l.res.LoadBias = l.bias
	l.res.ProgramEntry = addr.VAddr(l.prog.head.Entry + l.bias)
}
