package vfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"memlab/vm/linux/errno"
)

func mustOpen(t *testing.T, f *FS, c *Context, name string, flags uint32) *File {
	t.Helper()
	file, e := f.Open(c, Path{Name: name}, flags, 0o644)
	if e != errno.OK {
		t.Fatalf("open %s: %v", name, e)
	}
	return file
}

func newTest(root fs.FS, limit int64) (*FS, *Context) {
	f := New(Config{Root: root, Limit: limit})
	return f, &Context{Cwd: f.Root()}
}

func readAll(t *testing.T, f *File) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestLimit: the overlay never takes more than its limit, and gives back what files took.
func TestLimit(t *testing.T) {
	const limit = 1 << 20
	f, c := newTest(nil, limit)
	file := mustOpen(t, f, c, "big", OCreate|OReadWrite)
	block := make([]byte, 10000)
	total := 0
	for {
		n, e := file.Write(block)
		total += n
		if e == errno.ENOSPC {
			break
		}
		if e != errno.OK {
			t.Fatal(e)
		}
		if total > 2*limit {
			t.Fatal("no limit")
		}
	}
	if _, used := f.Room(); used > limit || used < limit*9/10 {
		t.Errorf("%d bytes in use when full", used)
	}
	if e := f.Mkdir(c, nil, "d", 0o755); e == errno.OK { // a directory is smaller than a page: it may just fit
		for i := range 100000 {
			if e = f.Mkdir(c, nil, fmt.Sprint("d/", i), 0o755); e != errno.OK {
				break
			}
		}
		if e != errno.ENOSPC {
			t.Errorf("directories without end: %v", e)
		}
	}
	if e := f.Unlink(c, nil, "big"); e != errno.OK {
		t.Fatal(e)
	}
	if _, used := f.Room(); used < limit/2 {
		t.Error("the bytes of an open file went with its name")
	}
	file.Close()
	if _, used := f.Room(); used > limit/8 {
		t.Errorf("%d bytes in use after the file has gone", used)
	}
}

// TestSparse: a file's length costs nothing.
func TestSparse(t *testing.T) {
	f, c := newTest(nil, 64<<10)
	file := mustOpen(t, f, c, "s", OCreate|OReadWrite|OLargeFile)
	if e := file.Truncate(1 << 40); e != errno.OK {
		t.Fatal(e)
	}
	if n, e := file.Pwrite([]byte("end"), 1<<40-3); n != 3 || e != errno.OK {
		t.Fatal(n, e)
	}
	b := make([]byte, 8)
	if n, e := file.Pread(b, 1<<40-8); n != 8 || e != errno.OK || string(b) != "\x00\x00\x00\x00\x00end" {
		t.Errorf("%d %v %q", n, e, b)
	}
	if _, e := file.Pwrite([]byte("x"), maxSize); e != errno.EFBIG {
		t.Errorf("beyond the largest file: %v", e)
	}
	if e := file.Truncate(maxSize + 1); e != errno.EFBIG {
		t.Errorf("truncate beyond the largest file: %v", e)
	}
}

// TestCopyUp: writing into a file of the host's changes what the guest reads, everywhere, and nothing on
// the host.
func TestCopyUp(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	text := strings.Repeat("0123456789abcdef", 1024)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, c := newTest(os.DirFS(dir), 0)
	defer f.Close()
	reader := mustOpen(t, f, c, "f", OReadOnly)
	writer := mustOpen(t, f, c, "f", OReadWrite)
	if _, e := writer.Pwrite([]byte("XYZ"), 5000); e != errno.OK {
		t.Fatal(e)
	}
	if e := writer.Truncate(6000); e != errno.OK {
		t.Fatal(e)
	}
	if e := writer.Truncate(7000); e != errno.OK {
		t.Fatal(e)
	}
	want := text[:5000] + "XYZ" + text[5003:6000] + strings.Repeat("\x00", 1000)
	if got := readAll(t, reader); got != want {
		t.Error("the reader does not see what was written")
	}
	if e := f.Rename(c, Path{Name: "f"}, Path{Name: "g"}, 0); e != errno.OK {
		t.Fatal(e)
	}
	if got := readAll(t, mustOpen(t, f, c, "g", OReadOnly)); got != want {
		t.Error("renaming changed the bytes")
	}
	if on, err := os.ReadFile(name); err != nil || string(on) != text {
		t.Error("the host's file has changed")
	}
}

// TestHandles: more files than may be open at once can be read, in any order.
func TestHandles(t *testing.T) {
	root := fstest.MapFS{}
	for i := range 3 * maxHandles {
		root[fmt.Sprint("f", i)] = &fstest.MapFile{Data: []byte(fmt.Sprint("text ", i))}
	}
	f, c := newTest(root, 0)
	var files []*File
	for i := range 3 * maxHandles {
		files = append(files, mustOpen(t, f, c, fmt.Sprint("f", i), OReadOnly))
	}
	for range 2 {
		for i, file := range files {
			if got := readAll(t, file); got != fmt.Sprint("text ", i) {
				t.Fatalf("file %d has %q", i, got)
			}
		}
	}
	if n := len(f.handles.open); n > maxHandles {
		t.Errorf("%d files of the host's are open", n)
	}
	files[0].Close()
	if got := readAll(t, files[0]); got != "text 0" {
		t.Errorf("a mapping of a closed file reads %q", got)
	}
}

// TestForget: looking at many files does not keep them all, and forgets no change.
func TestForget(t *testing.T) {
	f, c := newTest(wide{}, 0)
	if e := f.Chmod(c, look(t, f, c, "7/7"), 0o600); e != errno.OK {
		t.Fatal(e)
	}
	held := look(t, f, c, "5")
	f.Hold(held)
	ino := f.Stat(look(t, f, c, "9/9")).Ino
	for i := range maxNodes + 1000 {
		look(t, f, c, fmt.Sprintf("%d/%d", i%100, i))
	}
	if f.nodes > maxNodes {
		t.Errorf("%d nodes are remembered", f.nodes)
	}
	if got := f.Stat(look(t, f, c, "7/7")).Mode; got != typeReg|0o600 {
		t.Errorf("mode %o after forgetting", got)
	}
	if look(t, f, c, "5") != held {
		t.Error("a directory in use was forgotten")
	}
	if got := f.Stat(look(t, f, c, "9/9")).Ino; got != ino {
		t.Error("the inode's number has changed")
	}
}

func look(t *testing.T, f *FS, c *Context, name string) *Node {
	t.Helper()
	n, e := f.Lookup(c, nil, name, true)
	if e != errno.OK {
		t.Fatal(name, e)
	}
	return n
}

// wide is a tree with every directory and file of a number's name.
type wide struct{}

func (wide) Open(string) (fs.File, error)    { return nil, fs.ErrNotExist }
func (wide) ReadLink(string) (string, error) { return "", fs.ErrInvalid }
func (wide) Lstat(name string) (fs.FileInfo, error) {
	mode := fs.FileMode(0o644)
	if !strings.Contains(name, "/") {
		mode = fs.ModeDir | 0o755
	}
	info, err := fs.Stat(fstest.MapFS{"x": {Mode: mode}}, "x")
	return info, err
}

// TestSequential: a tree whose files can only be read from the front serves any offset.
func TestSequential(t *testing.T) {
	text := strings.Repeat("abcdefgh", 1000)
	f, c := newTest(stream{fstest.MapFS{"f": {Data: []byte(text)}}}, 0)
	file := mustOpen(t, f, c, "f", OReadOnly)
	for _, off := range []int64{4000, 0, 7999, 100, 100} {
		b := make([]byte, 10)
		n, e := file.Pread(b, off)
		want := text[off:min(off+10, 8000)]
		if e != errno.OK || string(b[:n]) != want {
			t.Errorf("at %d: %q %v, want %q", off, b[:n], e, want)
		}
	}
}

type stream struct{ fs.FS }

func (s stream) Open(name string) (fs.File, error) {
	file, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return struct{ fs.File }{file}, nil
}

// TestMounts: mounts cover what is below, cannot be removed, and renaming does not cross them.
func TestMounts(t *testing.T) {
	f, c := newTest(fstest.MapFS{"lab/under": {Data: []byte("u")}, "a": {Data: []byte("a")}}, 0)
	if e := f.Mount("/lab", fstest.MapFS{"m": {Data: []byte("m")}}, MountOverlay); e != errno.OK {
		t.Fatal(e)
	}
	if e := f.Mount("/deep/er", fstest.MapFS{"x": {Data: []byte("x")}}, MountOverlay); e != errno.OK {
		t.Fatal(e)
	}
	if e := f.Mount("/", nil, MountOverlay); e != errno.EBUSY {
		t.Errorf("mount over /: %v", e)
	}
	if e := f.Mount("/a", nil, MountOverlay); e != errno.ENOTDIR {
		t.Errorf("mount over a file: %v", e)
	}
	if e := f.Mount("/w", fstest.MapFS{}, MountWrite); e != errno.EROFS {
		t.Errorf("a tree that cannot be written: %v", e)
	}
	checks := []struct {
		what string
		got  errno.Errno
		want errno.Errno
	}{
		{"covered", second(f.Lookup(c, nil, "/lab/under", true)), errno.ENOENT},
		{"shown", second(f.Lookup(c, nil, "/lab/m", true)), errno.OK},
		{"deep", second(f.Lookup(c, nil, "/deep/er/x", true)), errno.OK},
		{"dotdot", second(f.Lookup(c, nil, "/deep/er/../../a", true)), errno.OK},
		{"rename across", f.Rename(c, Path{Name: "/a"}, Path{Name: "/lab/a"}, 0), errno.EXDEV},
		{"link across", f.Link(c, look(t, f, c, "/a"), nil, "/lab/a"), errno.EXDEV},
		{"rename the mount", f.Rename(c, Path{Name: "/lab"}, Path{Name: "/l"}, 0), errno.EBUSY},
		{"remove the mount", f.Rmdir(c, nil, "/lab"), errno.EBUSY},
		{"write into it", f.Mkdir(c, nil, "/lab/new", 0o755), errno.OK},
	}
	for _, k := range checks {
		if k.got != k.want {
			t.Errorf("%s: %v, want %v", k.what, k.got, k.want)
		}
	}
	if path, ok := f.Path(look(t, f, c, "/lab/new")); path != "/lab/new" || !ok {
		t.Errorf("path %q", path)
	}
	if f.Stat(look(t, f, c, "/lab")).Dev == f.Stat(look(t, f, c, "/")).Dev {
		t.Error("two mounts have one device number")
	}
}

func second[T any](_ T, e errno.Errno) errno.Errno { return e }

// hostRoot is a folder of the host's that can be written.
type hostRoot struct{ root *os.Root }

func (h hostRoot) file(name string, flag int, perm fs.FileMode) (WriteFile, error) {
	file, err := h.root.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return file, nil
}

type hostWrite struct {
	fs.ReadLinkFS
	hostRoot
}

func (h hostWrite) Create(name string, perm fs.FileMode) (WriteFile, error) {
	return h.file(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
}
func (h hostWrite) OpenWrite(name string) (WriteFile, error)  { return h.file(name, os.O_RDWR, 0) }
func (h hostWrite) Mkdir(name string, perm fs.FileMode) error { return h.root.Mkdir(name, perm) }
func (h hostWrite) Remove(name string) error                  { return h.root.Remove(name) }
func (h hostWrite) Rename(a, b string) error                  { return h.root.Rename(a, b) }
func (h hostWrite) Symlink(a, b string) error                 { return h.root.Symlink(a, b) }
func (h hostWrite) Link(a, b string) error                    { return h.root.Link(a, b) }
func (h hostWrite) Chmod(a string, m fs.FileMode) error       { return h.root.Chmod(a, m) }
func (h hostWrite) Chtimes(a string, at, mt time.Time) error  { return h.root.Chtimes(a, at, mt) }

// TestWriteTree: what is done below a writable mount happens on the host.
func TestWriteTree(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	links, ok := root.FS().(fs.ReadLinkFS)
	if !ok {
		t.Fatal("os.Root's FS reads no links")
	}
	f, c := newTest(nil, 0)
	defer f.Close()
	if e := f.Mount("/w", hostWrite{links, hostRoot{root}}, MountWrite); e != errno.OK {
		t.Fatal(e)
	}
	do := func(what string, e errno.Errno, want errno.Errno) {
		t.Helper()
		if e != want {
			t.Errorf("%s: %v, want %v", what, e, want)
		}
	}
	do("mkdir", f.Mkdir(c, nil, "/w/d", 0o755), errno.OK)
	do("mkdir again", f.Mkdir(c, nil, "/w/d", 0o755), errno.EEXIST)
	file := mustOpen(t, f, c, "/w/d/f", OCreate|OReadWrite)
	if n, e := file.Write([]byte("hello, host")); n != 11 || e != errno.OK {
		t.Fatal(n, e)
	}
	do("truncate", file.Truncate(5), errno.OK)
	b := make([]byte, 20)
	if n, e := file.Pread(b, 0); string(b[:n]) != "hello" || e != errno.OK {
		t.Errorf("read back %q %v", b[:n], e)
	}
	if got := file.Size(); got != 5 {
		t.Errorf("size %d", got)
	}
	file.Close()
	again := mustOpen(t, f, c, "/w/d/f", OWriteOnly|OAppend)
	if _, e := again.Write([]byte("!")); e != errno.OK {
		t.Error(e)
	}
	again.Close()
	do("rename", f.Rename(c, Path{Name: "/w/d/f"}, Path{Name: "/w/g"}, 0), errno.OK)
	if on, err := os.ReadFile(filepath.Join(dir, "g")); err != nil || string(on) != "hello!" {
		t.Errorf("on the host %q %v", on, err)
	}
	do("truncate on open", second(f.Open(c, Path{Name: "/w/g"}, OTruncate|OWriteOnly, 0)), errno.OK)
	if on, _ := os.ReadFile(filepath.Join(dir, "g")); len(on) != 0 {
		t.Errorf("on the host %q", on)
	}
	do("rename out", f.Rename(c, Path{Name: "/w/g"}, Path{Name: "/g"}, 0), errno.EXDEV)
	do("unlink", f.Unlink(c, nil, "/w/g"), errno.OK)
	do("rmdir", f.Rmdir(c, nil, "/w/d"), errno.OK)
	do("chmod", f.Chmod(c, look(t, f, c, "/w"), 0o700), errno.OK)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("on the host %v %v", info, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left on the host: %v", left)
	}
}

func TestSpecialFiles(t *testing.T) {
	f, c := newTest(fstest.MapFS{"pipe": {Mode: fs.ModeNamedPipe | 0o644}, "sock": {Mode: fs.ModeSocket | 0o644}}, 0)
	if e := f.MountDevices(func(b []byte) { copy(b, bytes.Repeat([]byte{7}, len(b))) }); e != errno.OK {
		t.Fatal(e)
	}
	for _, name := range []string{"pipe", "sock"} {
		if _, e := f.Open(c, Path{Name: name}, OReadWrite, 0); e != errno.ENXIO {
			t.Errorf("open %s: %v", name, e)
		}
	}
	for _, d := range []struct {
		name  string
		read  string
		write errno.Errno
		rdev  uint64
	}{
		{"null", "", errno.OK, 0x103},
		{"zero", "\x00\x00\x00", errno.OK, 0x105},
		{"full", "\x00\x00\x00", errno.ENOSPC, 0x107},
		{"urandom", "\x07\x07\x07", errno.OK, 0x109},
	} {
		file := mustOpen(t, f, c, "/dev/"+d.name, OReadWrite)
		b := make([]byte, 3)
		n, e := file.Read(b)
		if e != errno.OK || string(b[:n]) != d.read {
			t.Errorf("%s reads %q %v", d.name, b[:n], e)
		}
		if _, e := file.Write([]byte("abc")); e != d.write {
			t.Errorf("%s written: %v", d.name, e)
		}
		if s := file.Stat(); s.Rdev != d.rdev || s.Mode != typeChr|0o666 {
			t.Errorf("%s: %+v", d.name, s)
		}
	}
}

func TestPipe(t *testing.T) {
	f, _ := newTest(nil, 0)
	r, w := f.Pipe(0)
	b := make([]byte, 10)
	if _, e := r.Read(b); e != errno.EAGAIN {
		t.Errorf("empty: %v", e)
	}
	big := make([]byte, 70000)
	if n, e := w.Write(big); n != PipeSize || e != errno.OK {
		t.Errorf("filled with %d %v", n, e)
	}
	if _, e := w.Write([]byte("x")); e != errno.EAGAIN {
		t.Errorf("full: %v", e)
	}
	if n, e := r.Read(b); n != 10 || e != errno.OK {
		t.Error(n, e)
	}
	if _, e := w.Write(make([]byte, 11)); e != errno.EAGAIN {
		t.Errorf("a small write was split: %v", e)
	}
	if n, _ := r.Buffered(); n != PipeSize-10 {
		t.Errorf("%d wait", n)
	}
	w.Close()
	for n := 1; n > 0; {
		n, _ = r.Read(big)
	}
	if n, e := r.Read(b); n != 0 || e != errno.OK {
		t.Errorf("end: %d %v", n, e)
	}
	r, w = f.Pipe(0)
	r.Close()
	if _, e := w.Write(b); e != errno.EPIPE {
		t.Errorf("nobody reads: %v", e)
	}
}

func TestStreams(t *testing.T) {
	f, _ := newTest(nil, 0)
	var out bytes.Buffer
	in := f.OpenStream(Stream{}, strings.NewReader("in"), nil, OReadOnly)
	w := f.OpenStream(Stream{}, nil, &out, OWriteOnly)
	broken := f.OpenStream(Stream{}, nothing{}, failing{}, OReadWrite)
	b := make([]byte, 10)
	if n, e := in.Read(b); string(b[:n]) != "in" || e != errno.OK {
		t.Errorf("%q %v", b[:n], e)
	}
	if n, e := in.Read(b); n != 0 || e != errno.OK {
		t.Error(n, e)
	}
	if _, e := in.Write(b); e != errno.EBADF {
		t.Error(e)
	}
	if n, e := w.Write([]byte("out")); n != 3 || e != errno.OK || out.String() != "out" {
		t.Error(n, e, out.String())
	}
	if _, e := w.Lseek(0, SeekSet); e != errno.ESPIPE {
		t.Error(e)
	}
	if _, e := broken.Read(b); e != errno.EIO {
		t.Errorf("a reader that gives nothing: %v", e)
	}
	if _, e := broken.Write(b); e != errno.EPIPE {
		t.Errorf("a closed pipe: %v", e)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("host: %w", io.ErrClosedPipe) }

func TestOpenExec(t *testing.T) {
	f := New(Config{Root: fstest.MapFS{
		"bin/prog": {Data: []byte("code"), Mode: 0o755}, "bin/text": {Data: []byte("text"), Mode: 0o644},
		"link": {Data: []byte("bin/prog"), Mode: fs.ModeSymlink | 0o777},
	}, Cred: Cred{UID: 1000, GID: 1000}})
	c := &Context{Cwd: f.Root(), Cred: Cred{UID: 1000, GID: 1000}}
	root := &Context{Cwd: f.Root()}
	for _, tt := range []struct {
		c    *Context
		path string
		want errno.Errno
	}{
		{c, "/bin/prog", errno.OK},
		{c, "bin/prog", errno.OK},
		{c, "link", errno.OK},
		{c, "/bin/text", errno.EACCES},
		{root, "/bin/text", errno.EACCES},
		{root, "/bin/prog", errno.OK},
		{c, "/bin", errno.EACCES},
		{c, "/nothing", errno.ENOENT},
		{c, "/bin/prog/x", errno.ENOTDIR},
		{c, "", errno.ENOENT},
		{c, strings.Repeat("x", 256), errno.ENAMETOOLONG},
		{c, strings.Repeat("x/", 2048), errno.ENAMETOOLONG},
	} {
		file, e := f.OpenExec(tt.c, tt.path)
		if e != tt.want {
			t.Errorf("%q: %v, want %v", tt.path, e, tt.want)
		}
		if file != nil {
			if tt.path == "link" && file.Path() != "/bin/prog" {
				t.Errorf("the link leads to %s", file.Path())
			}
			if _, e := f.Open(c, Path{Name: "/bin/prog"}, OWriteOnly, 0); e != errno.ETXTBSY {
				t.Errorf("writing a running program: %v", e)
			}
			file.Close()
		}
	}
	w := mustOpen(t, f, c, "/bin/prog", OWriteOnly)
	if _, e := f.OpenExec(c, "/bin/prog"); e != errno.ETXTBSY {
		t.Errorf("running a file that is open for writing: %v", e)
	}
	w.Close()
}

// TestNoEscape: no path leads out of the root, whatever links say.
func TestNoEscape(t *testing.T) {
	outer := t.TempDir()
	inner := filepath.Join(outer, "root")
	if err := errors.Join(
		os.Mkdir(inner, 0o750), os.WriteFile(filepath.Join(outer, "secret"), []byte("s"), 0o600),
		os.Symlink("../secret", filepath.Join(inner, "up")),
		os.Symlink(filepath.Join(outer, "secret"), filepath.Join(inner, "abs")),
		os.Symlink("../../../../../..", filepath.Join(inner, "dirs")),
	); err != nil {
		t.Fatal(err)
	}
	f, c := newTest(os.DirFS(inner), 0)
	for _, name := range []string{"up", "abs", "../secret", "/../secret", "dirs/secret", "dirs/" + outer + "/secret"} {
		if _, e := f.Open(c, Path{Name: name}, OReadOnly, 0); e != errno.ENOENT {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// FuzzOps runs operations that the input chooses on a tree over nothing, and checks that what the files
// take is given back when they are gone.
func FuzzOps(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03"))
	f.Add([]byte("mkdir rename unlink open write close link symlink"))
	f.Fuzz(func(t *testing.T, in []byte) {
		v := newVFSOps(t)
		for len(in) >= 4 {
			v.do(in[0], in[1], in[2], in[3])
			in = in[4:]
		}
		v.finish()
	})
}

type vfsOps struct {
	t    *testing.T
	f    *FS
	c    *Context
	open []*File
}

func newVFSOps(t *testing.T) *vfsOps {
	t.Helper()
	f, c := newTest(fstest.MapFS{"a/x": {Data: make([]byte, 9000)}, "b": {Data: []byte("b")}}, 1<<18)
	return &vfsOps{t: t, f: f, c: c}
}

func (v *vfsOps) name(b byte) string {
	parts := []string{"a", "b", "x", "..", "n", ".", "/", "m"}
	return parts[b&7] + "/" + parts[b>>3&7] + []string{"", "/", "/x", "/n"}[b>>6]
}

func (v *vfsOps) do(op, a, b, n byte) {
	f, c := v.f, v.c
	switch op % 10 {
	case 0:
		_ = f.Mkdir(c, nil, v.name(a), 0o755)
	case 1:
		_ = f.Rename(c, Path{Name: v.name(a)}, Path{Name: v.name(b)}, 0)
	case 2:
		_ = f.Unlink(c, nil, v.name(a))
	case 3:
		_ = f.Rmdir(c, nil, v.name(a))
	case 4:
		_ = f.Symlink(c, v.name(a), nil, v.name(b))
	case 5:
		if file, e := f.Open(c, Path{Name: v.name(a)}, uint32(b)&3|OCreate, 0o644); e == errno.OK {
			v.open = append(v.open, file)
		}
	case 6:
		if len(v.open) > 0 {
			_, _ = v.open[int(a)%len(v.open)].Pwrite(make([]byte, int(b)*20), int64(n)*500)
		}
	case 7:
		if len(v.open) > 0 {
			_ = v.open[int(a)%len(v.open)].Truncate(int64(b) * 300)
		}
	case 8:
		if len(v.open) > 0 {
			v.open[0].Close()
			v.open = v.open[1:]
		}
	case 9:
		if node, e := f.Lookup(c, nil, v.name(a), false); e == errno.OK {
			_ = f.Link(c, node, nil, v.name(b))
		}
	}
	if limit, used := f.Room(); used < 0 || used > limit {
		v.t.Fatalf("%d of %d in use", used, limit)
	}
}

// finish removes everything: the overlay must be empty then.
func (v *vfsOps) finish() {
	for _, file := range v.open {
		file.Close()
	}
	v.clean(v.f.root, "/", 0)
	if _, used := v.f.Room(); used != 0 {
		v.t.Fatalf("%d bytes in use when everything is gone", used)
	}
}

func (v *vfsOps) clean(d *Node, name string, depth int) {
	if depth > 1000 {
		v.t.Fatal("a tree without end")
	}
	entries, e := v.f.list(d)
	if e != errno.OK {
		v.t.Fatal(name, e)
	}
	for _, x := range entries[2:] {
		c := &Context{Cwd: d}
		n, e := v.f.Lookup(c, nil, x.Name, false)
		if e != errno.OK {
			v.t.Fatal(x.Name, e)
		}
		if n.IsDir() {
			v.clean(n, x.Name, depth+1)
			e = v.f.Rmdir(c, nil, x.Name)
		} else {
			e = v.f.Unlink(c, nil, x.Name)
		}
		if e != errno.OK {
			v.t.Fatal(x.Name, e)
		}
	}
}
