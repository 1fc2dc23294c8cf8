package paging

import (
	"bytes"
	"errors"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/swap"
)

var errDisk = errors.New("the disk is broken")

// TestSwapFails breaks the disk, and mends it: what fails says so, and nothing is lost.
func TestSwapFails(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 3, SwapPages: 8, Policy: "fifo"})
	disk := &swap.Failing{Store: swap.NewMemory(4096), Reads: -1, Writes: -1, Err: errDisk}
	p.swap = swap.New(disk, 8)
	base := mustMap(t, s, area.Request{Len: 8 * 4096, Prot: 3, Flags: private})
	page := func(i int) addr.VAddr { return base + addr.VAddr(i*4096) }
	for i := range 5 {
		if s.Write(page(i), []byte{byte(i + 1)}) != 1 {
			t.Fatal(p.MMU.LastFault())
		}
	}
	for _, c := range []struct {
		name          string
		reads, writes int
		va            addr.VAddr
		cause         Cause
	}{
		{"write", -1, 0, page(5), WriteError},
		{"write of the page that makes room for one in swap", -1, 0, page(0), WriteError},
		{"read", 0, -1, page(0), ReadError},
		{"read again", 0, -1, page(1), ReadError},
	} {
		disk.Reads, disk.Writes = c.reads, c.writes
		if _, ok := p.MMU.Translate(c.va, addr.Read); ok || p.MMU.LastFault().Cause != c.cause {
			t.Errorf("%s: %v, %+v; want %s", c.name, ok, p.MMU.LastFault(), c.cause)
		}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	disk.Reads = 0
	if n := s.Peek(base, make([]byte, 4096)); n != 0 {
		t.Errorf("Peek reads %d bytes from a broken disk", n)
	}
	if n := s.Poke(base, []byte{7}); n != 0 {
		t.Errorf("Poke writes %d bytes with a broken disk", n)
	}
	disk.Reads, disk.Writes = -1, -1
	for i := range 5 {
		var b [1]byte
		if s.Read(page(i), b[:]) != 1 || b[0] != byte(i+1) {
			t.Errorf("page %d reads %d after the disk was mended: %+v", i, b[0], p.MMU.LastFault())
		}
	}
	s.Destroy()
	if now, _ := p.Used(); now != 0 || p.SwapUsed() != 0 {
		t.Errorf("%d frames and %d slots are left", now, p.SwapUsed())
	}
}

// brokenFile is longer than what can be read of it.
type brokenFile struct{ bytesFile }

func (brokenFile) Size() int64 { return 3 * 4096 }

func TestFileFails(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, Policy: "fifo"})
	base := mustMap(t, s, area.Request{
		Len: 3 * 4096, Prot: 3, Flags: area.MapPrivate, File: brokenFile{newFile(4096 + 5)}, FileReadable: true,
	})
	for i, want := range []bool{true, false, false} {
		_, ok := p.MMU.Translate(base+addr.VAddr(i*4096), addr.Write)
		if ok != want || !ok && p.MMU.LastFault().Cause != ReadError {
			t.Errorf("page %d: %v, %s", i, ok, p.MMU.LastFault().Cause)
		}
	}
	if now, _ := p.Used(); now != 1 || p.Stats.Loads != 1 || p.Stats.FileReads != 1 {
		t.Errorf("%d frames in use, %+v", now, p.Stats)
	}
	if n := s.Peek(base, make([]byte, 3*4096)); n != 4096 {
		t.Errorf("Peek reads %d bytes, want one page", n)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestTablesRunOut maps a page in every gigabyte until there is no memory for page tables.
func TestTablesRunOut(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 64, Policy: "lru"})
	p.Mem.Tables.Limit = p.Mem.Tables.InUse() + 4096 + 2*5*4096 // one of level 3, five of levels 2 and 1
	wrote := 0
	for i := range 8 {
		va := addr.VAddr(i+1) << 30
		mustMap(t, s, area.Request{Addr: va, Len: 4096, Prot: 3, Flags: private | area.MapFixed})
		if s.Write(va, []byte{1}) == 1 {
			wrote++
		} else if got := p.MMU.LastFault().Cause; got != NoTables {
			t.Errorf("page %d: %s", i, got)
		}
	}
	if err := p.Check(); wrote != 5 || err != nil {
		t.Errorf("%d pages, %v", wrote, err)
	}
	// A page that cannot be moved for want of tables is an error, and leaves nothing behind.
	if _, err := s.Remap(1<<30, 4096, 4096, area.RemapMayMove|area.RemapFixed, 64<<30); !errors.Is(err, area.ENOMEM) {
		t.Errorf("mremap: %v", err)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestSharedMemoryEnds grows an area of shared anonymous memory past its object: the pages there are SIGBUS.
func TestSharedMemoryEnds(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 8, Policy: "fifo"})
	const shared = area.MapShared | area.MapAnonymous
	base := mustMap(t, s, area.Request{Len: 2 * 4096, Prot: 3, Flags: shared})
	base, err := s.Remap(base, 2*4096, 4*4096, area.RemapMayMove, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, false} {
		_, ok := p.MMU.Translate(base+addr.VAddr(i*4096), addr.Write)
		if ok != want || !ok && p.MMU.LastFault().Cause != PastEOF {
			t.Errorf("page %d: %v, %s", i, ok, p.MMU.LastFault().Cause)
		}
	}
	if s.Write(base, []byte("kept")) != 4 || s.DontNeed(base, 4096) != nil {
		t.Fatal(p.MMU.LastFault())
	}
	var b [4]byte
	if s.Read(base, b[:]); string(b[:]) != "kept" {
		t.Errorf("MADV_DONTNEED of shared memory leaves %q", b)
	}
}

func TestDontNeed(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 8, Policy: "fifo"})
	base := mustMap(t, s, area.Request{Addr: 0x400000, Len: 2 * 4096, Prot: 3, Flags: private | area.MapFixed})
	file := newFile(4096)
	fileAt := mustMap(t, s, area.Request{
		Addr: base + 4*4096, Len: 4096, Prot: 3, Flags: area.MapPrivate | area.MapFixed, File: file, FileReadable: true,
	})
	locked := mustMap(t, s, area.Request{
		Addr: 0x500000, Len: 4096, Prot: 3, Flags: private | area.MapFixed | area.MapLocked,
	})
	for _, c := range []struct {
		name   string
		at     addr.VAddr
		length uint64
		want   error
	}{
		{"one page", base, 1, nil},
		{"nothing", base, 0, nil},
		{"unaligned", base + 1, 4096, area.EINVAL},
		{"wraps", base, 1<<64 - 1, area.EINVAL},
		{"across a hole", base, 5 * 4096, area.ENOMEM},
		{"a hole", 0x700000, 4096, area.ENOMEM},
		{"locked", locked, 4096, area.EINVAL},
	} {
		s.Write(base, []byte{1})
		s.Write(fileAt, []byte{0xee})
		if err := s.DontNeed(c.at, c.length); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	want, got := make([]byte, 4096), make([]byte, 4096)
	if _, err := file.ReadAt(want, 0); err != nil {
		t.Fatal(err)
	}
	if s.DontNeed(fileAt, 4096) != nil || s.Read(fileAt, got) != 4096 || !bytes.Equal(got, want) {
		t.Errorf("the file's page is %x", got[:8])
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestNothingGathers maps, touches and unmaps at ever new places.
func TestNothingGathers(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 8, Policy: "fifo"})
	for i := range 200 {
		va := addr.VAddr(0x400000 + i*0x3000)
		mustMap(t, s, area.Request{Addr: va, Len: 0x2000, Prot: 3, Flags: private | area.MapFixed})
		s.Write(va, make([]byte, 0x2000))
		if got := s.Page(p.Mem.Size().PageOf(va)).Faults; got != 1 {
			t.Errorf("%d faults on %s", got, va)
		}
		if err := s.Unmap(va, 0x2000); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.faults) != 0 {
		t.Errorf("fault counts of %d pages that are not mapped", len(s.faults))
	}
}
