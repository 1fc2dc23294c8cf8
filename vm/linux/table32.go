package linux

import (
	"maps"

	"memlab/vm/linux/errno"
)

// form says how an i386 call of another name, or with other arguments, is one of x86-64's
// (arch/x86/entry/syscalls/syscall_32.tbl).
type form struct {
	as    string // x86-64's name; "": the same
	nargs int    // registers that count; 0: as many as x86-64's
	wide  bool   // its structures are x86-64's: 64-bit times, offsets, limits
	shape func(*call)
	fn    func(*call) (uint64, errno.Errno) // instead of x86-64's handler
}

// table32 is i386's table: a call has the handler of x86-64's call of the same name, unless forms says
// otherwise.
func table32(all handlers) []entry {
	table := make([]entry, len(syscallNames))
	forms := forms32()
	for n := range table {
		e := &table[n]
		e.name = ABI32.Name(uint64(n))
		f := forms[e.name]
		name := e.name
		if f.as != "" {
			name = f.as
		}
		h := all[name]
		e.nargs, e.fn, e.wide, e.shape = h.nargs, h.fn, f.wide, f.shape
		if f.fn != nil {
			e.fn = f.fn
		}
		if f.nargs != 0 {
			e.nargs = f.nargs
		}
	}
	return table
}

// forms32 are the calls whose i386 form differs.
func forms32() map[string]form {
	all := map[string]form{}
	for _, group := range []map[string]form{
		{"ipc": {nargs: 6, fn: (*call).ipc}},
		fileForms(), idForms(), memoryForms(), signalForms(), timeForms(),
	} {
		maps.Copy(all, group)
	}
	return all
}

func fileForms() map[string]form {
	return map[string]form{
		"lseek":           {shape: signed(1)},
		"_llseek":         {nargs: 5, fn: (*call).llseek},
		"pread64":         {nargs: 5, shape: joined(3)},
		"pwrite64":        {nargs: 5, shape: joined(3)},
		"preadv":          {nargs: 5, shape: joined(3)},
		"pwritev":         {nargs: 5, shape: joined(3)},
		"preadv2":         {nargs: 6, shape: joined(3)},
		"pwritev2":        {nargs: 6, shape: joined(3)},
		"truncate":        {shape: signed(1)},
		"ftruncate":       {shape: signed(1)},
		"truncate64":      {as: "truncate", nargs: 3, shape: joined(1)},
		"ftruncate64":     {as: "ftruncate", nargs: 3, shape: joined(1)},
		"fadvise64":       {nargs: 5, shape: joined(1)},
		"fadvise64_64":    {as: "fadvise64", nargs: 6, shape: joined(1, 2)},
		"fallocate":       {nargs: 6, shape: joined(2, 3)},
		"readahead":       {nargs: 4, shape: joined(1)},
		"sync_file_range": {nargs: 6, shape: joined(1, 2)},
		"sendfile64":      {as: "sendfile", wide: true},
		"_newselect":      {as: "select"},
		"select":          {nargs: 1, fn: (*call).oldSelect},
		"fcntl":           {shape: (*call).lockForm},
		"fcntl64":         {as: "fcntl", shape: (*call).lockForm},
		"stat64":          {as: "stat", wide: true},
		"lstat64":         {as: "lstat", wide: true},
		"fstat64":         {as: "fstat", wide: true},
		"fstatat64":       {as: "newfstatat", wide: true},
		"statfs64":        {nargs: 3, wide: true, fn: sized((*call).statfs)},
		"fstatfs64":       {nargs: 3, wide: true, fn: sized((*call).fstatfs)},
		"umount":          {as: "umount2", nargs: 1, shape: func(c *call) { c.a[1] = 0 }},
		"ugetrlimit":      {as: "getrlimit"},
		"getrlimit":       {fn: (*call).oldGetrlimit},
		"prlimit64":       {wide: true},
		"openat2":         {wide: true},
		"socketcall":      {nargs: 2, fn: (*call).socketcall},
	}
}

// lacking is what form.as says of calls that are not x86-64's of the same name, and that memlab lacks.
const lacking = "-"

// idForms: numbers of users and groups had 16 bits once.
func idForms() map[string]form {
	all := map[string]form{
		"getuid":  {fn: id16((*call).getuid)},
		"geteuid": {fn: id16((*call).geteuid)},
		"getgid":  {fn: id16((*call).getgid)},
		"getegid": {fn: id16((*call).getegid)},
		"chown":   {shape: wideIDs},
		"lchown":  {shape: wideIDs},
		"fchown":  {shape: wideIDs},
	}
	for _, name := range []string{
		"getresuid", "getresgid", "getgroups", "setgroups", "setuid", "setgid", "setreuid", "setregid",
		"setresuid", "setresgid", "setfsuid", "setfsgid",
	} {
		all[name], all[name+"32"] = form{as: lacking}, form{as: name}
	}
	for _, name := range []string{"getuid", "geteuid", "getgid", "getegid", "chown", "lchown", "fchown"} {
		all[name+"32"] = form{as: name}
	}
	return all
}

func memoryForms() map[string]form {
	return map[string]form{
		"mmap":            {nargs: 1, fn: (*call).oldMmap},
		"mmap2":           {as: "mmap", shape: func(c *call) { c.a[5] <<= 12 }},
		"set_thread_area": {nargs: 1, fn: (*call).setThreadArea},
		"get_thread_area": {nargs: 1, fn: (*call).getThreadArea},
		"clone":           {shape: func(c *call) { c.a[3], c.a[4] = c.a[4], c.a[3] }},
		"clone3":          {wide: true},
		"arch_prctl":      {fn: (*call).archPrctl32},
		"waitpid":         {as: "wait4", nargs: 3, shape: func(c *call) { c.a[3] = 0 }},
	}
}

func signalForms() map[string]form {
	return map[string]form{
		"sigaction":    {nargs: 3, fn: (*call).oldSigaction},
		"signal":       {nargs: 2, fn: (*call).oldSignal},
		"sigprocmask":  {nargs: 3, fn: (*call).oldSigprocmask},
		"sigpending":   {nargs: 1, fn: (*call).oldSigpending},
		"sigsuspend":   {nargs: 3, fn: (*call).oldSigsuspend},
		"sigreturn":    {fn: (*call).oldSigreturn},
		"rt_sigreturn": {fn: (*call).rtSigreturn32},
		"sgetmask":     {fn: (*call).sgetmask},
		"ssetmask":     {nargs: 1, fn: (*call).ssetmask},
	}
}

// timeForms are the calls that have times of 64 bits beside those of 32.
func timeForms() map[string]form {
	all := map[string]form{}
	for name, as := range map[string]string{ //nolint:gosec // no credentials: names of calls
		"clock_gettime64": "clock_gettime", "clock_settime64": "clock_settime",
		"clock_adjtime64": "clock_adjtime", "clock_getres_time64": "clock_getres",
		"clock_nanosleep_time64": "clock_nanosleep", "timer_gettime64": "timer_gettime",
		"timer_settime64": "timer_settime", "timerfd_gettime64": "timerfd_gettime",
		"timerfd_settime64": "timerfd_settime", "utimensat_time64": "utimensat",
		"pselect6_time64": "pselect6", "ppoll_time64": "ppoll",
		"mq_timedsend_time64": "mq_timedsend", "mq_timedreceive_time64": "mq_timedreceive",
		"semtimedop_time64": "semtimedop", "rt_sigtimedwait_time64": "rt_sigtimedwait",
		"futex_time64": "futex", "sched_rr_get_interval_time64": "sched_rr_get_interval",
		"epoll_pwait2": "epoll_pwait2", "futex_waitv": "futex_waitv",
	} {
		all[name] = form{as: as, wide: true}
	}
	all["recvmmsg_time64"] = form{as: "recvmmsg"} // its messages are i386's
	return all
}

// socketCall is one of socketcall's.
type socketCall struct {
	name  string // of x86-64's call
	nargs int
}

// socketCalls32 are socketcall's calls by number, from 1.
func socketCalls32() [21]socketCall {
	return [...]socketCall{
		{},
		{"socket", 3},
		{"bind", 3},
		{"connect", 3},
		{"listen", 2},
		{"accept", 3},
		{"getsockname", 3},
		{"getpeername", 3},
		{"socketpair", 4},
		{"sendto", 4},
		{"recvfrom", 4},
		{"sendto", 6},
		{"recvfrom", 6},
		{"shutdown", 2},
		{"setsockopt", 5},
		{"getsockopt", 5},
		{"sendmsg", 3},
		{"recvmsg", 3},
		{"accept4", 4},
		{"recvmmsg", 5},
		{"sendmmsg", 4},
	}
}
