package linux

import (
	"fmt"
	"strings"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/cpu"
)

// deathReport is what people are told when a signal ends t's process.
func (k *Kernel) deathReport(t *Task, i sigInfo) string {
	return k.causeOfDeath(t, i) + k.backtrace(t)
}

// backtrace is the end of a report: how t came to where it is.
func (k *Kernel) backtrace(t *Task) string {
	if k.cfg.Backtrace == nil {
		return ""
	}
	lines := k.cfg.Backtrace(t)
	if len(lines) == 0 {
		return ""
	}
	return "  backtrace:\n    " + strings.Join(lines, "\n    ") + "\n"
}

// causeOfDeath names the signal and what it is about.
func (k *Kernel) causeOfDeath(t *Task, i sigInfo) string {
	if i.report != "" {
		return i.report
	}
	who := "from outside"
	switch {
	case i.code != siKernel && i.pid == t.Process.PID:
		who = "by the program itself"
	case i.code != siKernel:
		who = fmt.Sprintf("by process %d", i.pid)
	}
	at := k.place(t.Process, addr.VAddr(t.CPU.RIP))
	return fmt.Sprintf("%s: sent %s, at %s\n", SignalName(i.sig), who, at)
}

// faultReport describes an exception: signal and code, what was tried where, and what lies there.
func (k *Kernel) faultReport(t *Task, x cpu.Exception, i sigInfo) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): ", SignalName(i.sig), codeName(i.sig, i.code))
	at := k.place(t.Process, addr.VAddr(t.CPU.RIP))
	if x.Vector != cpu.PageFault {
		fmt.Fprintf(&b, "%s at %s\n", exceptionName(x.Vector), at)
		return b.String()
	}
	if x.Fault.Access == addr.Fetch {
		fmt.Fprintf(&b, "execution of %v\n", x.Fault.VA)
	} else {
		verb := "read of"
		if x.Fault.Access == addr.Write {
			verb = "write to"
		}
		fmt.Fprintf(&b, "%s %v by the instruction at %s\n", verb, x.Fault.VA, at)
	}
	b.WriteString(surroundings(t.Process, x.Fault))
	if e, ok := t.Process.Space.(explainer); ok {
		b.WriteString("  " + e.Explain(x.Fault.VA) + "\n")
	}
	return b.String()
}

// explainer is an address space that can say more of an address than its areas do: of partitions and
// segments.
type explainer interface{ Explain(va addr.VAddr) string }

func exceptionName(v cpu.Vector) string {
	switch v {
	case cpu.DivideError:
		return "division by zero, or a quotient too large,"
	case cpu.DebugException:
		return "debug trap"
	case cpu.Breakpoint:
		return "breakpoint; the next instruction is"
	case cpu.Overflow:
		return "overflow trap"
	case cpu.BoundRange:
		return "bound check failed"
	case cpu.InvalidOpcode:
		return "invalid instruction"
	case cpu.StackFault:
		return "stack access outside the address space"
	case cpu.AlignmentCheck:
		return "misaligned access while AC is set"
	case cpu.FPUError:
		return "x87 floating-point exception"
	case cpu.SIMDError:
		return "SSE floating-point exception"
	default:
		return "general protection fault (a misaligned or non-canonical address, or a privileged instruction)"
	}
}

// surroundings says what lies at and around the address of a fault.
func surroundings(p *Process, f paging.Fault) string {
	var below, at, above *area.Area
	areas := p.Space.Areas()
	for n := range areas {
		a := &areas[n]
		switch {
		case a.End <= f.VA:
			below = a
		case a.Start > f.VA:
			if above == nil {
				above = a
			}
		default:
			at = a
		}
	}
	var b strings.Builder
	switch {
	case f.Cause == paging.NonCanonical:
		b.WriteString("  that is no address: its upper 17 bits must be equal\n")
		return b.String()
	case at != nil && (f.Cause == paging.PastEOF || f.Cause == paging.ReadError):
		fmt.Fprintf(&b, "  it lies in %s\n  %s\n", describe(at), beyondFile(at, f))
		return b.String()
	case at != nil:
		fmt.Fprintf(&b, "  it lies in %s, which cannot be %s\n", describe(at), participle(f.Access))
		return b.String()
	}
	b.WriteString("  nothing is mapped there" + hint(p, f, above) + "\n")
	if below != nil {
		fmt.Fprintf(&b, "  %#x bytes behind the end of %s\n", uint64(f.VA-below.End), describe(below))
	}
	if above != nil {
		fmt.Fprintf(&b, "  %#x bytes before the start of %s\n", uint64(above.Start-f.VA), describe(above))
	}
	return b.String()
}

// describe is an area as /proc/PID/maps begins its line, with its name.
func describe(a *area.Area) string {
	sharing := "p"
	if a.Flags&area.Shared != 0 {
		sharing = "s"
	}
	name := "anonymous"
	switch {
	case a.File != nil:
		name = a.File.Path()
	case a.Name != "":
		name = a.Name
	case a.Flags&area.GrowsDown != 0:
		name = "[stack]"
	}
	return fmt.Sprintf("%x-%x %v%s %s", uint64(a.Start), uint64(a.End), a.Prot, sharing, name)
}

func participle(a addr.Access) string {
	switch a {
	case addr.Write:
		return "written"
	case addr.Fetch:
		return "executed"
	default:
		return "read" //nolint:goconst // a word, not the call
	}
}

func beyondFile(a *area.Area, f paging.Fault) string {
	if f.Cause == paging.ReadError || a.File == nil {
		return "its bytes could not be read"
	}
	return fmt.Sprintf("%#x bytes into the file, which has %#x", a.Offset+uint64(f.VA-a.Start), a.File.Size())
}

// hint names the two commonest reasons.
func hint(p *Process, f paging.Fault, above *area.Area) string {
	switch {
	case f.VA < addr.ABIPage:
		return " (a null pointer?)"
	case above != nil && above.Flags&area.GrowsDown != 0 &&
		uint64(above.End-f.VA) > p.Limits[limitStack].Soft:
		return fmt.Sprintf(" (the stack is full: its limit is %d KiB)", p.Limits[limitStack].Soft>>10)
	}
	return ""
}
