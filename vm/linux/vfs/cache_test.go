package vfs

import (
	"fmt"
	"testing"

	"memlab/vm/linux/errno"
)

// told writes down what a page cache is told.
type told struct{ log []string }

func (c *told) add(format string, args ...any)     { c.log = append(c.log, fmt.Sprintf(format, args...)) }
func (c *told) Sync(_ any, off, n int64)           { c.add("sync %d %d", off, n) }
func (c *told) Written(_ any, off int64, b []byte) { c.add("written %d %s", off, b) }
func (c *told) Resized(_ any, from, to int64)      { c.add("resized %d %d", from, to) }
func (c *told) Punched(_ any, off, n int64)        { c.add("punched %d %d", off, n) }
func (c *told) Fsync(any) bool                     { c.add("fsync"); return true }
func (c *told) expect(t *testing.T, what, want string) {
	t.Helper()
	if got := fmt.Sprint(c.log); got != want {
		t.Errorf("%s: the page cache is told %s, want %s", what, got, want)
	}
	c.log = nil
}

// TestPageCacheIsTold: reads, writes and changes of length reach the page cache, what mappings write back does not.
func TestPageCacheIsTold(t *testing.T) {
	cache := &told{}
	f := New(Config{Cache: cache})
	c := &Context{Cwd: f.Root()}
	file, e := f.Open(c, Path{Name: "/f"}, OCreate|OReadWrite, 0o600)
	if e != errno.OK {
		t.Fatal(e)
	}
	other, _ := f.Open(c, Path{Name: "/f"}, OReadOnly, 0)
	if file.Identity() != other.Identity() {
		t.Error("two opens of one file have different identities")
	}
	_, _ = file.Write([]byte("abc"))
	cache.expect(t, "a write", "[resized 0 3 written 0 abc]")
	_, _ = file.Pwrite([]byte("x"), 1)
	cache.expect(t, "a write within", "[written 1 x]")
	_, _ = other.Pread(make([]byte, 2), 1)
	cache.expect(t, "a read", "[sync 1 2]")
	_ = file.Truncate(8192)
	cache.expect(t, "ftruncate", "[resized 3 8192]")
	_ = file.Zero(4096, 4096)
	cache.expect(t, "a hole", "[punched 4096 4096]")
	if err := other.Reserve(4096, 4096); err != nil {
		t.Error(err)
	}
	if err := other.WriteBack([]byte("back"), 4096); err != nil {
		t.Error(err)
	}
	b := make([]byte, 4)
	_, _ = file.ReadAt(b, 4096)
	cache.expect(t, "what comes back", "[]")
	if string(b) != "back" {
		t.Errorf("the file has %q", b)
	}
	_ = file.Fsync()
	_ = f.Unlink(c, nil, "/f")
	file.Hold() // a mapping
	file.Close()
	other.Close()
	cache.expect(t, "closed, but mapped", "[fsync]")
	file.Close()
	cache.expect(t, "gone", "[resized 8192 0]")
	if _, used := f.Room(); used != 0 {
		t.Errorf("%d bytes are left", used)
	}
}

// TestSeals: a memory file takes what its seals allow.
func TestSeals(t *testing.T) {
	f := New(Config{})
	m, e := f.Memory(&Context{Cwd: f.Root()}, "m", 0o777, true)
	if e != errno.OK || m.Path() != "/memfd:m (deleted)" {
		t.Fatal(e, m.Path())
	}
	check := func(what string, got, want errno.Errno) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("truncate", m.Truncate(100), errno.OK)
	check("a seal against growing", m.AddSeals(SealGrow, true), errno.OK)
	check("growing", m.Truncate(101), errno.EPERM)
	n, e := m.Pwrite(make([]byte, 10), 95)
	if n != 5 {
		t.Errorf("%d bytes go to the end", n)
	}
	check("a write over the end", e, errno.OK)
	_, e = m.Pwrite([]byte{1}, 100)
	check("a write behind the end", e, errno.EPERM)
	check("a seal against writing while mapped", m.AddSeals(SealWrite, true), errno.EBUSY)
	check("a seal against writing", m.AddSeals(SealWrite, false), errno.OK)
	_, e = m.Pwrite([]byte{1}, 0)
	check("writing", e, errno.EPERM)
	check("a hole", m.Zero(0, 10), errno.EPERM)
	check("shrinking", m.Truncate(1), errno.OK)
	check("the last seal", m.AddSeals(SealSeal|SealShrink, false), errno.OK)
	check("shrinking", m.Truncate(0), errno.EPERM)
	check("one more", m.AddSeals(SealGrow, false), errno.EPERM)
	if seals, e := m.Seals(); seals != SealSeal|SealShrink|SealGrow|SealWrite || e != errno.OK {
		t.Errorf("%#x %v", seals, e)
	}
	plain, _ := f.Memory(&Context{Cwd: f.Root()}, "p", 0o777, false)
	check("a seal of what cannot be sealed", plain.AddSeals(SealGrow, false), errno.EPERM)
}
