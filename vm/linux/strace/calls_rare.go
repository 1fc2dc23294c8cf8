package strace

// rareCalls are calls that few programs make, and those that only i386 has.
func rareCalls(w *words) map[string]description {
	word := func(p *printer, v uint64) { p.text(setText(le32Bytes(v))) }
	list := map[string]description{
		"ptrace":      call(hex, number, pointer, pointer),
		"capget":      fills(1, capHeader, capData),
		"capset":      call(capHeader, capData),
		"personality": call(persona).returns(func(p *printer) string { return personaResult(p.c.Result) }),
		"ioprio_set":  call(number, number, hex),
		"ioprio_get":  call(number, number),
		"setns":       call(number, set(w.clone, "CLONE_???")),
		"pidfd_getfd": call(number, number, hex),

		"futex_waitv":   call(pointer, number, hex, timespec, number),
		"futex_wait":    call(pointer, long, hex, hex, timespec, number),
		"futex_wake":    call(pointer, hex, number, hex),
		"futex_requeue": call(pointer, hex, number, number),

		"process_vm_readv":  call(number, pointer, size, pointer, size, hex),
		"process_vm_writev": call(number, pointer, size, pointer, size, hex),

		"sched_rr_get_interval": fills(1, number, timespec),
		"sched_setattr":         call(number, pointer, hex),
		"sched_getattr":         call(number, pointer, size, hex),

		"recvmmsg": fills(1, number, pointer, unsigned, set(w.msgFlags, "MSG_???"), timespec),
		"sendmmsg": call(number, pointer, unsigned, set(w.msgFlags, "MSG_???")),

		"sigaction":    call(signal, pointer, pointer),
		"signal":       call(signal, handler),
		"sigreturn":    call(),
		"sigpending":   fills(0, oldSet),
		"sigprocmask":  fills(2, one(w.maskOps, "SIG_???"), oldSet, oldSet),
		"sgetmask":     call(),
		"ssetmask":     call(word),
		"fadvise64_64": call(number, long, long, one(w.fadvise, "POSIX_FADV_???")),
	}
	list["sigsuspend"] = call(func(p *printer, _ uint64) { word(p, p.c.Args[2]) })
	list["sched_rr_get_interval_time64"] = list["sched_rr_get_interval"]
	list["recvmmsg_time64"] = list["recvmmsg"]
	return list
}

func le32Bytes(v uint64) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }

// oldSet points to a set of 32 signals.
func oldSet(p *printer, v uint64) {
	if p.failed() != 0 {
		p.address(v)
		return
	}
	signalSet(p, v, 4)
}

func handler(p *printer, v uint64) {
	switch v {
	case 0:
		p.text("SIG_DFL")
	case 1:
		p.text("SIG_IGN")
	default:
		hex(p, v)
	}
}

// capHeader is the version of the structures that capget takes, and a process.
func capHeader(p *printer, v uint64) {
	b := p.structure(v, 8, false)
	if b == nil {
		return
	}
	versions := []flag{
		{0x19980330, "_LINUX_CAPABILITY_VERSION_1"},
		{0x20071026, "_LINUX_CAPABILITY_VERSION_2"},
		{0x20080522, "_LINUX_CAPABILITY_VERSION_3"},
	}
	p.printf("{version=%s, pid=%d}", find(uint64(le32(b)), versions, "_LINUX_CAPABILITY_VERSION_???"),
		int32(le32(b[4:])))
}

// capData is shown where it is: its bits have no names here.
func capData(p *printer, v uint64) { p.address(v) }

func persona(p *printer, v uint64) { p.text(personaText(v)) }

func personaText(v uint64) string {
	if int32(v) == -1 { // asks only
		return "0xffffffff"
	}
	s := "PER_LINUX"
	if low := v & 0xff; low != 0 {
		s = find(low, []flag{{8, "PER_LINUX32"}}, "PER_???")
	}
	if rest := uint64(uint32(v)) &^ 0xff; rest != 0 {
		s += "|" + join(rest, []flag{
			{0x40000, "ADDR_NO_RANDOMIZE"},
			{0x80000, "FDPIC_FUNCPTRS"},
			{0x100000, "MMAP_PAGE_ZERO"},
			{0x200000, "ADDR_COMPAT_LAYOUT"},
			{0x400000, "READ_IMPLIES_EXEC"},
			{0x800000, "ADDR_LIMIT_32BIT"},
			{0x1000000, "SHORT_INODE"},
			{0x2000000, "WHOLE_SECONDS"},
			{0x4000000, "STICKY_TIMEOUTS"},
			{0x8000000, "ADDR_LIMIT_3GB"},
		}, "???")
	}
	return s
}

func personaResult(v uint64) string { return sizeText(v) + " (" + personaText(v) + ")" }

// sigevent is what timer_create wants to be told by.
func sigevent(p *printer, v uint64) {
	w := p.word()
	b := p.structure(v, w+8, false)
	if b == nil {
		return
	}
	value := p.wordAt(b, 0)
	sig, notify := le32(b[w:]), uint64(le32(b[w+4:]))
	p.text("{")
	if value != 0 {
		p.printf("sigev_value={sival_int=%d, sival_ptr=%#x}, ", int32(value), value)
	}
	p.printf("sigev_signo=%s, sigev_notify=%s}", Signal(int(sig)), find(notify, []flag{
		{0, "SIGEV_SIGNAL"}, {1, "SIGEV_NONE"}, {2, "SIGEV_THREAD"}, {4, "SIGEV_THREAD_ID"},
	}, "SIGEV_???"))
}
