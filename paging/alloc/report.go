package alloc

// Report is the fragmentation of memory at one moment.
type Report struct {
	Holes       int     `json:"holes"`
	Free        uint64  `json:"free"`         // bytes
	LargestHole uint64  `json:"largest_hole"` // bytes
	External    float64 `json:"external"`     // 1 - LargestHole/Free; 0 when nothing is free
	Blocks      int     `json:"blocks"`       // in use
	Requested   uint64  `json:"requested"`    // bytes that were asked for, of blocks in use
	Granted     uint64  `json:"granted"`      // bytes that they take
	Internal    uint64  `json:"internal"`     // Granted - Requested
}

// Measure reports on an allocator.
func Measure(a Allocator) Report { return ReportOf(a.Blocks(), a.Holes()) }

// ReportOf reports on blocks and holes.
func ReportOf(blocks []Block, holes []Hole) Report {
	r := Report{Holes: len(holes), Blocks: len(blocks)}
	for _, h := range holes {
		r.Free += h.Size
		r.LargestHole = max(r.LargestHole, h.Size)
	}
	if r.Free > 0 {
		r.External = 1 - float64(r.LargestHole)/float64(r.Free)
	}
	for _, b := range blocks {
		r.Requested += b.Requested
		r.Granted += b.Size
	}
	r.Internal = r.Granted - min(r.Granted, r.Requested)
	return r
}

// MeanHole is the mean size of a hole in bytes; 0 without holes.
func (r Report) MeanHole() float64 { return mean(r.Free, r.Holes) }

// MeanBlock is the mean size of a block in bytes; 0 without blocks.
func (r Report) MeanBlock() float64 { return mean(r.Granted, r.Blocks) }

func mean(sum uint64, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

// FiftyPercent is Knuth's rule (TAOCP vol. 1, 2.5): with n blocks in use there are about split*n/2 holes,
// split being the share of allocations that leave a rest of the hole that they took.
func FiftyPercent(n int, split float64) float64 { return split * float64(n) / 2 }

// Unused is Denning's estimate of the share of memory that lies in holes when holes are k times as large as
// blocks on average and the fifty-percent rule holds: k/(k+2).
func Unused(k float64) float64 { return k / (k + 2) }
