package elf

import (
	"fmt"
	"strconv"
)

// numbered is the name of a number, or the number itself where it has none.
func numbered(names map[uint64]string, n uint64, unknown string) string {
	if s, ok := names[n]; ok {
		return s
	}
	return fmt.Sprintf(unknown, n)
}

// Name tables follow the ABI's words without their prefixes (include/uapi/linux/elf.h, gABI, psABI).
//
//nolint:gochecknoglobals,goconst // constant tables of the ABI's words
var (
	progNames = map[uint64]string{
		0: "NULL", ProgLoad: "LOAD", ProgDynamic: "DYNAMIC", ProgInterp: "INTERP", ProgNote: "NOTE",
		5:        "SHLIB",
		ProgPhdr: "PHDR", ProgTLS: "TLS", 0x6474e550: "GNU_EH_FRAME", ProgGNUStack: "GNU_STACK",
		ProgGNURelro: "GNU_RELRO", 0x6474e553: "GNU_PROPERTY", 0x6474e554: "GNU_SFRAME",
		0x65041580: "PAX_FLAGS",
	}
	sectionNames = map[uint64]string{
		0: "NULL", 1: "PROGBITS", SectionSymtab: "SYMTAB", SectionStrtab: "STRTAB", SectionRela: "RELA",
		5:              "HASH",
		SectionDynamic: "DYNAMIC", SectionNote: "NOTE", SectionNobits: "NOBITS", SectionRel: "REL",
		10:            "SHLIB",
		SectionDynsym: "DYNSYM", 14: "INIT_ARRAY", 15: "FINI_ARRAY", 16: "PREINIT_ARRAY", 17: "GROUP",
		18: "SYMTAB SECTION INDICES", SectionRelr: "RELR", 0x6ffffff5: "GNU_ATTRIBUTES",
		0x6ffffff6: "GNU_HASH",
		0x6ffffff7: "GNU_LIBLIST", SectionVerdef: "VERDEF", SectionVerneed: "VERNEED",
		SectionVersym: "VERSYM",
		0x70000001:    "X86_64_UNWIND", 0x6fff4c00: "LLVM_ODRTAB", 0x6fff4c03: "LLVM_ADDRSIG",
	}
	symTypeNames = map[uint64]string{
		SymNoType: "NOTYPE", SymObject: "OBJECT", SymFunc: "FUNC", SymSection: "SECTION", SymFile: "FILE",
		SymCommon: "COMMON", SymTLS: "TLS", SymIFunc: "IFUNC",
	}
	bindNames = map[uint64]string{
		BindLocal: "LOCAL", BindGlobal: "GLOBAL", BindWeak: "WEAK", BindUnique: "UNIQUE",
	}
	dynNames = map[uint64]string{
		0: "NULL", 1: "NEEDED", 2: "PLTRELSZ", 3: "PLTGOT", 4: "HASH", 5: "STRTAB", 6: "SYMTAB", 7: "RELA",
		8: "RELASZ",
		9: "RELAENT", 10: "STRSZ", 11: "SYMENT", 12: "INIT", 13: "FINI", 14: "SONAME", 15: "RPATH",
		16: "SYMBOLIC",
		17: "REL", 18: "RELSZ", 19: "RELENT", 20: "PLTREL", 21: "DEBUG", 22: "TEXTREL", 23: "JMPREL",
		24: "BIND_NOW",
		25: "INIT_ARRAY", 26: "FINI_ARRAY", 27: "INIT_ARRAYSZ", 28: "FINI_ARRAYSZ", 29: "RUNPATH",
		30: "FLAGS",
		32: "PREINIT_ARRAY", 33: "PREINIT_ARRAYSZ", 34: "SYMTAB_SHNDX", 35: "RELRSZ", 36: "RELR",
		37:         "RELRENT",
		0x6ffffdf5: "GNU_PRELINKED", 0x6ffffdf6: "GNU_CONFLICTSZ", 0x6ffffdf7: "GNU_LIBLISTSZ",
		0x6ffffef5: "GNU_HASH", 0x6ffffef6: "TLSDESC_PLT", 0x6ffffef7: "TLSDESC_GOT",
		0x6ffffef8: "GNU_CONFLICT",
		0x6ffffef9: "GNU_LIBLIST", 0x6ffffefa: "CONFIG", 0x6ffffefb: "DEPAUDIT", 0x6ffffefc: "AUDIT",
		0x6ffffff0: "VERSYM", 0x6ffffff9: "RELACOUNT", 0x6ffffffa: "RELCOUNT", 0x6ffffffb: "FLAGS_1",
		0x6ffffffc: "VERDEF", 0x6ffffffd: "VERDEFNUM", 0x6ffffffe: "VERNEED", 0x6fffffff: "VERNEEDNUM",
		0x7ffffffd: "AUXILIARY", 0x7fffffff: "FILTER",
	}
)

// TypeName is e_type's name: "EXEC".
//
//nolint:goconst // the ABI's words
func TypeName(t uint16) string {
	return numbered(map[uint64]string{
		0: "NONE", TypeRel: "REL", TypeExec: "EXEC", TypeDyn: "DYN", TypeCore: "CORE",
	}, uint64(t), "%#x")
}

// ProgTypeName is p_type's name: "LOAD".
func ProgTypeName(t uint32) string { return numbered(progNames, uint64(t), "%#x") }

// SectionTypeName is sh_type's name: "PROGBITS".
func SectionTypeName(t uint32) string { return numbered(sectionNames, uint64(t), "%08x") }

// SymTypeName is the name of a symbol's type: "FUNC".
func SymTypeName(t uint8) string { return numbered(symTypeNames, uint64(t), "<type %d>") }

// BindName is the name of a symbol's binding: "GLOBAL".
func BindName(b uint8) string { return numbered(bindNames, uint64(b), "<bind %d>") }

// systemSpecific is a binding or a type of symbols that is defined by the system that EI_OSABI names, of a
// file that names another.
const systemSpecific = "<OS specific>: 10"

// gnu reports whether the file is for a system with GNU's extensions.
func (f *File) gnu() bool {
	return f.Ident[identOSABI] == osabiGNU || f.Ident[identOSABI] == osabiFreeBSD
}

// SymTypeName is SymTypeName for a symbol of this file: GNU's IFUNC is one only where EI_OSABI says so.
func (f *File) SymTypeName(t uint8) string {
	if t == SymIFunc && !f.gnu() {
		return systemSpecific
	}
	return SymTypeName(t)
}

// BindName is BindName for a symbol of this file: GNU's UNIQUE is one only where EI_OSABI says so.
func (f *File) BindName(b uint8) string {
	if b == BindUnique && f.Ident[identOSABI] != osabiGNU {
		return systemSpecific
	}
	return BindName(b)
}

// VisibilityName is the name of a symbol's visibility: "DEFAULT".
func VisibilityName(v uint8) string {
	return [...]string{"DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED"}[v&3]
}

// DynName is d_tag's name: "NEEDED".
func DynName(tag uint64) string { return numbered(dynNames, tag, "%#x") }

// SectionIndexName is what a symbol's section is called: UND, ABS, COM or its number.
func SectionIndexName(n uint16) string {
	switch n {
	case SectionUndef:
		return "UND"
	case SectionAbs:
		return "ABS"
	case SectionCommon:
		return "COM"
	}
	return strconv.FormatUint(uint64(n), 10)
}

// Bits of sh_flags that belong to systems and to processors.
const (
	maskOS      = 0x0ff00000
	maskProc    = 0xf0000000
	flagRetain  = 0x200000
	flagMbind   = 0x1000000
	flagLarge   = 0x10000000 // of x86-64
	flagExclude = 0x80000000
)

// FlagLetters are a section's flags as letters, lowest bit first: WAX, AMS. What a system's bits mean depends
// on EI_OSABI; bits that nobody is known to have are one letter for all of their kind: o of a system's, p of
// a processor's.
func (s *Section) FlagLetters() string {
	var out []byte
	for rest := s.Flags; rest != 0; rest &= rest - 1 {
		bit := rest & -rest
		const known = "WAX?MSILOGTC"
		letter := byte('?')
		for i := range known {
			if bit == 1<<i {
				letter = known[i]
			}
		}
		switch {
		case letter != '?':
		case bit == flagExclude:
			letter = 'E'
		case bit == flagLarge && s.large:
			letter = 'l'
		case bit == flagRetain && s.gnu:
			letter = 'R'
		case bit == flagMbind && s.gnu:
			letter = 'D'
		case bit&maskOS != 0:
			letter = 'o'
			rest &^= maskOS &^ bit
		case bit&maskProc != 0:
			letter = 'p'
			rest &^= maskProc &^ bit
		default:
			letter = 'x'
		}
		out = append(out, letter)
	}
	return string(out)
}
