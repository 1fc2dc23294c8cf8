package phys

import (
	"slices"
	"testing"

	"memlab/paging/addr"
)

func TestNewRefusesWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		size   addr.PageSize
		frames int
		want   string
	}{
		{1000, 4, "page size 1000: must be a power of two from 64 to 2097152"},
		{4096, 0, "0 frames of 4096 bytes: must be at least 1 frame and at most 17179869184 bytes"},
		{4096, 1 << 40, "1099511627776 frames of 4096 bytes: must be at least 1 frame and at most 17179869184 bytes"},
	} {
		if _, err := New(c.size, c.frames); err == nil || err.Error() != c.want {
			t.Errorf("New(%d, %d): %v, want %s", c.size, c.frames, err, c.want)
		}
	}
}

func TestFreeFramesComeInAscendingOrder(t *testing.T) {
	m, err := New(4096, 6)
	if err != nil {
		t.Fatal(err)
	}
	take := func() addr.Frame {
		f, ok := m.Take()
		if !ok {
			t.Fatal("no frame")
		}
		return f
	}
	got := []addr.Frame{take(), take(), take(), take()}
	m.Table[2].Pins = 1
	m.Release(2)
	m.Release(0)
	m.Release(1)
	got = append(got, take(), take(), take(), take())
	if want := []addr.Frame{0, 1, 2, 3, 0, 1, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if m.Free() != 1 || m.Table[2] != (Info{}) {
		t.Errorf("%d free, entry %+v", m.Free(), m.Table[2])
	}
}

func TestArena(t *testing.T) {
	m, err := New(4096, 2)
	if err != nil {
		t.Fatal(err)
	}
	a := &m.Tables
	one, _ := a.Alloc(64)
	two, _ := a.Alloc(128)
	a.Store64(two+8, 0xdead)
	if one != 8192 || two != 8192+64 || a.Load64(two+8) != 0xdead || a.InUse() != 192 {
		t.Errorf("nodes at %s and %s, %d bytes in use", one, two, a.InUse())
	}
	a.Release(two, 128)
	again, _ := a.Alloc(128)
	if again != two || a.Load64(two+8) != 0 {
		t.Errorf("reused at %s with %#x", again, a.Load64(two+8))
	}
	if _, ok := a.Alloc(leastArena); ok {
		t.Error("the arena has no limit")
	}
}

// TestArenaChunks fills an arena with nodes of sizes around a chunk's, each with words of its own, and again
// after all have been released.
func TestArenaChunks(t *testing.T) {
	m, err := New(4096, 2)
	if err != nil {
		t.Fatal(err)
	}
	a := &m.Tables
	a.Limit = 8 * chunkBytes
	sizes := []int{chunkBytes / 2, chunkBytes, 2*chunkBytes + 64, 64, chunkBytes - 64, 128, chunkBytes}
	for round := range 2 {
		at := make([]addr.PAddr, len(sizes))
		for i, size := range sizes {
			var ok bool
			if at[i], ok = a.Alloc(size); !ok {
				t.Fatalf("round %d: no room for node %d", round, i)
			}
			for w := 0; w < size; w += 8 {
				pa := at[i] + addr.PAddr(w)
				if was := a.Load64(pa); was != 0 {
					t.Fatalf("round %d: node %d has %#x at %d", round, i, was, w)
				}
				a.Store64(pa, uint64(i+1))
			}
		}
		for i, size := range sizes {
			for w := 0; w < size; w += 8 {
				if got := a.Load64(at[i] + addr.PAddr(w)); got != uint64(i+1) {
					t.Fatalf("round %d: node %d has %#x at %d", round, i, got, w)
				}
			}
			a.Release(at[i], size)
		}
		if a.InUse() != 0 || len(a.chunks) > 8 {
			t.Errorf("round %d: %d bytes in use, %d chunks", round, a.InUse(), len(a.chunks))
		}
	}
}

// TestArenaLimit: tables may take as much memory as programs, and 64 MiB in any case.
func TestArenaLimit(t *testing.T) {
	for bytes, want := range map[uint64]int{8192: 64 << 20, 1 << 30: 1 << 30} {
		if got := arenaLimit(bytes); got != want {
			t.Errorf("%d bytes: tables may take %d, want %d", bytes, got, want)
		}
	}
}
