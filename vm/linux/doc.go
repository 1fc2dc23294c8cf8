// Package linux is the kernel's side of a simulated process: system calls, signals, open files, limits, time.
//
// A Kernel serves the processes of one machine. A Process is what its tasks share (memory, files, signal
// actions); a Task is what runs: registers, a signal mask, an alternate stack. The processor executes until
// it meets a SYSCALL instruction or an exception and then calls
//
//	err := k.Syscall(t)         number and arguments in t's registers
//	err := k.Exception(t, exc)  a page fault, a division by zero, an illegal instruction
//
// After either the task's registers say how it goes on (behind the system call, in a signal handler), or it
// sleeps in the call until Next finds it ready, or its process has ended: Process.Exited tells how. An error
// means that the run cannot go on at all: a system call that is missing (UnknownError), a wait that nothing
// can end (DeadlockError).
//
//	dispatch.go  number -> handler        names.go, table.go   which there are
//	sys_*.go     the handlers             fdtable.go           descriptors
//	memory.go    arguments in memory      procfs.go            /proc
//	signal.go    sending, actions         deliver.go, frame.go handlers and what they find on the stack
//	sched.go     whose turn it is         wait.go              calls that have to wait
//	sys_clone.go, sys_exec.go, sys_wait.go, exit.go            the life of processes and threads
//	exception.go faults into signals      report.go            what people are told of a death
//
// Whatever a program passes (pointers, lengths, flags) ends in an errno, and the kernel keeps no memory in
// proportion to a length that a program merely claims: copies go through buffers of 64 KiB.
package linux
