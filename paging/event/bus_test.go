package event

import (
	"slices"
	"testing"

	"memlab/paging/addr"
)

func TestNamesAreComplete(t *testing.T) {
	seen := map[string]Kind{}
	for k := None + 1; k < Kinds; k++ {
		name := k.String()
		back, ok := ByName(name)
		if other, dup := seen[name]; name == "" || dup || !ok || back != k {
			t.Errorf("kind %d is named %q, which finds %d (%v); also kind %d", k, name, back, ok, other)
		}
		seen[name] = k
	}
	if Kinds > 64 {
		t.Errorf("%d kinds do not fit a Mask", Kinds)
	}
}

func TestListenersRunInOrderAndAtOnce(t *testing.T) {
	var b Bus
	var got []string
	note := func(name string) Listener {
		return func(ev *Event) Verdict { got = append(got, name+ev.Kind.String()); return Continue }
	}
	var second *Subscription
	b.Subscribe(MaskOf(PageFault), func(*Event) Verdict {
		got = append(got, "first")
		second.Remove() // takes effect for this very event
		b.Subscribe(MaskOf(PageFault), note("late "))
		return Continue
	})
	second = b.Subscribe(MaskOf(PageFault, PageIn), note("second "))
	b.Emit(&Event{Kind: PageIn})
	b.Emit(&Event{Kind: PageFault})
	second.Remove()
	if want := []string{"second page.in", "first", "late page.fault"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if b.On(PageIn) || !b.On(PageFault) || len(b.subs) != 2 {
		t.Errorf("after removal: mask %b, %d listeners", b.mask, len(b.subs))
	}
}

func TestStampsAndNesting(t *testing.T) {
	b := Bus{Now: Now{Insn: 7, PC: 0x401000, PID: 3}}
	var got []Event
	deep := 0
	b.Subscribe(^Mask(0), func(ev *Event) Verdict {
		before := *ev
		if deep++; deep < 7 {
			b.Emit(&Event{Kind: FrameAlloc, VA: addr.VAddr(deep)})
		}
		if *ev != before {
			t.Errorf("a nested event overwrote the record: %+v, was %+v", *ev, before)
		}
		got = append(got, *ev)
		return Continue
	})
	b.Emit(&Event{Kind: PageFault})
	if len(got) != 7 || b.Seq() != 7 {
		t.Fatalf("%d events, sequence %d", len(got), b.Seq())
	}
	want := Event{Kind: PageFault, Seq: 1, Insn: 7, PC: 0x401000, PID: 3}
	if got[6] != want {
		t.Errorf("got %+v, want %+v", got[6], want)
	}
}

func TestVerdicts(t *testing.T) {
	var b Bus
	answer := Continue
	b.Subscribe(MaskOf(Insn), func(*Event) Verdict { return answer })
	b.Subscribe(MaskOf(Insn), func(*Event) Verdict { return Skip })
	for _, c := range []struct{ answer, want, pending Verdict }{
		{Continue, Skip, Continue}, {Stop, Skip, Stop}, {Retry, Retry, Continue}, {Kill, Kill, Kill},
	} {
		answer = c.answer
		got := b.Emit(&Event{Kind: Insn})
		if pending := b.TakePending(); got != c.want || pending != c.pending || b.Pending() != Continue {
			t.Errorf("%d: verdict %d, pending %d; want %d, %d", c.answer, got, pending, c.want, c.pending)
		}
	}
}

func TestChangedTellsTheMask(t *testing.T) {
	var masks []Mask
	b := Bus{Changed: func(m Mask) { masks = append(masks, m) }}
	one := b.Subscribe(MaskOf(Insn), func(*Event) Verdict { return Continue })
	two := b.Subscribe(MaskOf(Insn), func(*Event) Verdict { return Continue })
	one.Remove()
	one.Remove()
	two.Remove()
	if want := []Mask{MaskOf(Insn), 0}; !slices.Equal(masks, want) {
		t.Errorf("got %v, want %v", masks, want)
	}
}

func TestEmitDoesNotAllocate(t *testing.T) {
	var b Bus
	sum := uint64(0)
	b.Subscribe(MaskOf(MemRead), func(ev *Event) Verdict { sum += ev.Arg; return Continue })
	if n := testing.AllocsPerRun(100, func() { b.Emit(&Event{Kind: MemRead, Arg: 1}) }); n != 0 {
		t.Errorf("%v allocations an event", n)
	}
}

func BenchmarkEmit(b *testing.B) {
	var bus Bus
	sum := uint64(0)
	bus.Subscribe(MaskOf(MemRead), func(ev *Event) Verdict { sum += ev.Arg; return Continue })
	for b.Loop() {
		if bus.On(MemRead) {
			bus.Emit(&Event{Kind: MemRead, Arg: 1})
		}
	}
}
