package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// The calls about signals from the time when there were 32 of them. Their masks are words.

// oldSigaction reads and writes struct old_sigaction: handler, mask, flags, restorer.
func (c *call) oldSigaction() (uint64, errno.Errno) {
	var fresh Action
	if c.a[1] != 0 {
		var w [4]uint64
		if !c.getWords(c.a[1], w[:]) {
			return 0, errno.EFAULT
		}
		fresh = Action{Handler: w[0], Mask: SigSet(w[1]), Flags: w[2], Restorer: w[3]}
	}
	old, e := c.setAction(int(int32(c.a[0])), fresh, c.a[1] != 0)
	if e != errno.OK {
		return 0, e
	}
	return c.result(0, c.a[2] == 0 ||
		c.putWords(c.a[2], old.Handler, uint64(old.Mask), old.Flags, old.Restorer))
}

func (c *call) oldSignal() (uint64, errno.Errno) {
	old, e := c.setAction(int(int32(c.a[0])), Action{Handler: c.a[1], Flags: saResetHand | saNoDefer}, true)
	return old.Handler, e
}

// lowMask are the signals that a word holds.
const lowMask SigSet = 1<<32 - 1

func (c *call) oldSigprocmask() (uint64, errno.Errno) {
	old := c.t.mask
	if c.a[1] != 0 {
		v, ok := c.get32(c.a[1])
		if !ok {
			return 0, errno.EFAULT
		}
		if !c.t.changeMask(int32(c.a[0]), SigSet(v), lowMask) {
			return 0, errno.EINVAL
		}
	}
	return c.result(0, c.a[2] == 0 || c.put32(c.a[2], uint32(old)))
}

func (c *call) oldSigpending() (uint64, errno.Errno) {
	return c.result(0, c.put32(c.a[0], uint32((c.t.pending.set()|c.p.pending.set())&c.t.mask)))
}

// oldSigsuspend has the mask in its third argument.
func (c *call) oldSigsuspend() (uint64, errno.Errno) {
	c.t.savedMask, c.t.restoreSaved = c.t.mask, true
	c.t.mask = SigSet(uint32(c.a[2])) &^ unblockable()
	return c.pause()
}

func (c *call) sgetmask() (uint64, errno.Errno) { return uint64(uint32(c.t.mask)), errno.OK }

func (c *call) ssetmask() (uint64, errno.Errno) {
	old := uint64(uint32(c.t.mask))
	c.t.mask = SigSet(uint32(c.a[0])) &^ unblockable()
	return old, errno.OK
}

func (c *call) oldSigreturn() (uint64, errno.Errno) {
	return c.returned(c.t.Processor != nil && c.k.popOldFrame32(c.t))
}

func (c *call) rtSigreturn32() (uint64, errno.Errno) {
	return c.returned(c.t.Processor != nil && c.k.popFrame32(c.t))
}

// returned ends a sigreturn: without a frame it is a SIGSEGV.
func (c *call) returned(ok bool) (uint64, errno.Errno) {
	c.done = true
	if !ok {
		c.t.force(sigInfo{
			sig: SIGSEGV, code: siKernel,
			report: "SIGSEGV (SI_KERNEL): " + c.abi.Name(c.number) +
				" found no frame of a signal handler on the stack\n",
		})
	}
	return c.t.CPU.Regs[x86.RAX], errno.OK
}
