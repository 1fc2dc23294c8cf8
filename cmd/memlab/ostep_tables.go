package main

import (
	"encoding/hex"
	"fmt"
	"math/big"

	"github.com/spf13/cobra"

	"memlab/paging/sim/ostep"
)

// newOstepLinear is the exercise about a page table that is one array.
func newOstepLinear(p *process) *cobra.Command {
	o := ostep.LinearOptions{AddressSpace: 16 << 10, PhysMem: 64 << 10, PageSize: 4 << 10}
	var number bool
	cmd := &cobra.Command{
		Use: "paging-linear-translate [-A LIST] [-a BYTES] [-p BYTES] [-P BYTES] [-n N] [-u PERCENT] [-v] " +
			"[-s N] [-c] [--format text|json]",
		Aliases: []string{"linear"},
		Short:   "translate addresses with a linear page table",
		Long: "Asks for the physical addresses of a few virtual ones. The page table has an entry of 32\n" +
			"bits for each page: the top bit says that it is valid, the rest is the frame.",
		Example: "  memlab ostep paging-linear-translate -c\n" +
			"  memlab ostep paging-linear-translate -P 1k -a 16k -p 32k -u 75 -v",
	}
	f := cmd.Flags()
	f.VarP(listFlag{&o.VAddrs}, "addresses", "A", "the addresses, with commas between them; -1: drawn")
	spaceFlags(cmd, &o.AddressSpace, &o.PhysMem)
	f.VarP(sizeFlag{&o.PageSize}, "page-size", "P", "size of a page")
	f.IntVarP(&o.Count, "count", "n", 5, "number of addresses that are drawn")
	f.IntVarP(&o.Used, "used", "u", 50, "percent of the pages that are valid")
	f.BoolVarP(&number, "verbose", "v", false, "number the entries of the page table")
	newExercise(p, cmd, func(common *ostepOptions, seed *big.Int) (exercise, error) {
		q, err := ostep.NewLinear(o, seed)
		if err != nil {
			return exercise{}, err
		}
		answers := q.Answer()
		text := linearText(q, answers, common.solve, number, seed)
		return exercise{"linear", q, translations[ostep.Paged]{answers}, text}, nil
	})
	return cmd
}

func linearText(q *ostep.Linear, answers []ostep.Paged, solve, number bool, seed *big.Int) string {
	var t page
	t.line("A linear page table, seed %s\n", seed)
	t.line("  address space    %s", both(q.AddressSpace))
	t.line("  physical memory  %s", both(q.PhysMem))
	t.line("  page             %s\n", both(q.PageSize))
	t.line("Page table, from the entry of page 0 on:\n")
	for vpn, frame := range q.PageTable {
		entry := uint64(0)
		if frame != nil {
			entry = ostep.LinearValid | *frame
		}
		if number {
			t.line("  %8d  0x%08x", vpn, entry)
		} else {
			t.line("  0x%08x", entry)
		}
	}
	t.line("")
	for i, a := range answers {
		result := unanswered
		if solve {
			result = fmt.Sprintf("page %d: %s", a.VPN, where(a.PA, "not valid"))
		}
		t.line("  va %2d  %s  ->  %s", i, both(a.VA), result)
	}
	return t.ask(solve, "On which page is each address, is the page valid, and where does it lie?")
}

// newOstepMultilevel is the exercise about a page table of two levels.
func newOstepMultilevel(p *process) *cobra.Command {
	var o ostep.MultilevelOptions
	cmd := &cobra.Command{
		Use:     "paging-multilevel-translate [-a N] [-n N] [-s N] [-c] [--format text|json]",
		Aliases: []string{"multilevel"},
		Short:   "translate addresses with a page table of two levels",
		Long: "Asks for the physical addresses, and what is there, of a few virtual ones. The machine has\n" +
			"128 frames of 32 bytes, and addresses of 15 bits: 5 for the directory, 5 for the table, 5\n" +
			"for the offset. Entries are bytes: the top bit says that it is valid, the rest is the frame.\n" +
			"All of memory is shown, in hexadecimal.",
		Example: "  memlab ostep paging-multilevel-translate -c\n" +
			"  memlab ostep paging-multilevel-translate -s 3 -n 5 -a 20",
	}
	f := cmd.Flags()
	f.IntVarP(&o.Allocated, "allocated", "a", 64, "number of pages in use")
	f.IntVarP(&o.Count, "count", "n", 10, "number of addresses")
	newExercise(p, cmd, func(common *ostepOptions, seed *big.Int) (exercise, error) {
		q, err := ostep.NewMultilevel(o, seed)
		if err != nil {
			return exercise{}, err
		}
		answers := q.Answer()
		var t page
		t.line("A page table of two levels, seed %s\n", seed)
		for i := 0; i < len(q.Memory); i += ostep.PageSize {
			t.line("  frame %3d  %s", i/ostep.PageSize, hex.EncodeToString(q.Memory[i:i+ostep.PageSize]))
		}
		t.line("\n  PDBR %d: the frame of the directory\n", q.PDBR)
		for i := range answers {
			result := unanswered
			if common.solve {
				result = walkText(&answers[i])
			}
			t.line("  va %2d  0x%04x  ->  %s", i, answers[i].VA, result)
		}
		text := t.ask(common.solve,
			"What does each level say, where does each address lie, and what is there?")
		return exercise{"multilevel", q, translations[ostep.Walked]{answers}, text}, nil
	})
	return cmd
}

// walkText is the way through both levels.
func walkText(w *ostep.Walked) string {
	text := "directory " + entryText(w.PDEIndex, w.PDE)
	if w.PTE != nil {
		text += ", table " + entryText(*w.PTEIndex, *w.PTE)
	}
	if w.PA == nil {
		return text + ": fault"
	}
	return text + fmt.Sprintf(": physical 0x%03x, value 0x%02x", *w.PA, *w.Value)
}

func entryText(index uint64, entry byte) string {
	valid := "not valid"
	if entry&ostep.EntryValid != 0 {
		valid = fmt.Sprintf("frame 0x%02x", entry&^ostep.EntryValid)
	}
	return fmt.Sprintf("[0x%02x] = 0x%02x (%s)", index, entry, valid)
}
