package linux

import (
	"memlab/paging/addr"
	"memlab/vm/linux/errno"
)

// process_vm_readv and process_vm_writev copy between the memory of two processes (mm/process_vm_access.c).

func crossCalls() handlers {
	return handlers{
		"process_vm_readv":  {6, func(c *call) (uint64, errno.Errno) { return c.cross(false) }},
		"process_vm_writev": {6, func(c *call) (uint64, errno.Errno) { return c.cross(true) }},
	}
}

// mayTrace reports whether the caller may look into p, as ptrace would ask: the same user all round, or root.
func (c *call) mayTrace(p *Process) bool {
	mine, theirs := c.p.cred, p.cred
	same := theirs.user == (ids{mine.user.real, mine.user.real, mine.user.real}) &&
		theirs.group == (ids{mine.group.real, mine.group.real, mine.group.real})
	return p == c.p || c.p.can(capPtrace) || same && p.Tasks[0].dumpable != 0
}

func (c *call) cross(write bool) (uint64, errno.Errno) {
	if c.a[5] != 0 || c.a[2] > maxIOV || c.a[4] > maxIOV {
		return 0, errno.EINVAL
	}
	local, e := c.pieces(c.a[1], uint32(c.a[2]))
	if e != errno.OK {
		return 0, e
	}
	remote, e := c.piecesAnywhere(c.a[3], uint32(c.a[4]))
	t := &transfer{c: c, pieces: local}
	if e != errno.OK || t.size() == 0 {
		return 0, e
	}
	task := c.k.task(int32(c.a[0]))
	switch {
	case task == nil:
		return 0, errno.ESRCH
	case !c.mayTrace(task.Process):
		return 0, errno.EPERM
	}
	total, e := c.crossPieces(t, remote, task.Process.Space, write)
	if total > 0 {
		return total, errno.OK
	}
	return 0, e
}

// piecesAnywhere reads the struct iovecs of a vector whose addresses are another process's.
func (c *call) piecesAnywhere(va uint64, n uint32) ([]piece, errno.Errno) {
	w := make([]uint64, 2*n)
	if !c.getWords(va, w) {
		return nil, errno.EFAULT
	}
	list := make([]piece, n)
	for i := range list {
		if list[i] = (piece{w[2*i], w[2*i+1]}); int64(list[i].n) < 0 {
			return nil, errno.EINVAL
		}
	}
	return list, errno.OK
}

// crossPieces moves bytes until one side has no more, or ends in unmapped memory.
func (c *call) crossPieces(
	local *transfer, remote []piece, space Memory, write bool,
) (total uint64, e errno.Errno) {
	for _, p := range remote {
		for p.n > 0 && local.size() > 0 {
			// Within a page, so that all before a hole is moved.
			n := min(p.n, local.size(), addr.ABIPage-p.va%addr.ABIPage)
			b := c.k.scratch[:n]
			if write {
				got, ok := local.gather(b)
				put := space.Write(addr.VAddr(p.va), b[:got])
				total += uint64(put)
				if !ok || put < got {
					return total, errno.EFAULT
				}
			} else {
				got := space.Read(addr.VAddr(p.va), b)
				put := local.scatter(b[:got])
				total += uint64(put)
				if uint64(got) < n || put < got {
					return total, errno.EFAULT
				}
				local.skip(n)
			}
			p.va, p.n = p.va+n, p.n-n
		}
	}
	return total, errno.OK
}
