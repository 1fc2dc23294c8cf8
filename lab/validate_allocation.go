package lab

import (
	"fmt"

	"memlab/paging/addr"
)

// allocationAgrees refuses settings of allocation that its scheme would ignore or cannot have.
func allocationAgrees(c *Config) error {
	a := c.Machine.Allocation
	problem := func(key, format string, args ...any) error {
		return &ConfigError{
			Path:    "machine.allocation." + key,
			Problem: fmt.Sprintf(format, args...) + "; machine.allocation.scheme is " + a.Scheme,
		}
	}
	holes := a.Scheme == dynamic || a.Scheme == segmented
	switch {
	case len(a.Partitions) > 0 && a.Scheme != fixed:
		return problem("partitions", "partitions of given sizes have a meaning only under fixed")
	case a.Scheme == fixed && a.Fit != firstFit && a.Fit != bestFit:
		return problem("fit", "%s is not allowed; allowed: first, best", a.Fit)
	case a.Scheme == segmented && a.Fit == buddy:
		return problem("fit",
			"a segment in a buddy block cannot grow or be cut; allowed: first, best, worst, next")
	case a.Fit != firstFit && !holes && a.Scheme != fixed:
		return problem("fit", "%s has no meaning", a.Fit)
	case a.Queue != single && a.Scheme != fixed:
		return problem("queue", "%s has no meaning", a.Queue)
	case a.Coalesce != byAddress && (!holes || a.Fit == buddy):
		return problem("coalesce", "%s has no meaning", a.Coalesce)
	case a.Compaction != never && (!holes || a.Fit == buddy):
		return problem("compaction", "%s has no meaning: blocks cannot be moved", a.Compaction)
	}
	return partitionsFit(c)
}

// partitionsFit checks sizes against the memory.
func partitionsFit(c *Config) error {
	m, a := c.Machine.Memory, c.Machine.Allocation
	if a.Scheme == paged {
		return nil
	}
	if m.PageSize > addr.ABIPage {
		return &ConfigError{Path: "machine.memory.page_size", Problem: fmt.Sprintf(
			"%s is not allowed when machine.allocation.scheme is %s; allowed: up to %d",
			formatSize(m.PageSize), a.Scheme, addr.ABIPage)}
	}
	left := uint64(m.Frames) * m.PageSize
	for i, p := range a.Partitions {
		var problem string
		switch {
		case p%addr.ABIPage != 0:
			problem = fmt.Sprintf("size %d, %s, is not a multiple of %d", i+1, formatSize(p), addr.ABIPage)
		case p > left:
			problem = fmt.Sprintf("the first %d sizes are more than the memory of %s", i+1,
				formatSize(uint64(m.Frames)*m.PageSize))
		default:
			left -= p
			continue
		}
		return &ConfigError{Path: "machine.allocation.partitions", Problem: problem}
	}
	return nil
}
