package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"memlab/vm"
)

// billDoc is the bill as JSON.
type billDoc struct {
	vm.Stats
	Curve []vm.CurvePoint `json:"resident_curve"` // frames in use, from the load to the end
}

// bill reports what the run cost, as --stats and --stats-file ask.
func (p *process) bill(o execOptions, s vm.Stats, curve []vm.CurvePoint) error {
	if o.stats {
		fmt.Fprint(p.stderr, statsTable(s))
	}
	if o.statsFile == "" {
		return nil
	}
	if err := writeWhole(p.path(o.statsFile), []byte(toJSON(billDoc{s, curve}))); err != nil {
		return fileError("--stats-file", o.statsFile, err)
	}
	return nil
}

// writeWhole replaces a file by way of another beside it, so that no reader ever sees half of it.
func writeWhole(name string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error is the one to tell
		}
	}()
	_, err = f.Write(content)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil { //nolint:gosec // as any file that a program leaves
		return err
	}
	return os.Rename(f.Name(), name)
}

// statsTable is the bill for people: names to the left, numbers to the right.
func statsTable(s vm.Stats) string {
	rows := []billRow{
		{"instructions", group(s.Instructions)},
		{"accesses", group(s.Accesses.Fetches + s.Accesses.Data)},
		{"  fetches", group(s.Accesses.Fetches)},
		{"  data", group(s.Accesses.Data)},
		{"page faults", group(s.Faults.Total)},
		{"  major", group(s.Faults.Major)},
		{"  minor", group(s.Faults.Minor)},
		{"    zero", group(s.Faults.Zero)},
		{"    copy-on-write", group(s.Faults.Cow)},
		{"pages in", group(s.PagesIn.File + s.PagesIn.Swap + s.PagesIn.Zero)},
		{"  file", group(s.PagesIn.File)},
		{"  swap", group(s.PagesIn.Swap)},
		{"  zero", group(s.PagesIn.Zero)},
		{"  of them ahead", group(s.PagesIn.Ahead)},
		{"evictions", group(s.Evictions)},
		{"  write-backs", group(s.WriteBacks)},
		{"TLB hits", group(s.TLB.Hits)},
		{"TLB misses", group(s.TLB.Misses)},
		{"TLB hit rate", rate(s.TLB.Hits, s.TLB.Hits+s.TLB.Misses)},
		{"page walks", group(s.Walks)},
		{"frames", group(uint64(s.Frames.Total))},
		{"  used", group(uint64(s.Frames.Used))},
		{"  peak", group(uint64(s.Frames.Peak))},
		{"swap used", group(uint64(s.SwapUsed))},
		{"page-table bytes", group(uint64(s.PageTables))},
		{"simulated time", time.Duration(s.SimulatedNS).String()},
		{"CPU use", rate(s.BusyNS, s.SimulatedNS)},
	}
	rows = append(rows, extraRows(&s)...)
	width := 0
	for _, r := range rows {
		width = max(width, len(r.value))
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%-18s %*s\n", r.name, width, r.value)
	}
	return b.String()
}

// billRow is a line of the bill.
type billRow struct{ name, value string }

// extraRows are the lines about what most machines do not do.
func extraRows(s *vm.Stats) (rows []billRow) {
	if s.TLB.SecondHits > 0 {
		rows = append(rows, billRow{"second TLB hits", group(s.TLB.SecondHits)})
	}
	if s.FullTable > 0 {
		rows = append(rows, billRow{"whole page table", group(s.FullTable)})
	}
	if s.Prefetch.Pages > 0 {
		rows = append(rows, billRow{"prefetched", group(s.Prefetch.Pages)},
			billRow{"  useful", group(s.Prefetch.Useful)}, billRow{"  useless", group(s.Prefetch.Useless)})
	}
	if s.Prefetch.Around > 0 {
		rows = append(rows, billRow{"mapped around", group(s.Prefetch.Around)})
	}
	if s.Load.Suspended > 0 {
		rows = append(rows, billRow{"suspended", group(s.Load.Suspended)},
			billRow{"  pages out", group(s.Load.PagesOut)}, billRow{"  resumed", group(s.Load.Resumed)})
	}
	return rows
}

// group writes a number with its thousands apart: 1 234 567.
func group(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + " " + text[i:]
	}
	return text
}

// rate is part ÷ whole in percent.
func rate(part, whole uint64) string {
	if whole == 0 {
		return "-"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 2, 64) + " %"
}
