package paging

import (
	"bytes"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/table"
)

// TestProtectResidentPages changes rights under pages that are in memory, in the TLB and in Lines.
func TestProtectResidentPages(t *testing.T) {
	for _, c := range []struct {
		prot addr.Prot
		want [3]bool // read, write, fetch
	}{
		{0, [3]bool{}},
		{addr.ProtRead, [3]bool{true, false, false}},
		{addr.ProtRead | addr.ProtWrite, [3]bool{true, true, false}},
		{addr.ProtRead | addr.ProtExec, [3]bool{true, false, true}},
		{7, [3]bool{true, true, true}},
	} {
		p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 8, Policy: "fifo"})
		base := mustMap(t, s, area.Request{Len: 4096, Prot: 7, Flags: private})
		lines := [...]*[Lines]Line{&p.MMU.Reads, &p.MMU.Writes, &p.MMU.Fetches}
		for a := range lines {
			if _, ok := p.MMU.Translate(base, addr.Access(a)); !ok || !p.MMU.Holds(lines[a], uint64(base)) {
				t.Fatalf("%s: %v, or no Line", addr.Access(a), ok)
			}
		}
		if err := s.Protect(base, 4096, c.prot); err != nil {
			t.Fatal(err)
		}
		e := s.Page(p.Mem.Size().PageOf(base)).Entry
		if e.Prot() != c.prot || e&table.Present == 0 || e&table.Dirty == 0 {
			t.Errorf("%s: entry %#x", c.prot, uint64(e))
		}
		for a := range lines {
			if c.prot != 7 && p.MMU.Holds(lines[a], uint64(base)) {
				t.Errorf("%s: a Line for %s is left", c.prot, addr.Access(a))
			}
		}
		for a := range lines {
			if _, ok := p.MMU.Translate(base, addr.Access(a)); ok != c.want[a] {
				t.Errorf("%s allows %s: %v", c.prot, addr.Access(a), ok)
			}
		}
		if err := p.Check(); err != nil || p.Stats.Loads != 1 {
			t.Errorf("%s: %v, %d loads", c.prot, err, p.Stats.Loads)
		}
	}
}

func TestCopyOnWrite(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 2, SwapPages: 8, Policy: "fifo"})
	file := newFile(4 * 4096)
	base := mustMap(t, s, area.Request{Len: 4 * 4096, Prot: 3, Flags: area.MapPrivate, File: file, FileReadable: true})
	var seen []event.Event
	p.Bus.Subscribe(event.MaskOf(event.CowBreak), func(ev *event.Event) event.Verdict {
		seen = append(seen, *ev)
		return event.Continue
	})
	content := make([]byte, 4*4096)
	if _, err := file.ReadAt(content, 0); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4*4096)
	if s.Read(base, got) != len(got) || !bytes.Equal(got, content) {
		t.Fatal("the file reads wrong")
	}
	if s.Read(base, got[:1]); p.Stats.FileReads != 5 || p.Stats.WriteBacks != 0 || p.Stats.Copies != 0 {
		t.Errorf("clean pages: %+v", p.Stats)
	}
	if s.Write(base+5, []byte("mine")) != 4 { // resident: a copy
		t.Fatal(p.MMU.LastFault())
	}
	if s.Write(base+4096, []byte("this")) != 4 { // not resident: its own at once, no copy
		t.Fatal(p.MMU.LastFault())
	}
	copy(content[5:], "mine")
	copy(content[4096:], "this")
	if s.Read(base, got) != len(got) || !bytes.Equal(got, content) {
		t.Error("written pages do not read as they were written")
	}
	if p.Stats.Copies != 1 || p.Stats.WriteBacks != 2 {
		t.Errorf("%+v", p.Stats)
	}
	if len(seen) != 1 || seen[0].VA != base+5 || uint64(seen[0].Frame) != seen[0].Arg {
		t.Errorf("events %+v", seen)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestMixedPage has three areas with different rights, and a hole, in one page of 64 KiB.
func TestMixedPage(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 65536, Frames: 4, SwapPages: 8, Policy: "fifo"})
	base := addr.VAddr(0x400000)
	for i, prot := range []addr.Prot{3, 1, 5} {
		mustMap(t, s, area.Request{Addr: base + addr.VAddr(i*4096), Len: 4096, Prot: prot, Flags: private | area.MapFixed})
	}
	for _, resident := range []bool{false, true} {
		for i, want := range [][3]bool{{true, true, false}, {true, false, false}, {true, false, true}, {}} {
			for a := range want {
				va := base + addr.VAddr(i*4096+7)
				_, ok := p.MMU.Translate(va, addr.Access(a))
				cause := NoRight
				if i == 3 {
					cause = NoArea
				}
				if ok != want[a] || !ok && p.MMU.LastFault().Cause != cause {
					t.Errorf("part %d, %s, resident %v: %v, %s", i, addr.Access(a), resident, ok, p.MMU.LastFault().Cause)
				}
			}
		}
	}
	if n := s.Write(base+4090, make([]byte, 20)); n != 6 {
		t.Errorf("a write across the border writes %d bytes, want 6", n)
	}
	if !p.MMU.Reaches(base+4096, addr.Read) || p.MMU.Reaches(base+4096, addr.Write) {
		t.Error("Reaches disagrees with the areas")
	}
	if p.Stats.Loads != 1 {
		t.Errorf("%d loads", p.Stats.Loads)
	}
}

func TestPopulateAndWindow(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 8, Policy: "fifo"})
	base := mustMap(t, s, area.Request{Len: 10 * 4096, Prot: 3, Flags: private | area.MapPopulate})
	if p.Stats.Ahead != 10 || p.Stats.Evictions != 6 || p.Stats.Faults != 0 {
		t.Errorf("populate: %+v", p.Stats)
	}
	var in []addr.VAddr
	p.Bus.Subscribe(event.MaskOf(event.PageZero), func(ev *event.Event) event.Verdict {
		in = append(in, ev.VA)
		return event.Continue
	})
	p.Stats, s.Window = PagerStats{}, 3
	s.Read(base, make([]byte, 1))        // pages 0, 1, 2
	s.Read(base+2*4096, make([]byte, 1)) // a hit
	s.Read(base+5*4096, make([]byte, 1)) // pages 5, 6, 7: the fault's own page stays
	if want := []addr.VAddr{base, base + 4096, base + 2*4096, base + 5*4096, base + 6*4096, base + 7*4096}; !slices.Equal(in, want) {
		t.Errorf("came in: %v, want %v", in, want)
	}
	if p.Stats.Loads != 2 || p.Stats.Ahead != 4 || s.Page(p.Mem.Size().PageOf(base+5*4096)).Frame == addr.NoFrame {
		t.Errorf("%+v", p.Stats)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestSwitch goes to and fro between two spaces with the same addresses.
func TestSwitch(t *testing.T) {
	for _, asids := range []bool{true, false} {
		p, one := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 8, Policy: "fifo"})
		p.MMU.asids = asids
		two, err := p.NewSpace(area.Linux618(8 << 20))
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range []*AddressSpace{one, two} {
			mustMap(t, s, area.Request{Addr: 0x400000, Len: 4096, Prot: 3, Flags: private | area.MapFixed})
			s.Write(0x400000, []byte{byte(i + 1)})
		}
		p.MMU.Stats = Stats{}
		for i := range 10 {
			var b [1]byte
			s := []*AddressSpace{one, two}[i%2]
			if s.Read(0x400000, b[:]) != 1 || int(b[0]) != i%2+1 {
				t.Errorf("space %d reads %d", i%2+1, b[0])
			}
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
		}
		want := Stats{}
		if !asids {
			want = Stats{TLBMisses: 10, TLBFlushes: 10, Walks: 10}
		}
		if p.MMU.Stats != want {
			t.Errorf("asids %v: %+v, want %+v", asids, p.MMU.Stats, want)
		}
		one.Destroy()
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
}
