package ostep

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The policies. Their state is one list of pages, the oldest first; a new page goes to its end.
const (
	FIFO  = "FIFO"  // the first goes
	LRU   = "LRU"   // a hit moves the page to the end, the first goes
	MRU   = "MRU"   // the same, the last goes
	OPT   = "OPT"   // the page that is used again latest, of several the last
	UNOPT = "UNOPT" // the page that is used again soonest, of several the first
	RAND  = "RAND"  // one drawn by lot
	CLOCK = "CLOCK" // drawn by lot until one has a use counter of 0; each other one loses 1
)

// PolicyNames are the names of the policies.
func PolicyNames() []string { return []string{FIFO, LRU, MRU, OPT, UNOPT, RAND, CLOCK} }

// NeedsDraws says whether a policy, in the spelling of PolicyNames, draws lots.
func NeedsDraws(policy string) bool { return policy == RAND || policy == CLOCK }

// Paging is a question about page replacement.
type Paging struct {
	Policy string   `json:"policy"` // one of PolicyNames, in any letter case
	Frames int      `json:"frames"` // at least 1
	Refs   []uint64 `json:"refs"`   // page numbers

	// ClockBits caps the use counter of CLOCK; despite its name it is a count, not a width.
	ClockBits int `json:"clockbits,omitempty"`
}

// PagingStep is what one reference did.
type PagingStep struct {
	Page     uint64   `json:"page"`
	Hit      bool     `json:"hit"`
	Resident []uint64 `json:"resident"` // afterwards, in list order
	Victim   *uint64  `json:"victim"`   // nil: none
}

// PagingAnswer is what a whole reference string did.
type PagingAnswer struct {
	Steps   []PagingStep `json:"steps"`
	Hits    int          `json:"hits"`
	Misses  int          `json:"misses"`      // cold misses included
	HitRate string       `json:"hitrate_2dp"` // percent, with two decimals
}

// maxListed bounds the entries of all lists that one answer shows: it keeps a small question from having an
// answer that is larger than memory.
const maxListed = 1 << 26

// pager is the state of one run.
type pager struct {
	Paging

	draws  Draws
	list   []uint64
	next   []int          // index of the next reference to the page of each; len(Refs): none
	coming map[uint64]int // the same of the pages that have been referenced
	count  map[uint64]int // CLOCK's counters
}

// Run answers the question. draws are needed by RAND and CLOCK only.
func (p Paging) Run(draws Draws) (*PagingAnswer, error) {
	i := slices.IndexFunc(PolicyNames(), func(name string) bool { return strings.EqualFold(name, p.Policy) })
	if i < 0 {
		return nil, fmt.Errorf("policy %q: must be one of %s", p.Policy, strings.Join(PolicyNames(), ", "))
	}
	p.Policy = PolicyNames()[i]
	if p.Frames < 1 {
		return nil, fmt.Errorf("frames is %d: must be at least 1", p.Frames)
	}
	if p.Policy == CLOCK && p.ClockBits < 0 {
		return nil, fmt.Errorf("clockbits is %d: must be at least 0", p.ClockBits)
	}
	if NeedsDraws(p.Policy) && draws == nil {
		return nil, fmt.Errorf("policy %s needs random numbers: a seed or draws", p.Policy)
	}
	s := pager{Paging: p, draws: draws, coming: map[uint64]int{}, count: map[uint64]int{}}
	if p.Policy == OPT || p.Policy == UNOPT {
		s.next = nextUses(p.Refs)
	}
	return s.run()
}

// nextUses is, for each reference, the index of the next one to the same page; none: len(refs).
func nextUses(refs []uint64) []int {
	next := make([]int, len(refs))
	seen := map[uint64]int{}
	for t := len(refs) - 1; t >= 0; t-- {
		next[t] = len(refs)
		if later, ok := seen[refs[t]]; ok {
			next[t] = later
		}
		seen[refs[t]] = t
	}
	return next
}

func (s *pager) run() (*PagingAnswer, error) {
	a := &PagingAnswer{Steps: []PagingStep{}}
	listed := 0
	for t, page := range s.Refs {
		step := PagingStep{Page: page}
		at := slices.Index(s.list, page)
		if step.Hit = at >= 0; step.Hit {
			a.Hits++
			s.hit(at)
		} else {
			a.Misses++
			victim, err := s.load(page)
			if err != nil {
				return nil, fmt.Errorf("reference %d, page %d: %w", t, page, err)
			}
			step.Victim = victim
		}
		if s.next != nil {
			s.coming[page] = s.next[t]
		}
		if listed += len(s.list); listed > maxListed {
			return nil, fmt.Errorf("reference %d: the resident sets of all steps have more than %d entries",
				t, maxListed)
		}
		step.Resident = slices.Clone(s.list)
		a.Steps = append(a.Steps, step)
	}
	rate := 0.0
	if len(s.Refs) > 0 {
		rate = 100 * float64(a.Hits) / float64(len(s.Refs))
	}
	a.HitRate = strconv.FormatFloat(rate, 'f', 2, 64)
	return a, nil
}

// hit is a reference to the page at index i of the list.
func (s *pager) hit(i int) {
	page := s.list[i]
	switch s.Policy {
	case LRU, MRU:
		s.list = append(slices.Delete(s.list, i, i+1), page)
	case CLOCK:
		s.count[page] = min(s.count[page]+1, s.ClockBits)
	}
}

// load brings a page in, and says which one had to go.
func (s *pager) load(page uint64) (*uint64, error) {
	var victim *uint64
	if len(s.list) == s.Frames {
		i, err := s.victim()
		if err != nil {
			return nil, err
		}
		gone := s.list[i]
		victim = &gone
		s.list = slices.Delete(s.list, i, i+1)
		delete(s.count, gone)
	}
	s.list = append(s.list, page)
	s.count[page] = 1 // also if ClockBits is 0: only hits are capped
	return victim, nil
}

// victim is the index of the page that goes.
func (s *pager) victim() (int, error) {
	switch s.Policy {
	case MRU:
		return len(s.list) - 1, nil
	case OPT, UNOPT:
		best := 0
		for i, page := range s.list {
			use, least := s.coming[page], s.coming[s.list[best]]
			if s.Policy == OPT && use >= least || s.Policy == UNOPT && use < least {
				best = i
			}
		}
		return best, nil
	case RAND:
		return s.pick()
	case CLOCK:
		for {
			i, err := s.pick()
			if err != nil {
				return 0, err
			}
			page := s.list[i]
			if s.count[page] == 0 {
				return i, nil
			}
			s.count[page]--
		}
	default:
		return 0, nil // FIFO, LRU
	}
}

// pick draws an index of the list.
func (s *pager) pick() (int, error) {
	r, ok := s.draws.Draw()
	if !ok {
		return 0, errors.New("the recorded draws are used up, but another is needed")
	}
	return int(float64(len(s.list)) * r), nil
}

// PagingOptions are what a random reference string is made of.
type PagingOptions struct {
	Count int    // references
	Pages uint64 // page numbers are 0 to Pages-1
}

// NewRefs draws a reference string. RAND and CLOCK go on with the draws that follow.
func NewRefs(o PagingOptions, draws *Python) ([]uint64, error) {
	if err := checkCount("references", o.Count); err != nil {
		return nil, err
	}
	if o.Pages < 1 || o.Pages > 1<<53 {
		return nil, fmt.Errorf("%d pages: must be 1 to 2^53", o.Pages)
	}
	return draws.addresses(o.Count, o.Pages), nil
}
