package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The flags of memfd_create(2) (include/uapi/linux/memfd.h).
const (
	memfdCloexec   = 1
	memfdSeals     = 2 // MFD_ALLOW_SEALING
	memfdHuge      = 4
	memfdNoExec    = 8
	memfdExec      = 16
	memfdNameLimit = 249 // bytes without the NUL
)

func (c *call) memfdCreate() (uint64, errno.Errno) {
	flags := uint32(c.a[1])
	switch {
	case flags&^(memfdCloexec|memfdSeals|memfdHuge|memfdNoExec|memfdExec) != 0,
		flags&(memfdNoExec|memfdExec) == memfdNoExec|memfdExec:
		return 0, errno.EINVAL
	}
	name, e := c.str(c.a[0], memfdNameLimit+1, errno.EINVAL)
	if e != errno.OK {
		return 0, e
	}
	if flags&memfdHuge != 0 {
		return 0, errno.ENOMEM // nothing is in the pools of huge pages
	}
	mode := uint32(0o777)
	if flags&memfdNoExec != 0 {
		mode = 0o666
	}
	f, e := c.k.cfg.Files.Memory(c.p.context(), name, mode, flags&(memfdSeals|memfdNoExec) != 0)
	if e != errno.OK {
		return 0, e
	}
	if flags&memfdNoExec != 0 {
		if e := f.AddSeals(vfs.SealExec, false); e != errno.OK {
			return 0, e
		}
	}
	return c.install(f, 0, flags&memfdCloexec != 0)
}

// seals serves fcntl's F_ADD_SEALS and F_GET_SEALS.
func (c *call) seals(add bool, f *vfs.File) (uint64, errno.Errno) {
	if !add {
		seals, e := f.Seals()
		return uint64(seals), e
	}
	mapped := false
	if s, ok := c.p.Space.(interface{ Written(file any) bool }); ok {
		mapped = s.Written(f.Identity())
	}
	return 0, f.AddSeals(uint32(c.a[2]), mapped)
}
