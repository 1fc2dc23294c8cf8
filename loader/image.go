package loader

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"memlab/loader/elf"
)

// headSize is how much of a file execve reads before it knows the format (Linux: BINPRM_BUF_SIZE).
const headSize = 256

// pathMax is PATH_MAX: the longest path including its NUL.
const pathMax = 4096

// image is an ELF file that has passed what is checked before the point of no return.
type image struct {
	file  File
	head  elf.Header
	progs []elf.Prog
	parts []File // of a format of its own: what each of progs is mapped from; nil: file
}

// part is the file that segment i is mapped from.
func (img *image) part(i int) File {
	if i < len(img.parts) && img.parts[i] != nil {
		return img.parts[i]
	}
	return img.file
}

// readAt fills b from off. short is true if the file ends before b is full.
func readAt(f File, b []byte, off int64) (n int, short bool, err error) {
	n, err = f.ReadAt(b, off)
	if n == len(b) {
		return n, false, nil
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return n, true, nil
	}
	return n, true, err
}

// readHead is the file's first headSize bytes, zeros where the file is shorter.
func readHead(f File) ([]byte, error) {
	b := make([]byte, headSize)
	if _, _, err := readAt(f, b, 0); err != nil {
		return nil, refuse(RuleHead, errnoOf(err), f.Path(), "cannot be read: %v", err)
	}
	return b, nil
}

// readProgram checks a program's header (load_elf_binary's first steps) and reads its program headers. head
// is what readHead returned, so a file shorter than its header is judged by the zeros that follow.
func readProgram(f File, head []byte, p *Profile) (*image, error) {
	const not = "not an ELF executable: "
	if string(head[:4]) != elf.Magic {
		return nil, refuse(RuleMagic, ENOEXEC, f.Path(), not+"begins with % x, must be 7f 45 4c 46", head[:4])
	}
	class, ok := elf.ClassOf(elf.MachineOf(head))
	if !ok {
		return nil, refuse(RuleMachine, ENOEXEC, f.Path(),
			not+"e_machine is %d, must be 62 (x86-64) or 3 or 6 (i386)",
			elf.MachineOf(head))
	}
	img := &image{file: f, head: elf.DecodeHeader(class, head)}
	if img.head.Type != elf.TypeExec && img.head.Type != elf.TypeDyn {
		return nil, refuse(RuleType, ENOEXEC, f.Path(), not+"e_type is %d, must be 2 (EXEC) or 3 (DYN)",
			img.head.Type)
	}
	if rule, bad := img.readProgs(p); bad != "" {
		return nil, refuse(rule, ENOEXEC, f.Path(), not+"%s", bad)
	}
	return img, nil
}

// readProgs is load_elf_phdrs. It says what is wrong, or nothing.
func (img *image) readProgs(p *Profile) (rule Rule, bad string) {
	h := &img.head
	want := h.Class.ProgSize()
	if int(h.PhEntSize) != want {
		return RulePhEntSize, fmt.Sprintf("e_phentsize is %d, must be %d", h.PhEntSize, want)
	}
	size := want * int(h.PhNum)
	if size == 0 || size > p.PhdrTableMax {
		return RulePhNum, fmt.Sprintf("e_phnum is %d, must be 1 to %d", h.PhNum, p.PhdrTableMax/want)
	}
	if h.PhOff > math.MaxInt64 {
		return RulePhTable, fmt.Sprintf("e_phoff is %#x, behind the end of any file", h.PhOff)
	}
	table := make([]byte, size) // at most PhdrTableMax
	if n, short, err := readAt(img.file, table, int64(h.PhOff)); err != nil {
		return RulePhTable, fmt.Sprintf("the program headers at %#x cannot be read: %v", h.PhOff, err)
	} else if short {
		return RulePhTable, fmt.Sprintf("the program headers at %#x need %d bytes, the file has %d there",
			h.PhOff, size,
			n)
	}
	img.progs = elf.DecodeProgs(h.Class, table)
	return NoRule, ""
}

// interpPath is the path in the first PT_INTERP; ok is false if there is none.
func (img *image) interpPath() (path string, ok bool, err error) {
	for i := range img.progs {
		ph := &img.progs[i]
		if ph.Type != elf.ProgInterp {
			continue
		}
		self := img.file.Path()
		if ph.FileSz < 2 || ph.FileSz > pathMax {
			return "", false, refuse(RuleInterpSize, ENOEXEC, self,
				"not an ELF executable: program header %d: PT_INTERP has p_filesz %d, must be 2 to %d", i,
				ph.FileSz, pathMax)
		}
		if ph.Off > math.MaxInt64-ph.FileSz { // rw_verify_area
			return "", false, refuse(RuleInterpOffset, EINVAL, self,
				"program header %d: PT_INTERP has p_offset %#x", i, ph.Off)
		}
		b := make([]byte, ph.FileSz)
		n, short, err := readAt(img.file, b, int64(ph.Off))
		if err != nil {
			return "", false, refuse(RuleInterpBytes, errnoOf(err), self,
				"the interpreter's name at %#x cannot be read: %v",
				ph.Off, err)
		}
		if short {
			return "", false, refuse(RuleInterpBytes, EIO, self,
				"program header %d: PT_INTERP needs %d bytes at %#x, the file has %d there", i, ph.FileSz,
				ph.Off, n)
		}
		if b[len(b)-1] != 0 {
			return "", false, refuse(RuleInterpNUL, ENOEXEC, self,
				"not an ELF executable: program header %d: the interpreter's name does not end with NUL", i)
		}
		path, _, _ = strings.Cut(string(b), "\x00")
		return path, true, nil
	}
	return "", false, nil
}

// readInterp checks an interpreter's header: it must be of the program's class. e_type is looked at only
// after the point of no return.
func readInterp(f File, program elf.Class, p *Profile) (*image, error) {
	b := make([]byte, program.HeaderSize())
	n, short, err := readAt(f, b, 0)
	if err != nil {
		return nil, refuse(RuleInterpHead, errnoOf(err), f.Path(), "the interpreter cannot be read: %v", err)
	}
	if short {
		return nil, refuse(RuleInterpHead, EIO, f.Path(),
			"the interpreter has %d bytes, an ELF header has %d", n, len(b))
	}
	if string(b[:4]) != elf.Magic {
		return nil, refuse(RuleInterpELF, ELIBBAD, f.Path(),
			"the interpreter is not an ELF file: it begins with % x", b[:4])
	}
	class, ok := elf.ClassOf(elf.MachineOf(b))
	if !ok || class != program {
		return nil, refuse(RuleInterpELF, ELIBBAD, f.Path(),
			"the interpreter has e_machine %d and the program has %d bits",
			elf.MachineOf(b), program.Bits())
	}
	img := &image{file: f, head: elf.DecodeHeader(class, b)}
	if rule, bad := img.readProgs(p); bad != "" {
		return nil, refuse(rule, ELIBBAD, f.Path(), "the interpreter cannot be used: %s", bad)
	}
	return img, nil
}

// totalSize is the room from the first to the last page of the image (total_mapping_size), 0 without any
// PT_LOAD.
func (img *image) totalSize(p *Profile) uint64 {
	lo, hi, some := uint64(math.MaxUint64), uint64(0), false
	for i := range img.progs {
		ph := &img.progs[i]
		if ph.Type != elf.ProgLoad {
			continue
		}
		if p.FileOrderSize {
			if !some {
				lo = pageDown(ph.VAddr)
			}
			hi, some = ph.VAddr+ph.MemSz, true
			continue
		}
		lo, hi, some = min(lo, pageDown(ph.VAddr)), max(hi, ph.VAddr+ph.MemSz), true
	}
	if !some {
		return 0
	}
	return hi - lo
}

// maxAlign is the largest p_align of the PT_LOADs, rounded up to a page; values that are not powers of two do
// not count (maximum_alignment).
func (img *image) maxAlign() uint64 {
	var align uint64
	for i := range img.progs {
		if a := img.progs[i].Align; img.progs[i].Type == elf.ProgLoad && a&(a-1) == 0 {
			align = max(align, a)
		}
	}
	return pageUp(align)
}

// stackKind is what PT_GNU_STACK says about an executable stack.
type stackKind uint8

const (
	stackDefault stackKind = iota // no PT_GNU_STACK
	stackNX
	stackX
)

// stackKind reads the last PT_GNU_STACK. Its sizes mean nothing.
func (img *image) stackKind() stackKind {
	kind := stackDefault
	for i := range img.progs {
		if img.progs[i].Type == elf.ProgGNUStack {
			kind = stackNX
			if img.progs[i].Flags&elf.FlagX != 0 {
				kind = stackX
			}
		}
	}
	return kind
}
