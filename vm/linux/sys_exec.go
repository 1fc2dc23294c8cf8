package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// ExecRequest is what execve hands to the machine.
type ExecRequest struct {
	Path       string
	Argv, Env  []string
	Context    *vfs.Context // in which paths are looked up
	StackLimit uint64
	FreeFD     uint64 // the lowest descriptor that is free once those with close-on-exec are closed
}

// Image is a program that has been loaded in the place of another.
type Image struct {
	Body

	Exe, Comm string
	Binary    *vfs.File // what AT_EXECFD names: it becomes the lowest free descriptor; nil: none
}

// ExecError is a failed execve.
type ExecError struct {
	Errno errno.Errno
	Fatal string // not "": it failed after the point of no return, and kills the process; why
}

// The limits on execve's strings: of one with its NUL, and of all together (fs/exec.c, MAX_ARG_STRLEN and
// bprm_stack_limits with 8 MiB of stack).
const (
	maxArg  = 128 << 10
	maxArgs = 2 << 20
)

func (c *call) execve() (uint64, errno.Errno) {
	path, e := c.path(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	if path == "" {
		return 0, errno.ENOENT
	}
	left := maxArgs
	argv, e := c.strings(c.a[1], &left)
	if e != errno.OK {
		return 0, e
	}
	env, e := c.strings(c.a[2], &left)
	if e != errno.OK {
		return 0, e
	}
	if c.k.cfg.Exec == nil {
		return 0, errno.ENOSYS
	}
	image, failed := c.k.cfg.Exec(c.t, &ExecRequest{
		Path: path, Argv: argv, Env: env, Context: c.p.context(), StackLimit: c.p.Limits[limitStack].Soft,
		FreeFD: c.p.Files.freeAfterExec(),
	})
	switch {
	case failed == nil:
		c.replaced(image, argv, env)
		return 0, errno.OK
	case failed.Fatal != "":
		c.k.kill(c.p, ExitState{Signal: SIGSEGV, Report: failed.Fatal + "\n"})
	}
	return 0, failed.Errno
}

// strings reads a list of pointers to strings that ends in 0; left is the room for all of them.
func (c *call) strings(va uint64, left *int) ([]string, errno.Errno) {
	list := []string{}
	for ; va != 0; va += uint64(c.word) {
		at, ok := c.getWord(va)
		if !ok {
			return nil, errno.EFAULT
		}
		if at == 0 {
			break
		}
		s, e := c.str(at, maxArg, errno.E2BIG)
		if e != errno.OK {
			return nil, e
		}
		if *left -= len(s) + 9; *left < 0 {
			return nil, errno.E2BIG
		}
		list = append(list, s)
	}
	return list, errno.OK
}

// replaced gives the process what a new program has (begin_new_exec).
func (c *call) replaced(i *Image, argv, env []string) {
	p, t := c.p, c.t
	if p.borrows { // the memory it leaves is its parent's
		c.release()
	}
	for _, other := range p.Tasks {
		if other != t {
			c.k.delist(other)
		}
	}
	p.Tasks = []*Task{t}
	t.TID = p.PID
	t.alt.sp, t.alt.size = 0, 0 // the flags stay, as in begin_new_exec
	t.clearTID, t.robust, t.trap = 0, 0, trap{}
	t.setComm(i.Comm)
	for _, timer := range p.timers {
		c.k.setTimer(&timer.timer, 0, 0)
	}
	p.timers, p.nextTimer = nil, 0
	p.ownFiles()
	p.Files.CloseExec()
	if i.Binary != nil {
		// No limit: execve has passed its point of no return.
		_, _ = p.Files.add(i.Binary, 0, ^uint64(0), false)
	}
	actions := *p.Actions // another process may share them
	p.Actions = &actions
	p.Actions.reset()
	p.embody(i.Body)
	p.Exe, p.Args, p.Env = i.Exe, argv, env
	p.limitMemory(false)
	p.borrows, p.execed, p.barriers = false, true, 0
	p.cred.newProgram()
	p.Cred = vfs.Cred{UID: p.cred.user.effective, GID: p.cred.group.effective}
	p.exitSignal = SIGCHLD
}
