package linux

import (
	"fmt"
	"slices"
	"strings"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// entry is a row of the system call table.
type entry struct {
	name  string
	nargs int
	fn    func(c *call) (uint64, errno.Errno) // nil: memlab lacks it
}

// call is one system call under way.
type call struct {
	k *Kernel
	t *Task
	p *Process

	number   uint64
	a        [6]uint64
	done     bool   // the registers are set already, or nobody will look at them: rt_sigreturn, exit
	deadline uint64 // of a call with a time limit that has waited before
	moved    uint64 // of a read or write that has waited: bytes moved before
}

// Syscall executes the system call that t's registers ask for and puts its result into RAX, or makes t wait
// (then t is not Runnable, and Next completes the call). The registers must be as SYSCALL leaves them: RIP
// behind it, RCX and R11 set. The error is not nil when the run cannot go on.
func (k *Kernel) Syscall(t *Task) error {
	r := &t.CPU.Regs
	t.call = call{
		k: k, t: t, p: t.Process, number: r[x86.RAX],
		a: [6]uint64{r[x86.RDI], r[x86.RSI], r[x86.RDX], r[x86.R10], r[x86.R8], r[x86.R9]},
	}
	c := &t.call
	k.fatal = nil
	k.enterTask(t)
	verdict := event.Continue
	if bus := k.cfg.Bus; bus.On(event.SyscallEnter) {
		verdict = bus.Emit(&event.Event{Kind: event.SyscallEnter, Arg: c.number})
	}
	switch {
	case verdict == event.Kill:
		k.kill(t.Process, ExitState{Signal: SIGKILL, Report: "killed by a hook at " + c.String()})
		return nil
	case verdict != event.Skip:
		c.run()
	}
	if k.fatal == nil && !t.ended {
		k.deliver(t)
	}
	return k.fatal
}

// run looks the handler up, calls it and stores the result.
func (c *call) run() {
	k := c.k
	if c.number < uint64(len(k.table)) && k.table[c.number].fn != nil {
		c.store(k.table[c.number].fn(c))
	} else {
		c.store(0, c.lacking())
	}
}

// UnknownCall counts the uses of a system call that memlab lacks.
type UnknownCall struct {
	Number uint64
	Name   string // "" when Linux has none of that number either
	Count  uint64
}

// Unknown are the system calls that were asked for and are lacking, by number.
func (k *Kernel) Unknown() []UnknownCall {
	var out []UnknownCall
	for _, u := range k.unknown { // sorted below
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b UnknownCall) int { return int(a.Number) - int(b.Number) })
	return out
}

// maxUnknown bounds how many different numbers are counted one by one: a program may try all 2^64.
const maxUnknown = 1024

// lacking deals with a system call that memlab lacks. A number that Linux does not have either is ENOSYS
// always: that is what Linux answers.
func (c *call) lacking() errno.Errno {
	name := Name(c.number)
	u := c.k.unknown[c.number]
	if u == nil {
		u = &UnknownCall{Number: c.number, Name: name}
		if len(c.k.unknown) < maxUnknown {
			c.k.unknown[c.number] = u
		}
	}
	u.Count++
	if c.k.cfg.OnUnknown == StopOnUnknown && name != "" {
		c.k.fatal = &UnknownError{
			Number: c.number, Name: name, Args: c.a, PC: c.pc(), Place: c.k.place(c.p, c.pc()),
		}
	}
	return errno.ENOSYS
}

// pc is the address of the SYSCALL instruction (2 bytes).
func (c *call) pc() addr.VAddr { return addr.VAddr(c.t.CPU.RIP - 2) }

// String is the call as strace shows it, arguments in hexadecimal: "read(0x0, 0x7ffe..., 0x400)".
func (c *call) String() string {
	n, name := len(c.a), Name(c.number)
	if c.number < uint64(len(c.k.table)) && c.k.table[c.number].fn != nil {
		n = c.k.table[c.number].nargs
	}
	if name == "" {
		name = fmt.Sprintf("syscall %d", c.number)
	}
	return name + "(" + hexArgs(c.a[:n]) + ")"
}

func hexArgs(a []uint64) string {
	var b strings.Builder
	for i, v := range a {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%#x", v)
	}
	return b.String()
}

// Name is the name of an x86-64 system call, "" if Linux has none of that number.
func Name(number uint64) string {
	if number < uint64(len(syscallNames)) {
		return syscallNames[number]
	}
	return ""
}

// Number finds a system call by its name.
func Number(name string) (number uint64, ok bool) {
	for i := range syscallNames {
		if n := syscallNames[i]; n == name && n != "" {
			return uint64(i), true
		}
	}
	return 0, false
}

// UnknownError says that a program needs a system call that memlab lacks.
type UnknownError struct {
	Number uint64
	Name   string
	Args   [6]uint64 // registers; how many of them count depends on the call
	PC     addr.VAddr
	Place  string // PC with its symbol
}

// Error names the call, its number, the registers and the place.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("system call %s (number %d) is not supported: %s(%s) at %s",
		e.Name, e.Number, e.Name, hexArgs(e.Args[:]), e.Place)
}

// place is an address with its symbol: "0x401136 (main+0x16)".
func (k *Kernel) place(p *Process, va addr.VAddr) string {
	if k.cfg.Symbol != nil {
		if name, off, ok := k.cfg.Symbol(p, va); ok {
			return fmt.Sprintf("%v (%s+%#x)", va, name, off)
		}
	}
	return va.String()
}
