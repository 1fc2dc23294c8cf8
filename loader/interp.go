package loader

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// mapInterp maps the interpreter, if there is one, and decides where the program starts.
func (l *load) mapInterp() error {
	res := l.res
	img, entry := l.prog, uint64(res.ProgramEntry)
	if l.interp != nil {
		img = l.interp
		base, err := l.mapInterpSegments()
		if err != nil {
			return err
		}
		res.Interp, res.InterpPath, res.InterpBase = img.file, l.interpPath, addr.VAddr(base)
		entry = base + img.head.Entry
		l.tell(RuleBaseIsBias, NoRule, event.Event{Kind: event.LoadInterp, VA: res.InterpBase})
	}
	if entry >= l.task {
		return fatal(RuleEntry, EINVAL, img.file.Path(), "the entry %#x is not below %#x", entry, l.task)
	}
	res.Entry = addr.VAddr(entry)
	return nil
}

// mapInterpSegments is load_elf_interp: the base is returned, 0 for an ET_EXEC.
func (l *load) mapInterpSegments() (uint64, error) {
	img := l.interp
	self := img.file.Path()
	dyn := img.head.Type == elf.TypeDyn
	if !dyn && img.head.Type != elf.TypeExec {
		return 0, fatal(RuleInterpType, EINVAL, self,
			"the interpreter has e_type %d, must be 2 (EXEC) or 3 (DYN)",
			img.head.Type)
	}
	total := img.totalSize(l.prof)
	if total == 0 {
		return 0, fatal(RuleInterpType, EINVAL, self, "the interpreter's segments have no size")
	}
	var base uint64
	first, bss := true, bssRun{}
	for i := range img.progs {
		ph := &img.progs[i]
		if ph.Type != elf.ProgLoad {
			continue
		}
		pl := place{flags: Fixed, total: total, rule: RuleLaterFixed}
		switch {
		case dyn && first:
			pl.flags, pl.rule, pl.base = 0, RuleFirstFree, RuleInterpHint
			if l.bias != 0 {
				base = -ph.VAddr // so that the hint is 0; otherwise the hint is its own address
				pl.base = RuleInterpBase
			}
		case first:
			pl.base = RuleInterpFixed
		}
		pl.at = base + ph.VAddr
		mapped, err := l.loadSegment(img, i, pl)
		if err != nil {
			return 0, err
		}
		if dyn && first {
			base = mapped - pageDown(ph.VAddr)
		}
		first, total = false, 0
		if err := l.checkSegment(img, i, base+ph.VAddr, ENOMEM); err != nil {
			return 0, err
		}
		bss.add(i, base, ph)
	}
	if l.prof.PerProgramBSS {
		if err := l.finishBSS(img, &bss); err != nil {
			return 0, err
		}
	}
	return base, nil
}
