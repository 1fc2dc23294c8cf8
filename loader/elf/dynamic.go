package elf

import "encoding/binary"

// d_tag of what leads to the symbols.
const (
	dynHash    = 4
	dynStrtab  = 5
	dynSymtab  = 6
	dynStrsz   = 10
	dynGNUHash = 0x6ffffef5
)

// dynamicSymbols appends the symbols that PT_DYNAMIC leads to: files whose section headers were taken away
// still have them, because the dynamic linker needs them.
func (f *File) dynamicSymbols(all []Symbol) ([]Symbol, error) {
	tags, err := f.dynamicTags()
	if err != nil || tags[dynSymtab] == 0 || tags[dynStrtab] == 0 {
		return all, err
	}
	count, err := f.dynamicCount(tags)
	if err != nil {
		return all, err
	}
	symOff, _, ok := f.offsetOf(tags[dynSymtab])
	strOff, _, okStr := f.offsetOf(tags[dynStrtab])
	if !ok || !okStr {
		return all, wrong(0, "DT_SYMTAB %#x or DT_STRTAB %#x is outside the file's segments",
			tags[dynSymtab], tags[dynStrtab])
	}
	strs, err := f.stringsAt(strOff, tags[dynStrsz])
	if err != nil {
		return all, err
	}
	return f.symbolsAt(all, symOff, count, strs, true)
}

// dynamicTags reads the first PT_DYNAMIC; a tag that occurs twice has its last value.
func (f *File) dynamicTags() (map[uint64]uint64, error) {
	tags := map[uint64]uint64{}
	for i := range f.Progs {
		p := &f.Progs[i]
		if p.Type != ProgDynamic {
			continue
		}
		entry := uint64(2 * f.Class.Bits() / 8)
		n := p.FileSz / entry
		if n > maxDynamic {
			return tags, wrong(p.Off, "%d dynamic entries, at most %d are read", n, maxDynamic)
		}
		b, err := f.read(p.Off, n*entry, "the dynamic section")
		if err != nil {
			return tags, err
		}
		for d := (decoder{b: b, class: f.Class}); len(d.b) > 0; {
			tag, value := d.word(), d.word()
			if tag == 0 {
				break
			}
			tags[tag] = value
		}
		break
	}
	return tags, nil
}

// dynamicCount is the number of dynamic symbols, which only the hash tables tell.
func (f *File) dynamicCount(tags map[uint64]uint64) (uint64, error) {
	if va := tags[dynHash]; va != 0 {
		b, err := f.readAddr(va, 8, "DT_HASH")
		if err != nil {
			return 0, err
		}
		return uint64(binary.LittleEndian.Uint32(b[4:])), nil
	}
	if va := tags[dynGNUHash]; va != 0 {
		return f.gnuHashCount(va)
	}
	return 0, wrong(0, "the dynamic section has no hash table: the number of symbols is not known")
}

// gnuHashCount finds the highest symbol in a GNU hash table: the bucket that starts highest, and the end of
// its chain, marked by a low bit. Layout: nbuckets, symoffset, bloom size, bloom shift, bloom words, buckets,
// chains.
func (f *File) gnuHashCount(va uint64) (uint64, error) {
	le := binary.LittleEndian
	head, err := f.readAddr(va, 16, "DT_GNU_HASH")
	if err != nil {
		return 0, err
	}
	buckets, first, bloom := uint64(le.Uint32(head)), uint64(le.Uint32(head[4:])), uint64(le.Uint32(head[8:]))
	if buckets > maxSymbols || bloom > maxSymbols {
		return 0, wrong(0, "DT_GNU_HASH has %d buckets and %d bloom words, at most %d are read", buckets,
			bloom, maxSymbols)
	}
	at := va + 16 + bloom*uint64(f.Class.Bits()/8)
	table, err := f.readAddr(at, 4*buckets, "the buckets of DT_GNU_HASH")
	if err != nil {
		return 0, err
	}
	last := uint64(0)
	for ; len(table) > 0; table = table[4:] {
		last = max(last, uint64(le.Uint32(table)))
	}
	if last < first {
		return first, nil // nothing is hashed
	}
	chain := at + 4*buckets + 4*(last-first)
	for ; last < maxSymbols; last++ {
		b, err := f.readAddr(chain, 4, "a chain of DT_GNU_HASH")
		if err != nil {
			return 0, err
		}
		if b[0]&1 != 0 {
			return last + 1, nil
		}
		chain += 4
	}
	return 0, wrong(0, "a chain of DT_GNU_HASH has no end")
}

// readAddr reads n bytes at address va, which must lie in one segment.
func (f *File) readAddr(va, n uint64, what string) ([]byte, error) {
	off, left, ok := f.offsetOf(va)
	if !ok || left < n {
		return nil, wrong(0, "%s at address %#x is outside the file's segments", what, va)
	}
	return f.read(off, n, what)
}
