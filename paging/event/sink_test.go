package event

import (
	"slices"
	"testing"

	"memlab/paging/addr"
)

// gather is a sink that appends what it gets to a list.
func gather(to *[]Event) Sink {
	return func(batch []Event) { *to = append(*to, batch...) }
}

// TestSinksGetAllInOrder sends more events than a batch holds by all the ways in which they are made.
func TestSinksGetAllInOrder(t *testing.T) {
	b := Bus{Now: Now{PID: 3}}
	var all, reads, heard []Event
	b.Observe(MaskOf(Insn, MemRead, PageFault), gather(&all))
	b.Observe(MaskOf(MemRead), gather(&reads))
	b.Subscribe(MaskOf(PageFault), func(ev *Event) Verdict { heard = append(heard, *ev); return Continue })
	var want []Event
	for i := range uint64(3 * batchSize) {
		b.Now.Insn, b.Now.PC = i, addr.VAddr(16*i)
		b.Emit(&Event{Kind: PageFault, VA: 7})
		want = append(want, Event{Kind: PageFault, Seq: 7*i + 1, Insn: i, PC: addr.VAddr(16 * i), PID: 3, VA: 7})
		b.Record(MemRead, addr.VAddr(16*i), i).Arg = i
		want = append(want, Event{Kind: MemRead, Seq: 7*i + 2, Insn: i, PC: addr.VAddr(16 * i), PID: 3, Arg: i})
		for n := 5; n > 0; {
			recs := b.Records(Insn, n)
			for j := range recs {
				recs[j].Size = uint64(n - j)
				want = append(want, Event{Kind: Insn, Seq: 7*i + 8 - uint64(n-j), PID: 3, Size: uint64(n - j)})
			}
			n -= len(recs)
		}
	}
	b.Flush()
	if !slices.Equal(all, want) {
		t.Errorf("%d events, want %d", len(all), len(want))
	}
	other := func(k Kind) func(Event) bool { return func(ev Event) bool { return ev.Kind != k } }
	if !slices.Equal(reads, slices.DeleteFunc(slices.Clone(want), other(MemRead))) {
		t.Errorf("%d reads", len(reads))
	}
	if !slices.Equal(heard, slices.DeleteFunc(want, other(PageFault))) {
		t.Errorf("%d heard", len(heard))
	}
}

// TestSinksMayChangeTheBus has sinks remove themselves, add others, and cause events.
func TestSinksMayChangeTheBus(t *testing.T) {
	var b Bus
	var first, second, late []Event
	var one *Subscription
	one = b.Observe(MaskOf(Insn), func(batch []Event) {
		first = append(first, batch...)
		one.Remove()
		for range 2 * batchSize {
			b.Emit(&Event{Kind: MemRead})
		}
		b.Observe(MaskOf(MemWrite), gather(&late))
	})
	b.Observe(MaskOf(Insn, MemRead), gather(&second))
	b.Emit(&Event{Kind: Insn})
	b.Emit(&Event{Kind: Insn})
	b.Flush()
	b.Emit(&Event{Kind: MemWrite})
	b.Emit(&Event{Kind: Insn})
	b.Flush()
	if len(first) != 2 || len(second) != 2+2*batchSize+1 || len(late) != 1 {
		t.Errorf("%d, %d and %d events", len(first), len(second), len(late))
	}
	if !slices.IsSortedFunc(second, func(a, b Event) int { return int(a.Seq) - int(b.Seq) }) {
		t.Error("out of order")
	}
	if b.On(MemFetch) || !b.Observed(MaskOf(MemWrite)) || b.Listened(^Mask(0)) || b.Told(MaskOf(PageFault)) {
		t.Errorf("masks %x %x %x", b.mask, b.direct, b.sunk)
	}
}

// TestRemovedSinkHasSeenAll: what happened while it was there is delivered, and nothing after.
func TestRemovedSinkHasSeenAll(t *testing.T) {
	var b Bus
	var got []Event
	s := b.Observe(MaskOf(Insn), gather(&got))
	b.Emit(&Event{Kind: Insn})
	s.Remove()
	s.Remove()
	b.Emit(&Event{Kind: Insn})
	b.Flush()
	if len(got) != 1 || b.Seq() != 1 || b.On(Insn) || b.Changes() != 2 {
		t.Errorf("%d events, sequence %d, %d changes", len(got), b.Seq(), b.Changes())
	}
}

func TestTally(t *testing.T) {
	var b Bus
	pages, all := TallyPages(4096, 3), TallyAll()
	one := b.Tally(MaskOf(MemRead, PageFault), pages)
	b.Tally(MaskOf(MemRead, TLBMiss), all)
	want := map[uint64]uint64{}
	for i := range uint64(1000) {
		va := addr.VAddr(i % 3 << 20) // pages that share a place in the short list
		b.Count(MemRead, va, i)
		b.Emit(&Event{Kind: PageFault, VA: va + 5})
		b.Emit(&Event{Kind: TLBMiss})
		want[uint64(va)>>12] += i + 1
	}
	b.Emit(&Event{Kind: PageFault, VA: 0x7000}) // no room
	got := map[uint64]uint64{}
	pages.Each(func(key, n uint64) { got[key] = n })
	for key, n := range want {
		if got[key] != n || pages.Of(key) != n {
			t.Errorf("page %#x: %d, want %d", key, got[key], n)
		}
	}
	if len(got) != 3 || pages.Lost != 1 || pages.Total != 499500+1001 || pages.Of(7) != 0 {
		t.Errorf("%d pages, %d lost of %d", len(got), pages.Lost, pages.Total)
	}
	if all.Total != 499500+1000 || all.Of(0) != all.Total || b.Seq() != 0 {
		t.Errorf("%d in all, sequence %d", all.Total, b.Seq())
	}
	one.Remove()
	if b.Tallied(MaskOf(PageFault)) || !b.Tallied(MaskOf(MemRead)) {
		t.Errorf("after removal: %x", b.tallied)
	}
}

func TestRecordsDoNotAllocate(t *testing.T) {
	var b Bus
	n := 0
	b.Observe(MaskOf(Insn, MemRead), func(batch []Event) { n += len(batch) })
	pages := TallyPages(4096, 0)
	b.Tally(MaskOf(MemWrite), pages)
	fill := func() {
		for i := range uint64(300) {
			b.Record(MemRead, 1, i).Arg = i
			b.Records(Insn, 7)
			b.Count(MemWrite, addr.VAddr(i%4<<12), 1)
		}
	}
	fill()
	if allocs := testing.AllocsPerRun(20, fill); allocs != 0 || n == 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// BenchmarkRecord is what a record and its delivery cost.
func BenchmarkRecord(b *testing.B) {
	var bus Bus
	sum := uint64(0)
	bus.Observe(MaskOf(MemRead), func(batch []Event) {
		for i := range batch {
			sum += batch[i].Arg
		}
	})
	for b.Loop() {
		if bus.Observed(1 << MemRead) {
			bus.Record(MemRead, 1, 2).Arg = 1
		}
	}
}
