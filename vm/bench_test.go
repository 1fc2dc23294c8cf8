package vm_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"memlab/vm"
)

// guestsDir is where testdata/bench/build-guests.sh has put the static guests, for BenchmarkWorkloads.
const guestsDir = "/tmp/memlab-bench/guests/musl-static"

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

// BenchmarkWorkloads runs what the profile of cmd/memlab is made from: the guests of testdata/bench, and
// dynamic programs of the host that live on strings, dispatch and floating point. What is missing is left out.
func BenchmarkWorkloads(b *testing.B) {
	const python = "d={}\nfor i in range(6000):\n d[str(i%97)]=d.get(str(i%97),0)+i*0.5\nprint(sum(d.values()))"
	const awk = `BEGIN{for(i=0;i<20000;i++){s=s sprintf("%d,%f ",i,i/7); if(length(s)>400){gsub(/1+/,"x",s); s=""}}}`
	for _, argv := range [][]string{
		{"sieve", "2"},
		{"matmul", "6"},
		{"quicksort", "1"},
		{"sha256", "12"},
		{"chase", "400"},
		{"stream", "25"},
		{"/usr/bin/python3", "-S", "-c", python},
		{"/usr/bin/awk", awk},
		{"/usr/bin/sort", "/etc/services"},
		{"/usr/bin/sha512sum", "/usr/bin/sort"},
		{"/usr/bin/gzip", "-c", "/usr/bin/sort"},
	} {
		b.Run(filepath.Base(argv[0]), func(b *testing.B) {
			root := "/"
			if !filepath.IsAbs(argv[0]) {
				root, argv = guestsDir, append([]string{"/" + argv[0]}, argv[1:]...)
			}
			if _, err := os.Stat(filepath.Join(root, argv[0])); err != nil {
				b.Skip(err)
			}
			cfg := config()
			cfg.Memory.Frames = 16384
			insns := uint64(0)
			for b.Loop() {
				insns += benchRun(b, cfg, root, argv)
			}
			b.ReportMetric(float64(insns)/b.Elapsed().Seconds()/1e6, "MIPS")
		})
	}
}

// benchRun runs a program to its end and returns its number of instructions.
func benchRun(b *testing.B, cfg vm.Config, root string, argv []string) uint64 {
	b.Helper()
	m, err := vm.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	p, err := m.Load(vm.Program{
		Path: argv[0], Argv: argv, Env: environment, UID: 1000, Root: os.DirFS(root), Stdout: io.Discard,
	})
	if err != nil {
		b.Fatal(err)
	}
	if reason, err := m.Run(vm.RunOptions{}); err != nil || reason != vm.StopExited {
		b.Fatalf("the run ended with %v, %v", reason, err)
	}
	if _, exit := p.Exited(); exit.Status() != 0 {
		b.Fatalf("status %d", exit.Status())
	}
	return m.Stats().Instructions
}
