package alloc_test

import (
	"slices"
	"testing"

	"memlab/paging/alloc"
)

// bytesModel is dynamic partitions as a byte for each byte of memory: whose it is. There is nothing in it
// to be wrong.
type bytesModel struct {
	owner []int // 0: free; otherwise the number of the block
	next  int
	rover int
}

// holes are runs of free bytes.
func (m *bytesModel) holes() (out []alloc.Hole) {
	for i := 0; i < len(m.owner); {
		j := i
		for j < len(m.owner) && m.owner[j] == m.owner[i] {
			j++
		}
		if m.owner[i] == 0 {
			out = append(out, alloc.Hole{Start: uint64(i), Size: uint64(j - i)})
		}
		i = j
	}
	return out
}

func (m *bytesModel) alloc(size int, fit alloc.Fit) int {
	var able []alloc.Hole
	for _, h := range m.holes() {
		if int(h.Size) >= size {
			able = append(able, h)
		}
	}
	if len(able) == 0 {
		return -1
	}
	best := able[0]
	for _, h := range able {
		if fit == alloc.BestFit && h.Size < best.Size || fit == alloc.WorstFit && h.Size > best.Size {
			best = h
		}
	}
	if fit == alloc.NextFit {
		if i := slices.IndexFunc(able, func(h alloc.Hole) bool { return int(h.Start) >= m.rover }); i >= 0 {
			best = able[i]
		}
	}
	m.next++
	for i := range size {
		m.owner[int(best.Start)+i] = m.next
	}
	m.rover = int(best.Start) + size
	return int(best.Start)
}

func (m *bytesModel) free(start int) bool {
	if start >= len(m.owner) || m.owner[start] == 0 || start > 0 && m.owner[start-1] == m.owner[start] {
		return false
	}
	for i, who := start, m.owner[start]; i < len(m.owner) && m.owner[i] == who; i++ {
		m.owner[i] = 0
	}
	return true
}

// compact moves each block down.
func (m *bytesModel) compact() (moved uint64) {
	at := 0
	for i, who := range m.owner {
		if who != 0 {
			if at != i {
				moved++
				m.owner[at], m.owner[i] = who, 0
			}
			at++
		}
	}
	m.rover = at
	return moved
}

// FuzzDynamic compares dynamic partitions with the model: two bytes an operation.
func FuzzDynamic(f *testing.F) {
	f.Add(uint8(0), []byte("\x00\x10\x00\x20\x01\x00\x00\x08\x02\x00\x00\x30"))
	f.Add(uint8(3), []byte("\x00\x40\x00\x40\x01\x00\x00\x10\x01\x10\x00\x70\x03\x50"))
	f.Fuzz(func(t *testing.T, fit uint8, ops []byte) {
		const size = 200
		how := alloc.Fit(fit % 4)
		d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: size, Fit: how})
		if err != nil {
			t.Fatal(err)
		}
		ops = ops[:min(len(ops), 600)]
		m := &bytesModel{owner: make([]int, size)}
		for ; len(ops) >= 2; ops = ops[2:] {
			n := int(ops[1])
			switch ops[0] % 4 {
			case 0:
				want := m.alloc(max(n, 1), how)
				b, err := d.Alloc(uint64(max(n, 1)))
				if (err == nil) != (want >= 0) || err == nil && int(b.Start) != want {
					t.Fatalf("Alloc(%d) gives %+v, %v; should be at %d", n, b, err, want)
				}
			case 1:
				if err := d.Free(uint64(n)); (err == nil) != m.free(n) {
					t.Fatalf("Free(%d): %v", n, err)
				}
			case 2: // the model has the bytes move by their numbers
				was := slices.Clone(m.owner)
				moved := d.Compact(func(from, to, size uint64) {
					copy(was[to:to+size], was[from:from+size])
				})
				if want := m.compact(); moved != want {
					t.Fatalf("compaction moved %d, should be %d", moved, want)
				}
				if end := m.rover; !slices.Equal(was[:end], m.owner[:end]) {
					t.Fatalf("compaction made %v, should be %v", was[:end], m.owner[:end])
				}
			case 3: // extend by a few, or split: as freeing and taking a piece in the model
				b := d.Blocks()
				if len(b) == 0 {
					continue
				}
				extendOrSplit(t, d, m, b[n%len(b)], uint64(n%16))
			}
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			if got, want := d.Holes(), m.holes(); !slices.Equal(got, want) {
				t.Fatalf("holes %v, should be %v", got, want)
			}
		}
	})
}

func extendOrSplit(t *testing.T, d *alloc.Dynamic, m *bytesModel, b alloc.Block, n uint64) {
	t.Helper()
	if n%2 == 0 {
		room := 0
		for i := int(b.End()); i < len(m.owner) && m.owner[i] == 0; i++ {
			room++
		}
		if got := d.Extend(b.Start, n+1); got != (room > int(n)) {
			t.Fatalf("Extend(%d, %d) is %v with room for %d", b.Start, n+1, got, room)
		} else if got {
			for i := range n + 1 {
				m.owner[b.End()+i] = m.owner[b.Start]
			}
		}
		return
	}
	if got := d.Split(b.Start, n); got != (n < b.Size) {
		t.Fatalf("Split(%d, %d) is %v", b.Start, n, got)
	} else if got {
		m.next++
		for i := b.Start + n; i < b.End(); i++ {
			m.owner[i] = m.next
		}
	}
}

// canonical is what must be free under the buddy system: the largest aligned blocks that nobody uses a part
// of. Merging at once makes it a function of what is in use alone.
func canonical(used []bool, order int, at int) (out []alloc.Hole) {
	size := 1 << order
	if !slices.Contains(used[at:at+size], true) {
		return []alloc.Hole{{Start: uint64(at), Size: uint64(size)}}
	}
	if order == 0 {
		return nil
	}
	return append(canonical(used, order-1, at), canonical(used, order-1, at+size/2)...)
}

// FuzzBuddy compares the buddy system with the canonical free blocks.
func FuzzBuddy(f *testing.F) {
	f.Add([]byte("\x00\x05\x00\x11\x01\x00\x00\x28"))
	f.Add([]byte("\x00\x01\x00\x01\x00\x02\x01\x01\x01\x00\x01\x02"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		const order = 6
		b, err := alloc.NewBuddy(alloc.BuddyConfig{Units: 1 << order, Unit: 1, MaxOrder: order})
		if err != nil {
			t.Fatal(err)
		}
		ops = ops[:min(len(ops), 600)]
		used := make([]bool, 1<<order)
		for ; len(ops) >= 2; ops = ops[2:] {
			n := uint64(ops[1])
			before := b.Holes()
			if ops[0]%2 == 0 {
				got, err := b.Alloc(n)
				want, ok := smallestHole(before, n)
				if (err == nil) != ok || ok && got.Start != want {
					t.Fatalf("Alloc(%d) with %v gives %+v, %v; should be at %d", n, before, got, err, want)
				}
				for i := got.Start; err == nil && i < got.End(); i++ {
					used[i] = true
				}
			} else {
				blocks := b.Blocks()
				i := slices.IndexFunc(blocks, func(x alloc.Block) bool { return x.Start == n })
				if err := b.Free(n); (err == nil) != (i >= 0) {
					t.Fatalf("Free(%d): %v", n, err)
				}
				for at := n; i >= 0 && at < blocks[i].End(); at++ {
					used[at] = false
				}
			}
			if err := b.Check(); err != nil {
				t.Fatal(err)
			}
			if got, want := b.Holes(), canonical(used, order, 0); !slices.Equal(got, want) {
				t.Fatalf("holes %v, should be %v", got, want)
			}
		}
	})
}

// smallestHole is the lowest of the smallest holes that are large enough.
func smallestHole(holes []alloc.Hole, n uint64) (uint64, bool) {
	found := -1
	for i, h := range holes {
		if h.Size >= n && n > 0 && (found < 0 || h.Size < holes[found].Size) {
			found = i
		}
	}
	if found < 0 {
		return 0, false
	}
	return holes[found].Start, true
}
