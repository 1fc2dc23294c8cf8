package lab

import (
	"slices"
	"time"

	"memlab/loader"
	"memlab/paging"
	"memlab/paging/phys"
	"memlab/paging/policy"
	"memlab/paging/tlb"
	"memlab/vm"
)

// Bounds that the table and the checks share.
const (
	minPage    = 512
	maxPage    = 2 << 20
	minFrames  = 2        // an access can span two pages
	minStack   = 32 << 10 // bytes: what execve and a small main need
	maxFrames  = phys.MaxBytes / minPage
	maxSwap    = 1 << 26 // pages
	maxEntries = 4096    // of the TLB
	maxWindow  = 65536   // pages
	maxAround  = 512     // pages
	maxCost    = uint64(time.Hour)
	maxTime    = uint64(1000 * time.Hour)
	anyNumber  = 1<<64 - 1
)

// Settings are all settings, in the order in which they are shown.
func Settings() []Setting { return slices.Clone(settings) }

// settings is the table from which defaults, checks, YAML reader, schema and documentation come. Defaults
// are text, read by the same rules as a user's. A number's range is Min to Max, both included; a duration's
// is in nanoseconds.
//
//nolint:gochecknoglobals // a constant table
var settings = []Setting{
	{
		Path: "machine.memory.page_size", Kind: Size, Default: "4096",
		Min: minPage, Max: maxPage, Power2: true,
		Doc:   "bytes of a page and of a frame: a power of two",
		field: func(c *Config) any { return &c.Machine.Memory.PageSize },
	},
	{
		Path: "machine.memory.frames", Kind: Int, Default: "16384", Min: minFrames, Max: maxFrames,
		Doc:   "frames for the pages of programs; page tables are extra",
		field: func(c *Config) any { return &c.Machine.Memory.Frames },
	},
	{
		Path: "machine.memory.swap", Kind: Int, Default: "16384", Min: 0, Max: maxSwap,
		Doc:   "pages of the backing store; 0 = none",
		field: func(c *Config) any { return &c.Machine.Memory.Swap },
	},
	{
		Path: "machine.allocation.scheme", Kind: Word, Default: paged,
		words: []string{"direct", fixed, dynamic, segmented, paged},
		Doc:   "how programs get memory: physical addresses, a partition, segments, or pages",
		field: func(c *Config) any { return &c.Machine.Allocation.Scheme },
	},
	{
		Path: "machine.allocation.partitions", Kind: Sizes, Default: "",
		Doc:   "of scheme fixed, in the order of their addresses; none = four equal ones",
		field: func(c *Config) any { return &c.Machine.Allocation.Partitions },
	},
	{
		Path: "machine.allocation.fit", Kind: Word, Default: firstFit,
		words: []string{firstFit, bestFit, "worst", "next", buddy},
		Doc:   "which hole or free partition is taken; fixed: first or best; segmented: not buddy",
		field: func(c *Config) any { return &c.Machine.Allocation.Fit },
	},
	{
		Path: "machine.allocation.queue", Kind: Word, Default: single, words: []string{single, "each"},
		Doc:   "of scheme fixed: one queue for all partitions, or one for each size",
		field: func(c *Config) any { return &c.Machine.Allocation.Queue },
	},
	{
		Path: "machine.allocation.coalesce", Kind: Word, Default: byAddress,
		words: []string{byAddress, "off"},
		Doc:   "whether holes that touch are joined (dynamic, segmented)",
		field: func(c *Config) any { return &c.Machine.Allocation.Coalesce },
	},
	{
		Path: "machine.allocation.compaction", Kind: Word, Default: never,
		words: []string{never, "on_failure"},
		Doc:   "whether programs are moved together when no hole is large enough (dynamic, segmented)",
		field: func(c *Config) any { return &c.Machine.Allocation.Compaction },
	},
	{
		Path: "machine.allocation.heap", Kind: Size, Default: "4MiB", Min: 0, Max: phys.MaxBytes,
		Doc:   "bytes of a partition for brk and mmap, behind the program's image",
		field: func(c *Config) any { return &c.Machine.Allocation.Heap },
	},
	{
		Path: "machine.allocation.stack", Kind: Size, Default: "256KiB", Min: minStack, Max: phys.MaxBytes,
		Doc:   "bytes of a partition for the stack, at its end",
		field: func(c *Config) any { return &c.Machine.Allocation.Stack },
	},
	{
		Path: "machine.page_table.kind", Kind: Word, Default: radixTable,
		words: []string{radixTable, "linear", "inverted"},
		Doc:   "format of the page tables: a tree or an array for each process, or one hash table for all",
		field: func(c *Config) any { return &c.Machine.PageTable.Kind },
	},
	{
		Path: "machine.page_table.levels", Kind: Int, Default: "4", Min: 1, Max: 5,
		Doc:   "levels of a radix table",
		field: func(c *Config) any { return &c.Machine.PageTable.Levels },
	},
	{
		Path: splitPath, Kind: Sizes, Default: "",
		Doc:   "bits of each level of a radix table, the first one first, as 9,9,9,9; none: evenly",
		field: func(c *Config) any { return &c.Machine.PageTable.Split },
	},
	{
		Path: "machine.tlb.entries", Kind: Int, Default: "64", Min: 0, Max: maxEntries,
		Doc:   "entries of the TLB; 0 = no TLB",
		field: func(c *Config) any { return &c.Machine.TLB.Entries },
	},
	{
		Path: "machine.tlb.ways", Kind: Int, Default: "4", Min: 1, Max: maxEntries,
		Doc:   "entries of a set; entries / ways must be a power of two",
		field: func(c *Config) any { return &c.Machine.TLB.Ways },
	},
	{
		Path: "machine.tlb.policy", Kind: Word, Default: lru, words: tlb.Policies(),
		Doc:   "which entry of a full set goes",
		field: func(c *Config) any { return &c.Machine.TLB.Policy },
	},
	{
		Path: "machine.tlb.asid", Kind: Bool, Default: yes,
		Doc:   "entries carry their address space's number, so that a switch need not flush",
		field: func(c *Config) any { return &c.Machine.TLB.ASID },
	},
	{
		Path: "machine.tlb.lazy", Kind: Bool, Default: no,
		Doc:   "clearing an accessed bit leaves the TLB alone: a hit does not set the bit again",
		field: func(c *Config) any { return &c.Machine.TLB.Lazy },
	},
	{
		Path: "machine.tlb.second.entries", Kind: Int, Default: "0", Min: 0, Max: maxEntries,
		Doc:   "entries of a second level behind the TLB; 0 = none",
		field: func(c *Config) any { return &c.Machine.TLB.Second.Entries },
	},
	{
		Path: "machine.tlb.second.ways", Kind: Int, Default: "4", Min: 1, Max: maxEntries,
		Doc:   "entries of a set of the second level",
		field: func(c *Config) any { return &c.Machine.TLB.Second.Ways },
	},
	{
		Path: "machine.tlb.second.policy", Kind: Word, Default: lru, words: tlb.Policies(),
		Doc:   "which entry of a full set of the second level goes",
		field: func(c *Config) any { return &c.Machine.TLB.Second.Policy },
	},
	{
		Path: "machine.replacement.policy", Kind: Word, Default: "clock", words: policy.Names(),
		Doc:   "which page goes when no frame is free",
		field: func(c *Config) any { return &c.Machine.Replacement.Policy },
	},
	{
		Path: "machine.replacement.scope", Kind: Word, Default: "global", words: []string{"global", local},
		Doc:   "whose pages may go: of all processes, or of the one that faults, within its share of frames",
		field: func(c *Config) any { return &c.Machine.Replacement.Scope },
	},
	{
		Path: "machine.replacement.params", Kind: Map, Default: "",
		Doc:   "parameters of the policy, by name",
		field: func(c *Config) any { return &c.Machine.Replacement.Params },
	},
	{
		Path: "machine.replacement.shares", Kind: Word, Default: paging.ShareRules()[0],
		words: paging.ShareRules(),
		Doc:   "how scope local divides the frames: alike, by size of the address spaces, or by niceness",
		field: func(c *Config) any { return &c.Machine.Replacement.Shares },
	},
	{
		Path: "machine.replacement.min_frames", Kind: Int, Default: "8", Min: minFrames, Max: maxFrames,
		Doc:   "least share of a process under scope local, while there are so many frames",
		field: func(c *Config) any { return &c.Machine.Replacement.MinFrames },
	},
	{
		Path: "machine.replacement.load_control", Kind: Word, Default: vm.LoadRules()[0],
		words: vm.LoadRules(),
		Doc: "whether processes are suspended when memory is too small for all: by their working sets, " +
			"or by page fault frequency",
		field: func(c *Config) any { return &c.Machine.Replacement.LoadControl },
	},
	{
		Path: "machine.replacement.load_params", Kind: Map, Default: "",
		Doc: "parameters of load control, in instructions: working_set tau, patience; " +
			"pff period, upper, lower (pages replaced per million), patience",
		field: func(c *Config) any { return &c.Machine.Replacement.LoadParams },
	},
	{
		Path: "machine.replacement.prefetch", Kind: Int, Default: "0", Min: 0, Max: maxWindow,
		Doc:   "pages that a fault which reads swap or a file reads beyond its own; 0 = none",
		field: func(c *Config) any { return &c.Machine.Replacement.Prefetch },
	},
	{
		Path: "machine.loader.strategy", Kind: Word, Default: "demand",
		words: []string{"eager", "demand", hybrid},
		Doc:   "when pages come in: all at the start, each on first use, or a window around the first use",
		field: func(c *Config) any { return &c.Machine.Loader.Strategy },
	},
	{
		Path: "machine.loader.window", Kind: Int, Default: defaultWindow, Min: 1, Max: maxWindow,
		Doc:   "pages that one fault brings in under strategy hybrid",
		field: func(c *Config) any { return &c.Machine.Loader.Window },
	},
	{
		Path: "machine.loader.fault_around", Kind: Int, Default: "1", Min: 1, Max: maxAround, Power2: true,
		Doc: "pages of the aligned window in which a fault on a page of a file maps what is cached; " +
			"1 = none, Linux's is 16",
		field: func(c *Config) any { return &c.Machine.Loader.FaultAround },
	},
	{
		Path: "machine.loader.profile", Kind: Word, Default: "linux-6.18", words: loader.ProfileNames(),
		Doc:   "the kernel whose execve is followed",
		field: func(c *Config) any { return &c.Machine.Loader.Profile },
	},
	{
		Path: "machine.loader.aslr", Kind: Bool, Default: no,
		Doc:   "random places for the image, heap, stack and mappings; machine.seed repeats them",
		field: func(c *Config) any { return &c.Machine.Loader.ASLR },
	},
	{
		Path: "machine.loader.binfmt", Kind: Binfmt, Default: "",
		Doc:   "entries of binfmt_misc, in the order of their registration: the last that matches counts",
		field: func(c *Config) any { return &c.Machine.Loader.Binfmt },
	},
	{
		Path: "machine.cpu.quantum", Kind: Int, Default: "20000", Min: 1, Max: anyNumber,
		Doc:   "instructions of a time slice",
		field: func(c *Config) any { return &c.Machine.CPU.Quantum },
	},
	{
		Path: "machine.cpu.max_instructions", Kind: Int, Default: "0", Min: 0, Max: anyNumber,
		Doc:   "instructions after which the run stops (calls may move 16 bytes for each); 0 = no limit",
		field: func(c *Config) any { return &c.Machine.CPU.MaxInstructions },
	},
	{
		Path: "machine.costs.instruction", Kind: Duration, Default: "1ns", Max: maxCost,
		Doc:   "simulated time of an instruction",
		field: func(c *Config) any { return &c.Machine.Costs.Instruction },
	},
	{
		Path: "machine.costs.memory", Kind: Duration, Default: "100ns", Max: maxCost,
		Doc:   "simulated time of a memory access",
		field: func(c *Config) any { return &c.Machine.Costs.Memory },
	},
	{
		Path: "machine.costs.tlb_hit", Kind: Duration, Default: "1ns", Max: maxCost,
		Doc:   "simulated time of a look-up that hits in the TLB",
		field: func(c *Config) any { return &c.Machine.Costs.TLBHit },
	},
	{
		Path: "machine.costs.disk_read", Kind: Duration, Default: "5ms", Max: maxCost,
		Doc:   "simulated time to read a page from file or swap",
		field: func(c *Config) any { return &c.Machine.Costs.DiskRead },
	},
	{
		Path: "machine.costs.disk_write", Kind: Duration, Default: "5ms", Max: maxCost,
		Doc:   "simulated time to write a page to swap",
		field: func(c *Config) any { return &c.Machine.Costs.DiskWrite },
	},
	{
		Path: "machine.seed", Kind: Int, Default: "1", Min: 0, Max: anyNumber,
		Doc:   "start of every random choice; the same seed gives the same run",
		field: func(c *Config) any { return &c.Machine.Seed },
	},
	{
		Path: "limits.lua_instructions", Kind: Int, Default: "200M", Min: 0, Max: anyNumber,
		Doc:   "Lua instructions of a script; 0 = no limit",
		field: func(c *Config) any { return &c.Limits.LuaInstructions },
	},
	{
		Path: "limits.lua_memory", Kind: Size, Default: "256MiB", Min: 0, Max: anyNumber,
		Doc:   "bytes that a script may use; 0 = no limit",
		field: func(c *Config) any { return &c.Limits.LuaMemory },
	},
	{
		Path: "limits.time", Kind: Duration, Default: "60s", Max: maxTime,
		Doc:   "wall-clock time of a script; 0 = no limit",
		field: func(c *Config) any { return &c.Limits.Time },
	},
	{
		Path: "limits.output", Kind: Size, Default: "1MiB", Min: 0, Max: anyNumber,
		Doc:   "bytes that a script may print; 0 = no limit",
		field: func(c *Config) any { return &c.Limits.Output },
	},
}

// Words that are named more than once.
const (
	hybrid = "hybrid"

	fixed      = "fixed"
	dynamic    = "dynamic"
	segmented  = "segmented"
	paged      = "paged"
	firstFit   = "first"
	bestFit    = "best"
	buddy      = "buddy"
	single     = "single"
	byAddress  = "address"
	never      = "never"
	lru        = "lru"
	local      = "local"
	radixTable = "radix"
	splitPath  = "machine.page_table.split"
)

// defaultWindow is also what Validate takes for "nobody asked for a window".
const defaultWindow = "2"
