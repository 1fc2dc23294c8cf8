package sim

import (
	"memlab/paging/addr"
	"memlab/paging/policy"
)

// Block is a piece of a reference string, with what a mere row of references does not say.
type Block struct {
	Refs  []Ref
	Marks []Mark // ascending by At
}

// Mark is something that is so at one place of a Block: before reference At the page Gone is unmapped and
// leaves memory, if it is there, without being evicted; or, with Pair, references At and At+1 are one access
// that straddles two pages and needs both at once.
type Mark struct {
	At   int
	Gone uint32
	Pair bool
}

// Reset empties the block.
func (b *Block) Reset() { b.Refs, b.Marks = b.Refs[:0], b.Marks[:0] }

// Pair appends an access that straddles two pages.
func (b *Block) Pair(first, second Ref) {
	b.Marks = append(b.Marks, Mark{At: len(b.Refs), Pair: true})
	b.Refs = append(b.Refs, first, second)
}

// Gone notes that a page leaves memory here, unmapped or with its process.
func (b *Block) Gone(page uint32) {
	b.Marks = append(b.Marks, Mark{At: len(b.Refs), Gone: page})
}

// FeedBlock simulates a block of references. It is Feed where the block has no marks.
func (e *Engine) FeedBlock(b *Block) {
	at := 0
	for _, m := range b.Marks {
		e.Feed(b.Refs[at:m.At])
		at = m.At
		if m.Pair {
			e.feedPair(b.Refs[at], b.Refs[at+1])
			at += 2
		} else {
			e.gone(m.Gone)
		}
	}
	e.Feed(b.Refs[at:])
}

// feedPair simulates an access to two pages. The first stays in memory until the second is there, as on the
// machine, where the instruction needs both; a memory of one frame cannot do that.
func (e *Engine) feedPair(first, second Ref) {
	e.holding = true
	e.pair[0] = first
	e.Feed(e.pair[:])
	e.holding = false
	e.frames.pinned = e.frames.frameOf[first.Page()]
	e.pair[0] = second
	e.Feed(e.pair[:])
	e.frames.pinned = absent
	if e.can.Expirer != nil {
		e.evictAll(e.can.Expirer.Expired)
	}
}

// gone takes a page out of memory that is no more.
func (e *Engine) gone(page uint32) {
	if int(page) >= len(e.frames.frameOf) {
		return
	}
	if f := e.frames.frameOf[page]; f >= 0 {
		e.frames.release(addr.Frame(f))
		e.Drops++
		e.policy.Freed(addr.Frame(f))
	}
}

// Collapse shortens runs of references to one page to at most so many, exactly what Collapsible allows, and
// returns how many references it has left out: all of them hits. What writes in a run is kept by its first.
func (b *Block) Collapse(from *Block, most int) (dropped int) {
	b.Reset()
	at := 0
	for _, m := range from.Marks {
		b.collapse(from.Refs[at:m.At], most)
		at = m.At
		if m.Pair {
			b.Pair(from.Refs[at], from.Refs[at+1])
			at += 2
		} else {
			b.Gone(m.Gone)
		}
	}
	b.collapse(from.Refs[at:], most)
	return len(from.Refs) - len(b.Refs)
}

func (b *Block) collapse(refs []Ref, most int) {
	for i := 0; i < len(refs); {
		r := refs[i]
		j := i + 1
		for j < len(refs) && (refs[j]^r)>>1 == 0 {
			j++
		}
		first := len(b.Refs)
		b.Refs = append(b.Refs, refs[i:min(j, i+most)]...)
		if r&1 == 0 {
			for k := i + 1; k < j; k++ {
				b.Refs[first] |= refs[k] & 1
			}
		}
		i = j
	}
}

// Collapsible is the length to which runs of references to one page can be shortened without changing what
// the policy does: what comes after the first few finds and leaves all as it is. 0: not at all, for the
// policy counts references or time.
func Collapsible(name string, params map[string]int) int {
	info, err := policy.Describe(name)
	if err != nil {
		return 0
	}
	switch info.Name {
	case "fifo", "random", "lru", "mru", "opt", "2q", "esc":
		return 1
	case "clock", "second_chance":
		if loaded, given := params["r_on_load"]; given && loaded == 0 {
			return 2
		}
		return 1
	case "sieve", "slru", "arc", "car":
		return 2
	case "lirs":
		return 2
	case "lru2":
		if k, given := params["k"]; !given || k == 2 {
			return 2
		}
	case "s3fifo":
		return 4
	}
	return 0
}
