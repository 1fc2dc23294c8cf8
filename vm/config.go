package vm

import "time"

// Config describes a machine. The YAML schema and the Lua table have the same names; lab
// validates and fills in defaults.
type Config struct {
	Memory      Memory      `yaml:"memory" json:"memory"`
	Allocation  Allocation  `yaml:"allocation" json:"allocation"`
	PageTable   PageTable   `yaml:"page_table" json:"page_table"`
	TLB         TLB         `yaml:"tlb" json:"tlb"`
	Replacement Replacement `yaml:"replacement" json:"replacement"`
	Loader      Loader      `yaml:"loader" json:"loader"`
	CPU         CPU         `yaml:"cpu" json:"cpu"`
	Costs       Costs       `yaml:"costs" json:"costs"`
	Seed        uint64      `yaml:"seed" json:"seed"`

	// Next has, for every reference that the program is going to make, the index of the next to the same
	// page, as Machine.Record and sim.NextUses give them for a run of the same program before. It is what
	// policies see that need the future; without it they are refused.
	Next []uint32 `yaml:"-" json:"-"`

	// StopOnMissing lets a system call that memlab lacks stop the run with its name. Otherwise it is answered
	// with ENOSYS, as by a kernel that is older than the program; UnknownCalls counts them. It says how to
	// deal with memlab's gaps (--missing), not what the machine is, and is therefore not a setting.
	StopOnMissing bool `yaml:"-" json:"-"`

	// Verify runs Machine.Check after every fault. It is a debugging aid of the command line (--verify), not
	// a property of the machine, and therefore not a setting.
	Verify bool `yaml:"-" json:"-"`
}

// Memory is the physical memory and its backing store.
type Memory struct {
	PageSize uint64 `yaml:"page_size" json:"page_size"` // bytes: a power of two
	Frames   int    `yaml:"frames" json:"frames"`       // for programs; page tables are extra
	Swap     int    `yaml:"swap" json:"swap"`           // pages; 0 = none
}

// Allocation is the scheme by which programs get memory.
type Allocation struct {
	Scheme string `yaml:"scheme" json:"scheme"` // direct, fixed, dynamic, segmented, paged

	Partitions []uint64 `yaml:"partitions" json:"partitions"` // fixed: sizes in bytes; none: four equal ones
	Fit        string   `yaml:"fit" json:"fit"`               // first, best, worst, next, buddy
	Queue      string   `yaml:"queue" json:"queue"`           // fixed: single, each
	Coalesce   string   `yaml:"coalesce" json:"coalesce"`     // dynamic, segmented: address, off
	Compaction string   `yaml:"compaction" json:"compaction"` // dynamic, segmented: never, on_failure

	// Heap and Stack are the bytes that a program gets in its partition beyond its image: for brk and mmap,
	// and for its stack. They do not grow.
	Heap  uint64 `yaml:"heap" json:"heap"`
	Stack uint64 `yaml:"stack" json:"stack"`
}

// PageTable is the translation scheme.
type PageTable struct {
	Kind   string   `yaml:"kind" json:"kind"`     // radix, linear, inverted
	Levels int      `yaml:"levels" json:"levels"` // of a radix table
	Split  []uint64 `yaml:"split" json:"split"`   // bits of each level, the first level first; none: evenly
}

// TLB is the translation lookaside buffer. Entries 0: there is none.
type TLB struct {
	Entries int       `yaml:"entries" json:"entries"`
	Ways    int       `yaml:"ways" json:"ways"`
	Policy  string    `yaml:"policy" json:"policy"` // lru, fifo, random, bit_plru, tree_plru
	ASID    bool      `yaml:"asid" json:"asid"`
	Lazy    bool      `yaml:"lazy" json:"lazy"` // clearing an accessed bit leaves its entry alone
	Second  SecondTLB `yaml:"second" json:"second"`
}

// SecondTLB is the level behind the TLB. Entries 0: there is none.
type SecondTLB struct {
	Entries int    `yaml:"entries" json:"entries"`
	Ways    int    `yaml:"ways" json:"ways"`
	Policy  string `yaml:"policy" json:"policy"`
}

// Replacement is the page replacement policy.
type Replacement struct {
	Policy string         `yaml:"policy" json:"policy"`
	Scope  string         `yaml:"scope" json:"scope"` // global, local
	Params map[string]int `yaml:"params" json:"params"`

	// Shares says how scope local divides the frames: equal, proportional (to the size of the address
	// spaces), priority (by niceness). MinFrames is the least that a process gets, while there are so many.
	Shares    string `yaml:"shares" json:"shares"`
	MinFrames int    `yaml:"min_frames" json:"min_frames"`

	// LoadControl suspends processes when memory is too small for all: off, working_set, pff. Its parameters
	// are those of LoadControls.
	LoadControl string         `yaml:"load_control" json:"load_control"`
	LoadParams  map[string]int `yaml:"load_params" json:"load_params"`

	// Prefetch is how many pages behind the one that a fault reads from swap or a file are read with it.
	Prefetch int `yaml:"prefetch" json:"prefetch"`
}

// Loader is how programs come into memory.
type Loader struct {
	Strategy string `yaml:"strategy" json:"strategy"` // eager, demand, hybrid
	Window   int    `yaml:"window" json:"window"`     // pages a fault under hybrid
	// FaultAround is the aligned window of pages in which a fault on a page of a file also maps what the page
	// cache has: a power of two; 1 = only the page itself. Linux's is 16.
	FaultAround int `yaml:"fault_around" json:"fault_around"`

	Profile string `yaml:"profile" json:"profile"` // linux-6.18
	ASLR    bool   `yaml:"aslr" json:"aslr"`

	// Binfmt are entries of binfmt_misc in the order of their registration, as loader.ParseMisc reads them.
	Binfmt []string `yaml:"binfmt" json:"binfmt"`
}

// CPU bounds execution.
type CPU struct {
	Quantum         uint64 `yaml:"quantum" json:"quantum"`                   // instructions
	MaxInstructions uint64 `yaml:"max_instructions" json:"max_instructions"` // 0 = no limit
}

// Costs are the simulated durations from which effective access time is computed.
type Costs struct {
	Instruction time.Duration `yaml:"instruction" json:"instruction"`
	Memory      time.Duration `yaml:"memory" json:"memory"`
	TLBHit      time.Duration `yaml:"tlb_hit" json:"tlb_hit"`
	DiskRead    time.Duration `yaml:"disk_read" json:"disk_read"`
	DiskWrite   time.Duration `yaml:"disk_write" json:"disk_write"`
}
