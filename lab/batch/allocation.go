package batch

import (
	"fmt"
	"slices"
	"strings"

	"memlab/paging/alloc"
	"memlab/paging/sim/ostep"
)

// The operations on a heap or a partition.
const (
	opAlloc = ostep.OpAlloc
	opFree  = ostep.OpFree
)

func freespace(o *object) (any, error) {
	o.only("id", "kind", "heap_size", "base", "header", "align", "fit", "list_order", "coalesce", "ops")
	q := ostep.Heap{
		Size: o.uint("heap_size", 1), Base: o.uint("base", 0), Header: o.uint("header", 0),
		Fit: o.text("fit"), Order: o.text("list_order"), Coalesce: o.boolean("coalesce"),
	}
	if !o.isNull("align") {
		align := o.uint("align", 1)
		q.Align = &align
	}
	for i, text := range o.array("ops", "operations") {
		op := newObject(text, fmt.Sprintf("ops[%d].", i))
		q.Ops = append(q.Ops, heapOp(op))
		if o.take(op); o.err != nil {
			return nil, o.err
		}
	}
	if o.err != nil {
		return nil, o.err
	}
	steps, err := q.Run()
	if err != nil {
		return nil, err
	}
	return struct {
		Steps []*ostep.HeapStep `json:"steps"`
	}{steps}, nil
}

func heapOp(o *object) ostep.HeapOp {
	op := ostep.HeapOp{Op: o.text("op")}
	switch op.Op {
	case opAlloc:
		o.only("op", "id", "size")
		op.Size = o.uint("size", 1)
	case opFree:
		o.only("op", "id")
	default:
		o.fail("field %q is %q: must be %q or %q", o.where+"op", shorten(op.Op), opAlloc, opFree)
	}
	op.ID = o.uint("id", 0)
	return op
}

// The models of kind fragmentation.
const (
	modelLinux   = "linux_indices"
	modelDynamic = "dynamic"
	modelBuddy   = "buddy"
)

func fragmentation(o *object) (any, error) {
	switch model := o.text("model"); model {
	case modelLinux:
		return linuxIndices(o)
	case modelDynamic:
		return dynamic(o)
	case modelBuddy:
		return buddy(o)
	default:
		return nil, fmt.Errorf("model %q: must be %s, %s or %s",
			shorten(model), modelLinux, modelDynamic, modelBuddy)
	}
}

// Bounds of nr_free: sums, and thousands of them, must not overflow.
const (
	maxOrders = 40
	maxPages  = 1 << 53
)

func linuxIndices(o *object) (any, error) {
	o.only("id", "kind", "model", "nr_free")
	free := o.uints("nr_free")
	if len(free) > maxOrders {
		o.fail("field %q has %d orders: must be at most %d", "nr_free", len(free), maxOrders)
	}
	pages := uint64(0)
	for order, n := range free {
		if o.err == nil && n > (maxPages-pages)>>order {
			o.fail("field %q: the blocks of orders 0 to %d have more than 2^53 pages", "nr_free", order)
		}
		pages += n << order
	}
	if o.err != nil {
		return nil, o.err
	}
	x := alloc.LinuxIndices(free)
	if len(free) == 0 {
		x = alloc.Indices{Extfrag: []int{}, Unusable: []int{}, Percent: []int{}}
	}
	return x, nil
}

func dynamic(o *object) (any, error) {
	o.only("id", "kind", "model", "fit", "size", "ops")
	fits := []string{"first", "best", "worst", "next"} // as alloc numbers them
	fit := slices.Index(fits, strings.ToLower(o.text("fit")))
	if fit < 0 {
		o.fail("field %q is %q: must be one of %s", "fit", shorten(o.text("fit")), strings.Join(fits, ", "))
	}
	size := o.uint("size", 1)
	if o.err != nil {
		return nil, o.err
	}
	kinds := []alloc.Fit{alloc.FirstFit, alloc.BestFit, alloc.WorstFit, alloc.NextFit}
	d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: size, Fit: kinds[fit]})
	if err != nil {
		return nil, err
	}
	placed, err := replay(o, d)
	if err != nil {
		return nil, err
	}
	holes := [][2]uint64{}
	for _, h := range d.Holes() {
		holes = append(holes, [2]uint64{h.Start, h.Size})
	}
	return struct {
		Placed   []*uint64    `json:"placed"`
		HoleList [][2]uint64  `json:"hole_list"`
		Report   alloc.Report `json:"report"`
	}{placed, holes, alloc.Measure(d)}, nil
}

// maxBuddyOrder is the largest memory of model buddy; the limit is that of package alloc.
const maxBuddyOrder = 48

func buddy(o *object) (any, error) {
	o.only("id", "kind", "model", "order", "ops")
	order := o.size("order", 0)
	if order > maxBuddyOrder {
		o.fail("field %q is %d: must be 0 to %d", "order", order, maxBuddyOrder)
	}
	if o.err != nil {
		return nil, o.err
	}
	b, err := alloc.NewBuddy(alloc.BuddyConfig{Units: 1 << order, Unit: 1, MaxOrder: order})
	if err != nil {
		return nil, err
	}
	placed, err := replay(o, b)
	if err != nil {
		return nil, err
	}
	return struct {
		Placed []*uint64    `json:"placed"`
		NrFree []uint64     `json:"nr_free"`
		Report alloc.Report `json:"report"`
	}{placed, b.FreeCounts(), alloc.Measure(b)}, nil
}

// replay does the operations of field ops and says where each allocation went; nil: there was no room.
func replay(o *object, a alloc.Allocator) ([]*uint64, error) {
	placed := []*uint64{}
	for i, text := range o.array("ops", "operations") {
		var op string
		var n uint64
		if text[0] == '[' {
			if pair := values(text); len(pair) == 2 {
				op, n = string(pair[0]), o.element("ops", i, pair[1])
			}
		}
		switch {
		case o.err != nil:
		case op == `"`+opAlloc+`"` && n > 0:
			var start *uint64
			if b, err := a.Alloc(n); err == nil {
				start = &b.Start
			}
			placed = append(placed, start)
		case op == `"`+opFree+`"`:
			if err := a.Free(n); err != nil {
				return nil, fmt.Errorf("field %q, element %d: %w", "ops", i, err)
			}
		default:
			o.fail(`field %q, element %d, is %s: `+
				`must be ["%s", size], a size of at least 1, or ["%s", start]`, "ops", i,
				shorten(string(text)), opAlloc, opFree)
		}
		if o.err != nil {
			return nil, o.err
		}
	}
	return placed, o.err
}
