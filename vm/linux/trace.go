package linux

import (
	"fmt"
	"io"
	"strings"

	"memlab/vm/linux/strace"
	"memlab/vm/x86"
)

// This file writes what strace(1) would of the processes: package strace has the calls, here are the lines.
//
//	read(0,  <unfinished ...>                     a call that waits, when another task has something to say
//	[pid     2] write(1, "x", 1)            = 1   a number in front, as long as there are several tasks
//	[pid     1] <... read resumed>"x", 64)  = 1
//	--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---
//	+++ killed by SIGSEGV +++

// tracer is the output of strace.
type tracer struct {
	to      io.Writer
	decoder *strace.Decoder
	open    *Task // whose call stands on the last line, still without its result
	column  int   // of the last line
}

// tracing is what a task's part of the output needs to know.
type tracing struct {
	call    strace.Call
	begun   bool          // the call's first part has been written
	cut     bool          // and " <unfinished ...>" behind it
	skipped []strace.Info // signals that were ignored during the call: announced behind it
}

// resultColumn is where results stand, if the call is short enough.
const resultColumn = 40

// line begins a line of t's, after ending what another's call stands on.
func (tr *tracer) line(k *Kernel, t *Task) {
	if tr.open != nil {
		tr.write(" <unfinished ...>\n")
		tr.open.traced.cut = true
		tr.open = nil
	}
	tr.column = 0
	if len(k.ring) > 1 {
		tr.write(fmt.Sprintf("[pid %5d] ", t.TID))
	}
}

// write writes text. What the writer cannot take is lost: a trace is no reason to end a run.
func (tr *tracer) write(s string) {
	tr.column += len(s)
	_, _ = io.WriteString(tr.to, s)
}

// result ends the line of a call.
func (tr *tracer) result(s string) {
	tr.write(")")
	tr.write(strings.Repeat(" ", max(resultColumn-tr.column, 1)))
	tr.write("= " + s + "\n")
	tr.open = nil
}

// described is the call as package strace takes it. Arguments are those that handlers get, which are of one
// form in both ABIs, but for fcntl's, whose requests have their own numbers.
func (c *call) described() strace.Call {
	d := strace.Call{Name: c.abi.Name(c.number), Number: c.number, Args: c.a, Bits32: c.abi == ABI32}
	d.Memory, _ = c.p.Space.(strace.Memory)
	if strings.HasPrefix(d.Name, "fcntl") {
		d.Args = c.abi.Args(&c.t.CPU.Regs)
	}
	if d.Name == "rt_sigreturn" {
		d.Args[0] = c.frameMask()
	}
	return d
}

// frameMask is where the frame of a handler that returns has the signal mask: rt_sigreturn finds the context
// right above the return address (x86-64), or above the handler's arguments and the siginfo (i386).
func (c *call) frameMask() uint64 {
	sp := c.t.CPU.Regs[x86.RSP]
	if c.abi == ABI32 {
		const arguments, info, mask = 12, 128, 108
		return uint64(uint32(sp)) + arguments + info + mask
	}
	const mask = 296
	return sp + mask
}

// traceEnter writes the first part of a call.
func (c *call) traceEnter() {
	tr := c.k.trace
	if tr == nil {
		return
	}
	c.t.traced.call = c.described()
	c.t.traced.begun, c.t.traced.cut = true, false
	tr.line(c.k, c.t)
	tr.write(tr.decoder.Enter(&c.t.traced.call))
	tr.open = c.t
}

// traceExit writes the rest of a call, and its result; aborted instead of the result if that is not "".
func (t *Task) traceExit(k *Kernel, result uint64, aborted string) {
	tr := k.trace
	if tr == nil || !t.traced.begun {
		return
	}
	s := &t.traced
	s.begun = false
	s.call.Result = result
	s.call.Memory, _ = t.Process.Space.(strace.Memory)
	if aborted != "" {
		const interrupted = ^uint64(0) - 3 // -EINTR: what the call would have filled is not there
		s.call.Result = interrupted
	}
	rest, text := tr.decoder.Exit(&s.call)
	if aborted != "" {
		text = aborted
	}
	if s.cut {
		tr.line(k, t)
		tr.write("<... " + s.call.Name + " resumed>")
	}
	tr.write(rest)
	tr.result(text)
	for _, i := range s.skipped {
		t.traceSignal(k, i)
	}
	s.skipped = nil
}

// traceSignal announces a signal that t deals with now.
func (t *Task) traceSignal(k *Kernel, i strace.Info) {
	k.trace.line(k, t)
	k.trace.write(i.String() + "\n")
}

// traced is a signal in strace's terms.
func (i sigInfo) traced() strace.Info {
	return strace.Info{
		Signal: i.sig, Code: i.code, Address: i.addr, PID: i.pid, UID: int32(i.uid), Status: i.status,
	}
}

// traceDelivery announces the signal i, which t deals with now, after the end of the call that it interrupts.
func (t *Task) traceDelivery(k *Kernel, i sigInfo) {
	if k.trace == nil {
		return
	}
	if t.waiting != nil && t.call.moved == 0 {
		t.traceExit(k, 0, strace.Aborted(t.traced.call.Name))
	}
	if i.sig != SIGKILL {
		t.traceSignal(k, i.traced())
	}
}

// traceIgnored announces a signal that p ignores; strace sees those, too.
func (p *Process) traceIgnored(i sigInfo) {
	k := p.k
	if k.trace == nil || len(p.Tasks) == 0 || p.Tasks[0].ended {
		return
	}
	if t := p.Tasks[0]; t.traced.begun {
		t.traced.skipped = append(t.traced.skipped, i.traced())
	} else {
		t.traceSignal(k, i.traced())
	}
}

// traceEnd announces the end of t.
func (t *Task) traceEnd(k *Kernel) {
	tr := k.trace
	if tr == nil || t.ended {
		return
	}
	if s := &t.traced; s.begun {
		s.begun = false
		if s.cut {
			tr.line(k, t)
			tr.write("<... " + s.call.Name + " resumed>")
		}
		if tr.decoder.Fills(s.call.Name) {
			tr.write(" <unfinished ...>")
		}
		tr.result("?")
	}
	tr.line(k, t)
	state := t.Process.exit
	if !t.Process.exited {
		state = ExitState{Code: t.code}
	}
	if state.Signal != 0 {
		tr.write("+++ killed by " + strace.Signal(state.Signal) + " +++\n")
		return
	}
	tr.write(fmt.Sprintf("+++ exited with %d +++\n", state.Code))
}

// traceLoaded writes the execve by which a process has come about.
func (t *Task) traceLoaded(k *Kernel, pr *Program) {
	tr := k.trace
	if tr == nil {
		return
	}
	var args []string
	for i, a := range pr.Args {
		if i == strace.MaxList {
			args = append(args, "...")
			break
		}
		args = append(args, strace.Quote(a))
	}
	envp := t.CPU.Regs[x86.RSP] + 8*uint64(len(pr.Args)+2)
	if t.CPU.Mode32 {
		envp = t.CPU.Regs[x86.RSP] + 4*uint64(len(pr.Args)+2)
	}
	tr.line(k, t)
	tr.write(fmt.Sprintf("execve(%s, [%s], %#x /* %s */",
		strace.QuotePath(pr.Path), strings.Join(args, ", "), envp,
		strace.Vars(len(pr.Env))))
	tr.result("0")
}

// StopTrace ends the last line of the trace, if a run has stopped within a call.
func (k *Kernel) StopTrace() {
	if tr := k.trace; tr != nil && tr.open != nil {
		tr.write(" <unfinished ...>\n")
		tr.open.traced.cut = true
		tr.open = nil
	}
}

// CallText is the system call that the task being served makes, as strace writes it: before it is made as far
// as it is known then, afterwards with its result.
func (k *Kernel) CallText(result uint64, made bool) string {
	if k.current == nil {
		return ""
	}
	if k.decoder == nil {
		k.decoder = strace.New()
	}
	c := &k.current.call
	d := c.described()
	d.Args = c.asked
	text := k.decoder.Enter(&d)
	if !made {
		return text
	}
	d.Result = result
	rest, value := k.decoder.Exit(&d)
	return text + rest + ") = " + value
}
