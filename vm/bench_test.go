package vm_test

import "testing"

// BenchmarkGuests runs programs with frames enough and reports millions of guest instructions a second.
func BenchmarkGuests(b *testing.B) {
	for _, argv := range [][]string{{"matrix", "120"}, {"sort", "4096"}, {"sweep", "256", "200"}} {
		b.Run(argv[0], func(b *testing.B) {
			cfg := config()
			cfg.Memory.Frames = 4096
			insns := uint64(0)
			for b.Loop() {
				m, p, o := start(b, cfg, argv, nil)
				if got := run(b, m, p, o); got.Status != 0 {
					b.Fatalf("%+v", got)
				}
				insns += m.Stats().Instructions
			}
			b.ReportMetric(float64(insns)/b.Elapsed().Seconds()/1e6, "MIPS")
		})
	}
}
