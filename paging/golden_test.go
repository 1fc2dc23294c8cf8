package paging

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
)

var update = flag.Bool("update", false, "write testdata/access.txt anew")

// line is an event as text.
func line(ev *event.Event) string {
	s := fmt.Sprintf("%-11s va=%s", ev.Kind, ev.VA)
	switch ev.Kind {
	case event.TLBHit, event.TLBEvict:
		s += fmt.Sprintf(" frame=%d set=%d way=%d", ev.Frame, ev.Arg, ev.Arg2)
	case event.TLBMiss:
		s += fmt.Sprintf(" %s set=%d", ev.Access, ev.Arg)
	case event.WalkLevel:
		s += fmt.Sprintf(" %s level=%d pa=%s before=%#x after=%#x", ev.Access, ev.Arg, ev.PA, ev.Arg2, ev.Arg3)
	case event.PageFault:
		s += fmt.Sprintf(" %s code=%#x cause=%q major=%v", ev.Access, ev.Arg, Cause(ev.Arg2), ev.Flags&event.Major != 0)
	case event.FrameEvict:
		s += fmt.Sprintf(" frame=%d dirty=%v", ev.Frame, ev.Flags&event.Dirty != 0)
	case event.PageOut:
		s += fmt.Sprintf(" frame=%d slot=%d", ev.Frame, ev.Arg2)
	case event.PageIn:
		s += fmt.Sprintf(" frame=%d size=%d from=%s at=%#x", ev.Frame, ev.Size, []string{"file", "swap"}[ev.Arg], ev.Arg2)
	case event.CowBreak:
		s += fmt.Sprintf(" frame=%d old=%d", ev.Frame, ev.Arg)
	default:
		s += fmt.Sprintf(" frame=%d", ev.Frame)
	}
	return s
}

// TestOrderOfEvents writes down every event of single accesses: to nothing yet, to a page in memory, with an
// eviction, from swap, from a file, and copy on write.
func TestOrderOfEvents(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 2, SwapPages: 8, Policy: "fifo"})
	anon := mustMap(t, s, area.Request{Addr: 0x400000, Len: 3 * 4096, Prot: 3, Flags: private | area.MapFixed})
	file := mustMap(t, s, area.Request{
		Addr: 0x600000, Len: 2 * 4096, Prot: 3, Flags: area.MapPrivate | area.MapFixed, File: newFile(5000),
		FileReadable: true,
	})
	var got bytes.Buffer
	p.Bus.Subscribe(^event.Mask(0), func(ev *event.Event) event.Verdict {
		fmt.Fprintf(&got, "  %s\n", line(ev))
		return event.Continue
	})
	for _, c := range []struct {
		what string
		va   addr.VAddr
		a    addr.Access
	}{
		{"the first write to a page", anon + 8, addr.Write},
		{"a read of it", anon + 16, addr.Read},
		{"a read of an untouched page", anon + 4096, addr.Read},
		{"a write to it: the D bit", anon + 4096, addr.Write},
		{"a third page: the first goes to swap", anon + 8192, addr.Read},
		{"the first again: from swap", anon, addr.Read},
		{"the file: a clean page goes", file + 4096, addr.Read},
		{"a write to the file's page: copy on write", file + 4100, addr.Write},
		{"behind the end of everything", 0x900000, addr.Read},
		{"a fetch from data", anon, addr.Fetch},
	} {
		fmt.Fprintf(&got, "%s\n", c.what)
		if pa, ok := p.MMU.Translate(c.va, c.a); ok {
			fmt.Fprintf(&got, "  = %s\n", pa)
		} else {
			fmt.Fprintf(&got, "  = %s\n", p.MMU.LastFault().Cause)
		}
	}
	const goldenFile = "testdata/access.txt"
	if *update {
		if err := os.WriteFile(goldenFile, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the events differ from %s; go test -update writes it anew:\n%s", goldenFile, got.Bytes())
	}
}
