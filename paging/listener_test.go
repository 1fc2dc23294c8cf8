package paging

import (
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
)

// TestListenersMayPoke writes to pages from inside every kind of event: to the page of the event, and to
// another one, which may have to be brought in. Nothing may be lost, and the structures must agree.
func TestListenersMayPoke(t *testing.T) {
	for _, kind := range []event.Kind{
		event.TLBHit, event.TLBMiss, event.TLBEvict, event.WalkLevel, event.PageFault, event.PageIn, event.PageOut,
		event.PageZero, event.CowBreak, event.FrameAlloc, event.FrameFree, event.FrameEvict,
	} {
		for _, own := range []bool{true, false} {
			name := kind.String() + " other"
			if own {
				name = kind.String() + " own"
			}
			t.Run(name, func(t *testing.T) { pokeInside(t, kind, own) })
		}
	}
}

func pokeInside(t *testing.T, kind event.Kind, own bool) {
	t.Helper()
	const pages = 12
	p, s := newPager(t, Config{PageSize: 4096, Frames: 7, SwapPages: 64, Policy: "fifo"})
	p.AfterFault = nil // a listener may be in the middle of something
	base := mustMap(t, s, area.Request{Len: pages * 4096, Prot: 3, Flags: private})
	mustMap(t, s, area.Request{
		Addr: base + 2*4096, Len: 3 * 4096, Prot: 3, Flags: area.MapPrivate | area.MapFixed, File: newFile(12288),
		FileReadable: true,
	})
	var poked [pages]byte // what byte 9 of each page must be, if not 0
	busy, n := false, 0
	p.Bus.Subscribe(event.MaskOf(kind), func(ev *event.Event) event.Verdict {
		if busy || ev.VA < base || ev.VA >= base+pages*4096 {
			return event.Continue
		}
		busy = true
		page := int(ev.VA-base) / 4096
		if !own {
			page = (page + 5) % pages
		}
		n++
		value := byte(n%250 + 1)
		if s.Poke(base+addr.VAddr(page*4096+9), []byte{value}) == 1 {
			poked[page] = value
		}
		busy = false
		return event.Continue
	})
	rnd := rand.New(rand.NewPCG(5, uint64(kind)))
	for i := range 600 {
		va, a := base+addr.VAddr(rnd.IntN(pages)*4096), addr.Access(rnd.IntN(2))
		if i < 6 { // read and then write each page of the file
			va, a = base+addr.VAddr(2+i/2)*4096, addr.Access(i%2)
		}
		if _, ok := p.MMU.Translate(va, a); !ok {
			t.Fatalf("access %d: %+v", i, p.MMU.LastFault())
		}
		if err := p.Check(); err != nil {
			t.Fatalf("after access %d: %v", i, err)
		}
	}
	for page, want := range poked {
		var b [1]byte
		if s.Peek(base+addr.VAddr(page*4096+9), b[:]); want != 0 && b[0] != want {
			t.Errorf("page %d: byte 9 is %d, the listener wrote %d", page, b[0], want)
		}
	}
	if n == 0 {
		t.Errorf("no %s happened", kind)
	}
}

func TestVerdictsOfAFault(t *testing.T) {
	for _, c := range []struct {
		name     string
		verdict  event.Verdict
		ok       bool
		cause    Cause
		attempts int
	}{
		{"continue", event.Continue, true, NotPresent, 1},
		{"kill", event.Kill, false, Refused, 1},
		{"retry for ever", event.Retry, false, Refused, maxTries + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, s := newPager(t, Config{PageSize: 4096, Frames: 4, Policy: "fifo"})
			base := mustMap(t, s, area.Request{Len: 4096, Prot: 3, Flags: private})
			attempts := 0
			p.Bus.Subscribe(event.MaskOf(event.PageFault), func(*event.Event) event.Verdict {
				attempts++
				return c.verdict
			})
			_, ok := p.MMU.Translate(base, addr.Read)
			if ok != c.ok || attempts != c.attempts || !ok && p.MMU.LastFault().Cause != c.cause {
				t.Errorf("%v after %d attempts, %s", ok, attempts, p.MMU.LastFault().Cause)
			}
		})
	}
}
