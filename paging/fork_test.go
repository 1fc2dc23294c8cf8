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

// TestForkAgainstModel lets a family of spaces map, write, read, fork and end at random, and compares every
// byte with plain slices.
func TestForkAgainstModel(t *testing.T) {
	for _, policy := range []string{"fifo", "lru", "clock", "random"} {
		for seed := range uint64(3) {
			for _, size := range []addr.PageSize{512, 4096, 16384} {
				t.Run(fmt.Sprintf("%s/%d/%d", policy, size, seed), func(t *testing.T) {
					forkScript(t, rand.New(rand.NewPCG(seed, 7)), size, policy)
				})
			}
		}
	}
}

func forkScript(t *testing.T, rnd *rand.Rand, size addr.PageSize, policy string) {
	t.Helper()
	p, first := newPager(t, vary(rnd, Config{
		PageSize: size, Frames: 6, SwapPages: 4096,
		Table: TableConfig{Levels: 4}, TLB: TLBConfig{Entries: 16, Ways: 4},
		ASIDs: rnd.IntN(2) == 0, Policy: policy, Seed: 1,
	}))
	const length = 6 * 16384
	file := newFile(length)
	at := mustMap(t, first, area.Request{
		Len: length, Prot: addr.ProtRead | addr.ProtWrite, Flags: area.MapPrivate, File: file, FileReadable: true,
	})
	const sharedAt = 0x10000000 // one object, common to the whole family
	mustMap(t, first, area.Request{
		Addr: sharedAt, Len: length, Prot: addr.ProtRead | addr.ProtWrite,
		Flags: area.MapShared | area.MapAnonymous | area.MapFixed,
	})
	common := make([]byte, length)
	whole := make([]byte, length)
	if _, err := file.ReadAt(whole, 0); err != nil {
		t.Fatal(err)
	}
	spaces, models := []*AddressSpace{first}, [][]byte{bytes.Clone(whole)}
	for range 300 {
		i := rnd.IntN(len(spaces))
		off := rnd.IntN(length - 200)
		n := 1 + rnd.IntN(200)
		comeAndGo(rnd, spaces[i])
		switch k := rnd.IntN(12); {
		case k == 0 && len(spaces) < 6:
			c, err := spaces[i].Fork()
			if err != nil {
				t.Fatal(err)
			}
			spaces, models = append(spaces, c), append(models, bytes.Clone(models[i]))
		case k == 1 && len(spaces) > 1:
			spaces[i].Destroy()
			spaces, models = append(spaces[:i], spaces[i+1:]...), append(models[:i], models[i+1:]...)
		case k == 2:
			b := []byte("poked")
			if got := spaces[i].Poke(at+addr.VAddr(off), b); got != len(b) {
				t.Fatalf("poke wrote %d", got)
			}
			copy(models[i][off:], b)
		case k == 3:
			b := []byte{byte(rnd.Uint32())}
			if got := spaces[i].Write(sharedAt+addr.VAddr(off), b); got != 1 {
				t.Fatalf("wrote %d to shared memory: %v", got, p.MMU.LastFault())
			}
			common[off] = b[0]
		case k == 4:
			b := make([]byte, n)
			got := spaces[i].Read(sharedAt+addr.VAddr(off), b)
			if seen := spaces[i].Peek(sharedAt, whole); seen != length || !bytes.Equal(whole, common) ||
				got != n || !bytes.Equal(b, common[off:off+n]) {
				t.Fatalf("space %d reads %d bytes of shared memory at %#x, which are wrong", i, got, off)
			}
		case k < 8:
			b := make([]byte, n)
			for j := range b {
				b[j] = byte(rnd.Uint32())
			}
			if got := spaces[i].Write(at+addr.VAddr(off), b); got != n {
				t.Fatalf("wrote %d of %d: %v", got, n, p.MMU.LastFault())
			}
			copy(models[i][off:], b)
		default:
			b := make([]byte, n)
			if got := spaces[i].Read(at+addr.VAddr(off), b); got != n || !bytes.Equal(b, models[i][off:off+n]) {
				t.Fatalf("space %d reads %d bytes at %#x, which are wrong", i, got, off)
			}
		}
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
	}
	for len(spaces) > 0 {
		b := make([]byte, length)
		if spaces[0].Peek(at, b) != length || !bytes.Equal(b, models[0]) {
			t.Fatal("the bytes at the end are wrong")
		}
		spaces[0].Destroy()
		spaces, models = spaces[1:], models[1:]
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
	}
	p.DropCache() // pages of the file stay until then
	if now, _ := p.Used(); now != 0 || p.SwapUsed() != 0 || len(p.cache) != 0 || p.sharing.inUse != 0 {
		t.Errorf("%d frames, %d slots, %d mappings are left", now, p.SwapUsed(), p.sharing.inUse)
	}
}

// TestForkCountsOnce draws one page through a fork and the writes after it.
func TestForkCountsOnce(t *testing.T) {
	p, s := newPager(t, Config{
		PageSize: 4096, Frames: 8, SwapPages: 8, Table: TableConfig{Levels: 4}, TLB: TLBConfig{Entries: 16, Ways: 4}, ASIDs: true, Policy: "fifo",
	})
	at := mustMap(t, s, area.Request{
		Len: 4096, Prot: addr.ProtRead | addr.ProtWrite, Flags: area.MapPrivate | area.MapAnonymous,
	})
	var breaks []event.Event
	p.Bus.Subscribe(event.MaskOf(event.CowBreak), func(ev *event.Event) event.Verdict {
		breaks = append(breaks, event.Event{Frame: ev.Frame, Arg: ev.Arg, Arg2: ev.Arg2})
		return event.Continue
	})
	s.Write(at, []byte{1})
	c, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	used := func(want int) {
		t.Helper()
		if now, _ := p.Used(); now != want {
			t.Errorf("%d frames are used, want %d", now, want)
		}
	}
	used(1)
	c.Write(at, []byte{2}) // copies
	used(2)
	s.Write(at, []byte{3}) // copies
	used(3)
	d.Write(at, []byte{4}) // the last owner keeps the page
	used(3)
	want := []event.Event{{Frame: 1, Arg: 0, Arg2: 2}, {Frame: 2, Arg: 0, Arg2: 1}, {Frame: 0, Arg: 0}}
	if fmt.Sprint(breaks) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", breaks, want)
	}
	for i, space := range []*AddressSpace{s, c, d} {
		var b [1]byte
		if space.Read(at, b[:]); b[0] != []byte{3, 2, 4}[i] {
			t.Errorf("space %d reads %d", i, b[0])
		}
	}
	if p.Stats.Copies != 3 {
		t.Errorf("%d copies", p.Stats.Copies)
	}
}

// TestForkShared: the pages of shared areas stay common.
func TestForkShared(t *testing.T) {
	p, s := newPager(t, Config{
		PageSize: 4096, Frames: 8, SwapPages: 8, Table: TableConfig{Levels: 4}, TLB: TLBConfig{Entries: 16, Ways: 4}, Policy: "fifo",
	})
	rw := addr.ProtRead | addr.ProtWrite
	at := mustMap(t, s, area.Request{Len: 4096, Prot: rw, Flags: area.MapShared | area.MapAnonymous})
	s.Write(at, []byte{7})
	c, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	c.Write(at, []byte{8})
	var b [1]byte
	if s.Read(at, b[:]); b[0] != 8 {
		t.Errorf("the parent reads %d in the shared page", b[0])
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}
