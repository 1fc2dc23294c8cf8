package main

import (
	"fmt"
	"math/big"

	"github.com/spf13/cobra"

	"memlab/paging/sim/ostep"
)

// spaceFlags declares the options for the two memories.
func spaceFlags(cmd *cobra.Command, space, phys *uint64) {
	cmd.Flags().VarP(sizeFlag{space}, "space", "a", "size of the address space")
	cmd.Flags().VarP(sizeFlag{phys}, "memory", "p", "size of the physical memory")
}

// newOstepRelocation is the exercise about one base and one limit register.
func newOstepRelocation(p *process) *cobra.Command {
	o := ostep.RelocationOptions{AddressSpace: 1 << 10, PhysMem: 16 << 10}
	cmd := &cobra.Command{
		Use: "relocation [-a BYTES] [-p BYTES] [-n N] [-b BYTES] [-l BYTES] [-s N] [-c] " +
			"[--format text|json]",
		Short: "translate addresses with a base and a limit register",
		Long: "Asks for the physical addresses of a few virtual ones. An address that is not below the\n" +
			"limit is a violation; any other is added to the base.",
		Example: "  memlab ostep relocation -s 1 -c\n  memlab ostep relocation -b 3072 -l 512 -n 10",
	}
	f := cmd.Flags()
	spaceFlags(cmd, &o.AddressSpace, &o.PhysMem)
	f.IntVarP(&o.Count, "count", "n", 5, "number of addresses")
	f.VarP(givenFlag{&o.Base}, "base", "b", "the base; -1: drawn")
	f.VarP(givenFlag{&o.Limit}, "limit", "l", "the limit; -1: drawn")
	newExercise(p, cmd, func(common *ostepOptions, seed *big.Int) (exercise, error) {
		q, err := ostep.NewRelocation(o, seed)
		if err != nil {
			return exercise{}, err
		}
		answers := q.Answer()
		var t page
		t.line("Base and limit, seed %s\n", seed)
		t.line("  address space    %s", both(q.AddressSpace))
		t.line("  physical memory  %s", both(q.PhysMem))
		t.line("  base             %s", both(q.Base))
		t.line("  limit            %s\n", both(q.Limit))
		for i, a := range answers {
			result := unanswered
			if common.solve {
				result = where(a.PA, "violation: not below the limit")
			}
			t.line("  va %2d  %s  ->  %s", i, both(a.VA), result)
		}
		text := t.ask(common.solve, "Which addresses are valid, and where do they lie in physical memory?")
		return exercise{"relocation", q, translations[ostep.Relocated]{answers}, text}, nil
	})
	return cmd
}

// newOstepSegmentation is the exercise about two segments.
func newOstepSegmentation(p *process) *cobra.Command {
	o := ostep.SegmentationOptions{AddressSpace: 1 << 10, PhysMem: 16 << 10}
	cmd := &cobra.Command{
		Use: "segmentation [-A LIST] [-a BYTES] [-p BYTES] [-n N] [-b BYTES] [-l BYTES] [-B BYTES] " +
			"[-L BYTES] [-s N] [-c] [--format text|json]",
		Short: "translate addresses with two segments, of which one grows down",
		Long: "Asks for the physical addresses of a few virtual ones. The lower half of the address\n" +
			"space is segment 0; the upper half is segment 1, which grows down from its end: its base is\n" +
			"the physical address behind its last byte.",
		Example: "  memlab ostep segmentation -a 128 -p 512 -b 0 -l 20 -B 512 -L 20 -c\n" +
			"  memlab ostep segmentation -A 0,19,20,108 -a 128 -p 512",
	}
	f := cmd.Flags()
	f.VarP(listFlag{&o.VAddrs}, "addresses", "A", "the addresses, with commas between them; -1: drawn")
	spaceFlags(cmd, &o.AddressSpace, &o.PhysMem)
	f.IntVarP(&o.Count, "count", "n", 5, "number of addresses that are drawn")
	f.VarP(givenFlag{&o.Base0}, "base0", "b", "base of segment 0; -1: drawn")
	f.VarP(givenFlag{&o.Limit0}, "limit0", "l", "limit of segment 0; -1: drawn")
	f.VarP(givenFlag{&o.Base1}, "base1", "B", "base of segment 1, its upper end; -1: drawn")
	f.VarP(givenFlag{&o.Limit1}, "limit1", "L", "limit of segment 1; -1: drawn")
	newExercise(p, cmd, func(common *ostepOptions, seed *big.Int) (exercise, error) {
		q, err := ostep.NewSegmentation(o, seed)
		if err != nil {
			return exercise{}, err
		}
		answers := q.Answer()
		var t page
		t.line("Two segments, seed %s\n", seed)
		t.line("  address space    %s", both(q.AddressSpace))
		t.line("  physical memory  %s", both(q.PhysMem))
		for i, half := range []*ostep.Half{&q.Seg0, &q.Seg1} {
			t.line("  segment %d        base %s, limit %d, grows %s",
				i, both(half.Base), half.Limit, half.Grows)
		}
		t.line("")
		for i, a := range answers {
			result := unanswered
			if common.solve {
				result = fmt.Sprintf("segment %d: %s", a.Seg, where(a.PA, "violation"))
			}
			t.line("  va %2d  %s  ->  %s", i, both(a.VA), result)
		}
		text := t.ask(common.solve, "In which segment is each address, is it valid, and where does it lie?")
		return exercise{"segmentation", q, translations[ostep.Segmented]{answers}, text}, nil
	})
	return cmd
}
