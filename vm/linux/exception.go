package linux

import (
	"encoding/binary"
	"fmt"

	"memlab/paging"
	"memlab/vm/cpu"
)

// Exception turns a processor's exception into the signal that Linux sends for it, and delivers it: to a
// handler, or by ending the process. RIP must be as the exception leaves it: at the instruction for a
// fault, behind it for a trap.
func (k *Kernel) Exception(t *Task, x cpu.Exception) error {
	k.fatal = nil
	k.enterTask(t)
	if x.Vector == cpu.PageFault {
		switch {
		case noFrame(x.Fault.Cause):
			k.outOfMemory(t.Process, x.Fault)
			return nil
		case x.Fault.Cause == paging.Refused: // the machine acts on it; the program has done nothing wrong
			return nil
		}
		if k.vsyscall(t, x) {
			return k.fatal
		}
	}
	i, tr := signalOf(t, x)
	if tr.cr2 == 0 && x.Vector != cpu.PageFault {
		tr.cr2 = t.trap.cr2 // only page faults change it
	}
	t.trap = tr
	i.report = k.faultReport(t, x, i)
	t.force(i)
	t.faulted = isFault(x)
	k.deliver(t)
	t.faulted = false
	return k.fatal
}

// isFault tells faults from traps (SDM Vol. 3, table 6-1).
func isFault(x cpu.Exception) bool {
	switch x.Vector {
	case cpu.DebugException, cpu.Breakpoint, cpu.Overflow:
		return false
	default:
		return true
	}
}

// signalOf is the signal of an exception (arch/x86/kernel/traps.c, arch/x86/mm/fault.c).
func signalOf(t *Task, x cpu.Exception) (sigInfo, trap) {
	rip := t.CPU.RIP
	tr := trap{number: uint64(x.Vector), code: uint64(x.Code)}
	switch x.Vector {
	case cpu.PageFault:
		return pageFaultSignal(x)
	case cpu.DivideError:
		return sigInfo{sig: SIGFPE, code: fpeIntDiv, addr: rip}, tr
	case cpu.DebugException:
		if x.Step {
			return sigInfo{sig: SIGTRAP, code: trapTrace, addr: rip}, tr
		}
		return sigInfo{sig: SIGTRAP, code: trapBrkpt, addr: rip}, tr
	case cpu.Breakpoint:
		return sigInfo{sig: SIGTRAP, code: siKernel}, tr
	case cpu.InvalidOpcode:
		return sigInfo{sig: SIGILL, code: illOpn, addr: rip}, tr
	case cpu.StackFault:
		return sigInfo{sig: SIGBUS, code: siKernel}, tr
	case cpu.AlignmentCheck:
		return sigInfo{sig: SIGBUS, code: busAdrAln}, tr
	case cpu.FPUError, cpu.SIMDError:
		return sigInfo{sig: SIGFPE, code: t.fpeCode(x.Vector), addr: rip}, tr
	default: // #GP, #OF, #BR
		return sigInfo{sig: SIGSEGV, code: siKernel}, tr
	}
}

func pageFaultSignal(x cpu.Exception) (sigInfo, trap) {
	va := uint64(x.Fault.VA)
	code := x.Code
	if code == 0 {
		code = x.Fault.Code
	}
	if va >= taskSize {
		code |= 1 // whether the kernel has a page there is not told (set_signal_archinfo)
	}
	tr := trap{number: uint64(cpu.PageFault), code: uint64(code), cr2: va}
	switch x.Fault.Cause {
	case paging.NoRight:
		return sigInfo{sig: SIGSEGV, code: segvAccErr, addr: va}, tr
	case paging.PastEOF, paging.ReadError:
		return sigInfo{sig: SIGBUS, code: busAdrErr, addr: va}, tr
	case paging.NonCanonical:
		return sigInfo{sig: SIGSEGV, code: siKernel}, trap{number: uint64(cpu.GeneralProtection)}
	default:
		return sigInfo{sig: SIGSEGV, code: segvMapErr, addr: va}, tr
	}
}

// fpeCode says which floating-point exception is unmasked and raised (arch/x86/kernel/fpu/core.c,
// fpu__exception_code).
func (t *Task) fpeCode(v cpu.Vector) int32 {
	raised := t.CPU.MXCSR &^ (t.CPU.MXCSR >> 7)
	if v == cpu.FPUError {
		if t.Processor == nil {
			return 0
		}
		var fx [fxSize]byte
		t.Processor.FXSave(&fx)
		raised = uint32(binary.LittleEndian.Uint16(fx[2:]) &^ binary.LittleEndian.Uint16(fx[0:]))
	}
	switch {
	case raised&0x01 != 0:
		return fpeFltInv
	case raised&0x04 != 0:
		return fpeFltDiv
	case raised&0x08 != 0:
		return fpeFltOvf
	case raised&0x12 != 0:
		return fpeFltUnd
	case raised&0x20 != 0:
		return fpeFltRes
	}
	return 0
}

// noFrame reports whether an access failed because no frame could be had for its page.
func noFrame(c paging.Cause) bool {
	return c == paging.NoMemory || c == paging.NoTables || c == paging.WriteError
}

// outOfMemory ends p as the out-of-memory killer would.
func (k *Kernel) outOfMemory(p *Process, f paging.Fault) {
	why := "needs a frame; none is free and none can be evicted"
	switch f.Cause {
	case paging.WriteError:
		why = "needs a frame; none is free and the page that would have to go cannot be written to swap"
	case paging.NoTables:
		why = "needs a page table, and the memory for page tables is used up"
	default:
	}
	k.kill(p, ExitState{
		Signal: SIGKILL, Report: fmt.Sprintf("out of memory: the page of %v %s\n", f.VA, why),
	})
}
