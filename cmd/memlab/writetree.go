package main

import (
	"io/fs"
	"os"
	"time"

	"memlab/vm/linux/vfs"
)

// writeTree is a folder of the host's that the guest may write to. os.Root sees to it that nothing outside is
// reached, whatever names and links say.
type writeTree struct {
	hostTree
	root *os.Root
}

// Create implements vfs.WriteTree, as the other methods do.
func (t writeTree) Create(name string, perm fs.FileMode) (vfs.WriteFile, error) {
	return t.file(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
}

// OpenWrite opens a file that is there.
func (t writeTree) OpenWrite(name string) (vfs.WriteFile, error) { return t.file(name, os.O_RDWR, 0) }

func (t writeTree) file(name string, flag int, perm fs.FileMode) (vfs.WriteFile, error) {
	f, err := t.root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return hostFile{f}, nil
}

// Mkdir makes a folder.
func (t writeTree) Mkdir(name string, perm fs.FileMode) error { return t.root.Mkdir(name, perm) }

// Remove removes a file or an empty folder.
func (t writeTree) Remove(name string) error { return t.root.Remove(name) }

// Rename moves.
func (t writeTree) Rename(from, to string) error { return t.root.Rename(from, to) }

// Symlink makes a link, which only the guest follows, within its own tree.
func (t writeTree) Symlink(target, name string) error { return t.root.Symlink(target, name) }

// Link gives a file another name.
func (t writeTree) Link(from, to string) error { return t.root.Link(from, to) }

// Chmod sets permission bits.
func (t writeTree) Chmod(name string, perm fs.FileMode) error { return t.root.Chmod(name, perm) }

// Chtimes sets times.
func (t writeTree) Chtimes(name string, atime, mtime time.Time) error {
	return t.root.Chtimes(name, atime, mtime)
}

// hostFile is an open file of a writeTree, which tells what the host's stat(2) says.
type hostFile struct{ *os.File }

// Stat implements vfs.WriteFile.
func (f hostFile) Stat() (fs.FileInfo, error) { return told(f.File.Stat()) }
