package trace

import (
	"bytes"
	"fmt"
)

// Valgrind's lackey --trace-mem=yes (lackey/lk_main.c) has one access a line:
//
//	I  00401000,8     fetch of an instruction
//	 L 00403000,4     load
//	 S 1fff00068c,4   store
//	 M 0421c7cc,4     load and store by one instruction
//
// Addresses are hexadecimal without 0x; lines that start with == are valgrind's own. The traces of the
// CS:APP cache lab are the same without instructions.

func parseLackey(line []byte, out *[4]Access) (int, error) {
	if len(line) == 0 || bytes.HasPrefix(line, []byte("==")) || bytes.HasPrefix(line, []byte("--")) {
		return 0, nil
	}
	a := Access{}
	if len(line) < 4 || line[2] != ' ' || (line[0] == 'I') != (line[1] == ' ') {
		return 0, badLackey(line)
	}
	switch {
	case line[0] == 'I':
		a.Kind = Fetch
	case line[0] != ' ':
		return 0, badLackey(line)
	case line[1] == 'L':
		a.Kind = Read
	case line[1] == 'S':
		a.Kind = Write
	case line[1] == 'M':
		a.Kind = Modify
	default:
		return 0, badLackey(line)
	}
	v, rest, ok := hex(skipBlanks(line[3:]))
	if !ok || len(rest) < 2 || rest[0] != ',' {
		return 0, badLackey(line)
	}
	size, rest, ok := decimal(rest[1:])
	if !ok || len(skipBlanks(rest)) != 0 {
		return 0, badLackey(line)
	}
	a.Addr = v
	if err := a.sized(size); err != nil {
		return 0, err
	}
	out[0] = a
	return 1, nil
}

func badLackey(line []byte) error {
	return fmt.Errorf("%s: must be I, L, S or M, address and size, as \" L 00403000,4\"", shown(line))
}

// maxSize is the most bytes that one access can touch: no instruction comes near, and a kernel's copy is
// split into pages.
const maxSize = 1 << 16

// sized sets the size, 0 standing for 1.
func (a *Access) sized(size uint64) error {
	if size > maxSize {
		return fmt.Errorf("an access of %d bytes: must be at most %d", size, maxSize)
	}
	if last := size - min(size, 1); a.Addr+last < a.Addr {
		return fmt.Errorf("an access of %d bytes at %#x: it goes beyond the last address", size, a.Addr)
	}
	a.Size = uint32(max(size, 1))
	return nil
}
