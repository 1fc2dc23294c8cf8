//go:build linux

package vfs

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"memlab/vm/linux/errno"
)

// The host's kernel is the oracle here: random operations run on a real tree, in a process of its own that
// has entered it by chroot and given up its rights, and on the same tree through a FS. Every result must be
// equal. It needs the right to chroot.

const childMark = "MEMLAB_VFS_CHILD"

//nolint:forbidigo // the test runs itself once more, as the oracle
func TestMain(m *testing.M) {
	if dir := os.Getenv(childMark); dir != "" {
		hostChild(dir)
		return
	}
	os.Exit(m.Run())
}

const testUID = 1234

//nolint:forbidigo // this is a process of its own
func hostChild(dir string) {
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	syscall.Umask(0o022)
	check(syscall.Chroot(dir))
	check(syscall.Chdir("/"))
	check(syscall.Setgroups(nil))
	check(syscall.Setgid(testUID))
	check(syscall.Setuid(testUID))
	h := &hostTree{open: map[string]int{}}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println(runOp(h, strings.Split(in.Text(), "\t")))
	}
}

// tree is what operations run on.
//
//nolint:interfacebloat // one method an operation
type tree interface {
	mkdir(p string, perm uint32) errno.Errno
	rmdir(p string) errno.Errno
	unlink(p string) errno.Errno
	rename(a, b string) errno.Errno
	link(a, b string) errno.Errno
	symlink(target, p string) errno.Errno
	chmod(p string, perm uint32) errno.Errno
	truncate(p string, size int64) errno.Errno
	access(p string, want uint32) errno.Errno
	readlink(p string) (string, errno.Errno)
	stat(p string, follow bool) (string, errno.Errno)
	openAs(slot, p string, flags, perm uint32) errno.Errno
	closeAs(slot string) errno.Errno
	write(slot string, b []byte, off int64) (int, errno.Errno)
	read(slot string, n int, off int64) ([]byte, errno.Errno)
	seek(slot string, off int64, whence int) (int64, errno.Errno)
	ftruncate(slot string, size int64) errno.Errno
	fstat(slot string) (string, errno.Errno)
	list(slot string) (string, errno.Errno)
}

func runOp(t tree, f []string) string {
	num := func(i int) int64 { v, _ := strconv.ParseInt(f[i], 0, 64); return v }
	var out any = ""
	var e errno.Errno
	switch f[0] {
	case "mkdir":
		e = t.mkdir(f[1], uint32(num(2)))
	case "rmdir":
		e = t.rmdir(f[1])
	case "unlink":
		e = t.unlink(f[1])
	case "rename":
		e = t.rename(f[1], f[2])
	case "link":
		e = t.link(f[1], f[2])
	case "symlink":
		e = t.symlink(f[1], f[2])
	case "chmod":
		e = t.chmod(f[1], uint32(num(2)))
	case "truncate":
		e = t.truncate(f[1], num(2))
	case "access":
		e = t.access(f[1], uint32(num(2)))
	case "readlink":
		out, e = t.readlink(f[1])
	case "stat":
		out, e = t.stat(f[1], true)
	case "lstat":
		out, e = t.stat(f[1], false)
	case "open":
		e = t.openAs(f[1], f[2], uint32(num(3)), uint32(num(4)))
	case "close":
		e = t.closeAs(f[1])
	case "write":
		b := bytes.Repeat([]byte(f[2]), int(num(3)))
		out, e = t.write(f[1], b, num(4))
	case "read":
		var b []byte
		b, e = t.read(f[1], int(num(2)), num(3))
		h := fnv.New32a()
		_, _ = h.Write(b)
		out = fmt.Sprint(len(b), " ", h.Sum32())
	case "seek":
		out, e = t.seek(f[1], num(2), int(num(3)))
	case "ftruncate":
		e = t.ftruncate(f[1], num(2))
	case "fstat":
		out, e = t.fstat(f[1])
	case "list":
		out, e = t.list(f[1])
	default:
		panic(f[0])
	}
	if e != errno.OK {
		return e.Name()
	}
	return fmt.Sprint("ok ", out)
}

// showStat is what must be equal of two files: a directory's size and links are up to the file system.
func showStat(mode uint32, size int64, nlink uint32) string {
	if mode&typeMask == typeDir {
		return fmt.Sprintf("%o", mode)
	}
	return fmt.Sprintf("%o %d %d", mode, size, nlink)
}

type hostTree struct{ open map[string]int }

func no(err error) errno.Errno {
	if err == nil {
		return errno.OK
	}
	e, _ := err.(syscall.Errno) //nolint:errorlint // package syscall returns nothing else
	return errno.Errno(e)
}

func (h *hostTree) mkdir(p string, perm uint32) errno.Errno { return no(syscall.Mkdir(p, perm)) }
func (h *hostTree) rmdir(p string) errno.Errno              { return no(syscall.Rmdir(p)) }
func (h *hostTree) unlink(p string) errno.Errno             { return no(syscall.Unlink(p)) }
func (h *hostTree) rename(a, b string) errno.Errno          { return no(syscall.Rename(a, b)) }
func (h *hostTree) link(a, b string) errno.Errno            { return no(syscall.Link(a, b)) }
func (h *hostTree) symlink(t, p string) errno.Errno         { return no(syscall.Symlink(t, p)) }
func (h *hostTree) chmod(p string, perm uint32) errno.Errno { return no(syscall.Chmod(p, perm)) }
func (h *hostTree) truncate(p string, n int64) errno.Errno  { return no(syscall.Truncate(p, n)) }
func (h *hostTree) access(p string, want uint32) errno.Errno {
	return no(syscall.Access(p, want))
}

func (h *hostTree) readlink(p string) (string, errno.Errno) {
	b := make([]byte, 5000)
	n, err := syscall.Readlink(p, b)
	return string(b[:max(n, 0)]), no(err)
}

func (h *hostTree) stat(p string, follow bool) (string, errno.Errno) {
	var st syscall.Stat_t
	var err error
	if follow {
		err = syscall.Stat(p, &st)
	} else {
		err = syscall.Lstat(p, &st)
	}
	return showStat(st.Mode, st.Size, uint32(st.Nlink)), no(err)
}

func (h *hostTree) openAs(slot, p string, flags, perm uint32) errno.Errno {
	_ = h.closeAs(slot) // it may be free
	fd, err := syscall.Open(p, int(flags), perm)
	if err == nil {
		h.open[slot] = fd
	}
	return no(err)
}

func (h *hostTree) fd(slot string) int {
	if fd, ok := h.open[slot]; ok {
		return fd
	}
	return -1
}

func (h *hostTree) closeAs(slot string) errno.Errno {
	fd := h.fd(slot)
	delete(h.open, slot)
	return no(syscall.Close(fd))
}

func (h *hostTree) write(slot string, b []byte, off int64) (n int, e errno.Errno) {
	var err error
	if off >= 0 {
		n, err = syscall.Pwrite(h.fd(slot), b, off)
	} else {
		n, err = syscall.Write(h.fd(slot), b)
	}
	return n, no(err)
}

func (h *hostTree) read(slot string, n int, off int64) ([]byte, errno.Errno) {
	b := make([]byte, n)
	var err error
	if off >= 0 {
		n, err = syscall.Pread(h.fd(slot), b, off)
	} else {
		n, err = syscall.Read(h.fd(slot), b)
	}
	return b[:max(n, 0)], no(err)
}

func (h *hostTree) seek(slot string, off int64, whence int) (int64, errno.Errno) {
	var st syscall.Stat_t
	if whence == SeekEnd && syscall.Fstat(h.fd(slot), &st) == nil && st.Mode&typeMask == typeDir {
		return -1, errno.OK // up to the file system
	}
	n, err := syscall.Seek(h.fd(slot), off, whence)
	return n, no(err)
}

func (h *hostTree) ftruncate(slot string, n int64) errno.Errno {
	return no(syscall.Ftruncate(h.fd(slot), n))
}

func (h *hostTree) fstat(slot string) (string, errno.Errno) {
	var st syscall.Stat_t
	err := syscall.Fstat(h.fd(slot), &st)
	return showStat(st.Mode, st.Size, uint32(st.Nlink)), no(err)
}

func (h *hostTree) list(slot string) (string, errno.Errno) {
	fd := h.fd(slot)
	_, _ = syscall.Seek(fd, 0, 0)
	var names []string
	b := make([]byte, 8192)
	for {
		n, err := syscall.Getdents(fd, b)
		if err != nil {
			return "", no(err)
		}
		if n <= 0 {
			break
		}
		_, _, names = syscall.ParseDirent(b[:n], -1, names)
	}
	_, _ = syscall.Seek(fd, 0, 0) // where the end is, is up to the file system
	sort.Strings(names)
	return strings.Join(names, " "), errno.OK
}

// vfsTree is the same over a FS.
type vfsTree struct {
	f    *FS
	c    *Context
	open map[string]*File
}

func newVFSTree(root fs.FS, owner func(fs.FileInfo) Cred) *vfsTree {
	cred := Cred{testUID, testUID}
	f := New(Config{Root: root, Owner: owner, Cred: cred})
	return &vfsTree{f, &Context{Cred: cred, Cwd: f.Root(), Umask: 0o022}, map[string]*File{}}
}

func (v *vfsTree) mkdir(p string, perm uint32) errno.Errno { return v.f.Mkdir(v.c, nil, p, perm) }
func (v *vfsTree) rmdir(p string) errno.Errno              { return v.f.Rmdir(v.c, nil, p) }
func (v *vfsTree) unlink(p string) errno.Errno             { return v.f.Unlink(v.c, nil, p) }
func (v *vfsTree) rename(a, b string) errno.Errno {
	return v.f.Rename(v.c, Path{Name: a}, Path{Name: b}, 0)
}

func (v *vfsTree) link(a, b string) errno.Errno {
	n, e := v.f.Lookup(v.c, nil, a, false)
	if e != errno.OK {
		return e
	}
	return v.f.Link(v.c, n, nil, b)
}
func (v *vfsTree) symlink(t, p string) errno.Errno { return v.f.Symlink(v.c, t, nil, p) }

func (v *vfsTree) on(p string, fn func(n *Node) errno.Errno) errno.Errno {
	n, e := v.f.Lookup(v.c, nil, p, true)
	if e != errno.OK {
		return e
	}
	return fn(n)
}

func (v *vfsTree) chmod(p string, perm uint32) errno.Errno {
	return v.on(p, func(n *Node) errno.Errno { return v.f.Chmod(v.c, n, perm) })
}

func (v *vfsTree) truncate(p string, size int64) errno.Errno {
	return v.on(p, func(n *Node) errno.Errno { return v.f.Truncate(v.c, n, size) })
}

func (v *vfsTree) access(p string, want uint32) errno.Errno {
	return v.on(p, func(n *Node) errno.Errno { return v.f.Access(v.c, n, want) })
}

func (v *vfsTree) readlink(p string) (string, errno.Errno) { return v.f.Readlink(v.c, nil, p) }

func (v *vfsTree) show(n *Node) string {
	s := v.f.Stat(n)
	return showStat(s.Mode, s.Size, s.Nlink)
}

func (v *vfsTree) stat(p string, follow bool) (string, errno.Errno) {
	n, e := v.f.Lookup(v.c, nil, p, follow)
	if e != errno.OK {
		return "", e
	}
	return v.show(n), e
}

func (v *vfsTree) openAs(slot, p string, flags, perm uint32) errno.Errno {
	_ = v.closeAs(slot)
	file, e := v.f.Open(v.c, Path{Name: p}, flags, perm)
	if e == errno.OK {
		v.open[slot] = file
	}
	return e
}

func (v *vfsTree) closeAs(slot string) errno.Errno {
	file := v.open[slot]
	if file == nil {
		return errno.EBADF
	}
	delete(v.open, slot)
	file.Close()
	return errno.OK
}

func (v *vfsTree) write(slot string, b []byte, off int64) (int, errno.Errno) {
	file := v.open[slot]
	switch {
	case file == nil:
		return 0, errno.EBADF
	case off >= 0:
		return file.Pwrite(b, off)
	}
	return file.Write(b)
}

func (v *vfsTree) read(slot string, n int, off int64) ([]byte, errno.Errno) {
	file := v.open[slot]
	b := make([]byte, n)
	var e errno.Errno
	switch {
	case file == nil:
		return nil, errno.EBADF
	case off >= 0:
		n, e = file.Pread(b, off)
	default:
		n, e = file.Read(b)
	}
	return b[:n], e
}

func (v *vfsTree) seek(slot string, off int64, whence int) (int64, errno.Errno) {
	if file := v.open[slot]; file != nil {
		if whence == SeekEnd && file.node.IsDir() {
			return -1, errno.OK
		}
		return file.Lseek(off, whence)
	}
	return 0, errno.EBADF
}

func (v *vfsTree) ftruncate(slot string, n int64) errno.Errno {
	if file := v.open[slot]; file != nil {
		return file.Truncate(n)
	}
	return errno.EBADF
}

func (v *vfsTree) fstat(slot string) (string, errno.Errno) {
	if file := v.open[slot]; file != nil {
		return v.show(file.Node()), errno.OK
	}
	return "", errno.EBADF
}

func (v *vfsTree) list(slot string) (string, errno.Errno) {
	file := v.open[slot]
	if file == nil {
		return "", errno.EBADF
	}
	_, _ = file.Lseek(0, SeekSet)
	entries, e := file.Entries()
	var names []string
	for _, d := range entries {
		if d.Name != "." && d.Name != ".." {
			names = append(names, d.Name)
		}
	}
	sort.Strings(names)
	return strings.Join(names, " "), e
}

// plant makes the tree that both begin with.
//
//nolint:gosec,gocritic // modes and paths are what is tested
func plant(t *testing.T, dir string) {
	t.Helper()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{"a", "a/b", "a/b/c", "d", "locked", "ro"} {
		do(os.Mkdir(filepath.Join(dir, d), 0o755))
	}
	for name, n := range map[string]int{
		"a/x": 0, "a/y": 5000, "a/b/z": 20000, "d/f": 4096, "g": 13, "locked/in": 3, "ro/file": 9,
	} {
		do(os.WriteFile(filepath.Join(dir, name), bytes.Repeat([]byte(name), n), 0o644))
	}
	do(os.Symlink("a/b", filepath.Join(dir, "l1")))
	do(os.Symlink("/d/f", filepath.Join(dir, "l2")))
	do(os.Symlink("loop", filepath.Join(dir, "loop")))
	do(os.Symlink("../../nowhere", filepath.Join(dir, "a/dangling")))
	do(os.Symlink("../a/b/../x", filepath.Join(dir, "d/l3")))
	do(os.Chmod(filepath.Join(dir, "g"), 0o400))
	do(os.Chmod(filepath.Join(dir, "a/y"), 0o040))
	do(os.Chmod(filepath.Join(dir, "locked"), 0o000))
	do(os.Chmod(filepath.Join(dir, "ro"), 0o555))
	do(filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(p, testUID, testUID)
	}))
	old := time.Unix(1e9, 0)
	do(os.Chtimes(filepath.Join(dir, "g"), old, old))
}

type pick struct{ *rand.Rand }

func (p pick) one(list ...string) string { return list[p.IntN(len(list))] }

func (p pick) path() string {
	var parts []string
	for range 1 + p.IntN(4) {
		parts = append(parts, p.one("a", "b", "c", "d", "x", "y", "z", "f", "g", "l1", "l2", "l3", "n1", "n2", "n3",
			"loop", "dangling", "locked", "in", "ro", "file", ".", "..", "a", "b", "n1"))
	}
	s := strings.Join(parts, "/")
	if p.IntN(3) == 0 {
		s = "/" + s
	}
	switch p.IntN(40) {
	case 0, 1, 2:
		s += "/"
	case 3:
		s = strings.ReplaceAll(s, "/", "//")
	case 4:
		return ""
	case 5:
		return "/"
	case 6:
		s += "/" + strings.Repeat("n", 254+p.IntN(3))
	case 7:
		s = strings.Repeat("./", 2040) + s
	}
	return s
}

// op makes one random operation.
func (p pick) op() string {
	slot := p.one("0", "1", "2", "3")
	size := p.one("0", "1", "100", "4095", "4096", "4097", "9000", "70000")
	off := p.one("-1", "-1", "0", "10", "4090", "4096", "12000", "100000")
	perm := p.one("0777", "0755", "0644", "0600", "0444", "0111", "0000", "01777", "0222")
	switch p.IntN(24) {
	case 0, 1:
		return "mkdir\t" + p.path() + "\t" + perm
	case 2:
		return "rmdir\t" + p.path()
	case 3, 4:
		return "unlink\t" + p.path()
	case 5, 6:
		return "rename\t" + p.path() + "\t" + p.path()
	case 7:
		return "link\t" + p.path() + "\t" + p.path()
	case 8:
		return "symlink\t" + p.path() + "\t" + p.path()
	case 9:
		return "chmod\t" + p.path() + "\t" + perm
	case 10:
		return "truncate\t" + p.path() + "\t" + size
	case 11:
		return "access\t" + p.path() + "\t" + p.one("0", "1", "2", "4", "5", "6", "7")
	case 12:
		return "readlink\t" + p.path()
	case 13:
		return p.one("stat\t", "lstat\t") + p.path()
	case 14, 15, 16:
		flags := p.IntN(4)
		for _, f := range []int{OCreate, OExclusive, OTruncate, OAppend, ODirectory, ONoFollow, OPath, OCreate} {
			if p.IntN(5) == 0 {
				flags |= f
			}
		}
		return fmt.Sprintf("open\t%s\t%s\t%#o\t%s", slot, p.path(), flags, perm)
	case 17:
		return "write\t" + slot + "\t" + p.one("A", "B") + "\t" + size + "\t" + off
	case 18:
		return "read\t" + slot + "\t" + size + "\t" + off
	case 19:
		return "seek\t" + slot + "\t" + p.one("0", "5", "-5", "5000", "-5000") + "\t" + p.one("0", "1", "2", "9")
	case 20:
		return "ftruncate\t" + slot + "\t" + size
	case 21:
		return "fstat\t" + slot
	case 22:
		return "list\t" + slot
	}
	return "close\t" + slot
}

func TestAgainstHost(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs the right to chroot")
	}
	seeds, each := 25, 1500
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		againstHost(t, uint64(seed), each)
	}
}

//nolint:forbidigo,gosec // it starts the test itself, on folders of its own
func againstHost(t *testing.T, seed uint64, n int) {
	t.Helper()
	lower, host := t.TempDir(), t.TempDir()
	plant(t, lower)
	plant(t, host)
	for _, d := range []string{lower, host} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := pick{rand.New(rand.NewPCG(seed, 1))}
	var ops []string
	for range n {
		ops = append(ops, p.op())
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childMark+"="+host)
	cmd.Stdin = strings.NewReader(strings.Join(ops, "\n"))
	cmd.Stderr = os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	v := newVFSTree(os.DirFS(lower), nil)
	defer v.f.Close()
	failures := 0
	for i, op := range ops {
		got := runOp(v, strings.Split(op, "\t"))
		if got != want[i] {
			shown := op
			shown = strings.ReplaceAll(shown, strings.Repeat("n", 200), "N*200")
			if len(shown) > 300 {
				shown = shown[:100] + "..." + shown[len(shown)-100:]
			}
			t.Errorf("seed %d op %d %q: %s, the host says %s", seed, i, shown, got, want[i])
			if failures++; failures > 3 {
				return
			}
		}
	}
	if v.f.used < 0 || v.f.used > 1<<24 {
		t.Errorf("the overlay takes %d bytes", v.f.used)
	}
}
