package loader

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// Regs are the registers at the first instruction. Those that are not here are zero.
type Regs struct {
	IP, SP                 addr.VAddr
	Flags                  uint64 // rflags
	CS, SS, DS, ES, FS, GS uint16
	FCW                    uint16 // x87 control word
	MXCSR                  uint32
}

// startRegs is what start_thread sets, for programs of either class under a 64-bit kernel.
func startRegs(c elf.Class, ip, sp addr.VAddr) Regs {
	r := Regs{IP: ip, SP: sp, Flags: 0x202, CS: 0x33, SS: 0x2b, FCW: 0x37f, MXCSR: 0x1f80}
	if c == elf.Class32 {
		r.CS, r.DS, r.ES = 0x23, 0x2b, 0x2b
	}
	return r
}
