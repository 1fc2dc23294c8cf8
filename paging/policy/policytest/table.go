// Package policytest has the conformance suite that every replacement policy passes (Run), and the frame
// table that it drives them with (Table): a machine reduced to what a policy sees, for tests of policies
// that live elsewhere.
package policytest

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/policy"
)

// Free is the page number of a frame that holds none.
const Free = -1

// Table is a fake frame table: pages are integers, every reference is seen, marks are kept as hardware would.
type Table struct {
	Page   []int // by frame
	Pinned []bool

	accessed, dirty []bool
	lastUse         []uint64
	clock           uint64
}

// NewTable makes a table of n free frames.
func NewTable(n int) *Table {
	t := &Table{
		Page: make([]int, n), Pinned: make([]bool, n), accessed: make([]bool, n), dirty: make([]bool, n),
		lastUse: make([]uint64, n),
	}
	for f := range t.Page {
		t.Page[f] = Free
	}
	return t
}

// Len is the number of frames.
func (t *Table) Len() int { return len(t.Page) }

// Evictable reports whether f holds a page and is not pinned.
func (t *Table) Evictable(f addr.Frame) bool { return t.Page[f] != Free && !t.Pinned[f] }

// Accessed is the accessed bit of f.
func (t *Table) Accessed(f addr.Frame) bool { return t.accessed[f] }

// ClearAccessed clears the accessed bit of f.
func (t *Table) ClearAccessed(f addr.Frame) { t.accessed[f] = false }

// Dirty is the dirty bit of f.
func (t *Table) Dirty(f addr.Frame) bool { return t.dirty[f] }

// Clean clears the dirty bit of f, as writing its page back does.
func (t *Table) Clean(f addr.Frame) { t.dirty[f] = false }

// SetMarks gives f accessed and dirty bits, for tests that begin in the middle.
func (t *Table) SetMarks(f addr.Frame, accessed, dirty bool) {
	t.accessed[f], t.dirty[f] = accessed, dirty
}

// PageOf is the page in f.
func (t *Table) PageOf(f addr.Frame) uint32 { return uint32(t.Page[f]) }

// Now is the index of the running reference.
func (t *Table) Now() uint64 { return t.clock }

// Marked is a Table that shows the time of last uses too.
type Marked struct{ *Table }

// LastUse is the clock of the last reference to f.
func (t Marked) LastUse(f addr.Frame) uint64 { return t.lastUse[f] }

// Find is the frame of page, or addr.NoFrame. Find(Free) is the lowest free frame.
func (t *Table) Find(page int) addr.Frame {
	for f, p := range t.Page {
		if p == page {
			return addr.Frame(f)
		}
	}
	return addr.NoFrame
}

// Driver runs a policy on a Table: it is the pager.
type Driver struct {
	*Table
	Policy  policy.Policy
	Faults  int
	Evicted []int // pages, in order
	Share   int   // frames that the pages may take, as under local replacement; 0: all

	can     policy.Abilities
	started bool
}

// NewDriver makes a driver of p, which sees t.
func NewDriver(t *Table, p policy.Policy) *Driver {
	return &Driver{Table: t, Policy: p, can: policy.AbilitiesOf(p)}
}

// Reference uses page, writing if write: a hit, a load into a free frame, or a replacement. It reports
// whether it was a hit, and fails when the policy breaks its contract: a victim that is free, pinned or no
// frame at all.
func (d *Driver) Reference(page int, write bool) (hit bool, err error) {
	if d.started {
		d.clock++
	}
	d.started = true
	if t := d.can.Ticker; t != nil && d.clock > 0 && d.clock%t.Every() == 0 {
		t.Tick()
	}
	f := d.Find(page)
	if hit = f != addr.NoFrame; hit {
		d.use(f, write)
		if d.can.Stream != nil {
			d.can.Stream.Referenced(f)
		}
	} else if err := d.fault(page, write); err != nil {
		return false, err
	}
	if d.can.Expirer != nil {
		err = d.evictAll(d.can.Expirer.Expired)
	}
	return hit, err
}

// fault brings page in.
func (d *Driver) fault(page int, write bool) error {
	d.Faults++
	if d.can.Faulter != nil {
		d.can.Faulter.Fault(uint32(page))
	}
	if err := d.shed(); err != nil {
		return err
	}
	if d.Find(Free) == addr.NoFrame || d.Share > 0 && d.Resident() >= d.Share {
		f := d.Policy.Victim()
		if f == addr.NoFrame {
			return fmt.Errorf("no victim among pages %v, pinned %v", d.Page, d.Pinned)
		}
		if err := d.evict(f); err != nil {
			return err
		}
		if err := d.shed(); err != nil {
			return err
		}
	}
	f := d.Find(Free)
	d.Page[f] = page
	d.lastUse[f] = d.clock
	d.Policy.Loaded(f)
	d.use(f, write)
	if d.can.Retrier != nil {
		d.can.Retrier.Retried(f)
	}
	return nil
}

func (d *Driver) shed() error {
	if d.can.Shedder == nil {
		return nil
	}
	return d.evictAll(d.can.Shedder.Shed)
}

// evictAll evicts what next names, until it names no more.
func (d *Driver) evictAll(next func() addr.Frame) error {
	for f := next(); f != addr.NoFrame; f = next() {
		if err := d.evict(f); err != nil {
			return err
		}
	}
	return nil
}

// evict puts out the page that the policy has chosen.
func (d *Driver) evict(f addr.Frame) error {
	if int(f) >= d.Len() || !d.Evictable(f) {
		return fmt.Errorf("frame %d cannot be a victim: pages %v, pinned %v", f, d.Page, d.Pinned)
	}
	d.Evicted = append(d.Evicted, d.Page[f])
	d.release(f)
	return nil
}

// Unmap takes page out of memory, as munmap or the end of a process does. Nothing happens if it is not
// resident.
func (d *Driver) Unmap(page int) {
	if f := d.Find(page); f != addr.NoFrame {
		d.release(f)
	}
}

func (d *Driver) release(f addr.Frame) {
	d.accessed[f], d.dirty[f], d.lastUse[f] = false, false, 0
	d.Page[f] = Free
	d.Policy.Freed(f)
}

func (d *Driver) use(f addr.Frame, write bool) {
	d.lastUse[f] = d.clock
	d.accessed[f] = true
	d.dirty[f] = d.dirty[f] || write
}

// Resident is how many frames hold a page.
func (t *Table) Resident() int {
	n := 0
	for _, p := range t.Page {
		if p != Free {
			n++
		}
	}
	return n
}
