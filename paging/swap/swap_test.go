package swap

import (
	"bytes"
	"errors"
	"testing"
)

func page(b byte) []byte { return bytes.Repeat([]byte{b}, 512) }

// take allocates and fails the test unless the slot is want.
func take(t *testing.T, s *Swap, want int) {
	t.Helper()
	if got, ok := s.Alloc(); !ok || got != want {
		t.Fatalf("slot %d, %v; want %d", got, ok, want)
	}
}

func TestLowestFreeSlotFirst(t *testing.T) {
	s := New(NewMemory(512), 130)
	for want := range 130 {
		take(t, s, want)
	}
	if slot, ok := s.Alloc(); ok {
		t.Fatalf("slot %d of a full swap", slot)
	}
	for _, slot := range []int{129, 3, 70} {
		s.Free(slot)
	}
	if s.Used() != 127 || s.Slots() != 130 {
		t.Fatalf("%d of %d slots used", s.Used(), s.Slots())
	}
	for _, want := range []int{3, 70, 129} {
		take(t, s, want)
	}
	if _, ok := s.Alloc(); ok {
		t.Fatal("a slot of a full swap")
	}
}

func TestNoSwap(t *testing.T) {
	for _, n := range []int{0, -1} {
		s := New(NewMemory(512), n)
		if slot, ok := s.Alloc(); ok || s.Slots() != 0 {
			t.Errorf("%d slots: slot %d, %d slots", n, slot, s.Slots())
		}
	}
}

func TestReadWrite(t *testing.T) {
	store := NewMemory(512)
	s := New(store, 1<<40)
	take(t, s, 0)
	take(t, s, 1)
	b := page(0xff)
	if err := s.Read(1, b); err != nil || !bytes.Equal(b, page(0)) {
		t.Fatalf("a slot that was never written: %v, %x", err, b[:4])
	}
	if store.Held() != 0 {
		t.Fatalf("%d bytes held before the first write", store.Held())
	}
	want := page(7)
	if err := s.Write(1, want); err != nil {
		t.Fatal(err)
	}
	want[0] = 8 // the store has a copy
	if err := s.Read(1, b); err != nil || !bytes.Equal(b, page(7)) {
		t.Fatalf("%v, %x", err, b[:4])
	}
	if store.Held() != 512 {
		t.Fatalf("%d bytes held, want 512", store.Held())
	}
}

func TestMisuse(t *testing.T) {
	s := New(NewMemory(512), 4)
	take(t, s, 0)
	for _, slot := range []int{-1, 1, 64, 1 << 40} {
		if s.Read(slot, page(0)) == nil || s.Write(slot, page(0)) == nil {
			t.Errorf("slot %d is not in use, but can be used", slot)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("slot %d is not in use, but can be freed", slot)
				}
			}()
			s.Free(slot)
		}()
	}
	if s.Read(0, make([]byte, 100)) == nil || s.Write(0, make([]byte, 513)) == nil {
		t.Error("a page of another size")
	}
}

func TestFailing(t *testing.T) {
	broken := errors.New("disk on fire")
	f := &Failing{Store: NewMemory(512), Reads: -1, Writes: 1, Err: broken}
	s := New(f, 4)
	take(t, s, 0)
	if err := s.Write(0, page(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(0, page(2)); !errors.Is(err, broken) || err.Error() != "write to swap slot 0: disk on fire" {
		t.Fatalf("%v", err)
	}
	b := page(0)
	if err := s.Read(0, b); err != nil || !bytes.Equal(b, page(1)) {
		t.Fatalf("%v, %x: a write that failed must change nothing", err, b[:4])
	}
	f.Reads = 0
	if err := s.Read(0, b); !errors.Is(err, broken) || err.Error() != "read from swap slot 0: disk on fire" {
		t.Fatalf("%v", err)
	}
}

// FuzzSlots compares Alloc and Free with a map of slots in use.
func FuzzSlots(f *testing.F) {
	f.Add([]byte{1, 1, 1, 0x80, 1, 0x82, 1, 1})
	f.Fuzz(func(t *testing.T, ops []byte) {
		const slots = 70
		s, used := New(NewMemory(16), slots), make(map[int]bool)
		for _, op := range ops {
			if slot := int(op & 0x7f); op&0x80 != 0 {
				if used[slot] {
					s.Free(slot)
					delete(used, slot)
				}
				continue
			}
			want := 0
			for used[want] {
				want++
			}
			got, ok := s.Alloc()
			if ok != (want < slots) || ok && got != want {
				t.Fatalf("slot %d, %v; want %d", got, ok, want)
			}
			if ok {
				used[got] = true
			}
			if s.Used() != len(used) {
				t.Fatalf("%d used, want %d", s.Used(), len(used))
			}
		}
	})
}
