package loader

const (
	name618 = "linux-6.18"
	name54  = "linux-5.4"
)

// Profile is what cannot be derived from the file: which kernel it is and how it was configured. Everything
// that differs between the kernels that memlab knows is a field here.
type Profile struct {
	Name string

	VvarPages, VclockPages, VdsoPages uint64 // the special areas, in this order; 0: absent
	SysinfoOffset                     uint64 // i386: AT_SYSINFO minus the start of [vdso]

	HWCap, HWCap2 uint64 // AT_HWCAP (CPUID.1:EDX) and AT_HWCAP2
	MinSigStkSz   uint64 // AT_MINSIGSTKSZ; 0: no such entry
	RseqSize      uint64 // AT_RSEQ_FEATURE_SIZE; 0: neither of the two entries
	RseqAlign     uint64
	ClkTck        uint64

	BrkRange64         uint64 // bytes in which randomisation may put a 64-bit program's heap
	PhdrTableMax       int    // bytes of program headers that are accepted
	PerProgramBSS      bool   // one bss for the whole program, set up behind its segments (before 6.7)
	FirstFixed         bool   // the first segment may replace what is there (before 5.19)
	PIEAlign           bool   // p_align moves PIEs
	StaticPIEBrk       bool   // the heap of a static PIE starts at ET_DYN_BASE, not behind its bss
	BrkGap             bool   // address space randomisation leaves a page free between bss and heap
	VdsoAboveStack     bool   // it puts a 64-bit vdso above the stack
	FileOrderSize      bool   // total size: last PT_LOAD's end minus first start, not max minus min
	PhdrByFirst        bool   // AT_PHDR from the first PT_LOAD, not from the one that holds e_phoff
	StartCodeAll       bool   // start_code and end_code from all PT_LOADs, not from executable ones
	ReadImpliesByStack bool   // READ_IMPLIES_EXEC unless PT_GNU_STACK says no x (before 5.8)
	AddEmptyArg        bool   // argc 0 becomes 1 (since 5.18)
	EmptyInterpNoExec  bool   // "#!" with nothing behind it is ENOEXEC instead of EACCES

	// Rules of mmap, brk and /proc, for the Mapper and whoever prints areas.
	ThpFileAlign, ThpAnonAlign bool   // 2 MiB placement of file and anonymous maps
	HeapMergesBSS              bool   // brk may join the bss below it
	HeapNameLoose              bool   // [heap] also for areas that merely touch it
	MapStackNoHuge             bool   // MAP_STACK blocks merging
	MremapMany                 bool   // mremap over several areas
	Pkeys                      bool   // exec-only memory is unreadable
	MinAddrHint, MinAddrFixed  uint64 // vm.mmap_min_addr, as hints and as fixed addresses feel it
	CommitLimit                uint64 // bytes: a private writable map above it is ENOMEM
	MaxMapCount                int
}

// Linux618 is the profile linux-6.18: the default.
func Linux618() *Profile {
	return &Profile{
		Name:      name618,
		VvarPages: 4, VclockPages: 2, VdsoPages: 2, SysinfoOffset: 0x5e0,
		HWCap: 0x1f8bfbff, HWCap2: 0x2, MinSigStkSz: 0x2eb0, RseqSize: 28, RseqAlign: 32, ClkTck: 100,
		PhdrTableMax: 65536, PIEAlign: true, StaticPIEBrk: true, AddEmptyArg: true,
		BrkRange64: 1 << 30, BrkGap: true,
		ThpFileAlign: true, ThpAnonAlign: true, MapStackNoHuge: true, MremapMany: true, Pkeys: true,
		MinAddrHint: 65536, MinAddrFixed: 4096, CommitLimit: 1 << 40, MaxMapCount: 65530,
	}
}

// Linux54 is the profile linux-5.4.
func Linux54() *Profile {
	return &Profile{
		Name:      name54,
		VvarPages: 3, VdsoPages: 1, SysinfoOffset: 0x5e0,
		HWCap: 0x1f8bfbff, HWCap2: 0x2, ClkTck: 100,
		PhdrTableMax: 4096, PerProgramBSS: true, FirstFixed: true, FileOrderSize: true, PhdrByFirst: true,
		StartCodeAll: true, ReadImpliesByStack: true, EmptyInterpNoExec: true,
		BrkRange64: 32 << 20, VdsoAboveStack: true,
		HeapMergesBSS: true, HeapNameLoose: true, Pkeys: true,
		MinAddrHint: 65536, MinAddrFixed: 4096, CommitLimit: 1 << 40, MaxMapCount: 65530,
	}
}

// ProfileNames are the names that ProfileByName knows, in the order in which help should list them.
func ProfileNames() []string { return []string{name618, name54} }

// ProfileByName is a fresh copy of the named profile.
func ProfileByName(name string) (*Profile, bool) {
	switch name {
	case name618:
		return Linux618(), true
	case name54:
		return Linux54(), true
	}
	return nil, false
}
