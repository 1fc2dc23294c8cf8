package link

import (
	"encoding/binary"
	"reflect"
	"testing"

	"memlab/loader/elf"
	"memlab/paging/addr"
)

// flat is a memory of one piece.
type flat struct {
	start addr.VAddr
	bytes []byte
}

func (f *flat) Peek(va addr.VAddr, b []byte) int {
	if va < f.start || uint64(va-f.start) >= uint64(len(f.bytes)) {
		return 0
	}
	return copy(b, f.bytes[va-f.start:])
}

// put writes words of a class at va.
func (f *flat) put(c elf.Class, va addr.VAddr, words ...uint64) {
	for i, w := range words {
		if c == elf.Class64 {
			binary.LittleEndian.PutUint64(f.bytes[int(va-f.start)+8*i:], w)
		} else {
			binary.LittleEndian.PutUint32(f.bytes[int(va-f.start)+4*i:], uint32(w))
		}
	}
}

// example is a map of two objects: r_debug at 0x1000, link_maps at 0x1100 and 0x1200, a name at 0x1300, a
// dynamic section at 0x1400.
func example(c elf.Class) *flat {
	f := &flat{0x1000, make([]byte, 0x1000)}
	f.put(c, 0x1000, 1, 0x1100, 0x5000, 2, 0x7000)
	f.put(c, 0x1100, 0, 0, 0x1400, 0x1200, 0)
	f.put(c, 0x1200, 0x70000, 0x1300, 0x71000, 0, 0x1100)
	copy(f.bytes[0x300:], "/lib/libx.so\x00")
	f.put(c, 0x1400, elf.DynSoname, 5, elf.DynDebug, 0x1000, 0, 0)
	return f
}

func TestRead(t *testing.T) {
	for _, c := range []elf.Class{elf.Class64, elf.Class32} {
		f := example(c)
		if at := Debug(f, c, 0x1400); at != 0x1000 {
			t.Errorf("%d bits: DT_DEBUG is %v", c.Bits(), at)
		}
		got, err := Read(f, c, 0x1000)
		want := Map{
			Debug: 0x1000, Version: 1, Break: 0x5000, State: Delete,
			Entries: []Entry{
				{Node: 0x1100, Dynamic: 0x1400},
				{Node: 0x1200, Base: 0x70000, Name: "/lib/libx.so", Dynamic: 0x71000},
			},
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d bits: %+v, %v", c.Bits(), got, err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	c := elf.Class64
	for _, k := range []struct {
		name   string
		change func(f *flat)
		want   string
	}{
		{"nothing there", func(f *flat) { f.start = 0x100000 }, "at 0x1000: r_debug is not in memory"},
		{"a bad node", func(f *flat) { f.put(c, 0x1118, 0xdead) }, "at 0xdead: a link_map is not in memory"},
		{"a circle", func(f *flat) { f.put(c, 0x1218, 0x1100) }, "at 0x1100: the link map has no end after 2 entries"},
		{"a bad name", func(f *flat) { f.put(c, 0x1208, 0xdead) }, "at 0xdead: a link_map's name has no end"},
	} {
		f := example(c)
		k.change(f)
		if _, err := Read(f, c, 0x1000); err == nil || err.Error() != k.want {
			t.Errorf("%s: %v, want %s", k.name, err, k.want)
		}
	}
}

// FuzzRead: whatever stands in memory, reading it ends, without a panic, and keeps within its caps.
func FuzzRead(f *testing.F) {
	f.Add(example(elf.Class64).bytes, true)
	f.Add(example(elf.Class32).bytes, false)
	f.Fuzz(func(t *testing.T, b []byte, wide bool) {
		c := elf.Class32
		if wide {
			c = elf.Class64
		}
		m := &flat{0x1000, b}
		Debug(m, c, 0x1400)
		got, err := Read(m, c, 0x1000)
		if len(got.Entries) > maxEntries || err == nil && len(b) < 16 {
			t.Errorf("%d entries, %v", len(got.Entries), err)
		}
	})
}
