package paging

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// disk is a file that takes writes. It is the model's file too: what mappings have written must be in it once
// Sync has been called.
type disk struct {
	bytes    []byte
	reserved map[int64]bool // by page of 4 KiB
	full     bool           // no more room
	holds    int
	t        testing.TB
}

func (d *disk) Path() string  { return "/lab/disk" }
func (d *disk) Size() int64   { return int64(len(d.bytes)) }
func (d *disk) Identity() any { return "the disk" }
func (d *disk) Hold()         { d.holds++ }
func (d *disk) Close()        { d.holds-- }

func (d *disk) ReadAt(b []byte, off int64) (int, error) {
	if off >= d.Size() {
		return 0, io.EOF
	}
	n := copy(b, d.bytes[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

var errFull = errors.New("no room")

func (d *disk) Reserve(off, n int64) error {
	if d.full {
		return errFull
	}
	for at := off &^ 4095; at < off+n; at += 4096 {
		d.reserved[at] = true
	}
	return nil
}

func (d *disk) WriteBack(b []byte, off int64) error {
	if off+int64(len(b)) > d.Size() {
		d.t.Fatalf("%d bytes go back at %d, behind the end at %d", len(b), off, d.Size())
	}
	for at := off &^ 4095; at < off+int64(len(b)); at += 4096 {
		if !d.reserved[at] {
			d.t.Fatalf("bytes go back to %d, which was not reserved", at)
		}
	}
	copy(d.bytes[off:], b)
	return nil
}

// cacheScript lets spaces map one file, shared and private, write, read, fork and end at random, and lets the
// file be read, written and resized besides. The model is the file's bytes as everybody must see them, and
// for each private mapping the pages that it has written.
func cacheScript(t *testing.T, rnd *rand.Rand, size addr.PageSize, policy string, steps int) {
	t.Helper()
	p, first := newPager(t, vary(rnd, Config{PageSize: size, Frames: 6, SwapPages: 4096, Policy: policy}))
	first.Window = 1 + rnd.IntN(2)
	grain := max(uint64(size), addr.ABIPage)
	length := int(4 * grain)
	d := &disk{bytes: make([]byte, length), reserved: map[int64]bool{}, t: t}
	for i := range d.bytes {
		d.bytes[i] = byte(i >> 3)
	}
	truth := bytes.Clone(d.bytes)
	const sharedAt, privateAt = addr.VAddr(0x10000000), addr.VAddr(0x20000000)
	request := area.Request{
		Addr: sharedAt, Len: uint64(length), Prot: 3, Flags: area.MapShared | area.MapFixed, File: d,
		FileReadable: true, FileWritable: true,
	}
	mustMap(t, first, request)
	request.Addr, request.Flags = privateAt, area.MapPrivate|area.MapFixed
	mustMap(t, first, request)
	type family struct {
		s   *AddressSpace
		own map[int][]byte // private bytes by page of the machine
	}
	all := []family{{first, map[int][]byte{}}}
	private := func(f *family, off, n int) []byte {
		b := bytes.Clone(truth[off : off+n])
		for i := range b {
			if page := f.own[(off+i)/int(size)]; page != nil {
				b[i] = page[(off+i)%int(size)]
			}
		}
		return b
	}
	for step := range steps {
		f := &all[rnd.IntN(len(all))]
		comeAndGo(rnd, f.s)
		if len(truth) == 0 {
			truth = make([]byte, 1+rnd.IntN(length))
			d.bytes = bytes.Clone(truth)
			p.Resized(d.Identity(), 0, int64(len(truth)))
		}
		off := rnd.IntN(len(truth))
		b := make([]byte, 1+rnd.IntN(min(300, len(truth)-off)))
		got := make([]byte, len(b))
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		switch op := rnd.IntN(16); op {
		case 0, 1:
			if n := f.s.Write(sharedAt+addr.VAddr(off), b); n != len(b) {
				t.Fatalf("step %d: wrote %d of %d at %d: %+v", step, n, len(b), off, p.MMU.LastFault())
			}
			copy(truth[off:], b)
		case 2, 3:
			if n := f.s.Write(privateAt+addr.VAddr(off), b); n != len(b) {
				t.Fatalf("step %d: wrote %d of %d privately at %d: %+v", step, n, len(b), off, p.MMU.LastFault())
			}
			for i, c := range b {
				at := (off + i) / int(size)
				if f.own[at] == nil {
					f.own[at] = make([]byte, size)
					copy(f.own[at], truth[min(at*int(size), len(truth)):])
				}
				f.own[at][(off+i)%int(size)] = c
			}
		case 4, 5:
			if n := f.s.Read(sharedAt+addr.VAddr(off), got); n != len(b) || !bytes.Equal(got, truth[off:off+n]) {
				t.Fatalf("step %d: %d bytes read at %d are wrong", step, n, off)
			}
		case 6, 7:
			if n := f.s.Read(privateAt+addr.VAddr(off), got); n != len(b) || !bytes.Equal(got, private(f, off, n)) {
				t.Fatalf("step %d: %d bytes read privately at %d are wrong", step, n, off)
			}
		case 8: // read(2)
			p.Sync(d.Identity(), int64(off), int64(len(b)))
			if !bytes.Equal(d.bytes[off:off+len(b)], truth[off:off+len(b)]) {
				t.Fatalf("step %d: the file at %d is not what was written", step, off)
			}
		case 9: // write(2)
			copy(d.bytes[off:], b)
			copy(truth[off:], b)
			p.Written(d.Identity(), int64(off), b)
		case 10: // ftruncate(2)
			was, now := len(truth), rnd.IntN(length+1)
			resize := func(b []byte) []byte { return append(b[:min(was, now):was], make([]byte, max(now-was, 0))...) }
			d.bytes, truth = resize(d.bytes), resize(truth)
			p.Resized(d.Identity(), int64(was), int64(now))
			for i := range all {
				for at := range all[i].own { // each is judged alone
					if at*int(size) >= now {
						delete(all[i].own, at)
					}
				}
				if now < was { // the page in which the end lies keeps what was written: POSIX leaves that open
					delete(all[i].own, now/int(size))
					_ = all[i].s.Advise(privateAt, uint64(length), AdviseDontNeed)
					clear(all[i].own)
				}
			}
		case 11:
			if err := f.s.Msync(sharedAt, uint64(length), SyncSync); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(d.bytes, truth) {
				t.Fatalf("step %d: msync has not brought the file up to date", step)
			}
		case 12:
			if len(all) < 4 {
				c, err := f.s.Fork()
				if err != nil {
					t.Fatal(err)
				}
				own := map[int][]byte{}
				for at, page := range f.own {
					own[at] = bytes.Clone(page)
				}
				all = append(all, family{c, own})
			}
		case 13:
			if len(all) > 1 {
				last := all[len(all)-1]
				last.s.Destroy()
				all = all[:len(all)-1]
			}
		case 14: // behind the end
			va := sharedAt + addr.VAddr(uint64(len(truth))+grain-1)&^addr.VAddr(grain-1)
			if int(va-sharedAt) < length && (f.s.Read(va, got[:1]) != 0 || p.MMU.LastFault().Cause != PastEOF) {
				t.Fatalf("step %d: a read behind the end at %d gives %v", step, len(truth), p.MMU.LastFault().Cause)
			}
		default:
			p.Bus.Now.PID++
			_ = f.s.Advise(privateAt, uint64(length), AdvisePageOut)
		}
		if err := p.Check(); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
	}
	for _, f := range all {
		f.s.Destroy()
	}
	if !bytes.Equal(d.bytes, truth) || d.holds != 0 {
		t.Fatalf("the file is not what was written at the end, or is held %d times", d.holds)
	}
	p.DropCache()
	if now, _ := p.Used(); now != 0 || len(p.cache) != 0 || p.SwapUsed() != 0 {
		t.Fatalf("%d frames, %d objects, %d slots are left", now, len(p.cache), p.SwapUsed())
	}
}

func TestCacheAgainstModel(t *testing.T) {
	for _, size := range []addr.PageSize{512, 4096, 16384} {
		for seed, policy := range []string{"fifo", "lru", "clock", "random"} {
			t.Run(fmt.Sprint(policy, size), func(t *testing.T) {
				cacheScript(t, rand.New(rand.NewPCG(uint64(seed), uint64(size))), size, policy, 400)
			})
		}
	}
}

func FuzzCache(f *testing.F) {
	f.Add(uint64(1), uint8(0), uint16(200))
	f.Add(uint64(2), uint8(6), uint16(200))
	f.Fuzz(func(t *testing.T, seed uint64, shape uint8, steps uint16) {
		sizes := []addr.PageSize{512, 4096, 16384}
		policies := []string{"fifo", "lru", "clock", "random"}
		rnd := rand.New(rand.NewPCG(seed, 2))
		cacheScript(t, rnd, sizes[int(shape)%len(sizes)], policies[int(shape>>3)%len(policies)], int(steps%400))
	})
}
