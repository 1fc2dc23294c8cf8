package vm

import (
	"math"

	"memlab/paging/alloc"
	"memlab/paging/contig"
)

// StatsSchema names the JSON form of Stats.
const StatsSchema = "memlab.stats/v1"

// Stats is the bill of a run.
type Stats struct {
	Schema       string     `json:"schema"`
	Instructions uint64     `json:"instructions"`
	Accesses     Accesses   `json:"accesses"`
	Faults       Faults     `json:"faults"`
	Evictions    uint64     `json:"evictions"`
	WriteBacks   uint64     `json:"write_backs"` // pages written to swap or back to their file
	PagesIn      PagesIn    `json:"pages_in"`
	TLB          TLBStats   `json:"tlb"`
	Prefetch     Prefetch   `json:"prefetch"`
	Walks        uint64     `json:"page_walks"`
	Frames       FrameStats `json:"frames"`
	SwapUsed     int        `json:"swap_used"`        // slots
	PageTables   int        `json:"page_table_bytes"` // simulated memory that tables take
	// FullTable is the size of a whole linear table, of which page_table_bytes has only the pieces that are
	// held.
	FullTable   uint64    `json:"page_table_full_bytes,omitzero"`
	Load        LoadStats `json:"load_control,omitzero"`
	SimulatedNS uint64    `json:"simulated_ns"`
	BusyNS      uint64    `json:"busy_ns"` // of them: the processor worked for a program
	CPUUse      float64   `json:"cpu_use"` // BusyNS ÷ SimulatedNS, to 4 digits; 0 while nothing has run
	Loading     Loading   `json:"loading"`

	Fragmentation alloc.Report `json:"fragmentation"`       // see Machine.Fragmentation
	Partitions    contig.Stats `json:"partitions,omitzero"` // of a machine without pages
}

// Accesses counts what went through the MMU, once a page: an access that straddles two pages counts twice.
type Accesses struct {
	Fetches uint64 `json:"fetches"`
	Data    uint64 `json:"data"`
}

// Faults counts page faults that were resolved. Total = Major + Minor; Zero and Cow are among the Minor.
// Loads = faults that put a page into a frame: the misses of a textbook simulation of the page reference
// string. A fault on a page of a file that is in memory already, for another process, is Minor and no load.
type Faults struct {
	Total uint64 `json:"total"`
	Major uint64 `json:"major"` // file or swap was read
	Minor uint64 `json:"minor"`
	Zero  uint64 `json:"zero"` // a page of zeros was made
	Cow   uint64 `json:"cow"`  // a write to a resident page that was still the file's or shared
	Loads uint64 `json:"loads"`
}

// PagesIn counts pages put into frames, by faults and by loading ahead.
type PagesIn struct {
	File  uint64 `json:"file"`
	Swap  uint64 `json:"swap"`
	Zero  uint64 `json:"zero"`
	Ahead uint64 `json:"ahead"` // of them: without a fault of their own (eager, hybrid, MAP_POPULATE)
}

// Loading is what bringing programs into memory has cost; see Machine.Bill.
type Loading struct {
	BytesRead    uint64 `json:"bytes_read"`    // from files
	BytesSwapped uint64 `json:"bytes_swapped"` // from swap
}

// Prefetch counts what was done for pages that nobody had asked for yet.
type Prefetch struct {
	Pages   uint64 `json:"pages"`        // read ahead of their first use, by machine.replacement.prefetch
	Useful  uint64 `json:"useful"`       // of them: used since
	Useless uint64 `json:"useless"`      // of them: put out unused; of the rest it cannot be told yet
	Around  uint64 `json:"fault_around"` // mapped from the page cache, by machine.loader.fault_around
}

// TLBStats counts look-ups of the TLB: one an access, and one more after each fault that was resolved.
type TLBStats struct {
	Hits      uint64 `json:"hits"`
	Misses    uint64 `json:"misses"`
	Evictions uint64 `json:"evictions"`
	Flushes   uint64 `json:"flushes"`
	// SecondHits is how many of the misses the second level had, if there is one.
	SecondHits uint64 `json:"second_hits,omitzero"`
}

// FrameStats is the use of frames.
type FrameStats struct {
	Total int `json:"total"`
	Used  int `json:"used"` // at the end of the run
	Peak  int `json:"peak"`
}

// cpuUse is busy ÷ whole, rounded: equal runs are to print equal figures everywhere.
func cpuUse(busy, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	const digits = 10000
	return math.Round(float64(busy)/float64(whole)*digits) / digits
}

// Stats is the bill so far.
func (m *Machine) Stats() Stats {
	p, t := &m.pager.Stats, &m.pager.MMU.Stats
	used, peak, swapped := m.used()
	st := Stats{
		Schema:       StatsSchema,
		Instructions: m.instructions(),
		Accesses:     Accesses{Fetches: t.Fetches + t.SlowFetches, Data: m.pager.MMU.Data()},
		Faults: Faults{
			Total: p.Faults, Major: p.Major, Minor: p.Faults - p.Major,
			Zero: p.Zero, Cow: p.Copies, Loads: p.Loads,
		},
		Evictions:  p.Evictions,
		WriteBacks: p.WriteBacks,
		PagesIn:    PagesIn{File: p.FileReads, Swap: p.SwapReads, Zero: p.ZeroFills, Ahead: p.Ahead},
		Walks:      t.Walks,
		Frames:     FrameStats{Total: m.cfg.Memory.Frames, Used: used, Peak: peak},
		SwapUsed:   swapped,
		PageTables: m.pager.Mem.Tables.InUse(),
		FullTable:  m.pager.FullTable(),
	}
	b := m.Bill()
	st.Loading = Loading{BytesRead: b.BytesRead, BytesSwapped: b.BytesSwapped}
	st.Prefetch.Pages, st.Prefetch.Useful, st.Prefetch.Useless = m.pager.Prefetches()
	st.Prefetch.Around = p.Around
	st.SimulatedNS, st.BusyNS = m.now(st.Instructions), m.busy(st.Instructions)
	st.CPUUse = cpuUse(st.BusyNS, st.SimulatedNS)
	if m.load != nil {
		st.Load = m.load.stats
	}
	st.Fragmentation = m.Fragmentation().Report
	if m.whole != nil {
		st.PagesIn.File = m.diskReads()
		st.Partitions = m.whole.Stats
		return st
	}
	if m.cfg.TLB.Entries > 0 {
		st.TLB = TLBStats{
			Misses: t.TLBMisses, Evictions: t.TLBEvicts, Flushes: t.TLBFlushes, SecondHits: t.SecondHits,
			Hits: st.Accesses.Fetches + st.Accesses.Data + t.Retries - t.TLBMisses,
		}
	}
	return st
}
