package linux

import (
	"errors"
	"testing"

	"memlab/vm/linux/errno"
)

// TestMootTimers: a timer whose signal waits already, or is ignored, does not keep a machine going in which
// all else sleeps for ever.
func TestMootTimers(t *testing.T) {
	ms := func(r *rig) { r.words(bufAt, 0, 1000, 0, 1000) } // every millisecond: struct itimerval
	for name, prepare := range map[string]func(r *rig){
		"blocked alarm": func(r *rig) {
			r.task.mask = setOf(SIGALRM)
			ms(r)
			_, _ = r.call("setitimer", itimerReal, bufAt, 0)
		},
		"ignored alarm": func(r *rig) {
			r.p.Actions[SIGALRM].Handler = handlerIgnore
			ms(r)
			_, _ = r.call("setitimer", itimerReal, bufAt, 0)
		},
		"time run": func(r *rig) {
			ms(r)
			_, _ = r.call("setitimer", itimerProf, bufAt, 0)
			r.p.usage = func() Usage { return Usage{} }
		},
		"timer that tells nobody": func(r *rig) {
			r.words(bufAt, 0, 0|sigevNone<<32, 0)
			_, _ = r.call("timer_create", clockMonotonic, bufAt, bufAt+64)
			r.words(bufAt, 0, 1000, 0, 1000)
			_, _ = r.call("timer_settime", 0, 0, bufAt, 0)
		},
		"descriptor that nobody reads": func(r *rig) {
			fd, _ := r.call("timerfd_create", clockMonotonic, 0)
			r.words(bufAt, 0, 1000, 0, 1000)
			_, _ = r.call("timerfd_settime", fd, 0, bufAt, 0)
		},
	} {
		r := newRig(t, rigOptions{})
		prepare(r)
		if len(r.k.timers) != 1 {
			t.Fatalf("%s: %d timers run", name, len(r.k.timers))
		}
		_, err := r.try("pause")
		if d, ok := errors.AsType[*DeadlockError](err); !ok || d.Tasks[0].Call != "pause()" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTimerfd reads expiries that were missed, at once.
func TestTimerfd(t *testing.T) {
	r := newRig(t, rigOptions{})
	fd, _ := r.call("timerfd_create", clockMonotonic, 0)
	if _, e := r.call("read", fd, bufAt, 7); e != errno.EINVAL {
		t.Errorf("a short read: %v", e)
	}
	r.words(bufAt, 0, 1000, 0, 500) // interval 1000 ns, first after 500
	if _, e := r.call("timerfd_settime", fd, 0, bufAt, 0); e != errno.OK {
		t.Fatal(e)
	}
	start := r.clock.now
	if n, e := r.call("read", fd, bufAt, 8); n != 8 || e != errno.OK || r.mem.word(bufAt) != 1 || r.clock.now != start+500 {
		t.Errorf("%d %v, %d expiries, at %d", n, e, r.mem.word(bufAt), r.clock.now-start)
	}
	r.clock.now += 10_000
	if _, e := r.call("read", fd, bufAt, 8); e != errno.OK || r.mem.word(bufAt) != 10 {
		t.Errorf("%v, %d expiries", e, r.mem.word(bufAt))
	}
	_, _ = r.call("timerfd_gettime", fd, bufAt)
	if i, left := r.mem.word(bufAt+8), r.mem.word(bufAt+24); i != 1000 || left != 1000 {
		t.Errorf("interval %d, %d left", i, left)
	}
	_, _ = r.call("close", fd)
	if len(r.k.timers) != 0 {
		t.Error("a closed timer runs on")
	}
}

// TestOverrun: a posix timer's signal stands for all expiries until it is taken.
func TestOverrun(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.task.mask = setOf(SIGUSR1)
	r.words(bufAt, 0x55, SIGUSR1, 0)
	_, _ = r.call("timer_create", clockMonotonic, bufAt, bufAt+64)
	r.words(bufAt, 0, 100, 0, 100)
	_, _ = r.call("timer_settime", 0, 0, bufAt, 0)
	r.clock.now += 1000
	r.k.ringTimers()
	r.clock.now += 500
	r.k.ringTimers()
	r.words(bufAt, uint64(setOf(SIGUSR1)))
	if sig, e := r.call("rt_sigtimedwait", bufAt, bufAt+128, 0, sigSetSize); sig != SIGUSR1 || e != errno.OK {
		t.Fatal(sig, e)
	}
	code, over, value := int32(r.mem.word(bufAt+136)), r.mem.word(bufAt+144)>>32, r.mem.word(bufAt+152)
	if code != siTimer || over != 14 || value != 0x55 {
		t.Errorf("code %d overrun %d value %#x", code, over, value)
	}
	if n, e := r.call("timer_getoverrun", 0); n != 14 || e != errno.OK {
		t.Error(n, e)
	}
	if _, e := r.call("timer_delete", 0); e != errno.OK || len(r.k.timers) != 0 {
		t.Error(e, len(r.k.timers))
	}
	if _, e := r.call("timer_delete", 0); e != errno.EINVAL {
		t.Error(e)
	}
}
