// Package loadtest reads the recorded cases that the loader is tested with (loader/testdata): what a document
// says about an ELF file, stand-ins for files that are not there, and malformed files. It is for tests, those
// of package loader and those of the commands that replay the same documents.
package loadtest

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Hex is a number that a document writes as "0x…", as decimal text, or as a plain number.
type Hex uint64

// UnmarshalJSON reads any of the three forms.
func (h *Hex) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseUint(strings.Trim(string(b), `"`), 0, 64)
	*h = Hex(v)
	return err
}

// ELF is what a document says about an ELF file.
type ELF struct {
	Path, Realpath, Type, SHA256 string
	Size                         int64
	Class                        int
	Entry                        Hex
	Phoff                        int64
	Phnum                        int
	Phdrs                        []Phdr
}

// interpType is PT_INTERP in a document.
const interpType = "INTERP"

// Phdr is a program header of a document.
type Phdr struct {
	Type, Flags                         string
	Offset, Vaddr, Filesz, Memsz, Align uint64
}

// number is p_type.
func (p *Phdr) number() uint32 {
	switch p.Type {
	case "NULL":
		return 0
	case "LOAD":
		return 1
	case "DYNAMIC":
		return 2
	case interpType:
		return 3
	case "NOTE":
		return 4
	case "SHLIB":
		return 5
	case "PHDR":
		return 6
	case "TLS":
		return 7
	case "GNU_EH_FRAME":
		return 0x6474e550
	case "GNU_STACK":
		return 0x6474e551
	case "GNU_RELRO":
		return 0x6474e552
	case "GNU_PROPERTY":
		return 0x6474e553
	}
	panic("a document has the unknown program header type " + p.Type)
}

func (p *Phdr) flags() (f uint32) {
	for i, c := range []string{"r", "w", "x"} {
		if strings.Contains(p.Flags, c) {
			f |= 4 >> i
		}
	}
	return f
}

// StandIn makes the beginning of a file that a document describes: its header, its program headers, the
// interpreter's path. Behind it the file has zeros up to its Size.
func StandIn(e ELF, interp string) []byte {
	typ := map[string]uint16{"EXEC": 2, "DYN": 3}[e.Type]
	le := binary.LittleEndian
	word := func(b []byte, v uint64) []byte {
		if e.Class == 64 {
			return le.AppendUint64(b, v)
		}
		return le.AppendUint32(b, uint32(v))
	}
	machine, phsize, ehsize := uint16(62), uint16(56), uint16(64)
	if e.Class == 32 {
		machine, phsize, ehsize = 3, 32, 52
	}
	head := append([]byte("\x7fELF"), byte(e.Class/32), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	head = le.AppendUint32(le.AppendUint16(le.AppendUint16(head, typ), machine), 1)
	head = word(word(word(head, uint64(e.Entry)), uint64(e.Phoff)), 0)
	head = le.AppendUint16(le.AppendUint32(head, 0), ehsize)
	head = le.AppendUint16(le.AppendUint16(head, phsize), uint16(e.Phnum))
	var table []byte
	end := int(e.Phoff) + int(phsize)*len(e.Phdrs)
	for i := range e.Phdrs {
		p := &e.Phdrs[i]
		typ, flags := p.number(), p.flags()
		table = le.AppendUint32(table, typ)
		if e.Class == 64 {
			table = le.AppendUint32(table, flags)
		}
		for _, v := range []uint64{p.Offset, p.Vaddr, p.Vaddr, p.Filesz, p.Memsz} {
			table = word(table, v)
		}
		if e.Class == 32 {
			table = le.AppendUint32(table, flags)
		}
		table = word(table, p.Align)
		if p.Type == interpType {
			end = max(end, int(p.Offset+p.Filesz))
		}
	}
	data := make([]byte, end)
	copy(data, head)
	copy(data[e.Phoff:], table)
	for _, p := range e.Phdrs {
		if p.Type == interpType {
			copy(data[p.Offset:], interp)
		}
	}
	return data
}

// File is a file of testdata/badelf.
type File struct {
	Name, Symlink, Mode string
	Size                int64
	Dir, Fifo           bool
	Chunks              [][2]json.RawMessage
}

// Perm is the permission bits.
func (f *File) Perm() (mode uint32) {
	for _, c := range f.Mode {
		mode = mode<<3 | uint32(c-'0')
	}
	return mode
}

// Bytes are the bytes of the file up to the last chunk's end.
func (f *File) Bytes() ([]byte, error) {
	var data []byte
	for _, c := range f.Chunks {
		var off int
		var text string
		if err := json.Unmarshal(c[0], &off); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if err := json.Unmarshal(c[1], &text); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		part, err := hex.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if need := off + len(part) - len(data); need > 0 {
			data = append(data, make([]byte, need)...)
		}
		copy(data[off:], part)
	}
	return data, nil
}
