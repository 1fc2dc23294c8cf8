package linux

import (
	"bytes"
	"encoding/binary"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/vm/linux/errno"
)

// taskSize is the first address that no program has (x86-64, four-level paging).
const taskSize = 0x7ffffffff000

// inRange is the kernel's access_ok: whether [va, va+n) could be a program's memory at all.
func inRange(va, n uint64) bool { return n <= taskSize && va <= taskSize-n }

// get copies b from the program's memory; false: EFAULT.
func (c *call) get(va uint64, b []byte) bool {
	return c.getPart(va, b) == len(b) && inRange(va, uint64(len(b)))
}

// put copies b to the program's memory; false: EFAULT.
func (c *call) put(va uint64, b []byte) bool { return c.putPart(va, b) == len(b) }

// putPart is put that tells how much arrived.
func (c *call) putPart(va uint64, b []byte) int {
	if len(b) == 0 || !inRange(va, uint64(len(b))) {
		return 0
	}
	c.k.copied += uint64(len(b))
	n := c.p.Space.Write(addr.VAddr(va), b)
	if n < len(b) {
		c.k.faulted(c.p)
	}
	return n
}

// Copied is how many bytes the programs' calls have moved to and from their memory so far: the work of a
// kernel, which no count of instructions shows.
func (k *Kernel) Copied() uint64 { return k.copied }

// faulter is an address space that can tell why a copy came to an end.
type faulter interface{ LastFault() paging.Fault }

// faulted ends the process if a copy failed for lack of memory rather than for a bad address.
func (k *Kernel) faulted(p *Process) {
	if f, ok := p.Space.(faulter); ok && noFrame(f.LastFault().Cause) {
		k.outOfMemory(p, f.LastFault())
	}
}

func (c *call) get8(va uint64) (byte, bool) {
	var b [1]byte
	ok := c.get(va, b[:])
	return b[0], ok
}

func (c *call) get32(va uint64) (uint32, bool) {
	var b [4]byte
	ok := c.get(va, b[:])
	return binary.LittleEndian.Uint32(b[:]), ok
}

func (c *call) get64(va uint64) (uint64, bool) {
	var b [8]byte
	ok := c.get(va, b[:])
	return binary.LittleEndian.Uint64(b[:]), ok
}

func (c *call) put32(va uint64, v uint32) bool {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], v)
	return c.put(va, b[:])
}

func (c *call) put64(va, v uint64) bool {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	return c.put(va, b[:])
}

// putWords writes longs one behind the other: 64 bits each, or 32 of a call of i386's.
func (c *call) putWords(va uint64, words ...uint64) bool {
	b := make([]byte, 0, 8*len(words))
	for _, w := range words {
		if c.word == 4 {
			b = binary.LittleEndian.AppendUint32(b, uint32(w))
		} else {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return c.put(va, b)
}

// getWords reads longs or pointers one behind the other: 64 bits each, or 32 of a call of i386's, with zeros
// above them.
func (c *call) getWords(va uint64, words []uint64) bool {
	size := 8
	if c.word == 4 {
		size = 4
	}
	b := make([]byte, size*len(words))
	if !c.get(va, b) {
		return false
	}
	for i := range words {
		if size == 4 {
			words[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
		} else {
			words[i] = binary.LittleEndian.Uint64(b[8*i:])
		}
	}
	return true
}

// getWord reads one long or pointer.
func (c *call) getWord(va uint64) (uint64, bool) {
	var w [1]uint64
	ok := c.getWords(va, w[:])
	return w[0], ok
}

// maxPath is the room that a path has, with its NUL (PATH_MAX).
const maxPath = 4096

// path reads a path: a string of less than 4096 bytes.
func (c *call) path(va uint64) (string, errno.Errno) {
	return c.str(va, maxPath, errno.ENAMETOOLONG)
}

// str reads a string with fewer than limit bytes before its NUL, page by page: what lies behind the NUL
// need not be mapped.
func (c *call) str(va uint64, limit int, tooLong errno.Errno) (string, errno.Errno) {
	var out []byte
	for len(out) < limit {
		n := min(addr.ABIPage-va%addr.ABIPage, uint64(limit-len(out)))
		b := make([]byte, n)
		if !c.get(va, b) {
			return "", errno.EFAULT
		}
		part, _, found := bytes.Cut(b, []byte{0})
		out = append(out, part...)
		if found {
			return string(out), errno.OK
		}
		va += n
	}
	return "", tooLong
}

// getPart is get that tells how much could be read.
func (c *call) getPart(va uint64, b []byte) int {
	if len(b) == 0 || !inRange(va, uint64(len(b))) {
		return 0
	}
	c.k.copied += uint64(len(b))
	n := c.p.Space.Read(addr.VAddr(va), b)
	if n < len(b) {
		c.k.faulted(c.p)
	}
	return n
}
