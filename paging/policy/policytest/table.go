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

// LastUse is the clock of the last reference to f.
func (t *Table) LastUse(f addr.Frame) uint64 { return t.lastUse[f] }

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
}

// Reference uses page, writing if write: a hit, a load into a free frame, or a replacement. It reports
// whether it was a hit, and fails when the policy breaks its contract: a victim that is free, pinned or no
// frame at all.
func (d *Driver) Reference(page int, write bool) (hit bool, err error) {
	f := d.Find(page)
	if f == addr.NoFrame {
		d.Faults++
		if f = d.Find(Free); f == addr.NoFrame {
			if f, err = d.replace(); err != nil {
				return false, err
			}
		}
		d.Page[f] = page
		d.lastUse[f] = d.clock
		d.Policy.Loaded(f)
		d.use(f, write)
		if r, ok := d.Policy.(policy.Retrier); ok {
			r.Retried(f)
		}
		return false, nil
	}
	d.use(f, write)
	return true, nil
}

// replace evicts the policy's victim.
func (d *Driver) replace() (addr.Frame, error) {
	f := d.Policy.Victim()
	if f == addr.NoFrame {
		return f, fmt.Errorf("no victim among pages %v, pinned %v", d.Page, d.Pinned)
	}
	if int(f) >= d.Len() || !d.Evictable(f) {
		return f, fmt.Errorf("frame %d cannot be a victim: pages %v, pinned %v", f, d.Page, d.Pinned)
	}
	d.Evicted = append(d.Evicted, d.Page[f])
	d.release(f)
	return f, nil
}

// Unmap takes page out of memory, as munmap or the end of a process does. Nothing happens if it is not
// resident.
func (d *Driver) Unmap(page int) {
	if f := d.Find(page); f != addr.NoFrame {
		d.release(f)
	}
}

func (d *Driver) release(f addr.Frame) {
	d.Page[f], d.accessed[f], d.dirty[f], d.lastUse[f] = Free, false, false, 0
	d.Policy.Freed(f)
}

func (d *Driver) use(f addr.Frame, write bool) {
	d.clock++
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
