package strace

import "strconv"

// memoryCalls are the calls on address spaces.
func memoryCalls(w *words) map[string]description {
	prot := set(w.prot, "PROT_???")
	list := map[string]description{
		"brk":           call(pointer).returns(hexResult),
		"mmap":          call(pointer, size, prot, mapFlags, number, hexOffset).returns(hexResult),
		"munmap":        call(hexPointer, size),
		"mprotect":      call(hexPointer, size, prot),
		"mremap":        call(hexPointer, size, size, mremapFlags, pointer).returns(hexResult),
		"madvise":       call(hexPointer, size, one(w.advice, "MADV_???")),
		"mincore":       fills(2, hexPointer, size, residents),
		"msync":         call(hexPointer, size, set(w.msync, "MS_???")),
		"mlock":         call(hexPointer, size),
		"mlock2":        call(hexPointer, size, set([]flag{{1, "MLOCK_ONFAULT"}}, "MLOCK_???")),
		"munlock":       call(hexPointer, size),
		"mlockall":      call(set(w.mlock, "MCL_???")),
		"munlockall":    call(),
		"membarrier":    call(one(w.membarrier, "MEMBARRIER_CMD_???"), hex, number),
		"pkey_alloc":    call(hex, hex),
		"pkey_free":     call(number),
		"pkey_mprotect": call(hexPointer, size, prot, number),
		"get_mempolicy": fills(0, pointer, pointer, size, pointer, hex),
		"set_mempolicy": call(one(w.mpol, "MPOL_???"), pointer, size),
		"mbind":         call(hexPointer, size, one(w.mpol, "MPOL_???"), pointer, size, hex),
	}
	list["mmap2"] = list["mmap"]
	return list
}

func hexPointer(p *printer, v uint64) { p.address(v) }

func hexOffset(p *printer, v uint64) { hex(p, v) }

// mapFlags are the flags of mmap: a type, and the others.
func mapFlags(p *printer, v uint64) {
	p.kindAndFlags(v, p.w.mapTypes, p.w.mapFlags, "MAP_???")
}

// kindAndFlags are a kind in the low four bits of v, and flags in the others of its 32.
func (p *printer) kindAndFlags(v uint64, kinds, flags []flag, unknown string) {
	const mask = 0xf
	p.text(find(v&mask, kinds, unknown))
	if rest := uint64(uint32(v)) &^ mask; rest != 0 {
		p.text("|" + join(rest, flags, unknown))
	}
}

// mremapFlags are followed by an address if they say so.
func mremapFlags(p *printer, v uint64) {
	const fixed, dontUnmap = 2, 4
	p.text(join(v, p.w.mremap, "MREMAP_???"))
	p.last = v&(fixed|dontUnmap) == 0
}

// residents is mincore's answer: a byte a page.
func residents(p *printer, v uint64) {
	pages := (p.c.Args[1] + 4095) / 4096
	b := p.structure(v, int(min(pages, MaxList)), true)
	if b == nil {
		return
	}
	p.text("[")
	for i, r := range b {
		if i > 0 {
			p.text(", ")
		}
		p.text(strconv.FormatUint(uint64(r&1), 10))
	}
	if pages > MaxList {
		p.text(", ...")
	}
	p.text("]")
}
