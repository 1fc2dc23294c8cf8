package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"memlab/paging/sim"
	traces "memlab/paging/sim/trace"
)

// traceInfo is what is in a trace.
type traceInfo struct {
	Schema     string      `json:"schema"`
	Format     string      `json:"format"`
	Gzip       bool        `json:"gzip"`
	Unit       string      `json:"unit"` // bytes, pages, numbers
	PageSize   uint64      `json:"page_size,omitempty"`
	References uint64      `json:"references"` // to pages of that size, or numbers
	Reads      uint64      `json:"reads"`
	Writes     uint64      `json:"writes"`
	Fetches    uint64      `json:"fetches"`
	Gone       uint64      `json:"gone"` // pages that were unmapped
	Spaces     int         `json:"address_spaces"`
	Pages      int         `json:"pages"`
	Footprint  []footprint `json:"footprint,omitempty"`
	WorkingSet []meanSet   `json:"working_set"`
}

// footprint is how many pages of one size a trace touches.
type footprint struct {
	PageSize uint64 `json:"page_size"`
	Pages    int    `json:"pages"`
}

// meanSet is the working set of one window, on average.
type meanSet struct {
	Tau  int     `json:"tau"`
	Mean float64 `json:"mean_pages"`
}

// newTraceInfo is `memlab trace info`.
func newTraceInfo(p *process) *cobra.Command {
	var in traceOptions
	var format string
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "info [options] FILE",
		Short: "tell what is in a trace",
		Long: "Tells the format of a trace, its references by kind, how many different pages of which\n" +
			"size they touch, and the mean working set for some windows (the slower it grows, the\n" +
			"better the program's locality).",
		Example: "  memlab trace info run.mlt\n  memlab trace info --page-size 1024 lackey.out",
		Args:    wantArgs(1, "FILE"),
	}
	in.addForm(cmd)
	cmd.Flags().StringVar(&format, "format", formatText, "output: text, json")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		in.name = args[0]
		info, err := p.traceInfo(&in)
		if err != nil {
			return err
		}
		if format == formatJSON {
			return write(p.stdout, toJSON(info))
		}
		return write(p.stdout, info.text())
	}
	return cmd
}

// traceInfo reads the trace once.
func (p *process) traceInfo(in *traceOptions) (*traceInfo, error) {
	src := &traceSource{p: p, o: in}
	defer src.Close()
	pager, err := src.open()
	if err != nil {
		return nil, err
	}
	windows := sim.NewWindows()
	err = eachBlock(pager, func(b *sim.Block) {
		for _, r := range b.Refs {
			windows.Reference(r.Page())
		}
	})
	if err != nil {
		return nil, err
	}
	info := &traceInfo{
		Schema: "memlab.trace/v1", Format: src.info.Format, Gzip: src.info.Gzip, Unit: "numbers",
		PageSize: pager.PageSize, References: pager.Refs, Pages: pager.Pages(),
		Reads:   pager.Kinds[traces.Read] + pager.Kinds[traces.Modify],
		Writes:  pager.Kinds[traces.Write] + pager.Kinds[traces.Modify],
		Fetches: pager.Kinds[traces.Fetch], Gone: pager.Kinds[traces.Drop],
		WorkingSet: []meanSet{},
	}
	switch src.info.PageSize {
	case 0:
	case 1:
		info.Unit = unitBytes
	default:
		info.Unit = "pages"
	}
	info.measure(pager)
	last := 0
	for _, c := range windows.Curve() {
		if c.Tau >= 10*last {
			info.WorkingSet = append(info.WorkingSet, meanSet{c.Tau, c.Mean})
			last = c.Tau
		}
	}
	return info, nil
}

// measure counts address spaces, and pages of larger sizes.
func (t *traceInfo) measure(p *traces.Pager) {
	spaces := map[int32]bool{}
	for n := range p.Pages() {
		_, space := p.Name(uint32(n))
		spaces[space] = true
	}
	t.Spaces = len(spaces)
	if t.PageSize == 0 {
		return
	}
	for shift := uint(0); t.PageSize<<shift <= 2<<20; shift++ {
		seen := map[pageID]bool{}
		for n := range p.Pages() {
			page, space := p.Name(uint32(n))
			seen[pageID{page >> shift, space}] = true
		}
		t.Footprint = append(t.Footprint, footprint{t.PageSize << shift, len(seen)})
	}
}

func (t *traceInfo) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	packed := ""
	if t.Gzip {
		packed = ", gzip"
	}
	fmt.Fprintf(w, "format\t%s%s\n", t.Format, packed)
	unit := t.Unit
	if t.PageSize > 0 {
		unit += fmt.Sprintf(", seen as pages of %d bytes", t.PageSize)
	}
	fmt.Fprintf(w, "addresses\t%s\n", unit)
	for _, r := range []struct {
		name string
		n    uint64
	}{
		{"references", t.References},
		{"reads", t.Reads},
		{"writes", t.Writes},
		{"fetches", t.Fetches},
		{"pages gone", t.Gone},
		{"address spaces", uint64(t.Spaces)},
		{"pages", uint64(t.Pages)},
	} {
		fmt.Fprintf(w, "%s\t%s\n", r.name, group(r.n))
	}
	_ = w.Flush() // into memory
	if len(t.Footprint) > 0 {
		b.WriteString("\n page size   pages     bytes\n")
		for _, f := range t.Footprint {
			fmt.Fprintf(&b, "%10d %7d %9d\n", f.PageSize, f.Pages, f.PageSize*uint64(f.Pages))
		}
	}
	b.WriteString("\n    window  mean working set\n")
	for _, s := range t.WorkingSet {
		fmt.Fprintf(&b, "%10d  %.2f\n", s.Tau, s.Mean)
	}
	return b.String()
}
