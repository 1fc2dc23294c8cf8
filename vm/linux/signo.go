package linux

import "strconv"

// The signals (arch/x86/include/uapi/asm/signal.h).
const (
	SIGHUP    = 1
	SIGINT    = 2
	SIGQUIT   = 3
	SIGILL    = 4
	SIGTRAP   = 5
	SIGABRT   = 6
	SIGBUS    = 7
	SIGFPE    = 8
	SIGKILL   = 9
	SIGUSR1   = 10
	SIGSEGV   = 11
	SIGUSR2   = 12
	SIGPIPE   = 13
	SIGALRM   = 14
	SIGTERM   = 15
	SIGSTKFLT = 16
	SIGCHLD   = 17
	SIGCONT   = 18
	SIGSTOP   = 19
	SIGTSTP   = 20
	SIGTTIN   = 21
	SIGTTOU   = 22
	SIGURG    = 23
	SIGXCPU   = 24
	SIGXFSZ   = 25
	SIGVTALRM = 26
	SIGPROF   = 27
	SIGWINCH  = 28
	SIGIO     = 29
	SIGPWR    = 30
	SIGSYS    = 31

	firstRealtime = 32
	lastSignal    = 64
)

//nolint:gochecknoglobals // a constant table
var signalNames = [...]string{
	SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
	SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
	SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
	SIGSTKFLT: "SIGSTKFLT", SIGCHLD: "SIGCHLD", SIGCONT: "SIGCONT", SIGSTOP: "SIGSTOP", SIGTSTP: "SIGTSTP",
	SIGTTIN: "SIGTTIN", SIGTTOU: "SIGTTOU", SIGURG: "SIGURG", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
	SIGVTALRM: "SIGVTALRM", SIGPROF: "SIGPROF", SIGWINCH: "SIGWINCH", SIGIO: "SIGIO", SIGPWR: "SIGPWR",
	SIGSYS: "SIGSYS",
}

// SignalName is a signal's name: "SIGSEGV", "SIGRTMIN+2".
func SignalName(sig int) string {
	switch {
	case sig > 0 && sig < len(signalNames):
		return signalNames[sig]
	case sig >= firstRealtime && sig <= lastSignal:
		return "SIGRTMIN+" + strconv.Itoa(sig-firstRealtime)
	}
	return "signal " + strconv.Itoa(sig)
}

// The values of si_code (include/uapi/asm-generic/siginfo.h).
const (
	siUser   = 0
	siKernel = 128
	siQueue  = -1
	siTimer  = -2
	siTkill  = -6

	segvMapErr = 1
	segvAccErr = 2
	busAdrAln  = 1
	busAdrErr  = 2
	illOpn     = 2
	trapBrkpt  = 1
	trapTrace  = 2
	fpeIntDiv  = 1
	fpeFltDiv  = 3
	fpeFltOvf  = 4
	fpeFltUnd  = 5
	fpeFltRes  = 6
	fpeFltInv  = 7
)

// codeName is the name of a fault's si_code.
func codeName(sig int, code int32) string {
	type key struct {
		sig  int
		code int32
	}
	names := map[key]string{
		{SIGSEGV, segvMapErr}: "SEGV_MAPERR", {SIGSEGV, segvAccErr}: "SEGV_ACCERR",
		{SIGBUS, busAdrErr}: "BUS_ADRERR", {SIGBUS, busAdrAln}: "BUS_ADRALN", {SIGILL, illOpn}: "ILL_ILLOPN",
		{SIGTRAP, trapBrkpt}: "TRAP_BRKPT",
		{SIGTRAP, trapTrace}: "TRAP_TRACE",
		{SIGFPE, fpeIntDiv}:  "FPE_INTDIV", {SIGFPE, fpeFltDiv}: "FPE_FLTDIV",
		{SIGFPE, fpeFltOvf}: "FPE_FLTOVF", {SIGFPE, fpeFltUnd}: "FPE_FLTUND",
		{SIGFPE, fpeFltRes}: "FPE_FLTRES", {SIGFPE, fpeFltInv}: "FPE_FLTINV",
	}
	if n, ok := names[key{sig, code}]; ok {
		return n
	}
	switch code {
	case siKernel:
		return "SI_KERNEL"
	case siUser:
		return "SI_USER"
	case siTkill:
		return "SI_TKILL"
	case siTimer:
		return "SI_TIMER"
	case siQueue:
		return "SI_QUEUE"
	}
	return strconv.Itoa(int(code))
}
