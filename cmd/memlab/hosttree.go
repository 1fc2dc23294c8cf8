package main

import (
	"io/fs"

	"memlab/vm/linux/vfs"
)

// hostTree is a tree of the host's that a guest sees as it is: with owners, numbers and times where the host
// is a Linux, and with directories in the host's own order, which is what find and du print.
type hostTree struct{ fs.FS }

// Stat implements fs.StatFS.
func (t hostTree) Stat(name string) (fs.FileInfo, error) { return told(fs.Stat(t.FS, name)) }

// Lstat implements fs.ReadLinkFS.
func (t hostTree) Lstat(name string) (fs.FileInfo, error) { return told(fs.Lstat(t.FS, name)) }

// ReadLink implements fs.ReadLinkFS.
func (t hostTree) ReadLink(name string) (string, error) { return fs.ReadLink(t.FS, name) }

// ReadDir implements fs.ReadDirFS.
func (t hostTree) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(t.FS, name)
	return toldAll(entries), err
}

// List implements vfs.Lister.
func (t hostTree) List(name string) ([]fs.DirEntry, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // was only read
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return t.ReadDir(name)
	}
	entries, err := dir.ReadDir(-1)
	return toldAll(entries), err
}

func told(info fs.FileInfo, err error) (fs.FileInfo, error) {
	if err != nil {
		return nil, err
	}
	if s := hostStat(info.Sys()); s != nil {
		return toldInfo{info, s}, nil
	}
	return info, nil
}

// toldInfo is a file with what the host's stat(2) says of it, in the guest's terms.
type toldInfo struct {
	fs.FileInfo
	stat *vfs.HostStat
}

// Sys implements fs.FileInfo.
func (i toldInfo) Sys() any { return i.stat }

func toldAll(entries []fs.DirEntry) []fs.DirEntry {
	for i := range entries {
		entries[i] = toldEntry{entries[i]}
	}
	return entries
}

// toldEntry is a directory's entry whose Info is told.
type toldEntry struct{ fs.DirEntry }

// Info implements fs.DirEntry.
func (e toldEntry) Info() (fs.FileInfo, error) { return told(e.DirEntry.Info()) }
