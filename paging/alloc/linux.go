package alloc

import (
	"fmt"
	"strings"
)

// Indices are what Linux says of a zone's fragmentation, by order of the request that might fail
// (mm/vmstat.c: /sys/kernel/debug/extfrag/extfrag_index, unusable_index, and the percentage that
// compaction goes by). Integers are divided as the kernel divides them.
type Indices struct {
	// Extfrag is in thousandths: towards 0 a failure would be for lack of memory, towards 1000 for
	// fragmentation; -1000: it would not fail; 0 too if nothing is free.
	Extfrag []int `json:"extfrag_index"`
	// Unusable is in thousandths: the share of free memory that cannot serve the request.
	Unusable []int `json:"unusable_index"`
	// Percent is the same in hundredths, but 0 when nothing is free.
	Percent []int `json:"extfrag_percent"`
}

// LinuxIndices computes the indices from the number of free blocks of each order, as Buddy.FreeCounts has
// them.
func LinuxIndices(free []uint64) Indices {
	var x Indices
	var pages, blocks uint64
	for order, n := range free {
		pages += n << order
		blocks += n
	}
	for order := range free {
		var suitable uint64
		for above := order; above < len(free); above++ {
			suitable += free[above] << (above - order)
		}
		x.Extfrag = append(x.Extfrag, extfrag(pages, blocks, suitable, order))
		unusable, percent := 1000, 0
		if pages > 0 {
			unusable = int((pages - suitable<<order) * 1000 / pages)
			percent = int((pages - suitable<<order) * 100 / pages)
		}
		x.Unusable = append(x.Unusable, unusable)
		x.Percent = append(x.Percent, percent)
	}
	return x
}

// extfrag is __fragmentation_index.
func extfrag(pages, blocks, suitable uint64, order int) int {
	switch {
	case blocks == 0:
		return 0
	case suitable > 0:
		return -1000
	}
	return 1000 - int((1000+pages*1000/(1<<order))/blocks)
}

// BuddyInfo is the zone's line in /proc/buddyinfo.
func BuddyInfo(node int, zone string, free []uint64) string {
	var line strings.Builder
	fmt.Fprintf(&line, "Node %d, zone %8s ", node, zone)
	for _, n := range free {
		fmt.Fprintf(&line, "%6d ", n)
	}
	return line.String()
}
