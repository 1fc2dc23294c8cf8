package event

// Kind says what happened.
type Kind uint8

// The kinds, in this order: loader, dynamic linker, CPU and kernel, accesses, translation, paging,
// address spaces, partitions. The comment says which fields have a meaning beyond the common ones.
const (
	None Kind = iota

	// The loader's, in the order of the kernel's work. All of them say in Rule and Also which rules decided
	// (loader.Rule). Numbers of segments: + 1<<32 for the interpreter's. Formats: 0 script, 1 ELF64, 2 ELF32,
	// 3 other, whose place among those asked is in Arg3's upper half.

	ExecStart   // execve begins: Arg number of arguments, Arg2 of environment strings
	ExecCheck   // a check is passed: of the path (Size bytes of file), of the strings (Size bytes, Arg, Arg2)
	ExecRefuse  // a binary format does not take the file: Arg format, Arg2 errno, Arg3 depth from 1
	ExecFormat  // a binary format took the file: Arg format, Arg3 depth from 1
	ExecCommit  // the point of no return: VA mmap_base, Size of the address space, Arg personality
	ExecFail    // execve fails: Arg errno, Arg2 0 returned, 1 SIGSEGV as the program is gone
	LoadHeader  // ELF header, program, interpreter: VA entry, Size, Arg e_phnum, Arg2 e_type, Arg3 e_phoff
	LoadArgs    // the stack area, with the strings: VA, Size, Prot, Arg lowest string's address
	LoadBase    // where an image goes: VA, Size reserved, Arg bias, Arg2 alignment, Arg3 1 if interpreter's
	LoadSegment // a PT_LOAD: VA, Size, Prot, Arg index (interpreter: + 1<<32), Arg2 offset, Arg3 file size
	LoadBSS     // memory that is no file's: VA, Size, Prot, Arg segment, Arg2 a tail's file offset
	LoadInterp  // the interpreter was mapped: VA base
	LoadSpecial // an area that is in no file: VA, Size, Prot, Arg 0 vvar 1 vvar_vclock 2 vdso 3 page zero
	LoadStack   // the first stack is written: VA stack pointer, Size bytes to the top
	LoadBrk     // where the heap begins: VA
	LoadRegs    // the registers are set: VA instruction pointer, Arg stack pointer, Arg2 flags
	LoadDone    // ready to run: VA entry

	LinkSearch // ld.so has tried to open a file: Arg number among the process's searches, Arg2 errno or 0
	LinkMap    // an object is in the link map, or no longer: VA base, Arg its number, Arg2 0 added 1 removed
	LinkBind   // a slot was filled: VA, Size, Arg value, Arg2 number of relocation (DT_JMPREL: + 1<<32)
	LinkInit   // before an object's function: VA, Arg vm.InitKind, Arg2 object's number, Arg3 in its array

	Insn         // before an instruction: VA, Size
	Block        // before a decoded block: VA, Size in bytes, Arg number of instructions
	Call         // after a call: VA target, Arg stack pointer
	Ret          // after a return: VA target, Arg stack pointer
	SyscallEnter // before a system call: Arg number, Size 8 if x86-64's or 4 if i386's (arguments: registers)
	SyscallExit  // after a system call: Arg number, Arg2 result in 64 bits, Size as before
	SyscallMiss  // a call that memlab lacks, before its ENOSYS: Arg number, Arg2 uses up to now, Size
	Signal       // before a signal is delivered: Arg signal number, Arg2 si_code, VA si_addr
	Exit         // a process ended: Arg status as wait(2) reports it
	Clone        // a task was made: Arg its pid

	MemRead  // after a successful read: VA, PA, Size, Arg value (low 8 bytes), Arg2 high 8 bytes of 16
	MemWrite // after a successful write: as MemRead
	MemFetch // after a successful fetch of an instruction: VA, PA, Size

	TLBHit   // VA, Frame, Arg set, Arg2 way
	TLBMiss  // VA, Arg set
	TLBEvict // VA of the entry's page, Frame, Arg set, Arg2 way
	TLBFlush // Arg number of entries dropped

	WalkLevel // an entry was read: VA, PA of the entry, Arg level (1 = last), Arg2 before, Arg3 after

	PageFault  // before it is resolved: VA, Access, Flags Major, Arg Intel's error code, Arg2 paging.Cause
	PageIn     // read from file or swap: VA, Frame, Size bytes read, Arg 0 file 1 swap, Arg2 offset or slot
	PageOut    // a page was written: VA, Frame, Arg 0 to its file 1 to swap, Arg2 offset or slot
	PageZero   // a page was zero-filled: VA, Frame
	CowBreak   // a write got its own copy: VA, Frame new, Arg old frame, Arg2 references left on the old
	FrameAlloc // VA, Frame
	FrameFree  // VA, Frame
	FrameEvict // VA of the page that goes, Frame, Flags Dirty

	VMAMap     // VA, Size, Prot, Arg file offset
	VMAUnmap   // VA, Size
	VMAProtect // VA, Size, Prot new, Arg old
	VMAGrow    // VA new start, Size bytes gained
	Brk        // VA new break, Arg old break

	PartAlloc   // a program got a partition or segment: VA its first address, PA, Size granted, Arg asked for
	PartFree    // it was given back: VA, PA, Size
	PartFail    // none could be had: Size asked for, Arg bytes free, Arg2 largest hole
	PartWait    // a process waits for memory: Size all that it needs
	PartCompact // memory was compacted: Size bytes moved, Arg pieces moved, Arg2 largest hole now
	SegFault    // an access beyond limit or rights: VA, Access, Arg segment from 1 (0: none), Size limit
	ProcSwap    // a whole process was moved: Size bytes, Arg 0 out, 1 in

	Kinds // number of kinds
)

// names are the words that scripts and traces use.
//
//nolint:gochecknoglobals // a constant table
var names = [Kinds]string{
	None:      "none",
	ExecStart: "exec.start", ExecCheck: "exec.check", ExecRefuse: "exec.refuse", ExecFormat: "exec.format",
	ExecCommit: "exec.commit", ExecFail: "exec.fail",
	LoadHeader: "load.header", LoadArgs: "load.args", LoadBase: "load.base", LoadSegment: "load.segment",
	LoadBSS: "load.bss", LoadInterp: "load.interp", LoadSpecial: "load.special", LoadStack: "load.stack",
	LoadBrk: "load.brk", LoadRegs: "load.regs", LoadDone: "load.done",
	LinkSearch: "link.search", LinkMap: "link.map", LinkBind: "link.bind", LinkInit: "link.init",
	Insn: "insn", Block: "block", Call: "call", Ret: "ret",
	SyscallEnter: "syscall.enter", SyscallExit: "syscall.exit", SyscallMiss: "syscall.missing",
	Signal: "signal", Exit: "exit", Clone: "clone",
	MemRead: "mem.read", MemWrite: "mem.write", MemFetch: "mem.fetch",
	TLBHit: "tlb.hit", TLBMiss: "tlb.miss", TLBEvict: "tlb.evict", TLBFlush: "tlb.flush",
	WalkLevel: "walk.level",
	PageFault: "page.fault", PageIn: "page.in", PageOut: "page.out", PageZero: "page.zero",
	CowBreak:   "cow.break",
	FrameAlloc: "frame.alloc", FrameFree: "frame.free", FrameEvict: "frame.evict",
	VMAMap: "vma.map", VMAUnmap: "vma.unmap", VMAProtect: "vma.protect", VMAGrow: "vma.grow", Brk: "brk",
	PartAlloc: "part.alloc", PartFree: "part.free", PartFail: "part.fail", PartWait: "part.wait",
	PartCompact: "part.compact", SegFault: "seg.fault", ProcSwap: "proc.swap",
}

// String is the kind's name in scripts and traces: "page.fault".
func (k Kind) String() string {
	if k < Kinds {
		return names[k]
	}
	return "unknown"
}

// ByName finds a kind by its name.
func ByName(name string) (Kind, bool) {
	for k := None + 1; k < Kinds; k++ {
		if names[k] == name {
			return k, true
		}
	}
	return None, false
}

// Mask is a set of kinds: bit k is kind k.
type Mask uint64

// MaskOf is the set of the given kinds.
func MaskOf(kinds ...Kind) Mask {
	var m Mask
	for _, k := range kinds {
		m |= 1 << k
	}
	return m
}

// PerInstruction and PerAccess are the kinds that come so often that a machine has run loops of their own
// for
// those who want them; PerData of them are the accesses to data.
const (
	PerInstruction = Mask(1<<Insn | 1<<MemFetch | 1<<Block | 1<<Call | 1<<Ret)
	PerAccess      = Mask(1<<MemRead | 1<<MemWrite | 1<<MemFetch | 1<<TLBHit)
	PerData        = Mask(1<<MemRead | 1<<MemWrite)
)

// Loading are the kinds that tell the story of one execve.
const Loading = Mask(1<<(LoadDone+1) - 1<<ExecStart)
