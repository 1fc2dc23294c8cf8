package elf

import "fmt"

// relocs64 are the relocations of the x86-64 psABI by number; "" where there is none.
//
//nolint:gochecknoglobals,goconst // a constant table of the ABI's words
var relocs64 = [...]string{
	"NONE", "64", "PC32", "GOT32", "PLT32", "COPY", "GLOB_DAT", "JUMP_SLOT", "RELATIVE", "GOTPCREL", "32",
	"32S", "16",
	"PC16", "8", "PC8", "DTPMOD64", "DTPOFF64", "TPOFF64", "TLSGD", "TLSLD", "DTPOFF32", "GOTTPOFF",
	"TPOFF32",
	"PC64", "GOTOFF64", "GOTPC32", "GOT64", "GOTPCREL64", "GOTPC64", "GOTPLT64", "PLTOFF64", "SIZE32",
	"SIZE64",
	"GOTPC32_TLSDESC", "TLSDESC_CALL", "TLSDESC", "IRELATIVE", "RELATIVE64", "", "", "GOTPCRELX",
	"REX_GOTPCRELX",
}

// relocs32 are those of the i386 psABI.
//
//nolint:gochecknoglobals // a constant table of the ABI's words
var relocs32 = [...]string{
	"NONE", "32", "PC32", "GOT32", "PLT32", "COPY", "GLOB_DAT", "JUMP_SLOT", "RELATIVE", "GOTOFF", "GOTPC",
	"32PLT",
	"", "", "TLS_TPOFF", "TLS_IE", "TLS_GOTIE", "TLS_LE", "TLS_GD", "TLS_LDM", "16", "PC16", "8", "PC8",
	"TLS_GD_32", "TLS_GD_PUSH", "TLS_GD_CALL", "TLS_GD_POP", "TLS_LDM_32", "TLS_LDM_PUSH", "TLS_LDM_CALL",
	"TLS_LDM_POP", "TLS_LDO_32", "TLS_IE_32", "TLS_LE_32", "TLS_DTPMOD32", "TLS_DTPOFF32", "TLS_TPOFF32",
	"SIZE32",
	"TLS_GOTDESC", "TLS_DESC_CALL", "TLS_DESC", "IRELATIVE", "GOT32X",
}

// RelocName is a relocation's name with the prefix of its machine: "R_X86_64_PC32", "R_386_RELATIVE".
func RelocName(c Class, typ uint32) string {
	names, prefix := relocs32[:], "R_386_"
	if c == Class64 {
		names, prefix = relocs64[:], "R_X86_64_"
	}
	if int64(typ) < int64(len(names)) && names[typ] != "" {
		return prefix + names[typ]
	}
	return fmt.Sprintf("unrecognized: %x", typ)
}
