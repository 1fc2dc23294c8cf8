package vfs

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"memlab/vm/linux/errno"
)

// toldFS is a tree whose files tell what a host's stat(2) says.
type toldFS struct {
	fstest.MapFS
	stat HostStat
}

type toldFile struct {
	fs.FileInfo
	stat *HostStat
}

func (f toldFile) Sys() any { return f.stat }

func (t toldFS) Lstat(name string) (fs.FileInfo, error) {
	info, err := fs.Lstat(t.MapFS, name)
	return toldFile{info, &t.stat}, err
}

func (t toldFS) ReadLink(name string) (string, error) { return fs.ReadLink(t.MapFS, name) }

func (t toldFS) List(string) ([]fs.DirEntry, error) { // z before a, as a host may have it
	var out []fs.DirEntry
	for _, name := range []string{"z", "a"} {
		info, err := t.Lstat(name)
		if err != nil {
			return nil, err
		}
		out = append(out, fs.FileInfoToDirEntry(info))
	}
	return out, nil
}

// TestHostStat: a file of the host's shows what it is there, whoever asks may use it as its owner, and what
// the
// guest has changed is the overlay's.
func TestHostStat(t *testing.T) {
	host := HostStat{
		Dev: 0xfe00, Ino: 77, Nlink: 3, Owner: Cred{UID: 0, GID: 42}, Blksize: 4096, Blocks: 24, Atime: 5e9,
		Ctime: 7e9,
	}
	f, c := newTest(toldFS{fstest.MapFS{
		".": {Mode: fs.ModeDir | 0o755}, "a": {Data: []byte("text"), Mode: 0o600, ModTime: time.Unix(6, 0)},
		"z": {Mode: 0o644},
	}, host}, 0)
	c.Cred = Cred{UID: 1000, GID: 1000}
	n := look(t, f, c, "/a")
	want := Stat{
		Dev: 0xfe00, Ino: 77, Mode: typeReg | 0o600, Nlink: 3, Owner: Cred{UID: 0, GID: 42}, Size: 4,
		Blksize: 4096, Blocks: 24,
		Atime: 5e9, Mtime: 6e9, Ctime: 7e9, Mount: firstMount,
	}
	if got := f.Stat(n); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	file := mustOpen(t, f, c, "/a", OReadWrite)
	if got := f.Stat(n); got != want {
		t.Errorf("opened: got %+v", got)
	}
	if _, e := file.Pwrite([]byte("more"), 4); e != errno.OK {
		t.Fatal(e)
	}
	if got := f.Stat(n); got.Size != 8 || got.Blocks != 8 || got.Ino != 77 {
		t.Errorf("written: %+v", got)
	}
	if e := f.Mknod(c, Path{Name: "/new"}, typeReg|0o644); e != errno.OK {
		t.Fatal(e)
	}
	if got := f.Stat(look(t, f, c, "/new")); got.Dev != 0xfe00 || got.Owner.UID != 1000 || got.Blocks != 0 {
		t.Errorf("new: %+v", got)
	}
	entries, e := f.list(f.Root())
	if e != errno.OK || len(entries) != 5 || entries[2].Name != "z" || entries[3].Name != "a" ||
		entries[4].Name != "new" {
		t.Errorf("%v %v", entries, e)
	}
}

func TestExchange(t *testing.T) {
	f, c := newTest(fstest.MapFS{"a": {Data: []byte("A")}, "d/b": {Data: []byte("B")}}, 0)
	if e := f.Rename(c, Path{Name: "/a"}, Path{Name: "/d"}, RenameExchange); e != errno.OK {
		t.Fatal(e)
	}
	for name, want := range map[string]string{"/a/b": "B", "/d": "A"} {
		if got := string(content2(t, f, c, name)); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
	for _, k := range []struct {
		from, to string
		flags    uint32
		want     errno.Errno
	}{
		{"/a", "/none", RenameExchange, errno.ENOENT},
		{"/a", "/a/b", RenameExchange, errno.EINVAL},
		{"/a/b", "/a", RenameExchange, errno.EINVAL},
		{"/a", "/d", RenameExchange | RenameNoReplace, errno.EINVAL},
	} {
		if e := f.Rename(c, Path{Name: k.from}, Path{Name: k.to}, k.flags); e != k.want {
			t.Errorf("%s and %s: %v, want %v", k.from, k.to, e, k.want)
		}
	}
}

func content2(t *testing.T, f *FS, c *Context, name string) []byte {
	t.Helper()
	file := mustOpen(t, f, c, name, OReadOnly)
	defer file.Close()
	b := make([]byte, 100)
	n, _ := file.Read(b)
	return b[:n]
}

// TestNameless: a file of O_TMPFILE is in no directory until it is linked, unless it was opened with
// O_EXCL.
func TestNameless(t *testing.T) {
	f, c := newTest(fstest.MapFS{"d/x": {}}, 0)
	_, before := f.Room()
	file := mustOpen(t, f, c, "/d", OTmpFile|ODirectory|OReadWrite)
	if _, e := file.Write([]byte("hidden")); e != errno.OK {
		t.Fatal(e)
	}
	if got := f.Stat(file.Node()); got.Nlink != 0 || got.Size != 6 {
		t.Errorf("%+v", got)
	}
	if e := f.Link(c, file.Node(), nil, "/d/shown"); e != errno.OK {
		t.Error(e)
	}
	if got := string(content2(t, f, c, "/d/shown")); got != "hidden" {
		t.Errorf("%q", got)
	}
	file.Close()
	if e := f.Unlink(c, nil, "/d/shown"); e != errno.OK {
		t.Error(e)
	}
	own := mustOpen(t, f, c, "/d", OTmpFile|ODirectory|OReadWrite|OExclusive)
	if e := f.Link(c, own.Node(), nil, "/d/shown"); e != errno.ENOENT {
		t.Errorf("linked: %v", e)
	}
	_, _ = own.Write([]byte("x"))
	own.Close()
	if _, after := f.Room(); after != before {
		t.Errorf("%d bytes of the overlay are not given back", after-before)
	}
}

// TestNamedPipe: both ends of a pipe with a name meet, and its bytes go with the last of them.
func TestNamedPipe(t *testing.T) {
	f, c := newTest(nil, 0)
	if e := f.Mknod(c, Path{Name: "/p"}, typeFifo|0o644); e != errno.OK {
		t.Fatal(e)
	}
	if _, e := f.Open(c, Path{Name: "/p"}, OWriteOnly|ONonBlock, 0); e != errno.ENXIO {
		t.Errorf("a writer without a reader: %v", e)
	}
	r := mustOpen(t, f, c, "/p", OReadOnly)
	met := r.Partner()
	if met() {
		t.Error("there is no writer yet")
	}
	w := mustOpen(t, f, c, "/p", OWriteOnly)
	if !met() || !w.Partner()() {
		t.Error("both ends are open")
	}
	if n, e := w.Write([]byte("through")); n != 7 || e != errno.OK {
		t.Error(n, e)
	}
	w.Close()
	b := make([]byte, 20)
	if n, e := r.Read(b); string(b[:n]) != "through" || e != errno.OK {
		t.Errorf("%q %v", b[:n], e)
	}
	if n, e := r.Read(b); n != 0 || e != errno.OK {
		t.Errorf("the end: %d %v", n, e)
	}
	both := mustOpen(t, f, c, "/p", OReadWrite)
	_, _ = both.Write([]byte("left"))
	both.Close()
	r.Close()
	again := mustOpen(t, f, c, "/p", OReadWrite|ONonBlock)
	if _, e := again.Read(b); e != errno.EAGAIN {
		t.Errorf("what was left is still there: %v", e)
	}
}

func TestTimesAndZero(t *testing.T) {
	f, c := newTest(fstest.MapFS{"a": {Data: []byte("0123456789")}}, 0)
	n := look(t, f, c, "/a")
	if e := f.SetTimes(c, n, 3, KeepTime, false); e != errno.OK {
		t.Fatal(e)
	}
	if s := f.Stat(n); s.Atime != 3 || s.Mtime == 3 {
		t.Errorf("%+v", s)
	}
	file := mustOpen(t, f, c, "/a", OReadWrite)
	if e := file.Zero(2, 3); e != errno.OK {
		t.Fatal(e)
	}
	if got := string(content2(t, f, c, "/a")); got != "01\x00\x00\x0056789" {
		t.Errorf("%q", got)
	}
	if e := file.Zero(8, 1<<40); e != errno.OK || file.Size() != 10 {
		t.Errorf("%v, size %d", e, file.Size())
	}
}
