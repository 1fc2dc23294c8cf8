package paging

import (
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// TestShareFile draws one page of a file through two processes: read, read by the other, written privately,
// written through a shared mapping, evicted.
func TestShareFile(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 8, Policy: "fifo"})
	d := &disk{bytes: make([]byte, 8192), reserved: map[int64]bool{}, t: t}
	r := area.Request{Len: 8192, Prot: 3, Flags: area.MapPrivate, File: d, FileReadable: true, FileWritable: true}
	own := mustMap(t, s, r)
	r.Flags = area.MapShared
	shared := mustMap(t, s, r)
	c, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	type bill struct {
		frames              int
		reads, loads, major uint64
	}
	expect := func(what string, want bill) {
		t.Helper()
		now, _ := p.Used()
		if got := (bill{now, p.Stats.FileReads, p.Stats.Loads, p.Stats.Major}); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	s.Read(shared, b[:])
	expect("the first read", bill{1, 1, 1, 1})
	c.Read(shared, b[:])
	expect("a read by the child", bill{1, 1, 1, 1})
	c.Write(shared, []byte{7})
	expect("a shared write", bill{1, 1, 1, 1})
	if s.Read(own, b[:]); b[0] != 7 {
		t.Errorf("the private mapping reads %d", b[0])
	}
	expect("a private read", bill{1, 1, 1, 1})
	s.Write(own, []byte{8})
	expect("a private write copies", bill{2, 1, 2, 1})
	if c.Read(own, b[:]); b[0] != 7 || d.bytes[0] != 0 {
		t.Errorf("the child reads %d, the file has %d before it is written back", b[0], d.bytes[0])
	}
	if err := s.Msync(shared, 4096, SyncSync); err != nil || d.bytes[0] != 7 || p.Stats.WriteBacks != 1 {
		t.Errorf("msync: %v, %d in the file, %d write-backs", err, d.bytes[0], p.Stats.WriteBacks)
	}
	d.full = true
	if n := s.Write(shared+4096, []byte{1}); n != 0 || p.MMU.LastFault().Cause != ReadError {
		t.Errorf("a write for which there is no room: %d, %v", n, p.MMU.LastFault().Cause)
	}
}

// TestLockedStays: what is locked is never evicted, and its frames come to an end.
func TestLockedStays(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 6, SwapPages: 32, Policy: "clock"})
	at := mustMap(t, s, area.Request{Len: 12 * 4096, Prot: 3, Flags: private})
	if err := s.Mlock(at, 3*4096, false); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		s.Write(at+addr.VAddr(i*4096), []byte{byte(i)})
	}
	for i := range 3 {
		if !s.Resident(at + addr.VAddr(i*4096)) {
			t.Errorf("locked page %d is not in memory", i)
		}
	}
	if err := s.Mlock(at, 7*4096, false); err != area.EAGAIN { //nolint:errorlint // a plain Errno
		t.Errorf("more locked pages than frames: %v", err)
	}
	if err := s.MlockAll(0); err != nil || p.locks != 0 {
		t.Errorf("munlockall: %v, %d spaces with locks", err, p.locks)
	}
	s.SetLimits(area.Limits{AS: area.Unlimited, Data: 40 * 4096, Memlock: 2 * 4096})
	if err := s.Mlock(at, 3*4096, false); err != area.ENOMEM { //nolint:errorlint // a plain Errno
		t.Errorf("over RLIMIT_MEMLOCK: %v", err)
	}
	if _, err := s.Map(area.Request{Len: 4096, Prot: 3, Flags: private | area.MapLocked}); err != nil {
		t.Error(err)
	}
	if _, err := s.Map(area.Request{Len: 8192, Prot: 3, Flags: private | area.MapLocked}); err != area.EAGAIN { //nolint:errorlint // a plain Errno
		t.Errorf("MAP_LOCKED over RLIMIT_MEMLOCK: %v", err)
	}
	if _, err := s.Map(area.Request{Len: 28 * 4096, Prot: 3, Flags: private}); err != area.ENOMEM { //nolint:errorlint // a plain Errno
		t.Errorf("over RLIMIT_DATA: %v", err)
	}
	if _, err := s.Map(area.Request{Len: 1 << 40, Prot: 1, Flags: private | area.MapPopulate}); err != nil {
		t.Error(err) // and it comes back
	}
}

// TestFree: a page that was given up keeps its bytes until it is evicted, unless it is written to before.
func TestFree(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 32, Policy: "fifo"})
	at := mustMap(t, s, area.Request{Len: 8 * 4096, Prot: 3, Flags: private})
	s.Write(at, []byte{1})
	s.Write(at+4096, []byte{2})
	if err := s.Advise(at, 8192, AdviseFree); err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	if s.Read(at, b[:]); b[0] != 1 {
		t.Errorf("the bytes are gone at once: %d", b[0])
	}
	s.Write(at+4096, []byte{3})
	for i := 2; i < 8; i++ {
		s.Write(at+addr.VAddr(i*4096), []byte{9})
	}
	s.Read(at, b[:])
	first := b[0]
	if s.Read(at+4096, b[:]); first != 0 || b[0] != 3 {
		t.Errorf("after eviction: %d, %d", first, b[0])
	}
	if err := s.Advise(at, 4096, AdvisePageOut); err != nil || s.Resident(at) {
		t.Errorf("page out: %v", err)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestCoarseShared: on pages of 16 KiB shared memory obeys the rules of such pages.
func TestCoarseShared(t *testing.T) {
	_, s := newPager(t, Config{PageSize: 16384, Frames: 8, SwapPages: 8, Policy: "fifo"})
	d := &disk{bytes: make([]byte, 40000), reserved: map[int64]bool{}, t: t}
	r := area.Request{
		Len: 5000, Prot: 3, Flags: area.MapShared, File: d, FileReadable: true, FileWritable: true, Offset: 4096,
	}
	if _, err := s.Map(r); err != area.EINVAL { //nolint:errorlint // a plain Errno
		t.Errorf("an offset of 4096: %v", err)
	}
	r.Offset = 16384
	at := mustMap(t, s, r)
	if a := s.Areas()[0]; at%16384 != 0 || a.End-a.Start != 16384 {
		t.Errorf("the area is %v-%v", a.Start, a.End)
	}
	cut := area.Request{Addr: at + 4096, Len: 4096, Prot: 3, Flags: private | area.MapFixed}
	if _, err := s.Map(cut); err != area.EINVAL { //nolint:errorlint // a plain Errno
		t.Errorf("a mapping in its midst: %v", err)
	}
	if err := s.Unmap(at+4096, 4096); err != area.EINVAL { //nolint:errorlint // a plain Errno
		t.Errorf("unmapping its midst: %v", err)
	}
	if err := s.Unmap(at, 4096); err != nil || len(s.Areas()) != 0 {
		t.Errorf("unmapping its start: %v, %d areas", err, len(s.Areas()))
	}
}
