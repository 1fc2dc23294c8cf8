package trace

import (
	"errors"
	"fmt"
	"io"
	"math/bits"

	"memlab/paging/sim"
)

// Pager makes blocks of references of the accesses of a trace: it finds the pages that an access touches, and
// numbers pages in the order of their first use. Pages of different address spaces are different, also where
// the machine had them in one frame. Memory is in proportion to the number of distinct pages.
type Pager struct {
	from  Reader
	batch []Access
	have  []Access // of batch, not used yet
	err   error    // of from, for when these are used up

	shift   uint // addresses to page numbers
	numbers map[pageName]uint32
	names   []pageName // by number
	recent  [recentPages]recentPage

	// PageSize is that of the pages in bytes, 0 if the trace does not tell.
	PageSize uint64

	Kinds [Drop + 1]uint64 // entries by kind, Modify counted as one
	Refs  uint64
}

type pageName struct {
	page  uint64
	space int32
}

// recentPages is the number of pages that are found without the map; a power of two.
const recentPages = 1 << 12

type recentPage struct {
	name pageName
	n    uint32 // number + 1
}

// accessBatch is how many entries are read at once.
const accessBatch = 1 << 12

// DefaultPage is the page size for traces of byte addresses where none is asked for.
const DefaultPage = 4096

// NewPager makes blocks for pages of that size; 0: the trace's own, or DefaultPage for byte addresses. A
// trace of page numbers can be seen with larger pages, not with smaller ones; one of plain numbers as it is.
func NewPager(r Reader, info Info, pageSize uint64) (*Pager, error) {
	p := &Pager{from: r, batch: make([]Access, accessBatch), numbers: make(map[pageName]uint32)}
	if pageSize == 0 {
		if info.PageSize != 1 {
			p.PageSize = info.PageSize
			return p, nil
		}
		pageSize = DefaultPage
	}
	switch {
	case bits.OnesCount64(pageSize) != 1 || pageSize > maxPage:
		return nil, fmt.Errorf("page size %d: must be a power of two up to %d", pageSize, maxPage)
	case info.PageSize == 0:
		return nil, fmt.Errorf("page size %d: the trace has numbers, not addresses: it can only be left out",
			pageSize)
	case pageSize < info.PageSize:
		return nil, fmt.Errorf("page size %d: the trace has pages of %d bytes: must be at least that",
			pageSize, info.PageSize)
	}
	p.PageSize = pageSize
	p.shift = uint(bits.TrailingZeros64(pageSize) - bits.TrailingZeros64(info.PageSize))
	return p, nil
}

// Pages is the number of distinct pages so far.
func (p *Pager) Pages() int { return len(p.names) }

// Name is the page number and address space of the page with that number.
func (p *Pager) Name(n uint32) (page uint64, space int32) {
	return p.names[n].page, p.names[n].space
}

// blockRefs is the number of references that a block is filled with, more or less.
const blockRefs = 1 << 14

// Read fills b with the next references. It returns io.EOF at the end, perhaps with the last of them.
func (p *Pager) Read(b *sim.Block) error {
	b.Reset()
	for len(b.Refs) < blockRefs {
		if len(p.have) == 0 {
			if err := p.refill(); err != nil {
				p.Refs += uint64(len(b.Refs))
				return err
			}
			continue
		}
		a := &p.have[0]
		if a.Straddles {
			if err := p.straddle(b); err != nil {
				return err
			}
			continue
		}
		p.Add(b, a)
		p.have = p.have[1:]
	}
	p.Refs += uint64(len(b.Refs))
	return nil
}

// refill reads the next entries.
func (p *Pager) refill() error {
	if p.err != nil {
		return p.err
	}
	n, err := p.from.Read(p.batch)
	p.have, p.err = p.batch[:n], err
	return nil
}

var errHalf = errors.New("the first half of an access without the second")

// straddle takes an access that the trace has in two entries.
func (p *Pager) straddle(b *sim.Block) error {
	first := p.have[0]
	p.have = p.have[1:]
	for len(p.have) == 0 {
		if p.err != nil {
			if errors.Is(p.err, io.EOF) {
				return errHalf
			}
			return p.err
		}
		if err := p.refill(); err != nil {
			return err
		}
	}
	second := p.have[0]
	p.have = p.have[1:]
	if first.Kind != second.Kind || first.Kind > Write || second.Straddles || first.Space != second.Space {
		return errHalf
	}
	p.Kinds[first.Kind] += 2
	p.pair(b, first.Addr>>p.shift, second.Addr>>p.shift, &first, refOf(first.Kind))
	return nil
}

// refOf is the flag of references of that kind.
func refOf(k Kind) sim.Ref {
	if k == Write {
		return sim.WriteOf(0)
	}
	return sim.ReadOf(0)
}

// pair appends references to two pages that an access needs at once.
func (p *Pager) pair(b *sim.Block, first, second uint64, a *Access, flag sim.Ref) {
	if first == second {
		b.Refs = append(b.Refs, sim.ReadOf(p.number(first, a.Space))|flag)
		return
	}
	b.Pair(sim.ReadOf(p.number(first, a.Space))|flag, sim.ReadOf(p.number(second, a.Space))|flag)
}

// Add appends the references of an access to b. Straddles is not looked at.
func (p *Pager) Add(b *sim.Block, a *Access) {
	p.Kinds[a.Kind]++
	first, last := a.Addr>>p.shift, (a.Addr+uint64(a.Size)-1)>>p.shift
	if first == last && a.Kind <= Fetch {
		b.Refs = append(b.Refs, sim.ReadOf(p.number(first, a.Space))|refOf(a.Kind))
		return
	}
	switch a.Kind {
	case Drop:
		if n, ok := p.numbers[pageName{first, a.Space}]; ok {
			b.Gone(n)
		}
	case Modify:
		p.touch(b, first, last, a, sim.ReadOf(0))
		p.touch(b, first, last, a, sim.WriteOf(0))
	default:
		p.touch(b, first, last, a, refOf(a.Kind))
	}
}

// touch appends a reference to each page from first to last.
func (p *Pager) touch(b *sim.Block, first, last uint64, a *Access, flag sim.Ref) {
	if last == first+1 && a.Kind != Fetch {
		p.pair(b, first, last, a, flag)
		return
	}
	for page := first; page <= last; page++ {
		b.Refs = append(b.Refs, sim.ReadOf(p.number(page, a.Space))|flag)
	}
}

// Block is the whole of a row of accesses. No access may straddle its end.
func (p *Pager) Block(row []Access) sim.Block {
	b := sim.Block{Refs: make([]sim.Ref, 0, len(row))}
	for i := 0; i < len(row); i++ {
		a := &row[i]
		if a.Straddles && i+1 < len(row) {
			p.pair(&b, a.Addr>>p.shift, row[i+1].Addr>>p.shift, a, refOf(a.Kind))
			i++
			continue
		}
		p.Add(&b, a)
	}
	return b
}

// Know numbers a page before it is referenced.
func (p *Pager) Know(page uint64, space int32) { p.number(page, space) }

// number is the number of a page.
func (p *Pager) number(page uint64, space int32) uint32 {
	r := &p.recent[(page^page>>12^uint64(space)<<6)%recentPages]
	name := pageName{page, space}
	if r.name == name && r.n != 0 {
		return r.n - 1
	}
	n, ok := p.numbers[name]
	if !ok {
		n = uint32(len(p.names))
		p.names = append(p.names, name)
		p.numbers[name] = n
	}
	*r = recentPage{name, n + 1}
	return n
}
