package linux

import "memlab/vm/linux/errno"

// altStack is a task's alternate signal stack.
type altStack struct {
	sp, size   uint64
	autodisarm bool
	flags      uint32 // as last set: what frames show
}

// The flags of sigaltstack(2), and the smallest stack on x86.
const (
	ssOnStack    = 1
	ssDisable    = 2
	ssAutodisarm = 1 << 31
	minSigStack  = 2048
)

func (a *altStack) enabled() bool { return a.size != 0 }

// holds reports whether the stack pointer lies on the stack (include/linux/sched/signal.h, on_sig_stack:
// the first byte does not count, one past the last does).
func (a *altStack) holds(sp uint64) bool {
	return !a.autodisarm && sp > a.sp && sp-a.sp <= a.size
}

// state is the ss_flags that sigaltstack shows.
func (a *altStack) state(sp uint64) uint32 {
	var v uint32
	if a.autodisarm {
		v = ssAutodisarm
	}
	switch {
	case !a.enabled():
		return v | ssDisable
	case a.holds(sp):
		return v | ssOnStack
	}
	return v
}

// disarmed is the stack of a task that has none (sas_ss_reset).
func disarmed() altStack { return altStack{flags: ssDisable} }

// set is do_sigaltstack's second half.
func (a *altStack) set(sp, flags, size, rsp uint64) errno.Errno {
	flags &= 1<<32 - 1
	mode := flags &^ ssAutodisarm
	switch {
	case a.enabled() && a.holds(rsp):
		return errno.EPERM
	case mode != ssDisable && mode != ssOnStack && mode != 0:
		return errno.EINVAL
	case mode == ssDisable:
		*a = altStack{autodisarm: flags&ssAutodisarm != 0, flags: uint32(flags)}
		return errno.OK
	case size < minSigStack:
		return errno.ENOMEM
	}
	*a = altStack{sp: sp, size: size, autodisarm: flags&ssAutodisarm != 0, flags: uint32(flags)}
	return errno.OK
}
