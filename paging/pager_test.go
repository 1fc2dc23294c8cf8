package paging

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
)

// bytesFile is a file whose content is a slice.
type bytesFile struct{ *bytes.Reader }

func (f bytesFile) Size() int64 { return f.Reader.Size() }
func (bytesFile) Path() string  { return "/lab/file" }

func newFile(n int) bytesFile {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i>>8 ^ i)
	}
	return bytesFile{bytes.NewReader(b)}
}

func newPager(tb testing.TB, c Config) (*Pager, *AddressSpace) {
	tb.Helper()
	c.Table.Levels, c.TLB, c.ASIDs, c.Seed = 4, TLBConfig{Entries: 8, Ways: 2}, true, 1
	p, err := NewPager(c, &event.Bus{})
	if err != nil {
		tb.Fatal(err)
	}
	s, err := p.NewSpace(area.Linux618(8 << 20))
	if err != nil {
		tb.Fatal(err)
	}
	s.Window = 1
	p.MMU.Switch(s)
	p.AfterFault = func() error {
		if err := p.Check(); err != nil {
			tb.Fatal(err)
		}
		return nil
	}
	return p, s
}

const private = area.MapPrivate | area.MapAnonymous

func mustMap(tb testing.TB, s *AddressSpace, r area.Request) addr.VAddr {
	tb.Helper()
	va, err := s.Map(r)
	if err != nil {
		tb.Fatalf("Map(%+v): %v", r, err)
	}
	return va
}

// TestFaultCounts compares a live pager with the textbook: a list of pages and nothing else.
func TestFaultCounts(t *testing.T) {
	for _, policy := range []string{"fifo", "lru"} {
		for _, frames := range []int{2, 3, 7, 16} {
			t.Run(fmt.Sprint(policy, frames), func(t *testing.T) {
				p, s := newPager(t, Config{PageSize: 4096, Frames: frames, SwapPages: 100, Policy: policy})
				base := mustMap(t, s, area.Request{Len: 24 * 4096, Prot: 3, Flags: private})
				p.Stats = PagerStats{}
				rnd := rand.New(rand.NewPCG(1, uint64(frames)))
				var resident []addr.VAddr
				faults := uint64(0)
				for range 3000 {
					page := base + addr.VAddr(rnd.IntN(24)&rnd.IntN(24))*4096
					access := addr.Access(rnd.IntN(2))
					if _, ok := p.MMU.Translate(page+8, access); !ok {
						t.Fatal(p.MMU.LastFault())
					}
					hit := -1
					for i, r := range resident {
						if r == page {
							hit = i
						}
					}
					switch {
					case hit < 0:
						faults++
						if len(resident) == frames {
							resident = resident[1:]
						}
						resident = append(resident, page)
					case policy == "lru":
						resident = append(append(resident[:hit:hit], resident[hit+1:]...), page)
					}
				}
				if p.Stats.Loads != faults || p.Stats.Faults != faults {
					t.Errorf("%d loads, %d faults; the textbook has %d", p.Stats.Loads, p.Stats.Faults, faults)
				}
			})
		}
	}
}

// TestBytesSurvive writes and reads at random, through evictions and swap, and compares with a plain slice.
func TestBytesSurvive(t *testing.T) {
	for _, size := range []addr.PageSize{512, 4096, 16384, 65536} {
		for _, policy := range []string{"fifo", "lru", "clock", "random"} {
			t.Run(fmt.Sprint(policy, size), func(t *testing.T) {
				p, s := newPager(t, Config{PageSize: size, Frames: 5, SwapPages: 1000, Policy: policy})
				file := newFile(3*4096 + 100)
				model := make([]byte, 32*4096)
				base := mustMap(t, s, area.Request{Len: uint64(len(model)), Prot: 3, Flags: private})
				fileAt := base + 5*4096
				mustMap(t, s, area.Request{
					Addr: fileAt, Len: 4 * 4096, Prot: 3, Flags: area.MapPrivate | area.MapFixed, File: file,
					FileReadable: true,
				})
				if _, err := file.ReadAt(model[5*4096:5*4096+file.Size()], 0); err != nil {
					t.Fatal(err)
				}
				rnd := rand.New(rand.NewPCG(2, uint64(size)))
				for range 2000 {
					at, n := rnd.IntN(len(model)-64), 1+rnd.IntN(64)
					va := base + addr.VAddr(at)
					if rnd.IntN(2) == 0 {
						got := make([]byte, n)
						if s.Read(va, got) != n || !bytes.Equal(got, model[at:at+n]) {
							t.Fatalf("read %s+%#x: got %x, want %x", base, at, got, model[at:at+n])
						}
						continue
					}
					for i := range n {
						model[at+i] = byte(rnd.Uint32())
					}
					if s.Write(va, model[at:at+n]) != n {
						t.Fatal(p.MMU.LastFault())
					}
				}
				got := make([]byte, len(model))
				if n := s.Peek(base, got); n != len(got) || !bytes.Equal(got, model) {
					t.Fatal("Peek differs from the model")
				}
			})
		}
	}
}

func TestCausesOfFailure(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 8, Policy: "fifo"})
	ro := mustMap(t, s, area.Request{Len: 4096, Prot: addr.ProtRead, Flags: private})
	none := mustMap(t, s, area.Request{Len: 4096, Flags: private})
	file := newFile(100)
	short := mustMap(t, s, area.Request{
		Len: 3 * 4096, Prot: addr.ProtRead, Flags: area.MapPrivate, File: file, FileReadable: true,
	})
	if s.Read(ro, make([]byte, 1)) != 1 {
		t.Fatal(p.MMU.LastFault())
	}
	for _, c := range []struct {
		name string
		va   addr.VAddr
		a    addr.Access
		want Fault
	}{
		{"nothing mapped", 0x1000, addr.Read, Fault{0x1000, addr.Read, NoArea, CodeUser}},
		{"write to a resident read-only page", ro + 5, addr.Write, Fault{ro + 5, addr.Write, NoRight, CodeUser | CodeWrite | CodePresent}},
		{"fetch from data", ro, addr.Fetch, Fault{ro, addr.Fetch, NoRight, CodeUser | CodeFetch | CodePresent}},
		{"PROT_NONE", none, addr.Read, Fault{none, addr.Read, NoRight, CodeUser}},
		{"behind the end of the file", short + 4096, addr.Read, Fault{short + 4096, addr.Read, PastEOF, CodeUser}},
		{"non-canonical", 1 << 47, addr.Read, Fault{1 << 47, addr.Read, NonCanonical, 0}},
		{"the kernel's half", 0xffff800000000000, addr.Write, Fault{0xffff800000000000, addr.Write, NoArea, CodeUser | CodeWrite}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, ok := p.MMU.Translate(c.va, c.a); ok || p.MMU.LastFault() != c.want {
				t.Errorf("got %+v, want %+v", p.MMU.LastFault(), c.want)
			}
		})
	}
}

// TestOutOfTables maps a page in every gigabyte: what runs out is the memory for page tables, which pages
// that are unmapped give back.
func TestOutOfTables(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 64, SwapPages: 4096, Policy: "clock"})
	const gib = addr.VAddr(1) << 30
	p.Mem.Tables.Limit = 1 << 20
	touch := func(at addr.VAddr) bool {
		r := area.Request{Addr: at, Len: 4096, Prot: 3, Flags: private | area.MapFixed}
		if got := mustMap(t, s, r); got != at {
			t.Fatalf("mapped at %v", got)
		}
		return s.Write(at, []byte{1}) == 1
	}
	at := gib
	for touch(at) {
		at += gib
	}
	// 256 tables: the root, one of level 3, and two a page.
	if n := at/gib - 1; n != 127 || p.MMU.LastFault().Cause != NoTables {
		t.Errorf("%d pages written, then %+v", n, p.MMU.LastFault())
	}
	if err := s.Unmap(gib, uint64(at)); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		va := gib * addr.VAddr(200+i)
		if !touch(va) {
			t.Fatalf("page %d after munmap: %+v", i, p.MMU.LastFault())
		}
		if err := s.Unmap(va, 4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

func TestOutOfMemory(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 3, Policy: "clock"})
	base := mustMap(t, s, area.Request{Len: 64 * 4096, Prot: 3, Flags: private})
	wrote := 0
	for i := range 64 {
		if s.Write(base+addr.VAddr(i*4096), []byte{1}) != 1 {
			break
		}
		wrote++
	}
	if wrote != 7 || p.MMU.LastFault().Cause != NoMemory {
		t.Errorf("%d pages written, then %+v; want the 4 frames and 3 slots full", wrote, p.MMU.LastFault())
	}
	if err := s.Unmap(base, 64*4096); err != nil {
		t.Fatal(err)
	}
	if now, peak := p.Used(); now != 0 || peak != 4 || p.SwapUsed() != 0 {
		t.Errorf("after munmap %d frames (peak %d) and %d slots are in use", now, peak, p.SwapUsed())
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

func TestTranslateDoesNotAllocate(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 64, Policy: "clock"})
	p.AfterFault = nil
	base := mustMap(t, s, area.Request{Len: 32 * 4096, Prot: 3, Flags: private})
	i := 0
	touch := func() {
		i++
		p.MMU.Translate(base+addr.VAddr(i*5%32)*4096, addr.Write)
	}
	for range 100 {
		touch()
	}
	if n := testing.AllocsPerRun(200, touch); n != 0 {
		t.Errorf("%v allocations an access with fault, eviction and write-back", n)
	}
}
