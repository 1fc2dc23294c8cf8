package paging

import (
	"memlab/paging/addr"
	"memlab/paging/table"
)

// Pages calls fn for each page of [start, end) that is in memory or in swap, in address order. What it costs
// depends on their number, not on the length of the range.
func (s *AddressSpace) Pages(start, end addr.VAddr, fn func(addr.Page)) {
	first, last := s.span(start, end)
	s.table.Visit(first, last, func(page addr.Page, _ table.Entry) { fn(page) })
}
