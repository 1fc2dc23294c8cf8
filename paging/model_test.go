package paging

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// model is an address space too simple to be wrong: one entry an ABI page, holding its bytes.
type model map[addr.VAddr]*modelPage

type modelPage struct {
	prot  addr.Prot
	bytes [addr.ABIPage]byte
}

func (m model) fill(at addr.VAddr, n int, prot addr.Prot, file []byte) {
	for i := range n {
		p := &modelPage{prot: prot}
		if off := i * addr.ABIPage; off < len(file) {
			copy(p.bytes[:], file[off:])
		}
		m[at+addr.VAddr(i*addr.ABIPage)] = p
	}
}

// script runs random operations on a space and on the model and compares what reads and writes say and see.
func script(t *testing.T, rnd *rand.Rand, size addr.PageSize, policy string, steps int) {
	t.Helper()
	p, s := newPager(t, vary(rnd, Config{PageSize: size, Frames: 6, SwapPages: 2000, Policy: policy}))
	const window = 24 // ABI pages that the operations work on
	base := addr.VAddr(0x40000000)
	file := newFile(6*addr.ABIPage - 1000)
	content := make([]byte, file.Size())
	if _, err := file.ReadAt(content, 0); err != nil {
		t.Fatal(err)
	}
	m := model{}
	pick := func() (addr.VAddr, int) {
		i := rnd.IntN(window)
		return base + addr.VAddr(i*addr.ABIPage), 1 + rnd.IntN(min(5, window-i))
	}
	for step := range steps {
		at, n := pick()
		length := uint64(n * addr.ABIPage)
		switch op := rnd.IntN(12); op {
		case 0, 1:
			prot := addr.Prot(rnd.IntN(4))
			r := area.Request{Addr: at, Len: length, Prot: prot, Flags: private | area.MapFixed}
			var given []byte
			if op == 1 {
				r.Flags, r.File, r.FileReadable = area.MapPrivate|area.MapFixed, file, true
				r.Offset = uint64(rnd.IntN(2) * addr.ABIPage)
				given = content[r.Offset:]
				n = min(n, (len(given)+addr.ABIPage-1)/addr.ABIPage) // pages past the end are another test's
				r.Len = uint64(n * addr.ABIPage)
			}
			mustMap(t, s, r)
			m.fill(at, n, prot, given)
		case 2:
			if err := s.Unmap(at, length); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				delete(m, at+addr.VAddr(i*addr.ABIPage))
			}
		case 3:
			prot := addr.Prot(rnd.IntN(4))
			_ = s.Protect(at, length, prot) // ENOMEM at the first hole: what lies before it is changed
			for i := range n {
				q := m[at+addr.VAddr(i*addr.ABIPage)]
				if q == nil {
					break
				}
				q.prot = prot
			}
		case 4:
			to := base + addr.VAddr(window+rnd.IntN(6)*3)*addr.ABIPage
			if got, err := s.Remap(at, addr.ABIPage, addr.ABIPage, 3, to); err == nil {
				if got != to {
					t.Fatalf("mremap to %s went to %s", to, got)
				}
				m[to] = m[at]
				delete(m, at)
			} else if m[at] != nil {
				t.Fatalf("mremap of %s: %v", at, err)
			}
		case 5:
			if s.DontNeed(at, addr.ABIPage) == nil != (m[at] != nil) {
				t.Fatalf("madvise of %s disagrees about what is mapped", at)
			}
			// the model does not know the file's bytes any more: map it anew
			mustMap(t, s, area.Request{Addr: at, Len: addr.ABIPage, Prot: 3, Flags: private | area.MapFixed})
			m.fill(at, 1, 3, nil)
		default:
			va := base + addr.VAddr(rnd.IntN((window+20)*addr.ABIPage))
			if err := compareAccess(s, m, va, rnd); err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
		}
		if step%8 == 0 {
			if err := p.Check(); err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
		}
	}
	s.Destroy()
	p.DropCache() // pages of the file stay until then
	if now, _ := p.Used(); now != 0 || p.SwapUsed() != 0 || p.Mem.Tables.InUse() != 0 {
		t.Errorf("the end of the space leaves %d frames, %d slots, %d bytes of tables", now, p.SwapUsed(), p.Mem.Tables.InUse())
	}
}

// compareAccess reads or writes a few bytes at va and compares.
func compareAccess(s *AddressSpace, m model, va addr.VAddr, rnd *rand.Rand) error {
	got := make([]byte, 1+rnd.IntN(40))
	write := rnd.IntN(2) == 0
	var want []byte
	for i := range got {
		at := va + addr.VAddr(i)
		q := m[at.ABIDown()]
		if q == nil || write && !q.prot.Allows(addr.Write) || !q.prot.Allows(addr.Read) {
			break
		}
		if write {
			got[i] = byte(rnd.Uint32())
			q.bytes[at-at.ABIDown()] = got[i]
		}
		want = append(want, q.bytes[at-at.ABIDown()])
	}
	transfer := s.Read
	if write {
		transfer = s.Write
	}
	if n := transfer(va, got); n != len(want) || !bytes.Equal(got[:n], want) {
		return fmt.Errorf("%d bytes at %s, write %v: got %x, want %x", len(got), va, write, got[:n], want)
	}
	return nil
}

func TestAgainstModel(t *testing.T) {
	for _, size := range []addr.PageSize{512, 4096, 8192, 65536} {
		for seed, policy := range []string{"fifo", "lru", "clock", "random"} {
			t.Run(fmt.Sprint(policy, size), func(t *testing.T) {
				script(t, rand.New(rand.NewPCG(uint64(seed), uint64(size))), size, policy, 1500)
			})
		}
	}
}

func FuzzSpace(f *testing.F) {
	f.Add(uint64(1), uint8(0), uint16(300))
	f.Add(uint64(2), uint8(7), uint16(300))
	f.Fuzz(func(t *testing.T, seed uint64, shape uint8, steps uint16) {
		sizes := []addr.PageSize{512, 1024, 4096, 8192, 16384, 65536}
		policies := []string{"fifo", "lru", "clock", "random"}
		rnd := rand.New(rand.NewPCG(seed, 1))
		script(t, rnd, sizes[int(shape)%len(sizes)], policies[int(shape>>3)%len(policies)], int(steps%1000))
	})
}
