package loader

import (
	"bytes"
	"math"

	"memlab/loader/elf"
	"memlab/paging/addr"
)

// Image is what a format that is not ELF's wants in memory: segments at fixed addresses, mapped by the rules
// of an ET_EXEC, and an entry. The stack is rw, there is no interpreter, and the auxiliary vector says that
// there are no program headers.
type Image struct {
	Class    elf.Class
	Entry    addr.VAddr
	Segments []Segment
}

// Segment is one piece of an Image.
type Segment struct {
	Addr    addr.VAddr
	MemSize uint64 // bytes from Addr on; what lies behind the Bytes or FileSize is zeros
	Prot    addr.Prot

	Bytes            []byte // what is in it; nil: FileSize bytes of the file, from Offset on
	Offset, FileSize uint64
}

// maxSegments is as many as a table of program headers may have (Linux 6.18, 64 bits).
const maxSegments = 1170

// Check says which rule the image breaks, whatever address space it is for: nil, or an Error with ENOEXEC and
// path.
func (im *Image) Check(path string) *Error {
	if n := len(im.Segments); n == 0 || n > maxSegments {
		return refuse(RulePhNum, ENOEXEC, path, "has %d segments, must have 1 to %d", n, maxSegments)
	}
	task := taskSize(im.Class, 0)
	for i := range im.Segments {
		s := &im.Segments[i]
		at, size := uint64(s.Addr), s.fileSize()
		switch {
		case s.Bytes != nil && (s.Offset != 0 || s.FileSize != 0):
			return refuse(RuleFileRange, ENOEXEC, path, "segment %d: has bytes of its own and of the file",
				i+1)
		case size > s.MemSize:
			return refuse(RuleFileSize, ENOEXEC, path,
				"segment %d: %d bytes of content exceed its size of %d",
				i+1, size, s.MemSize)
		case s.MemSize == 0:
			return refuse(RuleTotal, ENOEXEC, path, "segment %d: has no size", i+1)
		case at >= task || s.MemSize > task-at:
			return refuse(RuleBelowTask, ENOEXEC, path, "segment %d: %d bytes at %#x end above %#x", i+1,
				s.MemSize, at, task)
		case s.Bytes == nil && s.Offset > math.MaxInt64-s.FileSize:
			return refuse(RuleFileRange, ENOEXEC, path, "segment %d: offset %#x lies outside any file", i+1,
				s.Offset)
		case s.Bytes == nil && size > 0 && pageOff(s.Offset) != pageOff(at):
			return refuse(RuleCongruent, ENOEXEC, path,
				"segment %d: offset %#x and address %#x differ within their pages", i+1, s.Offset, at)
		}
	}
	if uint64(im.Entry) >= task {
		return refuse(RuleEntry, ENOEXEC, path, "the entry %s is not below %#x", im.Entry, task)
	}
	return nil
}

func (s *Segment) fileSize() uint64 {
	if s.Bytes != nil {
		return uint64(len(s.Bytes))
	}
	return s.FileSize
}

// takeImage accepts what a format has made of file as the program that is loaded: as if program headers had
// said it.
func (l *load) takeImage(file File, im *Image) error {
	if bad := im.Check(file.Path()); bad != nil {
		return bad
	}
	img := &image{file: file, head: elf.Header{Class: im.Class, Type: elf.TypeExec, Entry: uint64(im.Entry)}}
	for i := range im.Segments {
		s := &im.Segments[i]
		at := uint64(s.Addr)
		ph := elf.Prog{
			Type: elf.ProgLoad, Flags: progFlags(s.Prot), VAddr: at, PAddr: at, Off: s.Offset,
			FileSz: s.fileSize(), MemSz: s.MemSize, Align: addr.ABIPage,
		}
		var part File
		if s.Bytes != nil {
			ph.Off = pageOff(at)
			part = &imageFile{bytes.NewReader(append(make([]byte, ph.Off), s.Bytes...)), file.Path()}
		}
		img.progs, img.parts = append(img.progs, ph), append(img.parts, part)
	}
	img.progs = append(img.progs, elf.Prog{Type: elf.ProgGNUStack, Flags: elf.FlagR | elf.FlagW})
	l.prog, l.class = img, im.Class
	l.tellHeader(img, RuleOwn)
	return nil
}

// progFlags are rights as p_flags has them.
func progFlags(p addr.Prot) (f uint32) {
	for _, b := range [...]struct {
		prot addr.Prot
		flag uint32
	}{{addr.ProtRead, elf.FlagR}, {addr.ProtWrite, elf.FlagW}, {addr.ProtExec, elf.FlagX}} {
		if p&b.prot != 0 {
			f |= b.flag
		}
	}
	return f
}
