package linux

import "memlab/paging/area"

// Limit is one of setrlimit's pairs.
type Limit struct{ Soft, Hard uint64 }

// Limits are a process's resource limits by number.
type Limits [16]Limit

// The limits that the kernel itself looks at (include/uapi/asm-generic/resource.h).
const (
	limitData       = 2
	limitStack      = 3
	limitNofile     = 7
	limitMemlock    = 8
	limitAS         = 9
	limitSigpending = 11
	unlimited       = ^uint64(0)
	maxFiles        = 1 << 20 // fs.nr_open
)

// defaultLimits are those of a login on a common distribution; no core is ever dumped.
func defaultLimits() Limits {
	var l Limits
	for i := range l {
		l[i] = Limit{unlimited, unlimited}
	}
	l[limitStack] = Limit{8 << 20, unlimited}
	l[4] = Limit{0, unlimited}         // RLIMIT_CORE
	l[6] = Limit{4096, 4096}           // RLIMIT_NPROC
	l[limitNofile] = Limit{1024, 4096} //
	l[limitMemlock] = Limit{8 << 20, 8 << 20}
	l[11] = Limit{4096, 4096}               // RLIMIT_SIGPENDING
	l[12] = Limit{819200, 819200}           // RLIMIT_MSGQUEUE
	l[13], l[14] = Limit{0, 0}, Limit{0, 0} // RLIMIT_NICE, RLIMIT_RTPRIO
	return l
}

// limited is an address space that keeps within resource limits.
type limited interface{ SetLimits(l area.Limits) }

// limitMemory tells the address space its limits; with stack that of stacks too, which execve has set.
func (p *Process) limitMemory(stack bool) {
	s, ok := p.Space.(limited)
	if !ok {
		return
	}
	l := area.Limits{
		AS: p.Limits[limitAS].Soft, Data: p.Limits[limitData].Soft, Memlock: p.Limits[limitMemlock].Soft,
		MayLock: p.can(capIPCLock),
	}
	if stack {
		l.Stack = p.Limits[limitStack].Soft
	}
	s.SetLimits(l)
}
