// Package link reads what a dynamic linker has made of a process: it looks, and touches nothing.
//
//	the program's DT_DEBUG ──► r_debug ──► link_map ─► link_map ─► …      Read: what is loaded where
//	                                          │
//	the objects' files ──► elf.Linking ───────┤
//	                                          ├─► Scope.Lookup   which object's symbol a reference binds to
//	                                          └─► Slots          GOT and PLT as they stand in memory now
//
// The structures are those of <link.h> and the System V ABI, "Dynamic Linking"; glibc and musl lay them out
// alike. Memory and files are whoever's: package vm hands in those of a simulated process.
package link

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"memlab/loader/elf"
	"memlab/paging/addr"
)

// Memory is a process's memory. Peek reads without any side effect and returns how many bytes it could read.
type Memory interface {
	Peek(va addr.VAddr, b []byte) int
}

// State is r_state: what the linker is doing to the map.
type State uint64

// The states.
const (
	Consistent State = iota
	Add              // objects are being added
	Delete           // objects are being removed
)

// String is the state in <link.h>'s words.
func (s State) String() string {
	switch s {
	case Consistent:
		return "consistent"
	case Add:
		return "add"
	case Delete:
		return "delete"
	}
	return strconv.FormatUint(uint64(s), 10)
}

// Entry is one link_map.
type Entry struct {
	Node    addr.VAddr // of the link_map itself
	Base    uint64     // l_addr: addresses of the file are below those of memory by this
	Name    string     // l_name: a path; "" for the program
	Dynamic addr.VAddr // l_ld: the dynamic section in memory
}

// Map is r_debug and the list that it leads to.
type Map struct {
	Debug   addr.VAddr // of r_debug; 0: the linker has not made it yet
	Version int        // r_version
	Break   addr.VAddr // r_brk: a function that the linker calls before and after changes of the list
	State   State
	Entries []Entry // in the order of loading, which is that of the look-ups
}

// Caps on what is read of a map, whatever the program has written there.
const (
	maxEntries = 1 << 12
	maxName    = 4096
)

// Error says what is wrong with the structures in memory.
type Error struct {
	At  addr.VAddr
	Msg string
}

// Error is one line with the address.
func (e *Error) Error() string { return fmt.Sprintf("at %v: %s", e.At, e.Msg) }

// reader reads words of one class.
type reader struct {
	m Memory
	c elf.Class
}

func (r reader) size() uint64 { return uint64(r.c.Bits() / 8) }

// words reads n words, at most 8.
func (r reader) words(at addr.VAddr, n int) (w [8]uint64, ok bool) {
	var b [64]byte
	size := int(r.size())
	if r.m.Peek(at, b[:n*size]) < n*size {
		return w, false
	}
	for i := range n {
		if size == 8 {
			w[i] = binary.LittleEndian.Uint64(b[i*8:])
		} else {
			w[i] = uint64(binary.LittleEndian.Uint32(b[i*4:]))
		}
	}
	return w, true
}

// text reads a string up to its NUL.
func (r reader) text(at addr.VAddr) (string, bool) {
	var out []byte
	for len(out) < maxName {
		var b [64]byte
		n := r.m.Peek(at+addr.VAddr(len(out)), b[:])
		if i := bytes.IndexByte(b[:n], 0); i >= 0 {
			return string(append(out, b[:i]...)), true
		}
		if out = append(out, b[:n]...); n < len(b) {
			return "", false
		}
	}
	return "", false
}

// Debug finds r_debug by the DT_DEBUG entry of the program's dynamic section, which the linker fills in; 0:
// there is no such entry, or it is not filled in yet.
func Debug(m Memory, c elf.Class, dynamic addr.VAddr) addr.VAddr {
	r := reader{m, c}
	for i := range uint64(maxEntries) {
		w, ok := r.words(dynamic+addr.VAddr(2*i*r.size()), 2)
		if !ok || w[0] == 0 {
			return 0
		}
		if w[0] == elf.DynDebug {
			return addr.VAddr(w[1])
		}
	}
	return 0
}

// Read follows r_debug at debug. With an error the map holds what could be read before.
func Read(m Memory, c elf.Class, debug addr.VAddr) (Map, error) {
	out := Map{Debug: debug}
	r := reader{m, c}
	w, ok := r.words(debug, 4) // r_version, r_map, r_brk, r_state; ints are padded to a word
	if !ok {
		return out, &Error{debug, "r_debug is not in memory"}
	}
	out.Version, out.Break, out.State = int(uint32(w[0])), addr.VAddr(w[2]), State(uint32(w[3]))
	seen := map[addr.VAddr]bool{}
	for node := addr.VAddr(w[1]); node != 0; {
		if len(out.Entries) == maxEntries || seen[node] {
			n := len(out.Entries)
			return out, &Error{node, fmt.Sprintf("the link map has no end after %d entries", n)}
		}
		seen[node] = true
		w, ok := r.words(node, 4) // l_addr, l_name, l_ld, l_next
		if !ok {
			return out, &Error{node, "a link_map is not in memory"}
		}
		e := Entry{Node: node, Base: w[0], Dynamic: addr.VAddr(w[2])}
		if w[1] != 0 {
			if e.Name, ok = r.text(addr.VAddr(w[1])); !ok {
				return out, &Error{addr.VAddr(w[1]), "a link_map's name has no end"}
			}
		}
		out.Entries = append(out.Entries, e)
		node = addr.VAddr(w[3])
	}
	return out, nil
}
