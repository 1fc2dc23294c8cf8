package vfs

import (
	"io/fs"

	"memlab/vm/linux/errno"
)

// Config says what a file system is made of.
type Config struct {
	Root  fs.FS // what the guest sees as /; nil: an empty directory
	Limit int64 // bytes that the overlay may take, bookkeeping included; 0: DefaultLimit

	// Now is the simulated wall clock in nanoseconds since 1970; nil: always 0.
	Now func() int64

	// Owner says whom a file of a host's tree belongs to; nil: Cred, so that what the host lets memlab
	// read, the guest's mode bits for the owner decide on.
	Owner func(fs.FileInfo) Cred

	// Cache is told of reads and writes of files that may be mapped; nil: none are.
	Cache PageCache

	Cred Cred // owner of what is there at the start, if Owner is nil
}

// DefaultLimit is the overlay's size unless the configuration says otherwise.
const DefaultLimit = 256 << 20

// Cred is whom a file belongs to, or who asks for it.
type Cred struct{ UID, GID uint32 }

// Context is who asks and where from: a process's part in looking up paths.
type Context struct {
	Cred  Cred
	Cwd   *Node
	Umask uint32
}

// FS is one tree of files.
type FS struct {
	cfg     Config
	root    *Node
	mounts  []*mount
	used    int64  // bytes of the overlay in use
	lastIno uint64 // of the overlay's own files
	nodes   int    // nodes of the host's trees that are remembered
	handles handles

	random   Random // of /dev/urandom
	forgetAt int    // nodes at which to look for some to forget
}

// mount is one tree within the file system.
type mount struct {
	tree     fs.FS // nil: nothing lies below the overlay
	write    WriteTree
	volatile bool // always asked anew, never overlaid: a WriteTree, or a tree made up while it is read (proc)
	dev      uint64
	at       string // where it is seen
}

// MountInfo is a mount as /proc/PID/mountinfo shows it.
type MountInfo struct {
	ID, Parent int
	Dev        uint64
	At         string
	Type       string // of the file system: what a Linux would have there
	Source     string
}

// firstMount is the number of the first mount.
const firstMount = 20

// Mounts are the mounts in the order of their making.
func (f *FS) Mounts() []MountInfo {
	list := make([]MountInfo, len(f.mounts))
	for i, m := range f.mounts {
		list[i] = MountInfo{
			ID: firstMount + i, Parent: firstMount, Dev: f.devOf(m), At: m.at,
			Type: m.kind(),
		}
		list[i].Source = list[i].Type
	}
	list[0].Parent = firstMount - 1
	return list
}

// devOf is st_dev of m's top directory.
func (f *FS) devOf(m *mount) uint64 {
	if m == f.root.mount && f.root.fsdev != 0 {
		return f.root.fsdev
	}
	return m.dev
}

// kind is the type of file system that m stands for.
func (m *mount) kind() string {
	switch {
	case m.write != nil:
		return "9p"
	case m.at == "/proc":
		return "proc"
	case m.at == "/sys":
		return "sysfs"
	case m.at == "/dev":
		return "devtmpfs"
	}
	return "overlay"
}

// MountType is the type of file system that n lies in.
func (n *Node) MountType() string { return n.mount.kind() }

// New makes a file system.
func New(c Config) *FS {
	if c.Limit <= 0 {
		c.Limit = DefaultLimit
	}
	if c.Now == nil {
		c.Now = func() int64 { return 0 }
	}
	if c.Owner == nil {
		owner := c.Cred
		c.Owner = func(fs.FileInfo) Cred { return owner }
	}
	if c.Cache == nil {
		c.Cache = noCache{}
	}
	f := &FS{cfg: c, lastIno: 1}
	f.handles.max = maxHandles
	f.root = f.mountRoot(f.addMount(c.Root))
	f.root.parent = f.root
	f.root.pinned = true
	return f
}

func (f *FS) addMount(tree fs.FS) *mount {
	m := &mount{tree: tree, dev: firstDev + uint64(len(f.mounts)), at: "/"}
	f.mounts = append(f.mounts, m)
	return m
}

// firstDev is st_dev of the first mount: 0:40, from the numbers of file systems without a device.
const firstDev = 40

// mountRoot makes the node of m's top directory.
func (f *FS) mountRoot(m *mount) *Node {
	if m.tree != nil {
		if info, err := fs.Lstat(m.tree, "."); err == nil && info.IsDir() {
			return f.lowerNode(m, ".", info)
		}
	}
	n := f.newNode(m, typeDir|0o755, f.cfg.Cred)
	if m.tree != nil {
		n.origin = "."
	}
	return n
}

// Root is the top directory.
func (f *FS) Root() *Node { return f.root }

// Close closes the host files that are open. The file system must not be used afterwards.
func (f *FS) Close() { f.handles.closeAll() }

// MountMode says what a mount is like.
type MountMode int

// The modes.
const (
	MountOverlay  MountMode = iota // read-only below, changes in the overlay
	MountWrite                     // writes go to the tree, which must be a WriteTree
	MountVolatile                  // read-only, asked anew at every look-up (proc)
)

// Mount shows tree at the guest's path, which is made if it is not there. A tree of nil is an empty
// directory in the overlay.
func (f *FS) Mount(path string, tree fs.FS, mode MountMode) errno.Errno {
	m := &mount{tree: tree, dev: firstDev + uint64(len(f.mounts)), volatile: mode != MountOverlay, at: path}
	if mode == MountWrite {
		w, ok := tree.(WriteTree)
		if !ok {
			return errno.EROFS
		}
		m.write = w
	}
	point, e := f.MakeDirs(path)
	if e != errno.OK {
		return e
	}
	if point == f.root {
		return errno.EBUSY
	}
	f.mounts = append(f.mounts, m)
	top := f.mountRoot(m)
	top.mounted = true
	top.parent, top.name = point.parent, point.name
	for n := top; n != f.root; n = n.parent { // whatever is above is remembered, were it asked anew otherwise
		n.parent.children[n.name] = n
		n.pinned = true
	}
	return errno.OK
}

// MakeDirs makes the directory path and those above it as the superuser, and returns its node.
func (f *FS) MakeDirs(path string) (*Node, errno.Errno) {
	c := &Context{Cwd: f.root}
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		if e := f.Mkdir(c, f.root, path[:i], 0o755); e != errno.OK && e != errno.EEXIST {
			return nil, e
		}
	}
	n, e := f.Lookup(c, f.root, path, true)
	if e == errno.OK && !n.IsDir() {
		e = errno.ENOTDIR
	}
	return n, e
}

// charge takes n bytes of the overlay's room, or reports that they are not there.
func (f *FS) charge(n int64) bool {
	if f.used+n > f.cfg.Limit {
		return false
	}
	f.used += n
	return true
}

func (f *FS) refund(n int64) { f.used -= n }

// Room is how many bytes the overlay may take and takes.
func (f *FS) Room() (limit, used int64) { return f.cfg.Limit, f.used }
