package strace

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"memlab/paging/addr"
	"memlab/vm/linux/errno"
)

// Memory is a program's memory, read without any effect on it: no fault, no mark. Peek returns how many
// bytes
// were there.
type Memory interface {
	Peek(va addr.VAddr, b []byte) int
}

// Call is one system call. Result counts for Exit only: the register, in which errors are negative.
type Call struct {
	Name   string // "": Linux has no call of that number
	Number uint64
	Args   [6]uint64
	Result uint64
	Bits32 bool // of the i386 ABI: pointers and lengths in memory have 4 bytes
	Memory Memory
}

// Decoder writes calls. It holds no state and serves any number of processes.
type Decoder struct {
	calls map[string]description
	words words
}

// description says what the arguments of a call are and how its result looks.
type description struct {
	args   []argument
	result func(p *printer) string // nil: a decimal number
}

// argument is one argument: how it is written, and whether the call writes to it, so that its value is
// known
// afterwards only.
type argument struct {
	show func(p *printer, v uint64)
	out  bool
}

// New makes a decoder.
func New() *Decoder {
	d := &Decoder{calls: map[string]description{}, words: newWords()}
	w := &d.words
	for _, group := range []map[string]description{
		fileCalls(w), pathCalls(w), statCalls(w), pollCalls(w), memoryCalls(w), processCalls(w),
		signalCalls(w), timeCalls(w), systemCalls(w), socketCalls(w), rareCalls(w), ipcCalls(),
	} {
		maps.Copy(d.calls, group)
	}
	return d
}

// Describes reports whether the arguments of the call are decoded, rather than written as hexadecimal
// numbers.
func (d *Decoder) Describes(name string) bool {
	_, ok := d.calls[name]
	return ok
}

// of is what is known of c: strace writes all six registers of a call that it does not know.
func (d *Decoder) of(c *Call) (name string, desc description) {
	desc, ok := d.calls[c.Name]
	if !ok {
		desc.args = []argument{in(hex), in(hex), in(hex), in(hex), in(hex), in(hex)}
	}
	if name = c.Name; name == "" {
		name = fmt.Sprintf("syscall_%#x", c.Number)
	}
	return name, desc
}

// Enter is what can be written before the call is made: "read(3, ".
func (d *Decoder) Enter(c *Call) string {
	name, desc := d.of(c)
	p := &printer{c: c, w: &d.words}
	p.text(name + "(")
	for i := range desc.args {
		if desc.args[i].out {
			break
		}
		p.argument(desc.args, i)
		if p.last {
			break
		}
	}
	return p.b.String()
}

// Exit is the rest of the arguments, without the bracket behind them, and the result.
func (d *Decoder) Exit(c *Call) (rest, result string) {
	_, desc := d.of(c)
	p := &printer{c: c, w: &d.words, exit: true}
	late := false
	for i := range desc.args {
		if late = late || desc.args[i].out; late {
			p.argument(desc.args, i)
		} else { // for the sake of those behind it, which may depend on what it says
			early := &printer{c: c, w: p.w}
			early.argument(desc.args, i)
			p.last = early.last
		}
		if p.last {
			break
		}
	}
	return p.b.String(), p.result(desc)
}

// argument writes the i-th argument and what stands between it and the next.
func (p *printer) argument(args []argument, i int) {
	args[i].show(p, p.c.Args[min(i, 5)])
	if i+1 < len(args) && !p.last && !p.joined {
		p.text(", ")
	}
	p.joined = false
}

// result is the result with its meaning.
func (p *printer) result(desc description) string {
	if e := p.failed(); e != 0 {
		return "-1 " + Errno(e)
	}
	if desc.result != nil {
		return desc.result(p)
	}
	return strconv.FormatInt(p.signed(), 10)
}

// Errno is an error as strace writes it: "ENOENT (No such file or directory)".
func Errno(e errno.Errno) string {
	text, _, _ := strings.Cut(e.Error(), " (")
	if text == "" || text == e.Name() {
		return e.Name()
	}
	return e.Name() + " (" + strings.ToUpper(text[:1]) + text[1:] + ")"
}

// failed is the error that the call has ended with; 0: none, or it has not ended.
func (p *printer) failed() errno.Errno {
	if n := -p.signed(); p.exit && n >= 1 && n <= 4095 {
		return errno.Errno(n)
	}
	return 0
}

// signed is the result as a number.
func (p *printer) signed() int64 {
	if p.c.Bits32 {
		return int64(int32(p.c.Result))
	}
	return int64(p.c.Result)
}

// Aborted is the result of a call that a signal has interrupted, by the call's name: whether it will be
// made anew is decided when the signal is dealt with (include/linux/errno.h, ERESTARTSYS and its like).
func Aborted(name string) string {
	switch name {
	case "pause", "rt_sigsuspend", "select", "pselect6", "ppoll", "_newselect":
		return "? ERESTARTNOHAND (To be restarted if no handler)"
	case "nanosleep", "clock_nanosleep", "poll", "restart_syscall":
		return "? ERESTART_RESTARTBLOCK (Interrupted by signal)"
	case "epoll_wait", "epoll_pwait", "epoll_pwait2":
		return "-1 " + Errno(errno.EINTR)
	}
	return "? ERESTARTSYS (To be restarted if SA_RESTART is set)"
}

// Fills reports whether a call has arguments that are known only when it has been made.
func (d *Decoder) Fills(name string) bool {
	for _, a := range d.calls[name].args {
		if a.out {
			return true
		}
	}
	return false
}
