package vfs

import "memlab/vm/linux/errno"

// Opener opens a device of the kernel's own: what the open file does, or an open file whose bytes it shares.
type Opener func(flags uint32) (s Special, same *File, e errno.Errno)

// MakeDevice makes a character device, or with opens nil a folder, at an absolute path.
func (f *FS) MakeDevice(path string, perm uint32, major, minor uint64, owner Cred, opens Opener) errno.Errno {
	c := &Context{Cwd: f.root}
	p, e := f.entry(c, nil, path)
	if e != errno.OK {
		return e
	}
	kind := uint32(typeChr)
	if opens == nil {
		kind = typeDir
	}
	n, e := f.create(c, p, kind|perm)
	if e != errno.OK {
		return e
	}
	n.owner, n.opens, n.rdev = owner, opens, major<<8|minor
	return errno.OK
}

// IsDevice reports whether the file is a device that moves bytes without ever waiting, and empty that there
// is nothing to be read from it: /dev/null.
func (o *File) IsDevice() (is, empty bool) {
	d, ok := o.back.(*device)
	return ok, ok && d.kind == DevNull
}

// RemoveDevice takes a device away, whoever may write to its folder.
func (f *FS) RemoveDevice(path string) { _ = f.Unlink(&Context{Cwd: f.root}, nil, path) } // it may be gone
