package linux

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// procFS is /proc as a tree: what the kernel tells of itself (procfs_system.go), a directory for each
// process
// (procfs_process.go, procfs_memory.go), and links to the one that asks.
//
// Every question is answered anew from the kernel's state.
type procFS struct{ k *Kernel }

// look looks a name of io/fs up.
func (f *procFS) look(name string) *procEntry {
	first, rest, _ := strings.Cut(name, "/")
	t := f.k.current
	switch {
	case name == ".":
		return f.top()
	case name == "self" && t != nil:
		return linkEntry(name, strconv.Itoa(int(t.Process.PID)))
	case name == "thread-self" && t != nil:
		return linkEntry(name, fmt.Sprintf("%d/task/%d", t.Process.PID, t.TID))
	case name == "mounts":
		return linkEntry(name, "self/mounts")
	}
	if pid, err := strconv.Atoi(first); err == nil {
		for _, p := range f.k.procs {
			if int(p.PID) == pid && !p.reaped {
				return f.ofProcess(p, nil, rest)
			}
		}
		return nil
	}
	return f.k.systemFiles().find(name)
}

func linkEntry(name, target string) *procEntry {
	return &procEntry{name: path.Base(name), mode: fs.ModeSymlink | 0o777, link: target}
}

func (f *procFS) top() *procEntry {
	e := f.k.systemFiles().find(".")
	e.dir = append(e.dir, "mounts", "self", "thread-self")
	for _, p := range f.k.procs {
		if !p.reaped {
			e.dir = append(e.dir, strconv.Itoa(int(p.PID)))
		}
	}
	return e
}
