package strace

import (
	"fmt"
	"math/bits"
	"strconv"
)

// processCalls are the calls about processes and threads.
func processCalls(w *words) map[string]description {
	options := set(w.waitOptions, "W???")
	limit := one(w.limits, "RLIMIT_???")
	list := map[string]description{
		"exit":              call(number),
		"exit_group":        call(number),
		"fork":              call(),
		"vfork":             call(),
		"clone":             {args: []argument{{show: clone, out: false}}},
		"clone3":            {args: []argument{in(clone3), out(clone3Result), in(cloneSize)}},
		"execve":            call(path, stringList, counted),
		"execveat":          call(dirfd, path, stringList, counted, set(w.atFlags, "AT_???")),
		"wait4":             fills(1, number, status, options, usageOf),
		"waitpid":           fills(1, number, status, options),
		"waitid":            fills(2, one(w.idTypes, "P_???"), number, info, options, usageOf),
		"arch_prctl":        call(one(w.archPrctl, "ARCH_???"), pointer),
		"set_tid_address":   call(pointer),
		"set_robust_list":   call(pointer, size),
		"get_robust_list":   fills(1, number, pointer, pointer),
		"rseq":              call(pointer, hex, set(w.rseq, "RSEQ_FLAG_???"), hex),
		"prctl":             {args: []argument{in(prctlCommand), {show: prctlArgument}}},
		"futex":             {args: []argument{{show: futex}}},
		"prlimit64":         fills(3, number, limit, rlimit64, rlimit64Old),
		"getrlimit":         fills(1, limit, rlimitOld),
		"ugetrlimit":        fills(1, limit, rlimitOld),
		"setrlimit":         call(limit, rlimit),
		"sched_yield":       call(),
		"sched_getaffinity": fills(2, number, size, affinity),
		"sched_setaffinity": call(number, size, affinitySet),
		"sched_getparam":    fills(1, number, schedParam),
		"sched_setparam":    call(number, schedParam),
		"sched_getscheduler": call(number).returns(func(p *printer) string {
			return fmt.Sprintf("%d (%s)", p.c.Result, find(p.c.Result, p.w.scheduler, "SCHED_???"))
		}),
		"sched_setscheduler":     call(number, one(w.scheduler, "SCHED_???"), schedParam),
		"sched_get_priority_max": call(one(w.scheduler, "SCHED_???")),
		"sched_get_priority_min": call(one(w.scheduler, "SCHED_???")),
		"getcpu":                 fills(0, cpuNumber, cpuNumber, pointer),
		"getpriority":            call(one(w.priority, "PRIO_???"), number),
		"setpriority":            call(one(w.priority, "PRIO_???"), number, number),
		"set_thread_area":        call(pointer),
		"get_thread_area":        call(pointer),
		"modify_ldt":             call(number, pointer, size),
		"unshare":                call(set(w.clone, "CLONE_???")),
		"seccomp":                call(one(w.seccomp, "SECCOMP_SET_MODE_???"), hex, pointer),
	}
	for _, name := range []string{
		"getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid",
		"getpgrp", "setsid",
	} {
		list[name], list[name+"32"] = call(), call()
	}
	for _, name := range []string{"setuid", "setgid", "setfsuid", "setfsgid"} {
		list[name], list[name+"32"] = call(id), call(id)
	}
	for _, name := range []string{"setreuid", "setregid"} {
		list[name], list[name+"32"] = call(id, id), call(id, id)
	}
	for _, name := range []string{"setresuid", "setresgid"} {
		list[name], list[name+"32"] = call(id, id, id), call(id, id, id)
	}
	for _, name := range []string{"getresuid", "getresgid"} {
		list[name], list[name+"32"] = fills(0, numberAt, numberAt, numberAt), fills(0, numberAt, numberAt,
			numberAt)
	}
	for _, suffix := range []string{"", "32"} {
		list["getgroups"+suffix] = fills(1, number, groups)
		list["setgroups"+suffix] = call(number, groupsSet)
	}
	list["getpgid"], list["getsid"], list["setpgid"] = call(number), call(number), call(number, number)
	list["futex_time64"] = list["futex"]
	return list
}

// numberAt is a pointer to a number that the call fills in.
func numberAt(p *printer, v uint64) {
	if b := p.structure(v, 4, true); b != nil {
		p.printf("[%d]", le32(b))
	}
}

func cpuNumber(p *printer, v uint64) { numberAt(p, v) }

// groups is a list of as many groups as the call returns.
func groups(p *printer, v uint64) { p.groupList(v, p.c.Result, true) }

func groupsSet(p *printer, v uint64) { p.groupList(v, p.c.Args[0], false) }

func (p *printer) groupList(v, n uint64, filled bool) {
	if filled && (p.c.Args[0] == 0 || p.failed() != 0) || v == 0 {
		p.address(v)
		return
	}
	p.text("[")
	for i := range min(n, MaxList) {
		b := p.peek(v+4*i, 4)
		if b == nil {
			break
		}
		if i > 0 {
			p.text(", ")
		}
		p.printf("%d", le32(b))
	}
	p.text("]")
}

// clone has its arguments in another order than the registers, and flags say which of them there are.
// x86-64:
// flags, stack, parent's tid, child's tid, tls.
func clone(p *printer, flags uint64) {
	a := p.c.Args
	child, tls := a[3], a[4]
	p.text("child_stack=")
	p.address(a[1])
	p.text(", flags=" + cloneWords(p, flags))
	const pidfd, setTLS, parentSet, childClear, childSet = 0x1000, 0x80000, 0x100000, 0x200000, 0x1000000
	if flags&(parentSet|pidfd) != 0 {
		p.text(", parent_tid=")
		if b := p.peek(a[2], 4); p.exit && b != nil && p.failed() == 0 {
			p.printf("[%d]", int32(le32(b)))
		} else {
			p.address(a[2])
		}
	}
	if flags&setTLS != 0 {
		p.printf(", tls=%#x", tls)
	}
	if flags&(childSet|childClear) != 0 {
		p.printf(", child_tidptr=%#x", child)
	}
	p.last = true
}

func cloneWords(p *printer, flags uint64) string {
	words := ""
	if rest := flags &^ 0xff & (1<<32 - 1); rest != 0 {
		words = join(rest, p.w.clone, "CLONE_???")
	}
	switch sig := int(flags & 0xff); {
	case sig != 0 && words != "":
		return words + "|" + Signal(sig)
	case sig != 0:
		return Signal(sig)
	case words == "":
		return "0"
	}
	return words
}

// clone3 is struct clone_args.
func clone3(p *printer, v uint64) {
	n := p.c.Args[1]
	b := p.structure(v, int(min(max(n, 64), 88)), false)
	if b == nil {
		return
	}
	flags := le64(b)
	p.text("{flags=" + join(flags, p.w.clone, "CLONE_???"))
	field := func(name string, i int, when uint64) {
		if flags&when != 0 {
			p.printf(", %s=%s", name, pointerText(le64(b[8*i:])))
		}
	}
	field("pidfd", 1, 0x1000)
	field("child_tid", 2, 0x1200000)
	field("parent_tid", 3, 0x100000)
	if sig := int(le64(b[32:])); sig == 0 {
		p.text(", exit_signal=0")
	} else {
		p.text(", exit_signal=" + Signal(sig))
	}
	p.text(", stack=" + pointerText(le64(b[40:])))
	p.printf(", stack_size=%s", sizeText(le64(b[48:])))
	field("tls", 7, 0x80000)
	p.text("}")
	p.joined = true
}

func sizeText(v uint64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", v)
}

// clone3Result is what the call has written into the structure.
func clone3Result(p *printer, _ uint64) {
	v := p.c.Args[0]
	b := p.peek(v, 64)
	const parentSet = 0x100000
	if b != nil && p.failed() == 0 && le64(b)&parentSet != 0 {
		if tid := p.peek(le64(b[24:]), 4); tid != nil {
			p.printf(" => {parent_tid=[%d]}", int32(le32(tid)))
		}
	}
}

func cloneSize(p *printer, _ uint64) { size(p, p.c.Args[1]) }

// status is where wait4 puts how a child has ended.
func status(p *printer, v uint64) {
	if v == 0 || p.signed() <= 0 {
		p.address(v)
		return
	}
	b := p.peek(v, 4)
	if b == nil {
		p.address(v)
		return
	}
	p.text("[" + statusText(le32(b)) + "]")
}

func statusText(s uint32) string {
	const continued = 0xffff
	switch sig := int(s & 0x7f); {
	case s == continued:
		return "{WIFCONTINUED(s)}"
	case s&0xff == 0x7f:
		return "{WIFSTOPPED(s) && WSTOPSIG(s) == " + Signal(int(s>>8&0xff)) + "}"
	case sig == 0:
		return fmt.Sprintf("{WIFEXITED(s) && WEXITSTATUS(s) == %d}", s>>8&0xff)
	default:
		dumped := ""
		if s&0x80 != 0 {
			dumped = " && WCOREDUMP(s)"
		}
		return "{WIFSIGNALED(s) && WTERMSIG(s) == " + Signal(sig) + dumped + "}"
	}
}

func usageOf(p *printer, v uint64) {
	if p.signed() <= 0 {
		p.address(v)
		return
	}
	rusage(p, v)
}

func prctlCommand(p *printer, v uint64) {
	p.text(find(v, p.w.prctl, "PR_???"))
	switch v {
	case 3, 7, 21, 25, 30, 39: // those that get something and return it
		p.last = v != 39
	}
}

func prctlArgument(p *printer, v uint64) {
	const deathSignal, setName, getName, getDeathSignal, noNewPrivs = 1, 15, 16, 2, 38
	switch p.c.Args[0] {
	case setName:
		p.cString(v, 15)
	case getName:
		p.cString(v, 15)
	case deathSignal:
		signal(p, v)
	case getDeathSignal:
		numberAt(p, v)
	case noNewPrivs, 39:
		a := p.c.Args
		p.printf("%d, %s, %s, %s", v, sizeText(a[2]), sizeText(a[3]), sizeText(a[4]))
	case 4, 8, 23, 24, 29, 36:
		p.printf("%d", v)
	default:
		p.printf("%s", sizeText(v))
	}
}

// futex has arguments by its operation.
func futex(p *printer, va uint64) {
	const private, clock = 128, 256
	a := p.c.Args
	op := a[1] &^ (private | clock)
	word := find(op, p.w.futex, "FUTEX_???")
	if a[1]&private != 0 {
		word += "_PRIVATE"
	}
	if a[1]&clock != 0 {
		word += "|FUTEX_CLOCK_REALTIME"
	}
	p.printf("%#x, %s", va, word)
	p.last = true
	val := func(v uint64) { p.printf(", %d", uint32(v)) }
	wait := func() {
		p.text(", ")
		timespecIn(p, a[3])
	}
	switch op {
	case 0: // WAIT
		val(a[2])
		wait()
	case 9, 11: // WAIT_BITSET, WAIT_REQUEUE_PI
		val(a[2])
		wait()
		if op == 9 {
			p.text(", NULL, " + bitset(a[5]))
			return
		}
		p.printf(", %#x", a[4])
	case 10: // WAKE_BITSET
		val(a[2])
		p.text(", NULL, NULL, " + bitset(a[5])) //nolint:dupword // the timeout and the second word
	case 3: // REQUEUE
		val(a[2])
		p.printf(", %d, %#x", uint32(a[3]), a[4])
	case 4, 12: // CMP_REQUEUE, CMP_REQUEUE_PI
		val(a[2])
		p.printf(", %d, %#x, %d", uint32(a[3]), a[4], uint32(a[5]))
	case 5: // WAKE_OP
		val(a[2])
		p.printf(", %d, %#x, %#x", uint32(a[3]), a[4], a[5])
	case 6, 13: // LOCK_PI
		wait()
	case 7, 8: // UNLOCK_PI, TRYLOCK_PI
	default:
		val(a[2])
	}
}

// timespecIn is a time that is read even if the call fails.
func timespecIn(p *printer, v uint64) {
	a, b, ok := p.pair(v, p.narrow())
	if v == 0 || !ok {
		p.address(v)
		return
	}
	p.text(timespecText(a, b))
}

func bitset(v uint64) string {
	if int32(v) == -1 {
		return "FUTEX_BITSET_MATCH_ANY"
	}
	return fmt.Sprintf("%#x", uint32(v))
}

// amount is a limit: 8192*1024.
func amount(v, infinity uint64, word string) string {
	switch {
	case v == infinity:
		return word
	case v > 1024 && v%1024 == 0:
		return fmt.Sprintf("%d*1024", v/1024)
	}
	return strconv.FormatUint(v, 10)
}

func rlimit64(p *printer, v uint64) {
	if b := p.structure(v, 16, false); b != nil {
		inf := ^uint64(0)
		p.printf("{rlim_cur=%s, rlim_max=%s}", amount(le64(b), inf, "RLIM64_INFINITY"), amount(le64(b[8:]),
			inf, "RLIM64_INFINITY"))
	}
}

func rlimit64Old(p *printer, v uint64) { p.outcome(v, rlimit64) }

func rlimit(p *printer, v uint64) {
	w := p.word()
	if b := p.structure(v, 2*w, false); b != nil {
		inf := ^uint64(0) >> (64 - 8*w)
		p.printf("{rlim_cur=%s, rlim_max=%s}", amount(p.wordAt(b, 0), inf, "RLIM_INFINITY"),
			amount(p.wordAt(b, 1), inf, "RLIM_INFINITY"))
	}
}

func rlimitOld(p *printer, v uint64) {
	if p.failed() != 0 {
		p.address(v)
		return
	}
	rlimit(p, v)
}

// affinity is a set of processors that the call fills with as many bytes as it returns.
func affinity(p *printer, v uint64) { p.processors(v, p.c.Result, true) }

func affinitySet(p *printer, v uint64) { p.processors(v, p.c.Args[1], false) }

func (p *printer) processors(v, n uint64, filled bool) {
	b := p.structure(v, int(min(n, 128)), filled)
	if b == nil {
		return
	}
	p.text("[")
	first := true
	for i, octet := range b {
		for ; octet != 0; octet &= octet - 1 {
			if !first {
				p.text(" ")
			}
			first = false
			p.printf("%d", 8*i+bits.TrailingZeros8(octet))
		}
	}
	p.text("]")
}

func schedParam(p *printer, v uint64) {
	if b := p.structure(v, 4, p.exit); b != nil {
		p.printf("[%d]", int32(le32(b)))
	}
}
