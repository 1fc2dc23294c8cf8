package loader

import "memlab/loader/elf"

// Aux is one pair of the auxiliary vector.
type Aux struct {
	Type, Value uint64
}

// The types of the auxiliary vector.
const (
	AtNull        = 0
	AtExecfd      = 2
	AtPhdr        = 3
	AtPhent       = 4
	AtPhnum       = 5
	AtPagesz      = 6
	AtBase        = 7
	AtFlags       = 8
	AtEntry       = 9
	AtUID         = 11
	AtEUID        = 12
	AtGID         = 13
	AtEGID        = 14
	AtPlatform    = 15
	AtHwcap       = 16
	AtClktck      = 17
	AtSecure      = 23
	AtRandom      = 25
	AtHwcap2      = 26
	AtRseqSize    = 27
	AtRseqAlign   = 28
	AtExecfn      = 31
	AtSysinfo     = 32
	AtSysinfoEhdr = 33
	AtMinsigstksz = 51
	auxWord32     = 1<<32 - 1
)

// flagKeptArgv0 is the bit of AT_FLAGS that tells an interpreter of flag P's (AT_FLAGS_PRESERVE_ARGV0).
const flagKeptArgv0 = 1

// AuxName is the name of a type of the auxiliary vector: "AT_PHDR".
func AuxName(t uint64) string {
	switch t {
	case AtNull:
		return "AT_NULL"
	case AtExecfd:
		return "AT_EXECFD"
	case AtPhdr:
		return "AT_PHDR"
	case AtPhent:
		return "AT_PHENT"
	case AtPhnum:
		return "AT_PHNUM"
	case AtPagesz:
		return "AT_PAGESZ"
	case AtBase:
		return "AT_BASE"
	case AtFlags:
		return "AT_FLAGS"
	case AtEntry:
		return "AT_ENTRY"
	case AtUID:
		return "AT_UID"
	case AtEUID:
		return "AT_EUID"
	case AtGID:
		return "AT_GID"
	case AtEGID:
		return "AT_EGID"
	case AtPlatform:
		return "AT_PLATFORM"
	case AtHwcap:
		return "AT_HWCAP"
	case AtClktck:
		return "AT_CLKTCK"
	}
	return auxNameRest(t)
}

func auxNameRest(t uint64) string {
	switch t {
	case AtSecure:
		return "AT_SECURE"
	case AtRandom:
		return "AT_RANDOM"
	case AtHwcap2:
		return "AT_HWCAP2"
	case AtRseqSize:
		return "AT_RSEQ_FEATURE_SIZE"
	case AtRseqAlign:
		return "AT_RSEQ_ALIGN"
	case AtExecfn:
		return "AT_EXECFN"
	case AtSysinfo:
		return "AT_SYSINFO"
	case AtSysinfoEhdr:
		return "AT_SYSINFO_EHDR"
	case AtMinsigstksz:
		return "AT_MINSIGSTKSZ"
	}
	return "AT_?"
}

// auxv is the vector in the kernel's order.
func (l *load) auxv() []Aux {
	v := make([]Aux, 0, 25)
	add := func(t, value uint64) {
		if l.class == elf.Class32 {
			value &= auxWord32
		}
		v = append(v, Aux{t, value})
	}
	p, res, req := l.prof, l.res, l.req
	if res.Vdso != 0 {
		if l.class == elf.Class32 {
			add(AtSysinfo, uint64(res.Vdso)+p.SysinfoOffset)
		}
		add(AtSysinfoEhdr, uint64(res.Vdso))
	}
	if p.MinSigStkSz != 0 {
		add(AtMinsigstksz, p.MinSigStkSz)
	}
	add(AtHwcap, p.HWCap)
	add(AtPagesz, 4096)
	add(AtClktck, p.ClkTck)
	add(AtPhdr, l.phdr)
	add(AtPhent, uint64(l.class.ProgSize()))
	add(AtPhnum, uint64(l.prog.head.PhNum))
	add(AtBase, uint64(res.InterpBase))
	flags := uint64(0)
	if l.keptArgv0 {
		flags |= flagKeptArgv0
	}
	add(AtFlags, flags)
	add(AtEntry, uint64(res.ProgramEntry))
	add(AtUID, uint64(req.UID))
	add(AtEUID, uint64(req.EUID))
	add(AtGID, uint64(req.GID))
	add(AtEGID, uint64(req.EGID))
	secure := uint64(0)
	if req.UID != req.EUID || req.GID != req.EGID {
		secure = 1
	}
	add(AtSecure, secure)
	add(AtRandom, uint64(res.Stack.Random))
	add(AtHwcap2, p.HWCap2)
	add(AtExecfn, uint64(res.Stack.ExecFn))
	add(AtPlatform, uint64(res.Stack.Platform))
	if l.binary != nil {
		add(AtExecfd, req.ExecFD)
	}
	if p.RseqSize != 0 {
		add(AtRseqSize, p.RseqSize)
		add(AtRseqAlign, p.RseqAlign)
	}
	add(AtNull, 0)
	return v
}
