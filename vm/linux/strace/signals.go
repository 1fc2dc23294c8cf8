package strace

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// signalNames are the signals from 1 on, without SIG.
//
//nolint:gochecknoglobals // a constant table
var signalNames = [...]string{
	"HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
	"ALRM", "TERM",
	"STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
	"WINCH", "IO",
	"PWR", "SYS", "RTMIN",
}

const lastSignal = 64

// shortSignal is a signal as sets show it: "INT", "RT_2"; "" for a number that is none.
func shortSignal(n int) string {
	switch {
	case n >= 1 && n <= len(signalNames):
		return signalNames[n-1]
	case n > len(signalNames) && n <= lastSignal:
		return fmt.Sprintf("RT_%d", n-len(signalNames))
	}
	return ""
}

// Signal is a signal's name: "SIGSEGV", "SIGRT_2".
func Signal(n int) string {
	if s := shortSignal(n); s != "" {
		return "SIG" + s
	}
	return strconv.Itoa(n)
}

func signal(p *printer, v uint64) { p.text(Signal(int(int32(v)))) }

// signalSet writes the set at va: [INT CHLD], and the complement where that is shorter: ~[KILL STOP].
func signalSet(p *printer, va, n uint64) {
	b := p.peek(va, int(min(n, 8)))
	if va == 0 || b == nil || n == 0 {
		p.address(va)
		return
	}
	p.text(setText(b))
}

func setText(b []byte) string {
	var set uint64
	for i := range b {
		set |= uint64(b[i]) << (8 * i)
	}
	prefix, all := "", ^uint64(0)>>(64-8*len(b))
	if bits.OnesCount64(set) >= 8*len(b)*2/3 {
		prefix, set = "~", ^set&all
	}
	var names []string
	for n := 1; n <= lastSignal; n++ {
		if set>>(n-1)&1 != 0 {
			names = append(names, shortSignal(n))
		}
	}
	return prefix + "[" + strings.Join(names, " ") + "]"
}

// setOf is an argument that points to a set, whose size the argument with the number i says.
func setOf(i int) func(*printer, uint64) {
	return func(p *printer, v uint64) { signalSet(p, v, p.c.Args[i]) }
}

func setFilled(i int) func(*printer, uint64) {
	return func(p *printer, v uint64) {
		if p.failed() != 0 {
			p.address(v)
			return
		}
		signalSet(p, v, p.c.Args[i])
	}
}

// action is struct sigaction as rt_sigaction takes it: handler, flags, restorer, mask.
func action(p *printer, v uint64) {
	w := p.word()
	b := p.structure(v, 3*w+8, false)
	if b == nil {
		return
	}
	flags := p.wordAt(b, 1)
	p.text("{sa_handler=")
	switch h := p.wordAt(b, 0); h {
	case 0:
		p.text("SIG_DFL")
	case 1:
		p.text("SIG_IGN")
	default:
		p.printf("%#x", h)
	}
	p.text(", sa_mask=" + setText(b[3*w:][:8]))
	p.text(", sa_flags=" + join(flags, p.w.saFlags, "SA_???"))
	const restorer = 0x04000000
	if flags&restorer != 0 {
		p.printf(", sa_restorer=%#x", p.wordAt(b, 2))
	}
	p.text("}")
}

func oldAction(p *printer, v uint64) { p.outcome(v, action) }

func altStack(p *printer, v uint64) {
	w := p.word()
	b := p.structure(v, 3*w, p.exit)
	if b == nil {
		return
	}
	p.printf("{ss_sp=%s, ss_flags=%s, ss_size=%d}", pointerText(p.wordAt(b, 0)),
		join(uint64(le32(b[w:])), p.w.stackFlags, "SS_???"), p.wordAt(b, 2))
}

func pointerText(v uint64) string {
	if v == 0 {
		return "NULL"
	}
	return fmt.Sprintf("%#x", v)
}

// restored is the mask that rt_sigreturn takes from the frame on the stack. The call's arguments are of no
// meaning; who traces puts the address of the mask into the first.
func restored(p *printer, v uint64) {
	if b := p.peek(v, 8); v != 0 && b != nil {
		p.text("{mask=" + setText(b) + "}")
	}
}

// signalCalls are the calls about signals.
func signalCalls(w *words) map[string]description {
	list := map[string]description{
		"rt_sigaction":      fills(2, signal, action, oldAction, size),
		"rt_sigprocmask":    fills(2, one(w.maskOps, "SIG_???"), setOf(3), setFilled(3), size),
		"rt_sigpending":     fills(0, setFilled(1), size),
		"rt_sigreturn":      call(restored),
		"rt_sigsuspend":     call(setOf(1), size),
		"rt_sigtimedwait":   fills(1, setOf(3), info, timespec, size),
		"rt_sigqueueinfo":   call(number, signal, info),
		"rt_tgsigqueueinfo": call(number, number, signal, info),
		"sigaltstack":       fills(1, altStack, altStack),
		"kill":              call(number, signal),
		"tkill":             call(number, signal),
		"tgkill":            call(number, number, signal),
		"pause":             call(),
		"restart_syscall": call(func(p *printer,
			_ uint64,
		) {
			p.text("<... resuming interrupted system call ...>")
		}),
		"signalfd":          call(number, setOf(2), size),
		"signalfd4":         call(number, setOf(2), size, set(w.signalfd, "SFD_???")),
		"pidfd_open":        call(number, hex),
		"pidfd_send_signal": call(number, signal, info, hex),
	}
	list["rt_sigtimedwait_time64"] = list["rt_sigtimedwait"]
	return list
}

// info is siginfo_t, of which the number is enough here.
func info(p *printer, v uint64) {
	if b := p.structure(v, 12, true); b != nil {
		p.printf("{si_signo=%s, si_code=%s, ...}", Signal(int(le32(b))), Code(int(le32(b)),
			int32(le32(b[8:]))))
	}
}

// Info is what there is to say of a signal that is delivered.
type Info struct {
	Signal, Errno  int
	Code           int32
	Address        uint64 // of a fault
	PID, UID       int32  // the sender
	Status         int32  // of a child: its exit code, or the signal that has killed or stopped it
	Value          uint64 // of sigqueue
	UserTime       int64  // of a child, in clock ticks
	SysTime        int64
	Timer, Overrun int32
}

// String is the signal as strace announces it: "--- SIGSEGV {si_signo=SIGSEGV, ...} ---".
func (i Info) String() string {
	s := fmt.Sprintf("--- %s {si_signo=%s", Signal(i.Signal), Signal(i.Signal))
	code := Code(i.Signal, i.Code)
	s += ", si_code=" + code
	const user, tkill, queue, timer, kernel = 0, -6, -1, -2, 128
	fault := map[int]bool{4: true, 5: true, 7: true, 8: true, 11: true}[i.Signal]
	switch {
	case i.Code == timer:
		s += fmt.Sprintf(", si_timerid=%#x, si_overrun=%d, si_value={int=%d, ptr=%s}", i.Timer, i.Overrun,
			int32(i.Value), pointerText(i.Value))
	case i.Code == user, i.Code == tkill:
		s += fmt.Sprintf(", si_pid=%d, si_uid=%d", i.PID, i.UID)
	case i.Code == queue:
		s += fmt.Sprintf(", si_pid=%d, si_uid=%d, si_value={int=%d, ptr=%s}", i.PID, i.UID, int32(i.Value),
			pointerText(i.Value))
	case i.Signal == 17:
		status := strconv.Itoa(int(i.Status))
		if i.Code != 1 { // CLD_EXITED
			status = Signal(int(i.Status))
		}
		s += fmt.Sprintf(", si_pid=%d, si_uid=%d, si_status=%s, si_utime=%d, si_stime=%d", i.PID, i.UID,
			status,
			i.UserTime, i.SysTime)
	case fault && i.Code != kernel || fault:
		s += ", si_addr=" + pointerText(i.Address)
	}
	return s + "} ---"
}

// Code is the name of si_code.
func Code(sig int, code int32) string {
	general := map[int32]string{
		0: "SI_USER", 128: "SI_KERNEL", -1: "SI_QUEUE", -2: "SI_TIMER", -3: "SI_MESGQ", -4: "SI_ASYNCIO",
		-5: "SI_SIGIO",
		-6: "SI_TKILL",
	}
	if s, ok := general[code]; ok {
		return s
	}
	special := map[int][]string{
		4: {
			"ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG",
			"ILL_COPROC", "ILL_BADSTK",
		},
		5: {"TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT"},
		7: {"BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"},
		8: {
			"FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES",
			"FPE_FLTINV", "FPE_FLTSUB",
		},
		11: {"SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR"},
		17: {"CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"},
	}
	if list := special[sig]; code >= 1 && int(code) <= len(list) {
		return list[code-1]
	}
	return fmt.Sprintf("%#x", code)
}
