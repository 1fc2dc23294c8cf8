package sim

import (
	"math/rand/v2"
	"testing"

	"memlab/paging/policy"
)

// programLike is a reference string as programs make them: most references go to a working set that is
// replaced now and then, and sometimes a walk goes through an array, with eight references to each page.
func programLike(n, pages int) []Ref {
	rng := rand.New(rand.NewPCG(7, 8))
	refs := make([]Ref, 0, n)
	base := 0
	for len(refs) < n {
		switch rng.IntN(4096) {
		case 0:
			base = rng.IntN(pages)
		case 1, 2, 3, 4:
			at := rng.IntN(pages)
			for i := range 1024 {
				refs = append(refs, ReadOf(uint32((at+i/8)%pages)))
			}
		default:
			page := (base + int(rng.ExpFloat64()*float64(pages)/32)) % pages
			refs = append(refs, ReadOf(uint32(page))|Ref(rng.IntN(4)/3))
		}
	}
	return refs[:n]
}

// BenchmarkFeed simulates references to 8192 pages in 2048 frames, fewer where a fault costs O(n); refs/s is the figure that
// counts, missratio says how hard the string is.
func BenchmarkFeed(b *testing.B) {
	const pages = 8192
	all := programLike(1<<20, pages)
	for _, in := range policy.Catalog() {
		b.Run(in.Name, func(b *testing.B) {
			refs, params := all, map[string]int{}
			switch in.Name {
			case "nru", "nfu", "aging":
				refs, params["tick"] = all[:1<<16], 10000
			case "pff":
				refs, params["tau"] = all[:1<<16], 20
			case "esc", "wsclock":
				refs = all[:1<<16]
			}
			n := float64(len(refs))
			var faults uint64
			for b.Loop() {
				e, err := NewEngine(Config{
					Policy: in.Name, Params: params, Frames: 2048, Pages: pages, Seed: 1, Future: refs,
				})
				if err != nil {
					b.Fatal(err)
				}
				e.Feed(refs)
				faults = e.Faults
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrefs/s")
			b.ReportMetric(float64(faults)/n, "missratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
