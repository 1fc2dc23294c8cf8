package event

import "memlab/paging/addr"

// Counts are numbers of events by a key, as a page. The zero value is ready, without a bound.
type Counts struct {
	Total uint64
	Lost  uint64 // events whose key found no room
	Most  int    // bound on the number of keys; 0: none

	of     map[uint64]*uint64
	recent [recentKeys]recentKey
}

// recentKeys is the number of keys whose count is found without the map; a power of two.
const recentKeys = 256

type recentKey struct {
	key uint64
	n   *uint64 // nil: empty
}

// Add counts n events under key.
func (c *Counts) Add(key, n uint64) {
	c.Total += n
	if r := &c.recent[(key^key>>8)%recentKeys]; r.key == key && r.n != nil {
		*r.n += n
		return
	}
	c.addSlow(key, n)
}

func (c *Counts) addSlow(key, n uint64) {
	p := c.of[key]
	if p == nil {
		if c.Most > 0 && len(c.of) >= c.Most {
			c.Lost += n
			return
		}
		if c.of == nil {
			c.of = make(map[uint64]*uint64)
		}
		p = new(uint64)
		c.of[key] = p
	}
	*p += n
	c.recent[(key^key>>8)%recentKeys] = recentKey{key, p}
}

// Of is the number of events under key.
func (c *Counts) Of(key uint64) uint64 {
	if p := c.of[key]; p != nil {
		return *p
	}
	return 0
}

// Each calls fn for every key, in no order.
func (c *Counts) Each(fn func(key, n uint64)) {
	for key, n := range c.of {
		fn(key, *n)
	}
}

// Tally counts events by the page of their address (Event.VA), or all together. The machine adds to it where
// they happen, whole blocks of instructions at a time, and no record is made; so it costs next to nothing.
type Tally struct {
	Counts

	shift uint // 64: all events have the same key, 0
}

// TallyPages makes a tally by page. It counts at most so many different ones; 0: no bound.
func TallyPages(size addr.PageSize, most int) *Tally {
	return &Tally{Counts: Counts{Most: most}, shift: size.Shift()}
}

// TallyAll makes a tally of all events together.
func TallyAll() *Tally { return &Tally{shift: 64} }

// Tally adds a tally for the kinds of m. Events of kinds without an address count for page 0.
func (b *Bus) Tally(m Mask, t *Tally) *Subscription {
	return b.add(&Subscription{bus: b, mask: m, tally: t})
}

// Count counts n events of kind k at addresses in va's page. The caller has found Tallied.
func (b *Bus) Count(k Kind, va addr.VAddr, n uint64) {
	for _, s := range b.tallies {
		if s.mask&(1<<k) != 0 {
			s.tally.Add(uint64(va)>>s.tally.shift, n)
		}
	}
}
