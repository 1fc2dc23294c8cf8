package linux

import (
	"fmt"
	"io/fs"
	"strconv"

	"memlab/vm/linux/vfs"
)

// This file has /proc/PID/fd and fdinfo.

func fdDir(p *Process, name string) *procEntry {
	e := &procEntry{name: name, mode: fs.ModeDir | 0o500}
	for fd, s := range p.Files.slots {
		if s.file != nil {
			e.dir = append(e.dir, strconv.Itoa(fd))
		}
	}
	return e
}

// openAs is the descriptor that name says, and its file; nil if there is none.
func openAs(p *Process, name string) (int, *vfs.File) {
	fd, err := strconv.Atoi(name)
	if err != nil || strconv.Itoa(fd) != name {
		return 0, nil
	}
	return fd, p.Files.Get(fd)
}

func fdEntry(p *Process, name string) *procEntry {
	_, file := openAs(p, name)
	if file == nil {
		return nil
	}
	mode := fs.ModeSymlink
	if file.CanRead() {
		mode |= 0o500
	}
	if file.CanWrite() {
		mode |= 0o300
	}
	return &procEntry{name: name, mode: mode, link: file.Path(), jump: file.Node()}
}

// fdInfo is fdinfo/N: position, flags, mount and inode (fs/proc/fd.c, seq_show).
func fdInfo(p *Process, name string) *procEntry {
	fd, file := openAs(p, name)
	if file == nil {
		return nil
	}
	flags := file.Flags()
	if p.Files.slots[fd].closeExec {
		flags |= vfs.OCloseExec
	}
	return &procEntry{name: name, mode: 0o444, text: func() string {
		s := file.Stat()
		return fmt.Sprintf("pos:\t%d\nflags:\t0%o\nmnt_id:\t%d\nino:\t%d\n", file.Position(),
			flags|vfs.OLargeFile, s.Mount, s.Ino)
	}}
}
