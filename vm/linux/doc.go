// Package linux is the kernel's side of a simulated process: system calls, signals, open files, limits, time.
//
// A Kernel serves the processes of one machine, x86-64's and i386's. A Process is what its tasks share
// (memory, files, signal actions, credentials); a Task is what runs: registers, a signal mask, an alternate
// stack. The processor executes until it meets a system call or an exception and then calls
//
//	err := k.Syscall(t)         SYSCALL: number and arguments in t's registers
//	err := k.Int80(t)           INT 80h: the same with i386's numbers and registers
//	err := k.Exception(t, exc)  a page fault, a division by zero, an illegal instruction
//
// After any of them the task's registers say how it goes on (behind the system call, in a signal handler),
// or it sleeps in the call until Next finds it ready, or its process has ended: Process.Exited tells how. A
// call that memlab lacks is ENOSYS and counted (Unknown). An error means that the run cannot go on at all:
// such a call where Config.OnUnknown says stop (UnknownError), a wait that nothing can end (DeadlockError).
//
//	dispatch.go  number -> handler        abi.go               what differs for i386
//	table.go, names.go                    which calls there are; table32.go, names32.go: i386's
//	sys_*.go     the handlers             *_compat.go          forms that only i386 has
//	memory.go    arguments in memory      fdtable.go           descriptors
//	locks.go     locks on files           socket*.go           sockets within the machine
//	procfs*.go   /proc and /sys           madefs.go            how they are trees of files
//	cred.go      users, capabilities      tty.go               job control
//	signal.go    sending, actions         deliver.go, frame*.go handlers and what they find on the stack
//	sched.go     whose turn it is         wait.go, timer.go    calls that have to wait, alarms
//	sys_clone.go, sys_exec.go, sys_wait.go, exit.go            the life of processes and threads
//	exception.go faults into signals      report.go            what people are told of a death
//	trace.go     what strace would write (package strace has the calls)
//
// Whatever a program passes (pointers, lengths, flags) ends in an errno, and the kernel keeps no memory in
// proportion to a length that a program merely claims: copies go through buffers of 64 KiB.
package linux
