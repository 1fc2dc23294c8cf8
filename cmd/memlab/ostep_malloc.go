package main

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"memlab/paging/sim/ostep"
)

// newOstepMalloc is the exercise about free-space management.
func newOstepMalloc(p *process) *cobra.Command {
	q := ostep.Heap{Size: 100, Base: 1000}
	var o ostep.HeapOptions
	align := -1
	cmd := &cobra.Command{
		Use: "malloc [-S BYTES] [-b BYTES] [-H BYTES] [-a BYTES] [-p FIT] [-l ORDER] [-C] [-n N] " +
			"[-r BYTES] [-P PERCENT] [-A LIST] [-s N] [-c] [--format text|json]",
		Aliases: []string{"freespace"},
		Short:   "follow a heap's free list",
		Long: "Asks what each of a series of allocations and frees returns, and what is on the free list\n" +
			"after it. An allocation takes the front of an entry, and the rest stays where the entry was\n" +
			"in the list; coalescing joins entries that follow one another in the list and in memory.\n" +
			"Addresses are those of whole blocks, headers included. -k in a list of operations frees what\n" +
			"the k-th allocation, counted from 0, got; freeing what is not allocated returns -1.",
		Example: "  memlab ostep malloc -n 10 -p FIRST -l SIZESORT+ -c\n" +
			"  memlab ostep malloc -A +10,+10,+10,-0,-1,-2,+5 -C -c",
	}
	f := cmd.Flags()
	f.VarP(sizeFlag{&q.Size}, "size", "S", "size of the heap")
	f.VarP(sizeFlag{&q.Base}, "base", "b", "where it begins")
	f.VarP(sizeFlag{&q.Header}, "header", "H", "size of the header in front of each block")
	f.IntVarP(&align, "align", "a", align, "round sizes up to multiples of `BYTES`; -1: do not")
	f.StringVarP(&q.Fit, "fit", "p", "BEST", "`FIT`: "+strings.Join(ostep.FitNames(), ", "))
	f.StringVarP(&q.Order, "order", "l", "ADDRSORT",
		"`ORDER` of the list: "+strings.Join(ostep.OrderNames(), ", "))
	f.BoolVarP(&q.Coalesce, "coalesce", "C", false, "join neighbours in the list")
	f.IntVarP(&o.Count, "count", "n", 10, "number of operations that are drawn")
	o.Range = 10
	f.VarP(sizeFlag{&o.Range}, "range", "r", "sizes that are drawn are 1 to this")
	f.IntVarP(&o.Percent, "percent", "P", 50, "percent of the operations that are drawn that allocate")
	f.VarP(opsFlag{&q.Ops}, "ops", "A", "the operations, as +10,-0, in place of drawn ones")
	newExercise(p, cmd, func(common *ostepOptions, seed *big.Int) (exercise, error) {
		q.Fit, q.Order = strings.ToUpper(q.Fit), strings.ToUpper(q.Order)
		switch {
		case align > 0:
			a := uint64(align)
			q.Align = &a
		case align != -1:
			return exercise{}, fmt.Errorf("--align: %d must be at least 1, or -1", align)
		}
		if q.Ops == nil {
			if err := q.Draw(o, seed); err != nil {
				return exercise{}, err
			}
		}
		steps, err := q.Run()
		if err != nil {
			return exercise{}, err
		}
		answer := struct {
			Steps []*ostep.HeapStep `json:"steps"`
		}{steps}
		return exercise{"freespace", &q, answer, heapText(&q, steps, common.solve, seed)}, nil
	})
	return cmd
}

func heapText(q *ostep.Heap, steps []*ostep.HeapStep, solve bool, seed *big.Int) string {
	var t page
	t.line("A heap, seed %s\n", seed)
	t.line("  heap    %d bytes at %d", q.Size, q.Base)
	t.line("  header  %d bytes", q.Header)
	if q.Align != nil {
		t.line("  sizes   multiples of %d bytes", *q.Align)
	}
	t.line("  fit     %s", q.Fit)
	t.line("  list    %s, coalescing: %v\n", q.Order, q.Coalesce)
	for _, s := range steps {
		t.line("  %s  ->  %s", heapOpText(s.HeapOp), heapResult(s, solve))
		if solve {
			t.line("      list of %d: %s", len(s.FreeList), heapList(s))
		}
	}
	return t.ask(solve, "What does each operation return, and what is on the list after it?")
}

func heapOpText(op ostep.HeapOp) string {
	if op.Op == ostep.OpFree {
		return fmt.Sprintf("free  ptr[%d]         ", op.ID)
	}
	return fmt.Sprintf("alloc ptr[%d] = %3d B ", op.ID, op.Size)
}

func heapResult(s *ostep.HeapStep, solve bool) string {
	switch {
	case !solve:
		return unanswered
	case s.Op == ostep.OpFree:
		return strconv.Itoa(s.Ret)
	case s.Addr == nil:
		return fmt.Sprintf("no room (entries searched: %d)", s.Searched)
	}
	return fmt.Sprintf("address %d (entries searched: %d)", *s.Addr, s.Searched)
}

func heapList(s *ostep.HeapStep) string {
	entries := make([]string, len(s.FreeList))
	for i, h := range s.FreeList {
		entries[i] = fmt.Sprintf("[%d:%d]", h.Start, h.Size)
	}
	return strings.Join(entries, " ")
}
