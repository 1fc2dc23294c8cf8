package linux

// Limit is one of setrlimit's pairs.
type Limit struct{ Soft, Hard uint64 }

// Limits are a process's resource limits by number.
type Limits [16]Limit

// The limits that the kernel itself looks at (include/uapi/asm-generic/resource.h).
const (
	limitStack      = 3
	limitNofile     = 7
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
	l[4] = Limit{0, unlimited}              // RLIMIT_CORE
	l[6] = Limit{4096, 4096}                // RLIMIT_NPROC
	l[limitNofile] = Limit{1024, 4096}      //
	l[8] = Limit{8 << 20, 8 << 20}          // RLIMIT_MEMLOCK
	l[11] = Limit{4096, 4096}               // RLIMIT_SIGPENDING
	l[12] = Limit{819200, 819200}           // RLIMIT_MSGQUEUE
	l[13], l[14] = Limit{0, 0}, Limit{0, 0} // RLIMIT_NICE, RLIMIT_RTPRIO
	return l
}
