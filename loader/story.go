package loader

import (
	"fmt"
	"strings"

	"memlab/loader/elf"
	"memlab/paging/event"
)

// Story is what one execve did, step by step.
type Story struct {
	Steps []Step
	Trail *Trail // names for what events number; nil: numbers must do

	sub *event.Subscription
}

// Step is one event of package loader's, with the names that the event cannot carry.
type Step struct {
	event.Event
	Name string // of the file or format that it is about; "": none
}

// Record begins to listen to bus: every event of event.Loading becomes a step. trail may be nil.
func Record(bus *event.Bus, trail *Trail) *Story {
	s := &Story{Trail: trail}
	s.sub = bus.Subscribe(event.Loading, func(ev *event.Event) event.Verdict {
		s.Steps = append(s.Steps, Step{Event: *ev, Name: s.Trail.Name(ev)})
		return event.Continue
	})
	return s
}

// Close ends the listening.
func (s *Story) Close() { s.sub.Remove() }

// Text is the story, a line a step: its kind, what happened, and the rule.
func (s *Story) Text() string {
	var b strings.Builder
	for i := range s.Steps {
		b.WriteString(s.Steps[i].String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Name is the name of the file that ev is about; "": none is known.
func (t *Trail) Name(ev *event.Event) string {
	if t == nil {
		return ""
	}
	file := func(depth uint64) string {
		if depth >= 1 && depth <= uint64(len(t.Files)) {
			return t.Files[depth-1]
		}
		return ""
	}
	switch ev.Kind { //nolint:exhaustive // the others are about no file
	case event.ExecStart:
		return file(1)
	case event.ExecRefuse, event.ExecFormat:
		return file(ev.Arg3 & (1<<32 - 1))
	case event.LoadHeader:
		if Rule(ev.Rule) == RuleInterpHeader {
			return t.Interp
		}
		return file(uint64(len(t.Files)))
	case event.LoadSegment, event.LoadBSS:
		if ev.Arg >= interpIndex {
			return t.Interp
		}
		return file(uint64(len(t.Files)))
	case event.LoadBase:
		if ev.Arg3 == 1 {
			return t.Interp
		}
		return file(uint64(len(t.Files)))
	case event.LoadInterp:
		return t.Interp
	}
	return ""
}

// Facts says what happened, without the kind and the rule.
func (s *Step) Facts() string { return stepFacts(&s.Event, s.Name) }

// String is the step in one line.
func (s *Step) String() string {
	line := fmt.Sprintf("%-13s %s", s.Kind, s.Facts())
	for _, r := range [...]Rule{Rule(s.Rule), Rule(s.Also)} {
		if r != NoRule {
			line = fmt.Sprintf("%-86s [%s]", line, r)
		}
	}
	return strings.TrimRight(line, " ")
}

// Range are the addresses [start, end) that the step is about; ok is false if it is about none.
func (s *Step) Range() (start, end uint64, ok bool) {
	switch s.Kind { //nolint:exhaustive // the others have an address at most
	case event.LoadArgs, event.LoadBase, event.LoadSegment, event.LoadBSS, event.LoadSpecial, event.LoadStack:
		return uint64(s.VA), uint64(s.VA) + s.Size, true
	case event.LoadInterp, event.LoadBrk, event.LoadRegs, event.LoadDone:
		return uint64(s.VA), uint64(s.VA), true
	}
	return 0, 0, false
}

// FileRange is the part of the file that the step is about: of a cleared tail the bytes that are not shown.
func (s *Step) FileRange() (offset, size uint64, ok bool) {
	switch s.Kind { //nolint:exhaustive // the others are about no bytes of a file
	case event.LoadHeader:
		return s.Arg3, s.Size, true
	case event.LoadSegment:
		return s.Arg2, s.Arg3, s.Arg3 > 0
	case event.LoadBSS:
		r := Rule(s.Rule)
		return s.Arg2, s.Size, r == RuleTail || r == RuleTailKept
	}
	return 0, 0, false
}

// HasProt reports whether the step gives rights.
func (s *Step) HasProt() bool {
	switch s.Kind { //nolint:exhaustive // the others give none
	case event.LoadArgs, event.LoadSegment, event.LoadBSS, event.LoadSpecial:
		return true
	}
	return false
}

// Errno is the error number of a refusal or failure, 0 otherwise.
func (s *Step) Errno() Errno {
	switch s.Kind { //nolint:exhaustive // the others succeed
	case event.ExecRefuse:
		return Errno(s.Arg2)
	case event.ExecFail:
		return Errno(s.Arg)
	}
	return 0
}

// FormatName is the name of a format as exec.refuse and exec.format number it.
func FormatName(arg uint64) string {
	names := [...]string{
		formatScript: scripts{}.Name(), formatELF64: "elf64", formatELF32: "elf32",
		formatOther: "other",
	}
	if arg < uint64(len(names)) {
		return names[arg]
	}
	return unknown
}

// SpecialName is the name of an area that load.special numbers.
func SpecialName(arg uint64) string {
	names := [...]string{vvarName, vclockName, vdsoName, pageZero: "page zero"}
	if arg < uint64(len(names)) {
		return names[arg]
	}
	return unknown
}

// stepFacts says what ev tells; name is the file that it is about.
func stepFacts(ev *event.Event, name string) string {
	switch ev.Kind { //nolint:exhaustive // the loader's kinds
	case event.ExecStart:
		return strings.TrimLeft(fmt.Sprintf("%s argc %d, envc %d", name, ev.Arg, ev.Arg2), " ")
	case event.ExecCheck:
		if Rule(ev.Rule) == RulePath {
			return fmt.Sprintf("file of %d bytes", ev.Size)
		}
		return fmt.Sprintf("%d bytes of strings, argc %d, envc %d", ev.Size, ev.Arg, ev.Arg2)
	case event.ExecRefuse, event.ExecFormat:
		return formatFacts(ev, name)
	case event.ExecCommit:
		return fmt.Sprintf("TASK_SIZE %#x, mmap_base %s, personality %#x", ev.Size, ev.VA, ev.Arg)
	case event.ExecFail:
		if ev.Arg2 != 0 {
			return fmt.Sprintf("SIGSEGV (%s)", Errno(ev.Arg).Error())
		}
		return Errno(ev.Arg).Error()
	}
	return loadFacts(ev, name)
}

func formatFacts(ev *event.Event, name string) string {
	facts := fmt.Sprintf("depth %d: %s", ev.Arg3&(1<<32-1), FormatName(ev.Arg))
	if ev.Arg == formatOther {
		facts += fmt.Sprintf(" %d", ev.Arg3>>32)
	}
	if name != "" {
		facts += ", " + name
	}
	if ev.Kind == event.ExecRefuse {
		facts += ": " + Errno(ev.Arg2).Error()
	}
	return facts
}

// loadFacts are those of load.*.
func loadFacts(ev *event.Event, name string) string {
	span := fmt.Sprintf("%x-%x %s", uint64(ev.VA), uint64(ev.VA)+ev.Size, ev.Prot)
	switch ev.Kind { //nolint:exhaustive // the loader's kinds
	case event.LoadHeader:

		typ := "EXEC"
		if ev.Arg2 != elf.TypeExec {
			typ = "DYN"
		}
		return strings.TrimLeft(fmt.Sprintf("%s %s, entry %s, %d program headers, file %#x+%#x", name, typ,
			ev.VA,
			ev.Arg, ev.Arg3, ev.Size), " ")
	case event.LoadBase:
		return fmt.Sprintf("%sat %s, bias %#x, reserved %#x, align %#x", whose(ev.Arg3 == 1), ev.VA, ev.Arg,
			ev.Size, ev.Arg2)
	case event.LoadSegment:
		return fmt.Sprintf("%s%d: %s file %#x+%#x", whose(ev.Arg >= interpIndex), ev.Arg&(interpIndex-1),
			span,
			ev.Arg2, ev.Arg3)
	case event.LoadBSS:
		facts := fmt.Sprintf("%s%d: %s", whose(ev.Arg >= interpIndex), ev.Arg&(interpIndex-1), span)
		if r := Rule(ev.Rule); r == RuleTail || r == RuleTailKept {
			facts += fmt.Sprintf(" file %#x+%#x", ev.Arg2, ev.Size)
		}
		return facts
	case event.LoadSpecial:
		return span + " " + SpecialName(ev.Arg)
	case event.LoadArgs:
		return fmt.Sprintf("%s strings from %#x", span, ev.Arg)
	case event.LoadStack:
		return fmt.Sprintf("sp %s, %d bytes to the top", ev.VA, ev.Size)
	case event.LoadRegs:
		return fmt.Sprintf("ip %s, sp %#x, flags %#x", ev.VA, ev.Arg, ev.Arg2)
	}
	return ev.VA.String()
}

// whose begins what is said of an image.
func whose(interp bool) string {
	if interp {
		return "interpreter "
	}
	return ""
}
