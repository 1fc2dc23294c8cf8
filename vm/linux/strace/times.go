package strace

import (
	"fmt"
	"time"
)

// This file has the structures of times. Those of i386 have 4 bytes a number, those of its *_time64 calls
// 8.

// pair reads two numbers that make a time.
func (p *printer) pair(v uint64, narrow bool) (a, b int64, ok bool) {
	if narrow {
		m := p.peek(v, 8)
		if m == nil {
			return 0, 0, false
		}
		return int64(int32(le32(m))), int64(int32(le32(m[4:]))), true
	}
	m := p.peek(v, 16)
	if m == nil {
		return 0, 0, false
	}
	return int64(le64(m)), int64(le64(m[8:])), true
}

// narrow reports whether the call's times have 4 bytes a number.
func (p *printer) narrow() bool {
	n := p.c.Name
	return p.c.Bits32 && (len(n) < 2 || n[len(n)-2:] != "64")
}

// timeSize is the size of such a structure.
func (p *printer) timeSize() uint64 {
	if p.narrow() {
		return 8
	}
	return 16
}

func timespecText(sec, nsec int64) string { return fmt.Sprintf("{tv_sec=%d, tv_nsec=%d}", sec, nsec) }

func timevalText(sec, usec int64) string { return fmt.Sprintf("{tv_sec=%d, tv_usec=%d}", sec, usec) }

func timespec(p *printer, v uint64) { p.time(v, timespecText) }

func timeval(p *printer, v uint64) { p.time(v, timevalText) }

func (p *printer) time(v uint64, show func(sec, frac int64) string) {
	a, b, ok := p.pair(v, p.narrow())
	if v == 0 || !ok || p.failed() != 0 {
		p.address(v)
		return
	}
	p.text(show(a, b))
}

// date is a time of day for people.
func date(sec int64, fraction string) string {
	if sec == 0 && fraction == "" {
		return ""
	}
	return " /* " + time.Unix(sec, 0).UTC().Format("2006-01-02T15:04:05") + fraction + "+0000 */"
}

// stamp is a time of day as utimensat takes it.
func stamp(sec, nsec int64) string {
	const now, omit = 1<<30 - 1, 1<<30 - 2
	switch nsec {
	case now:
		return "UTIME_NOW"
	case omit:
		return "UTIME_OMIT"
	}
	fraction := ""
	if nsec > 0 {
		fraction = fmt.Sprintf(".%09d", nsec)
	}
	return timespecText(sec, nsec) + date(sec, fraction)
}

func timespecPair(p *printer, v uint64) { p.times(v, stamp) }

func timevalPair(p *printer, v uint64) {
	p.times(v, func(sec, usec int64) string {
		fraction := ""
		if usec > 0 {
			fraction = fmt.Sprintf(".%06d", usec)
		}
		return timevalText(sec, usec) + date(sec, fraction)
	})
}

// times are two times, one behind the other.
func (p *printer) times(v uint64, show func(sec, frac int64) string) {
	a, b, ok := p.pair(v, p.narrow())
	c, d, ok2 := p.pair(v+p.timeSize(), p.narrow())
	if v == 0 || !ok || !ok2 {
		p.address(v)
		return
	}
	p.text("[" + show(a, b) + ", " + show(c, d) + "]")
}

func utimbuf(p *printer, v uint64) {
	a, b, ok := p.pair(v, p.c.Bits32)
	if v == 0 || !ok {
		p.address(v)
		return
	}
	p.printf("{actime=%d%s, modtime=%d%s}", a, date(a, ""), b, date(b, ""))
}

// itimer is struct itimerval, itimerspec struct itimerspec.
func itimer(p *printer, v uint64) { p.interval(v, timevalText) }

func itimerspec(p *printer, v uint64) { p.interval(v, timespecText) }

func (p *printer) interval(v uint64, show func(sec, frac int64) string) {
	a, b, ok := p.pair(v, p.narrow())
	c, d, ok2 := p.pair(v+p.timeSize(), p.narrow())
	if v == 0 || !ok || !ok2 || p.failed() != 0 {
		p.address(v)
		return
	}
	p.text("{it_interval=" + show(a, b) + ", it_value=" + show(c, d) + "}")
}

// timeCalls are the calls about time.
func timeCalls(w *words) map[string]description {
	clock := one(w.clocks, "CLOCK_???")
	itimers := one(w.itimers, "ITIMER_???")
	list := map[string]description{
		"clock_gettime":    fills(1, clock, timespec),
		"clock_getres":     fills(1, clock, timespec),
		"clock_settime":    call(clock, timespec),
		"gettimeofday":     fills(0, timeval, pointer),
		"time":             fills(0, timeResult),
		"nanosleep":        fills(1, timespec, remaining),
		"clock_nanosleep":  fills(3, clock, set(w.timerFlags, "TIMER_???"), timespec, remaining),
		"times":            fills(0, pointer),
		"getrusage":        fills(1, one(w.usage, "RUSAGE_???"), rusage),
		"alarm":            call(unsigned),
		"setitimer":        fills(2, itimers, itimer, itimer),
		"getitimer":        fills(1, itimers, itimer),
		"timer_create":     fills(2, clock, sigevent, timerID),
		"timer_settime":    fills(3, number, set(w.timerFlags, "TIMER_???"), itimerspec, itimerspec),
		"timer_gettime":    fills(1, number, itimerspec),
		"timer_delete":     call(number),
		"timer_getoverrun": call(number),
		"timerfd_create":   call(clock, set(w.timerfd, "TFD_???")),
		"timerfd_settime":  fills(3, number, set(w.timerfdSet, "TFD_???"), itimerspec, itimerspec),
		"timerfd_gettime":  fills(1, number, itimerspec),
	}
	for old, fresh := range map[string]string{ // each its own
		"clock_gettime": "clock_gettime64", "clock_nanosleep": "clock_nanosleep_time64",
		"clock_getres": "clock_getres_time64", "timer_settime": "timer_settime64",
		"timer_gettime":   "timer_gettime64",
		"timerfd_gettime": "timerfd_gettime64", "timerfd_settime": "timerfd_settime64",
	} {
		list[fresh] = list[old]
	}
	return list
}

// remaining is filled only if the sleep was cut short.
func remaining(p *printer, v uint64) {
	if v == 0 || p.failed() == 0 {
		p.address(v)
		return
	}
	a, b, ok := p.pair(v, p.narrow())
	if !ok {
		p.address(v)
		return
	}
	p.text(timespecText(a, b))
}

func timeResult(p *printer, v uint64) {
	if v == 0 || p.failed() != 0 {
		p.address(v)
		return
	}
	at, ok := p.pointer(v)
	if !ok {
		p.address(v)
		return
	}
	p.printf("[%d%s]", at, date(int64(at), ""))
}

func timerID(p *printer, v uint64) {
	if b := p.structure(v, 4, true); b != nil {
		p.printf("[%d]", int32(le32(b)))
	}
}

func rusage(p *printer, v uint64) {
	if p.c.Bits32 {
		p.address(v)
		return
	}
	if b := p.structure(v, 144, true); b != nil {
		p.printf("{ru_utime=%s, ru_stime=%s, ...}", timevalText(int64(le64(b)), int64(le64(b[8:]))),
			timevalText(int64(le64(b[16:])), int64(le64(b[24:]))))
	}
}
