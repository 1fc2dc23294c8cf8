package ostep

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"memlab/paging/alloc"
)

// Heap is a question about free-space management. Sizes are bytes.
type Heap struct {
	Size     uint64   `json:"heap_size"`
	Base     uint64   `json:"base"`
	Header   uint64   `json:"header"`
	Align    *uint64  `json:"align"`      // sizes are rounded up to its multiples; nil: they are not
	Fit      string   `json:"fit"`        // one of FitNames, in any letter case
	Order    string   `json:"list_order"` // one of OrderNames, likewise
	Coalesce bool     `json:"coalesce"`
	Ops      []HeapOp `json:"ops"`
}

// The operations.
const (
	OpAlloc = "alloc"
	OpFree  = "free"
)

// HeapOp is one operation.
type HeapOp struct {
	Op   string // OpAlloc or OpFree
	ID   uint64 // of the allocation
	Size uint64 // of OpAlloc
}

// MarshalJSON leaves out what the operation does not have.
func (o HeapOp) MarshalJSON() ([]byte, error) {
	if o.Op == OpFree {
		return fmt.Appendf(nil, `{"op":"free","id":%d}`, o.ID), nil
	}
	return fmt.Appendf(nil, `{"op":"alloc","id":%d,"size":%d}`, o.ID, o.Size), nil
}

// HeapStep is what one operation did.
type HeapStep struct {
	HeapOp

	Addr     *uint64 // of OpAlloc: the block, its header included; nil: there was no room
	Searched int     // of OpAlloc: entries that were looked at
	Ret      int     // of OpFree: 0, or -1 if there is no such block
	FreeList []alloc.Hole
}

// MarshalJSON leaves out what the operation does not have.
func (s *HeapStep) MarshalJSON() ([]byte, error) {
	list := make([][2]uint64, len(s.FreeList))
	for i, h := range s.FreeList {
		list[i] = [2]uint64{h.Start, h.Size}
	}
	if s.Op == OpFree {
		return json.Marshal(struct {
			Op       string      `json:"op"`
			ID       uint64      `json:"id"`
			Ret      int         `json:"ret"`
			FreeList [][2]uint64 `json:"free_list"`
		}{s.Op, s.ID, s.Ret, list})
	}
	return json.Marshal(struct {
		Op       string      `json:"op"`
		ID       uint64      `json:"id"`
		Size     uint64      `json:"size"`
		Addr     *uint64     `json:"addr"`
		Searched int         `json:"searched"`
		FreeList [][2]uint64 `json:"free_list"`
	}{s.Op, s.ID, s.Size, s.Addr, s.Searched, list})
}

// FitNames are the fits.
func FitNames() []string { return []string{"BEST", "WORST", "FIRST"} }

// OrderNames are the orders of the free list.
func OrderNames() []string {
	return []string{"ADDRSORT", "SIZESORT+", "SIZESORT-", "INSERT-FRONT", "INSERT-BACK"}
}

// named is the index of a name in any letter case.
func named(what, name string, names []string) (int, error) {
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	if i < 0 {
		return 0, fmt.Errorf("%s %q: must be one of %s", what, name, strings.Join(names, ", "))
	}
	return i, nil
}

// maxOps bounds the operations of a question.
const maxOps = 1 << 20

// heap is the state of one run.
type heap struct {
	*alloc.Dynamic

	at     map[uint64]uint64 // the block of each live allocation
	listed int
}

// start makes the empty heap.
func (q *Heap) start() (*heap, error) {
	fit, err := named("fit", q.Fit, FitNames())
	if err != nil {
		return nil, err
	}
	order, err := named("list_order", q.Order, OrderNames())
	if err != nil {
		return nil, err
	}
	if max(q.Size, q.Base, q.Header) > maxMemory {
		return nil, fmt.Errorf("heap_size %d, base %d, header %d: must be at most 2^52",
			q.Size, q.Base, q.Header)
	}
	c := alloc.DynamicConfig{
		Base: q.Base, Size: q.Size, Header: q.Header, Coalesce: alloc.JoinNone,
		Fit: []alloc.Fit{alloc.BestFit, alloc.WorstFit, alloc.FirstFit}[fit],
		Order: []alloc.Order{
			alloc.ByAddress, alloc.BySizeUp, alloc.BySizeDown, alloc.Front, alloc.Back,
		}[order],
	}
	if q.Coalesce {
		c.Coalesce = alloc.JoinList
	}
	if q.Align != nil {
		if c.Align = *q.Align; c.Align < 1 || c.Align > maxMemory {
			return nil, fmt.Errorf("align is %d: must be 1 to 2^52", c.Align)
		}
	}
	d, err := alloc.NewDynamic(c)
	if err != nil {
		return nil, err
	}
	return &heap{Dynamic: d, at: map[uint64]uint64{}}, nil
}

// Run answers the question.
func (q *Heap) Run() ([]*HeapStep, error) {
	h, err := q.start()
	if err != nil {
		return nil, err
	}
	steps := make([]*HeapStep, len(q.Ops))
	for i, op := range q.Ops {
		if steps[i], err = h.do(op); err != nil {
			return nil, fmt.Errorf("operation %d: %w", i, err)
		}
	}
	return steps, nil
}

// do does one operation.
func (h *heap) do(op HeapOp) (*HeapStep, error) {
	step := &HeapStep{HeapOp: op}
	start, live := h.at[op.ID]
	switch {
	case op.Op == OpFree && live:
		if err := h.Free(start); err != nil {
			return nil, err
		}
		delete(h.at, op.ID)
	case op.Op == OpFree: // freed already, or never allocated
		step.Ret = -1
	case live:
		return nil, fmt.Errorf("id %d is that of a block that is allocated", op.ID)
	case op.Size < 1 || op.Size > maxMemory:
		return nil, fmt.Errorf("size is %d: must be 1 to 2^52", op.Size)
	default:
		if b, err := h.Alloc(op.Size); err == nil {
			step.Addr = &b.Start
			h.at[op.ID] = b.Start
		}
		step.Searched = h.Searched()
	}
	step.FreeList = h.FreeList()
	if h.listed += len(step.FreeList); h.listed > maxListed {
		return nil, fmt.Errorf("the free lists of all steps have more than %d entries", maxListed)
	}
	return step, nil
}

// HeapOptions are what a series of random operations is made of.
type HeapOptions struct {
	Count   int    // operations
	Range   uint64 // sizes are 1 to Range
	Percent int    // of allocations
}

// Draw makes the operations of a question whose other fields are set. Each operation draws whether it is an
// allocation, and then its size, or which of the live blocks is freed; when none is, nothing happens, and it
// does not count. Whether an allocation succeeds decides what lives, so the operations are tried on the way.
func (q *Heap) Draw(o HeapOptions, seed *big.Int) error {
	if o.Percent < 1 || o.Percent > 100 {
		return fmt.Errorf("%d percent allocations: must be 1 to 100", o.Percent)
	}
	if o.Range < 1 || o.Range > maxMemory {
		return fmt.Errorf("sizes of 1 to %d: the largest must be 1 to 2^52", o.Range)
	}
	if o.Count < 0 || o.Count > maxOps {
		return fmt.Errorf("%d operations: must be 0 to %d", o.Count, maxOps)
	}
	h, err := q.start()
	if err != nil {
		return err
	}
	draws := NewPython(seed)
	q.Ops = []HeapOp{}
	var live []uint64
	for id := uint64(0); len(q.Ops) < o.Count; {
		op := HeapOp{Op: OpFree}
		switch {
		case draws.source.Float64() < float64(o.Percent)/100:
			op = HeapOp{Op: OpAlloc, ID: id, Size: draws.below(o.Range) + 1}
			id++
		case len(live) > 0:
			i := int(draws.below(uint64(len(live))))
			op.ID = live[i]
			live = slices.Delete(live, i, i+1)
		default:
			continue
		}
		step, err := h.do(op)
		if err != nil {
			return err
		}
		if step.Addr != nil {
			live = append(live, op.ID)
		}
		q.Ops = append(q.Ops, op)
	}
	return nil
}
