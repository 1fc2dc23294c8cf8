package sim

import (
	"fmt"
	"slices"

	"memlab/paging/policy"
)

// Result is what one policy makes of one reference string.
type Result struct {
	Hits, Faults int    // faults include the first reference to each page
	Events       string // a character for each reference: H or M
	Evicted      []Eviction
	Resident     []uint64 // pages in memory at the end, ascending
}

// Eviction is a page that went at reference At, counted from 0.
type Eviction struct {
	At   int
	Page uint64
}

// Run simulates a reference string of any page numbers. params are numbers, or words where the policy has
// them; writes says which references write, nil for none. Policies without a number of frames ignore frames.
func Run(name string, params map[string]any, frames int, refs []uint64, writes []bool) (Result, error) {
	numbers, err := policy.Params(name, params)
	if err != nil {
		return Result{}, err
	}
	if writes != nil && len(writes) != len(refs) {
		return Result{}, fmt.Errorf("%d write flags for %d references: must be as many",
			len(writes), len(refs))
	}
	pages, dense := compact(refs, writes)
	c := Config{
		Policy: name, Params: numbers, Frames: frames, Pages: len(pages), Seed: 1, Future: dense,
	}
	if c, err = c.Roomy(); err != nil {
		return Result{}, err
	}
	e, err := NewEngine(c)
	if err != nil {
		return Result{}, err
	}
	log := recorder{pages: pages, events: slices.Repeat([]byte{'H'}, len(refs)), evicted: []Eviction{}}
	e.Observer = &log
	e.Feed(dense)
	r := Result{
		Hits: int(e.Hits()), Faults: int(e.Faults), Events: string(log.events), Evicted: log.evicted,
		Resident: []uint64{},
	}
	e.Resident(func(page uint32) { r.Resident = append(r.Resident, pages[page]) })
	return r, nil
}

// Roomy spares memory where there are more frames than pages. Then nothing is ever evicted, whatever the
// policy, so that FIFO with as many frames as pages does the same; but the request must be right for the
// frames that were asked for.
func (c Config) Roomy() (Config, error) {
	info, err := policy.Describe(c.Policy)
	if err != nil || info.Unlimited || c.Frames <= max(c.Pages, 2) {
		return c, err
	}
	if err := policy.Check(c.Policy, c.Params, c.Frames); err != nil {
		return c, err
	}
	c.Policy, c.Params, c.Frames = "fifo", nil, max(c.Pages, 1)
	return c, nil
}

// compact numbers the pages of refs in ascending order: pages has them by number.
func compact(refs []uint64, writes []bool) (pages []uint64, dense []Ref) {
	pages = slices.Clone(refs)
	slices.Sort(pages)
	pages = slices.Compact(pages)
	number := make(map[uint64]uint32, len(pages))
	for i, page := range pages {
		number[page] = uint32(i)
	}
	dense = make([]Ref, len(refs))
	for i, page := range refs {
		dense[i] = ReadOf(number[page])
		if i < len(writes) && writes[i] {
			dense[i] = WriteOf(number[page])
		}
	}
	return pages, dense
}

// recorder is the Observer that keeps everything.
type recorder struct {
	pages   []uint64
	events  []byte
	evicted []Eviction
}

func (r *recorder) Faulted(t uint64, _ uint32) { r.events[t] = 'M' }

func (r *recorder) Evicted(t uint64, page uint32) {
	r.evicted = append(r.evicted, Eviction{int(t), r.pages[page]})
}
