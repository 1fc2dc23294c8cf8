package linux

import "memlab/vm/linux/errno"

// handlers is the part of the table that memlab has, by name.
type handlers map[string]struct {
	nargs int
	fn    func(*call) (uint64, errno.Errno)
}

// syscallTables joins names and handlers, for each ABI.
func syscallTables() (tables [abis][]entry) {
	tables[ABI64] = make([]entry, len(syscallNames))
	for i := range syscallNames {
		tables[ABI64][i].name = syscallNames[i]
	}
	all := handlers{}
	for _, group := range handlerGroups() {
		for name, h := range group { // each fills its own row
			all[name] = h
			if n, ok := Number(name); ok {
				tables[ABI64][n].nargs, tables[ABI64][n].fn = h.nargs, h.fn
			}
		}
	}
	tables[ABI32] = table32(all)
	return tables
}

// handlerGroups are all handlers, as they stand beside each other in the files.
func handlerGroups() []handlers {
	return []handlers{
		fileCalls(), descriptorCalls(), pathCalls(), statCalls(), xattrCalls(), memoryCalls(), processCalls(),
		idCalls(), signalCalls(), timeCalls(), systemCalls(), eventCalls(), socketCalls(), timerCalls(),
		signalfdCalls(), pidfdCalls(), schedCalls(), credCalls(), isolationCalls(), ipcCalls(),
		futexCalls(), crossCalls(), absentCalls(),
	}
}

func fileCalls() handlers {
	return handlers{
		"read":            {3, (*call).read},
		"write":           {3, (*call).write},
		"pread64":         {4, (*call).pread64},
		"pwrite64":        {4, (*call).pwrite64},
		"readv":           {3, (*call).readv},
		"writev":          {3, (*call).writev},
		"preadv":          {4, (*call).preadv},
		"pwritev":         {4, (*call).pwritev},
		"lseek":           {3, (*call).lseek},
		"sendfile":        {4, (*call).sendfile},
		"ftruncate":       {2, (*call).ftruncate},
		"truncate":        {2, (*call).truncate},
		"fsync":           {1, (*call).fsync},
		"fdatasync":       {1, (*call).fsync},
		"sync":            {0, (*call).zero},
		"fadvise64":       {4, (*call).fadvise64},
		"fallocate":       {4, (*call).fallocate},
		"getdents64":      {3, (*call).getdents64},
		"copy_file_range": {6, (*call).copyFileRange},
		"splice":          {6, (*call).splice},
		"tee":             {4, (*call).tee},
		"vmsplice":        {4, (*call).vmsplice},
		"preadv2":         {6, (*call).preadv2},
		"pwritev2":        {6, (*call).pwritev2},
		"readahead":       {3, (*call).readahead},
		"sync_file_range": {4, (*call).syncFileRange},
		"syncfs":          {1, (*call).syncfs},
	}
}

func descriptorCalls() handlers {
	return handlers{
		"open":        {3, (*call).open},
		"openat":      {4, (*call).openat},
		"openat2":     {4, (*call).openat2},
		"creat":       {2, (*call).creat},
		"close":       {1, (*call).closeFD},
		"close_range": {3, (*call).closeRange},
		"dup":         {1, (*call).dup},
		"dup2":        {2, (*call).dup2},
		"dup3":        {3, (*call).dup3},
		"fcntl":       {3, (*call).fcntl},
		"flock":       {2, (*call).flock},
		"ioctl":       {3, (*call).ioctl},
		"pipe":        {1, (*call).pipe},
		"pipe2":       {2, (*call).pipe2},
		"poll":        {3, (*call).poll},
		"ppoll":       {5, (*call).ppoll},
		"select":      {5, (*call).selectTimeval},
		"pselect6":    {6, (*call).pselect6},
	}
}

func pathCalls() handlers {
	return handlers{
		"getcwd":     {2, (*call).getcwd},
		"chdir":      {1, (*call).chdir},
		"fchdir":     {1, (*call).fchdir},
		"mkdir":      {2, (*call).mkdir},
		"mkdirat":    {3, (*call).mkdirat},
		"rmdir":      {1, (*call).rmdir},
		"unlink":     {1, (*call).unlink},
		"unlinkat":   {3, (*call).unlinkat},
		"rename":     {2, (*call).rename},
		"renameat":   {4, (*call).renameat},
		"renameat2":  {5, (*call).renameat2},
		"link":       {2, (*call).link},
		"linkat":     {5, (*call).linkat},
		"symlink":    {2, (*call).symlink},
		"symlinkat":  {3, (*call).symlinkat},
		"readlink":   {3, (*call).readlink},
		"readlinkat": {4, (*call).readlinkat},
		"chmod":      {2, (*call).chmod},
		"fchmod":     {2, (*call).fchmod},
		"fchmodat":   {3, (*call).fchmodat},
		"chown":      {3, (*call).chown},
		"lchown":     {3, (*call).lchown},
		"fchown":     {3, (*call).fchown},
		"fchownat":   {5, (*call).fchownat},
		"utimensat":  {4, (*call).utimensat},
		"fchmodat2":  {4, (*call).fchmodat2},
		"utime":      {2, (*call).utime},
		"utimes":     {2, (*call).utimes},
		"futimesat":  {3, (*call).futimesat},
		"mknod":      {3, (*call).mknod},
		"mknodat":    {4, (*call).mknodat},
		"umask":      {1, (*call).umask},
	}
}

func statCalls() handlers {
	return handlers{
		"stat":       {2, (*call).stat},
		"lstat":      {2, (*call).lstat},
		"fstat":      {2, (*call).fstat},
		"newfstatat": {4, (*call).newfstatat},
		"statx":      {5, (*call).statx},
		"statfs":     {2, (*call).statfs},
		"fstatfs":    {2, (*call).fstatfs},
		"access":     {2, (*call).access},
		"faccessat":  {3, (*call).faccessat},
		"faccessat2": {4, (*call).faccessat2},
	}
}

func xattrCalls() handlers {
	return handlers{
		"getxattr":     {4, (*call).getxattr},
		"lgetxattr":    {4, (*call).lgetxattr},
		"fgetxattr":    {4, (*call).fgetxattr},
		"setxattr":     {5, (*call).setxattr},
		"lsetxattr":    {5, (*call).lsetxattr},
		"fsetxattr":    {5, (*call).fsetxattr},
		"listxattr":    {3, (*call).listxattr},
		"llistxattr":   {3, (*call).llistxattr},
		"flistxattr":   {3, (*call).flistxattr},
		"removexattr":  {2, (*call).removexattr},
		"lremovexattr": {2, (*call).lremovexattr},
		"fremovexattr": {2, (*call).fremovexattr},
	}
}

func memoryCalls() handlers {
	return handlers{
		"brk":      {1, (*call).brk},
		"mmap":     {6, (*call).mmap},
		"munmap":   {2, (*call).munmap},
		"mprotect": {3, (*call).mprotect},
		"mremap":   {5, (*call).mremap},
		"madvise":  {3, (*call).madvise},
		"mincore":  {3, (*call).mincore},
		"msync":    {3, (*call).msync},

		"mlock":        {2, (*call).mlock},
		"mlock2":       {3, (*call).mlock2},
		"munlock":      {2, (*call).munlock},
		"mlockall":     {1, (*call).mlockall},
		"munlockall":   {0, (*call).munlockall},
		"memfd_create": {2, (*call).memfdCreate},
	}
}

func processCalls() handlers {
	return handlers{
		"exit":              {1, (*call).exit},
		"exit_group":        {1, (*call).exitGroup},
		"fork":              {0, (*call).fork},
		"vfork":             {0, (*call).vfork},
		"clone":             {5, (*call).clone},
		"clone3":            {2, (*call).clone3},
		"execve":            {3, (*call).execve},
		"waitid":            {5, (*call).waitid},
		"arch_prctl":        {2, (*call).archPrctl},
		"set_tid_address":   {1, (*call).setTIDAddress},
		"set_robust_list":   {2, (*call).setRobustList},
		"get_robust_list":   {3, (*call).getRobustList},
		"prctl":             {5, (*call).prctl},
		"prlimit64":         {4, (*call).prlimit64},
		"getrlimit":         {2, (*call).getrlimit},
		"setrlimit":         {2, (*call).setrlimit},
		"wait4":             {4, (*call).wait4},
		"sched_yield":       {0, (*call).schedYield},
		"sched_getaffinity": {3, (*call).schedGetaffinity},
		"sched_setaffinity": {3, (*call).schedSetaffinity},
		"getcpu":            {3, (*call).getcpu},
	}
}

func idCalls() handlers {
	return handlers{
		"getpid":  {0, (*call).getpid},
		"gettid":  {0, (*call).gettid},
		"getppid": {0, (*call).getppid},
		"getpgrp": {0, (*call).getpgrp},
		"getpgid": {1, (*call).getpgid},
		"getsid":  {1, (*call).getsid},
		"setpgid": {2, (*call).setpgid},
		"setsid":  {0, (*call).setsid},
	}
}

func signalCalls() handlers {
	return handlers{
		"rt_sigaction":    {4, (*call).rtSigaction},
		"rt_sigprocmask":  {4, (*call).rtSigprocmask},
		"rt_sigpending":   {2, (*call).rtSigpending},
		"rt_sigreturn":    {0, (*call).rtSigreturn},
		"rt_sigsuspend":   {2, (*call).rtSigsuspend},
		"sigaltstack":     {2, (*call).sigaltstack},
		"kill":            {2, (*call).kill},
		"tkill":           {2, (*call).tkill},
		"tgkill":          {3, (*call).tgkill},
		"pause":           {0, (*call).pause},
		"restart_syscall": {0, (*call).restartSyscall},
	}
}

func timeCalls() handlers {
	return handlers{
		"clock_gettime":   {2, (*call).clockGettime},
		"clock_getres":    {2, (*call).clockGetres},
		"gettimeofday":    {2, (*call).gettimeofday},
		"time":            {1, (*call).time},
		"nanosleep":       {2, (*call).nanosleep},
		"clock_nanosleep": {4, (*call).clockNanosleep},
		"times":           {1, (*call).times},
		"getrusage":       {2, (*call).getrusage},
		"alarm":           {1, (*call).alarm},
		"setitimer":       {3, (*call).setitimer},
		"getitimer":       {2, (*call).getitimer},
	}
}

func systemCalls() handlers {
	return handlers{
		"uname":     {1, (*call).uname},
		"sysinfo":   {1, (*call).sysinfo},
		"getrandom": {3, (*call).getrandom},
	}
}

func eventCalls() handlers {
	return handlers{
		"eventfd":       {1, (*call).eventfd},
		"eventfd2":      {2, (*call).eventfd2},
		"epoll_create":  {1, (*call).epollCreate},
		"epoll_create1": {1, (*call).epollCreate1},
		"epoll_ctl":     {4, (*call).epollCtl},
		"epoll_wait":    {4, (*call).epollWait},
		"epoll_pwait":   {6, (*call).epollPwait},
		"epoll_pwait2":  {6, (*call).epollPwait2},
	}
}

// zero is a call that has nothing to do and cannot fail.
func (c *call) zero() (uint64, errno.Errno) { return 0, errno.OK }
