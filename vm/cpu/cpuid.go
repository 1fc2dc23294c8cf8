package cpu

import "memlab/vm/x86"

// leaf is the answer of CPUID to one question.
type leaf struct{ a, b, c, d uint32 }

// cpuid executes CPUID: a processor of level x86-64-v2 and nothing more. What a bit promises is complete
// here, and what none promises raises #UD. Leaves and subleaves without an entry are zeros; leaf 4 must end
// so, or glibc counts caches for ever. Family 6 model 1A (Nehalem) makes glibc take its plain SSE2 string
// functions; the caches are not decoration either: with size 0 some versions read past the end of buffers
// (glibc bug 29953).
func (c *CPU) cpuid() {
	l := cpuidLeaf(uint32(c.Regs[x86.RAX]), uint32(c.Regs[x86.RCX]))
	c.Regs[x86.RAX], c.Regs[x86.RBX] = uint64(l.a), uint64(l.b)
	c.Regs[x86.RCX], c.Regs[x86.RDX] = uint64(l.c), uint64(l.d)
}

func cpuidLeaf(n, sub uint32) leaf {
	switch n {
	case 0:
		return leaf{7, 0x756e6547, 0x6c65746e, 0x49656e69} // GenuineIntel
	case 1:
		return leaf{0x000106A3, 0x00010800, 0x00982201, 0x1f8bfbff}
	case 2:
		return leaf{a: 0x00FEFF01} // "ask leaf 4"
	case 4:
		return cacheLeaf(sub)
	case 7:
		if sub == 0 {
			return leaf{b: 1} // FSGSBASE
		}
	case 0x80000000:
		return leaf{a: 0x80000008}
	case 0x80000001:
		return leaf{c: 1, d: 1<<11 | 1<<20 | 1<<29} // LAHF in 64-bit code; SYSCALL, NX, long mode
	case 0x80000002, 0x80000003, 0x80000004:
		return brand(n - 0x80000002)
	case 0x80000006:
		return leaf{c: 0x01006040}
	case 0x80000008:
		return leaf{a: 0x3030} // 48 bits of linear and of physical address
	}
	return leaf{}
}

// cacheLeaf describes caches of 32 KiB (data, instructions), 256 KiB and 8 MiB.
func cacheLeaf(sub uint32) leaf {
	switch sub {
	case 0:
		return leaf{0x121, 0x01C0003F, 0x3F, 0}
	case 1:
		return leaf{0x122, 0x01C0003F, 0x3F, 0}
	case 2:
		return leaf{0x143, 0x01C0003F, 0x1FF, 0}
	case 3:
		return leaf{0x163, 0x03C0003F, 0x1FFF, 2}
	}
	return leaf{}
}

// brand is 16 bytes of the processor's name.
func brand(part uint32) leaf {
	const name = "memlab x86-64-v2"
	var b [48]byte
	copy(b[:], name)
	word := func(i uint32) uint32 {
		s := b[16*part+4*i:]
		return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
	}
	return leaf{word(0), word(1), word(2), word(3)}
}
