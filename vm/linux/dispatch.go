package linux

import (
	"cmp"
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

	shape func(c *call) // of an i386 call: brings its arguments into x86-64's form; nil: they are
	wide  bool          // of an i386 call: its structures are x86-64's
}

// call is one system call under way.
type call struct {
	k *Kernel
	t *Task
	p *Process

	abi      ABI
	word     int // bytes of a long in the structures that it reads and writes
	number   uint64
	a        [6]uint64
	asked    [6]uint64 // a, before a handler changes it
	fn       func(c *call) (uint64, errno.Errno)
	done     bool   // the registers are set already, or nobody will look at them: rt_sigreturn, exit
	deadline uint64 // of a call with a time limit that has waited before
	moved    uint64 // of a read or write that has waited: bytes moved before
}

// Syscall executes the system call that t's registers ask for and puts its result into RAX, or makes t wait
// (then t is not Runnable, and Next completes the call). The registers must be as SYSCALL leaves them: RIP
// behind it, RCX and R11 set. The error is not nil when the run cannot go on.
func (k *Kernel) Syscall(t *Task) error { return k.serve(t, ABI64) }

// serve executes a system call that came by the door abi.
func (k *Kernel) serve(t *Task, abi ABI) error {
	t.call = call{
		k: k, t: t, p: t.Process, abi: abi, word: abi.word(), number: abi.number(t.CPU.Regs[x86.RAX]),
		a: abi.Args(&t.CPU.Regs),
	}
	c := &t.call
	c.asked = c.a
	k.fatal = nil
	k.enterTask(t)
	verdict := event.Continue
	if bus := k.cfg.Bus; bus.On(event.SyscallEnter) {
		verdict = bus.Emit(&event.Event{Kind: event.SyscallEnter, Arg: c.number, Size: uint64(abi.word())})
	}
	switch {
	case verdict == event.Kill:
		k.kill(t.Process, ExitState{Signal: SIGKILL, Report: "killed by a hook at " + c.String()})
		return nil
	case verdict != event.Skip:
		c.run()
	default:
		c.traceEnter()
		t.traceExit(k, t.CPU.Regs[x86.RAX], "")
	}
	if k.fatal == nil && !t.ended {
		k.deliver(t)
	}
	return k.fatal
}

// run looks the handler up, calls it and stores the result.
func (c *call) run() {
	e := c.entry()
	if e == nil || e.fn == nil {
		c.traceEnter()
		c.store(0, c.lacking())
		return
	}
	if e.wide {
		c.word = ABI64.word()
	}
	if e.shape != nil {
		e.shape(c)
	}
	c.fn, c.asked = e.fn, c.a
	c.traceEnter()
	c.store(c.fn(c))
}

// entry is the call's row of its ABI's table; nil: there is none.
func (c *call) entry() *entry {
	if table := c.k.tables[c.abi]; c.number < uint64(len(table)) {
		return &table[c.number]
	}
	return nil
}

// UnknownCall counts the uses of a system call that memlab lacks.
type UnknownCall struct {
	ABI    ABI
	Number uint64
	Name   string // "" when Linux has none of that number either
	Count  uint64
}

// unknownKey is what lacking calls are told apart by.
type unknownKey struct {
	abi    ABI
	number uint64
}

// Unknown are the system calls that were asked for and are lacking, by number, x86-64's first.
func (k *Kernel) Unknown() []UnknownCall {
	var out []UnknownCall
	for _, u := range k.unknown { // sorted below
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b UnknownCall) int {
		return cmp.Or(cmp.Compare(a.ABI, b.ABI), cmp.Compare(a.Number, b.Number))
	})
	return out
}

// maxUnknown bounds how many different numbers are counted one by one: a program may try all 2^64.
const maxUnknown = 1024

// lacking deals with a system call that memlab lacks. A number that Linux does not have either is ENOSYS
// always: that is what Linux answers.
func (c *call) lacking() errno.Errno {
	name, key := c.abi.Name(c.number), unknownKey{c.abi, c.number}
	u := c.k.unknown[key]
	if u == nil {
		u = &UnknownCall{ABI: c.abi, Number: c.number, Name: name}
		if len(c.k.unknown) < maxUnknown {
			c.k.unknown[key] = u
		}
	}
	u.Count++
	if bus := c.k.cfg.Bus; bus.On(event.SyscallMiss) {
		bus.Emit(&event.Event{
			Kind: event.SyscallMiss, Arg: c.number, Arg2: u.Count, Size: uint64(c.abi.word()),
		})
	}
	if c.k.cfg.OnUnknown == StopOnUnknown && name != "" {
		c.k.fatal = &UnknownError{
			ABI: c.abi, Number: c.number, Name: name, Args: c.a, PC: c.pc(), Place: c.k.place(c.p, c.pc()),
		}
	}
	return errno.ENOSYS
}

// pc is the address of the SYSCALL or INT 80h instruction (2 bytes).
func (c *call) pc() addr.VAddr { return addr.VAddr(c.t.CPU.RIP - 2) }

// String is the call as strace shows it, arguments in hexadecimal: "read(0x0, 0x7ffe..., 0x400)".
func (c *call) String() string {
	n := len(c.a)
	if e := c.entry(); e != nil && e.fn != nil {
		n = e.nargs
	}
	return c.abi.Label(c.number) + "(" + hexArgs(c.a[:n]) + ")"
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
func Name(number uint64) string { return ABI64.Name(number) }

// Number finds an x86-64 system call by its name.
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
	ABI    ABI
	Number uint64
	Name   string
	Args   [6]uint64 // registers; how many of them count depends on the call
	PC     addr.VAddr
	Place  string // PC with its symbol
}

// Error names the call, its number, the registers and the place.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("system call %s (number %d) is not supported: %s(%s) at %s",
		e.ABI.Label(e.Number), e.Number, e.Name, hexArgs(e.Args[:]), e.Place)
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
