package linux

import "memlab/vm/linux/errno"

// This file has the calls on extended attributes. No file has any, and none can be given to one: so do file
// systems that are mounted without them.

func (c *call) getxattr() (uint64, errno.Errno) { return c.pathXattr(0, c.readAttribute) }

func (c *call) lgetxattr() (uint64, errno.Errno) { return c.pathXattr(atNoFollow, c.readAttribute) }

func (c *call) fgetxattr() (uint64, errno.Errno) { return c.fdXattr(c.readAttribute) }

func (c *call) setxattr() (uint64, errno.Errno) { return c.pathXattr(0, c.writeAttribute) }

func (c *call) lsetxattr() (uint64, errno.Errno) { return c.pathXattr(atNoFollow, c.writeAttribute) }

func (c *call) fsetxattr() (uint64, errno.Errno) { return c.fdXattr(c.writeAttribute) }

func (c *call) removexattr() (uint64, errno.Errno) { return c.pathXattr(0, c.writeAttribute) }

func (c *call) lremovexattr() (uint64, errno.Errno) { return c.pathXattr(atNoFollow, c.writeAttribute) }

func (c *call) fremovexattr() (uint64, errno.Errno) { return c.fdXattr(c.writeAttribute) }

func (c *call) listxattr() (uint64, errno.Errno) { return c.pathXattr(0, none) }

func (c *call) llistxattr() (uint64, errno.Errno) { return c.pathXattr(atNoFollow, none) }

func (c *call) flistxattr() (uint64, errno.Errno) { return c.fdXattr(none) }

// none is the list of a file's attributes: 0 bytes long.
func none() (uint64, errno.Errno) { return 0, errno.OK }

func (c *call) pathXattr(flags uint64, then func() (uint64, errno.Errno)) (uint64, errno.Errno) {
	if _, e := c.lookup(cwd(), c.a[0], flags); e != errno.OK {
		return 0, e
	}
	return then()
}

func (c *call) fdXattr(then func() (uint64, errno.Errno)) (uint64, errno.Errno) {
	if _, e := c.file(c.a[0]); e != errno.OK {
		return 0, e
	}
	return then()
}

func (c *call) readAttribute() (uint64, errno.Errno) { return c.attribute(errno.ENODATA) }

func (c *call) writeAttribute() (uint64, errno.Errno) { return c.attribute(errno.EOPNOTSUPP) }

// attribute answers with e for any attribute that has a name.
func (c *call) attribute(e errno.Errno) (uint64, errno.Errno) {
	name, bad := c.str(c.a[1], 256, errno.ERANGE)
	switch {
	case bad != errno.OK:
		return 0, bad
	case name == "":
		return 0, errno.ERANGE
	}
	return 0, e
}
