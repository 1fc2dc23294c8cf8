// Package pe reads what a PE file says about memory: where its headers and sections go. It is for comparison
// with ELF only, nothing is loaded from it; the parsing is the standard library's debug/pe, which stays in
// this room.
package pe

import (
	"debug/pe"
	"errors"
	"io"

	"memlab/paging/addr"
)

// Image is how a PE file is mapped.
type Image struct {
	Bits       int
	Base       uint64 // preferred address
	Entry      uint64 // address
	Align      uint64 // of sections in memory, bytes
	FileAlign  uint64 // of sections in the file
	HeaderSize uint64 // bytes of the file that are mapped at Base
	Sections   []Section
}

// Section is one section.
type Section struct {
	Name         string
	Addr, Size   uint64 // in memory
	Off, RawSize uint64 // in the file
	Prot         addr.Prot
}

// Is reports whether a file begins like a PE file.
func Is(r io.ReaderAt) bool {
	var b [2]byte
	n, _ := r.ReadAt(b[:], 0) // what is there
	return n == len(b) && string(b[:]) == "MZ"
}

// The rights in a section's characteristics (IMAGE_SCN_MEM_*).
const (
	memExecute = 0x20000000
	memRead    = 0x40000000
	memWrite   = 0x80000000
)

// Parse reads the headers.
func Parse(r io.ReaderAt) (*Image, error) {
	f, err := pe.NewFile(r)
	if err != nil {
		return nil, err
	}
	img := &Image{}
	switch h := f.OptionalHeader.(type) {
	case *pe.OptionalHeader64:
		img.Bits, img.Base, img.Entry = 64, h.ImageBase, h.ImageBase+uint64(h.AddressOfEntryPoint)
		img.Align, img.FileAlign, img.HeaderSize = uint64(h.SectionAlignment), uint64(h.FileAlignment),
			uint64(h.SizeOfHeaders)
	case *pe.OptionalHeader32:
		img.Bits, img.Base = 32, uint64(h.ImageBase)
		img.Entry = img.Base + uint64(h.AddressOfEntryPoint)
		img.Align, img.FileAlign, img.HeaderSize = uint64(h.SectionAlignment), uint64(h.FileAlignment),
			uint64(h.SizeOfHeaders)
	default:
		return nil, errors.New("a PE file without an optional header: an object file is not mapped")
	}
	for _, s := range f.Sections {
		var prot addr.Prot
		for _, right := range [...]struct {
			bit uint32
			is  addr.Prot
		}{{memRead, addr.ProtRead}, {memWrite, addr.ProtWrite}, {memExecute, addr.ProtExec}} {
			if s.Characteristics&right.bit != 0 {
				prot |= right.is
			}
		}
		img.Sections = append(img.Sections, Section{
			Name: s.Name, Addr: img.Base + uint64(s.VirtualAddress), Size: uint64(s.VirtualSize),
			Off: uint64(s.Offset), RawSize: uint64(s.Size), Prot: prot,
		})
	}
	return img, nil
}
