package trace

import (
	"errors"
	"io"
	"maps"
	"slices"
	"sync"

	"memlab/paging/policy"
	"memlab/paging/sim"
)

// Job is one simulation of a Sweep.
type Job struct {
	Policy string
	Params map[string]int
	Frames int // ignored by policies without a number of frames
	// Observer, when not nil, is told of faults. Numbers of pages are those of the Pager.
	Observer sim.Observer
}

// Outcome is what came of a Job.
type Outcome struct {
	Refs       uint64
	Hits       uint64
	Faults     uint64 // first references included
	Evictions  uint64
	WriteBacks uint64
	Drops      uint64 // pages that the trace says are gone
	Resident   []uint32
}

// Sweep simulates all jobs on one trace, which is decoded once, by so many workers at the same time. open
// begins the trace anew: it is called a second time if a policy needs the future or has no number of frames;
// for the former the references are kept, 4 bytes each. It returns the Pager that knows the pages' names.
func Sweep(open func() (*Pager, error), jobs []Job, seed uint64, workers int) ([]Outcome, *Pager, error) {
	s := sweep{jobs: jobs, seed: seed, workers: max(1, min(workers, len(jobs)))}
	if err := s.prepare(open); err != nil {
		return nil, nil, err
	}
	if err := s.build(); err != nil {
		return nil, nil, err
	}
	var pager *Pager
	if s.blocks != nil {
		pager = s.known
		if err := s.run(s.replay); err != nil {
			return nil, nil, err
		}
	} else {
		var err error
		if pager, err = open(); err != nil {
			return nil, nil, err
		}
		if err := s.run(pager.Read); err != nil {
			return nil, nil, err
		}
	}
	return s.outcomes(), pager, nil
}

type sweep struct {
	jobs    []Job
	seed    uint64
	workers int
	engines []*sim.Engine
	most    []int    // by engine: how far runs are collapsed, 0: not
	dropped []uint64 // by engine: hits that were left out

	known  *Pager // after a first pass
	blocks []sim.Block
	at     int // next of blocks
	next   []uint32
}

// manyFrames is from where on it is worth a look whether the trace has so many pages at all.
const manyFrames = 1 << 16

// prepare makes the first pass if one is needed.
func (s *sweep) prepare(open func() (*Pager, error)) error {
	future, whole := false, false
	for _, j := range s.jobs {
		info, err := policy.Describe(j.Policy)
		if err != nil {
			return err
		}
		future = future || info.Need == policy.NeedFuture
		whole = whole || info.Unlimited || j.Frames > manyFrames
	}
	if !future && !whole {
		return nil
	}
	var err error
	if s.known, err = open(); err != nil {
		return err
	}
	if s.blocks, err = ReadAll(s.known, future); err != nil {
		return err
	}
	if future {
		s.next = sim.NextUses(s.blocks)
	}
	return nil
}

// ReadAll goes through a trace to its end, and returns it if it is to be kept.
func ReadAll(p *Pager, keep bool) ([]sim.Block, error) {
	var all []sim.Block
	var b sim.Block
	for {
		err := p.Read(&b)
		if keep {
			all = append(all, sim.Block{Refs: slices.Clone(b.Refs), Marks: slices.Clone(b.Marks)})
		}
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// build makes the engines.
func (s *sweep) build() error {
	pages := 0
	if s.known != nil {
		pages = s.known.Pages()
	}
	for _, j := range s.jobs {
		c := sim.Config{
			Policy: j.Policy, Params: j.Params, Frames: j.Frames, Pages: pages, Seed: s.seed, Next: s.next,
		}
		var err error
		if s.known != nil {
			if c, err = c.Roomy(); err != nil {
				return err
			}
		}
		e, err := sim.NewEngine(c)
		if err != nil {
			return err
		}
		e.Observer = j.Observer
		most := 0
		info, err := policy.Describe(j.Policy)
		if err == nil && j.Observer == nil && info.Need != policy.NeedFuture {
			most = sim.Collapsible(j.Policy, j.Params)
		}
		s.engines, s.most = append(s.engines, e), append(s.most, most)
	}
	s.dropped = make([]uint64, len(s.engines))
	return nil
}

// replay reads from what is kept.
func (s *sweep) replay(b *sim.Block) error {
	if s.at == len(s.blocks) {
		b.Reset()
		return io.EOF
	}
	b.Refs, b.Marks = s.blocks[s.at].Refs, s.blocks[s.at].Marks
	s.at++
	return nil
}

// piece is one block in all the shapes that engines want.
type piece struct {
	whole     sim.Block
	collapsed map[int]*sim.Block
	dropped   map[int]uint64
	done      sync.WaitGroup
}

// run feeds all engines. While the workers are at one block the next is decoded.
func (s *sweep) run(read func(*sim.Block) error) error {
	lines := make([]chan *piece, s.workers)
	var all sync.WaitGroup
	for w := range lines {
		lines[w] = make(chan *piece, 1)
		all.Go(func() {
			for p := range lines[w] {
				s.feed(w, p)
				p.done.Done()
			}
		})
	}
	var pieces [2]piece
	var err error
	for i := 0; err == nil; i++ {
		p := &pieces[i%2]
		p.done.Wait()
		if err = read(&p.whole); err != nil && !errors.Is(err, io.EOF) {
			break
		}
		s.shape(p)
		p.done.Add(s.workers)
		for _, line := range lines {
			line <- p
		}
	}
	for _, line := range lines {
		close(line)
	}
	all.Wait()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// shape makes the collapsed blocks that some engine wants.
func (s *sweep) shape(p *piece) {
	if p.collapsed == nil {
		p.collapsed, p.dropped = map[int]*sim.Block{}, map[int]uint64{}
	}
	for _, most := range s.most {
		if most > 0 && p.collapsed[most] == nil {
			p.collapsed[most] = &sim.Block{}
		}
	}
	for _, most := range slices.Sorted(maps.Keys(p.collapsed)) {
		p.dropped[most] = uint64(p.collapsed[most].Collapse(&p.whole, most))
	}
}

// feed feeds the engines of one worker.
func (s *sweep) feed(worker int, p *piece) {
	for i := worker; i < len(s.engines); i += s.workers {
		if most := s.most[i]; most > 0 {
			s.engines[i].FeedBlock(p.collapsed[most])
			s.dropped[i] += p.dropped[most]
		} else {
			s.engines[i].FeedBlock(&p.whole)
		}
	}
}

func (s *sweep) outcomes() []Outcome {
	all := make([]Outcome, len(s.engines))
	for i, e := range s.engines {
		o := Outcome{
			Refs: e.References() + s.dropped[i], Faults: e.Faults, Evictions: e.Evictions,
			WriteBacks: e.Written(), Drops: e.Drops,
		}
		o.Hits = o.Refs - o.Faults
		e.Resident(func(page uint32) { o.Resident = append(o.Resident, page) })
		all[i] = o
	}
	return all
}
