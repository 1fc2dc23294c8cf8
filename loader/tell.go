package loader

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// The formats as exec.refuse and exec.format report them.
const (
	formatScript = 0
	formatELF64  = 1
	formatELF32  = 2
	formatOther  = 3
)

// Trail is what events cannot carry: the names of the files that one execve has come to. Exec fills it as it
// goes, so that a listener finds in it what the event is about.
type Trail struct {
	Files  []string // by depth: the path given, then the interpreter of each format in turn
	Interp string   // what PT_INTERP names
}

// tell emits one step of the story, decided by rule, and also by a second one if that is not NoRule.
func (l *load) tell(rule, also Rule, ev event.Event) {
	if l.quiet || !l.bus.On(ev.Kind) {
		return
	}
	ev.Rule, ev.Also = uint8(rule), uint8(also)
	l.bus.Emit(&ev)
}

// tellFailure ends the story of an execve that has failed.
func (l *load) tellFailure(err error) {
	e, ok := asError(err)
	if !ok {
		return // every error of this package is one
	}
	l.quiet = false
	ev := event.Event{Kind: event.ExecFail, Arg: uint64(e.Errno)}
	if e.Fatal {
		ev.Arg2 = 1
	}
	l.tell(e.Rule, NoRule, ev)
}

// tellStart is the first step.
func tellStart(bus *event.Bus, req *Request) {
	if bus.On(event.ExecStart) {
		bus.Emit(&event.Event{Kind: event.ExecStart, Arg: uint64(len(req.Argv)), Arg2: uint64(len(req.Env))})
	}
}

// CannotOpen is the execve of req when its file could not be opened, with no: it tells bus of the two steps
// that there are and returns the error.
func CannotOpen(req *Request, no Errno, bus *event.Bus) error {
	tellStart(bus, req)
	l := &load{req: req, bus: bus}
	l.tread(req.Path)
	err := refuse(RulePath, no, req.Path, "cannot be executed")
	l.tellFailure(err)
	return err
}

// tread notes that execve has come to a file.
func (l *load) tread(path string) {
	if t := l.req.Trail; t != nil {
		t.Files = append(t.Files, path)
	}
}

// tellChecked tells of the checks of section 2 of the kernel's execve: path and strings.
func (l *load) tellChecked() {
	l.tell(RulePath, NoRule, event.Event{Kind: event.ExecCheck, Size: uint64(max(l.req.File.Size(), 0))})
	also := NoRule
	if len(l.req.Argv) == 0 && l.prof.AddEmptyArg {
		also = RuleNoArgs
	}
	l.tell(RuleStrings, also, event.Event{
		Kind: event.ExecCheck, Size: l.args.depth - topGap, Arg: uint64(l.args.argc),
		Arg2: uint64(l.args.envc),
	})
}

// tellRefused tells that a format does not take the file. index is its place among Request.Formats.
func (l *load) tellRefused(rule Rule, format uint64, index int, no Errno) {
	l.tell(rule, NoRule, event.Event{
		Kind: event.ExecRefuse, Arg: format, Arg2: uint64(no), Arg3: l.depth | uint64(index)<<32,
	})
}

// tellFormat tells that a format takes the file.
func (l *load) tellFormat(rule Rule, format uint64, index int) {
	l.tell(rule, NoRule, event.Event{
		Kind: event.ExecFormat, Arg: format, Arg3: l.depth | uint64(index)<<32,
	})
}

// tellELF tells what the two ELF formats, native and compat, say: rule is the check at which the file's own
// one fails, NoRule if it takes the file. Magic and type are checked before the machine, by both.
func (l *load) tellELF(rule Rule, head []byte) {
	class, known := elf.ClassOf(elf.MachineOf(head))
	for _, f := range []struct {
		format uint64
		class  elf.Class
	}{{formatELF64, elf.Class64}, {formatELF32, elf.Class32}} {
		switch why := rule; {
		case rule == RuleMagic, rule == RuleType:
			l.tellRefused(why, f.format, 0, ENOEXEC)
		case !known || class != f.class:
			l.tellRefused(RuleMachine, f.format, 0, ENOEXEC)
		case rule != NoRule:
			l.tellRefused(why, f.format, 0, ENOEXEC)
		default:
			l.tellFormat(RuleTaken, f.format, 0)
			return // nobody else is asked
		}
	}
}

func (l *load) tellHeader(img *image, rule Rule) {
	h := &img.head
	l.tell(rule, NoRule, event.Event{
		Kind: event.LoadHeader, VA: addr.VAddr(h.Entry), Arg: uint64(h.PhNum), Arg2: uint64(h.Type),
		Arg3: h.PhOff, Size: uint64(h.PhNum) * uint64(h.PhEntSize),
	})
}

// tellBase tells where an image goes, once for each: with its first PT_LOAD, whose first page is at mapped.
func (l *load) tellBase(img *image, i int, pl place, mapped uint64) {
	if pl.base == NoRule {
		return
	}
	ph := &img.progs[i]
	also := NoRule
	switch {
	case pl.flags == 0 && l.hugePlaced(ph, pl, mapped):
		also = RuleHuge
	case l.random() && pl.base != RuleExecBase && pl.base != RuleInterpFixed:
		also = RuleRandom
	}
	ev := event.Event{
		Kind: event.LoadBase, VA: addr.VAddr(mapped), Size: pageUp(pl.total),
		Arg: mapped - pageDown(ph.VAddr), Arg2: pl.align,
	}
	if img == l.interp {
		ev.Arg3 = 1
	}
	l.tell(pl.base, also, ev)
}

// hugePlaced reports whether the search for room followed the 2 MiB rule (thp_get_unmapped_area).
func (l *load) hugePlaced(ph *elf.Prog, pl place, mapped uint64) bool {
	off := ph.Off - pageOff(ph.VAddr)
	first := (off + hugePageSize - 1) &^ (hugePageSize - 1)
	return l.prof.ThpFileAlign && l.class == elf.Class64 && first >= off &&
		first+hugePageSize <= off+pageUp(pl.total) && (mapped-off)%hugePageSize == 0
}

// tellSegment tells of a PT_LOAD whose part of the file has been mapped, its first page at mapped.
func (l *load) tellSegment(img *image, i int, pl place, mapped uint64) {
	ph := &img.progs[i]
	rule, also := pl.rule, l.shownBeside(img.part(i), ph)
	if !l.hasFilePart(ph) {
		rule, also = RuleNoFile, NoRule
	}
	l.tell(rule, also, event.Event{
		Kind: event.LoadSegment, VA: addr.VAddr(mapped + pageOff(ph.VAddr)), Size: ph.MemSz, Prot: l.prot(ph),
		Arg: l.segmentNumber(img, i), Arg2: ph.Off, Arg3: ph.FileSz,
	})
}

// hasFilePart reports whether a segment maps any page of the file.
func (l *load) hasFilePart(ph *elf.Prog) bool {
	return ph.FileSz > 0 || l.prof.PerProgramBSS && pageOff(ph.VAddr) != 0
}

// shownBeside is the rule that shows in what else a segment's pages have, or in their rights.
func (l *load) shownBeside(file File, ph *elf.Prog) Rule {
	size, end := uint64(max(file.Size(), 0)), ph.Off+ph.FileSz
	cleared := ph.MemSz > ph.FileSz && ph.Flags&elf.FlagW != 0
	switch {
	case end > pageUp(size):
		return RulePastEOF
	case l.prot(ph)&addr.ProtExec != 0 && ph.Flags&elf.FlagX == 0:
		return RuleReadExec
	case pageOff(ph.Off) != 0, pageOff(end) != 0 && end < size && !cleared:
		return RuleNeighbours
	}
	return NoRule
}

// interpIndex is added to the number that events give an interpreter's segments.
const interpIndex = 1 << 32

func (l *load) segmentNumber(img *image, i int) uint64 {
	if img == l.interp {
		return uint64(i) + interpIndex
	}
	return uint64(i)
}

// tellBSS tells of memory of segment i that is no file's, with the range and rights of m. hidden is where the
// file has the bytes that a tail does not show.
func (l *load) tellBSS(img *image, i int, rule Rule, m Mapping, hidden uint64) {
	l.tell(rule, NoRule, event.Event{
		Kind: event.LoadBSS, VA: m.Addr, Size: m.Len, Prot: m.Prot, Arg: l.segmentNumber(img, i),
		Arg2: hidden,
	})
}
