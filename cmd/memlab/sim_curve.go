package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"memlab/paging/sim"
	traces "memlab/paging/sim/trace"
)

// curvePoint is the faults with one number of frames, or one window.
type curvePoint struct {
	Frames       int      `json:"frames,omitempty"`
	Tau          int      `json:"tau,omitempty"`
	Faults       uint64   `json:"faults"`
	Mean         *float64 `json:"mean_pages,omitempty"`      // of the working set
	MeanVMIN     *float64 `json:"mean_pages_vmin,omitempty"` // that VMIN holds with the same faults
	AfterFilling *uint64  `json:"faults_after_fill,omitempty"`
}

// curve finds faults for all sizes in one pass.
func (p *process) curve(o *simOptions, src *traceSource) (string, error) {
	if len(o.policies) > 0 || o.events || len(o.params) > 0 {
		return "", errors.New("sim: --curve goes without --policy, --param and --events")
	}
	var want []int
	if o.frames != "" {
		var err error
		if want, err = parseFrames(o.frames); err != nil {
			return "", err
		}
		if strings.EqualFold(o.curve, "ws") {
			return "", errors.New("sim: --frames: the curve of ws has windows, not frames")
		}
	}
	pager, err := src.open()
	if err != nil {
		return "", err
	}
	var points []curvePoint
	switch strings.ToLower(o.curve) {
	case "lru":
		points, err = lruPoints(pager)
	case "opt":
		points, err = optPoints(pager)
	case "ws":
		points, err = wsPoints(pager)
	default:
		return "", fmt.Errorf("--curve %s: must be one of lru, opt, ws", o.curve)
	}
	if err != nil {
		return "", err
	}
	return curveText(o, strings.ToLower(o.curve), points, want, pager), nil
}

// eachBlock calls fn with all blocks of a trace.
func eachBlock(p *traces.Pager, fn func(*sim.Block)) error {
	var b sim.Block
	for {
		err := p.Read(&b)
		fn(&b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func lruPoints(p *traces.Pager) ([]curvePoint, error) {
	stack, h := sim.NewLRUStack(), sim.Histogram{}
	err := eachBlock(p, func(b *sim.Block) {
		for _, r := range b.Refs {
			h.Add(stack.Reference(r.Page()))
		}
	})
	return stackPoints(&h), err
}

func optPoints(p *traces.Pager) ([]curvePoint, error) {
	blocks, err := traces.ReadAll(p, true)
	if err != nil {
		return nil, err
	}
	if p.Refs > sim.MaxFuture {
		return nil, fmt.Errorf("%d references: the curve of OPT can look at %d at most",
			p.Refs, uint64(sim.MaxFuture))
	}
	for i := range blocks {
		blocks[i].Marks = nil
	}
	next := sim.NextUses(blocks)
	stack, h := sim.NewOPTStack(), sim.Histogram{}
	for _, b := range blocks {
		for i, r := range b.Refs {
			h.Add(stack.Reference(r.Page(), next[i]))
		}
		next = next[len(b.Refs):]
	}
	return stackPoints(&h), nil
}

func stackPoints(h *sim.Histogram) []curvePoint {
	var points []curvePoint
	for i, faults := range h.Faults() {
		n := uint64(faults)
		after := n - min(n, uint64(i)+1) // as many frames have been filled
		points = append(points, curvePoint{Frames: i + 1, Faults: n, AfterFilling: &after})
	}
	return points
}

func wsPoints(p *traces.Pager) ([]curvePoint, error) {
	w := sim.NewWindows()
	err := eachBlock(p, func(b *sim.Block) {
		for _, r := range b.Refs {
			w.Reference(r.Page())
		}
	})
	var points []curvePoint
	for _, c := range w.Curve() {
		points = append(points, curvePoint{
			Tau: c.Tau, Faults: c.Faults, Mean: &c.Mean, MeanVMIN: &c.MeanVMIN,
		})
	}
	return points, err
}

// fewPoints is how many lines of a curve are shown as text when nothing is said.
const fewPoints = 64

// curveText shows a curve.
func curveText(o *simOptions, name string, points []curvePoint, want []int, p *traces.Pager) string {
	shown := choosePoints(points, want, o.format == formatText)
	switch o.format {
	case formatJSON:
		return toJSON(struct {
			Schema     string       `json:"schema"`
			Curve      string       `json:"curve"`
			References uint64       `json:"references"`
			Pages      int          `json:"pages"`
			Points     []curvePoint `json:"points"`
		}{"memlab.curve/v1", name, p.Refs, p.Pages(), shown})
	case formatCSV:
		return curveCSV(shown)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d references to %d pages\n", name, p.Refs, p.Pages())
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', tabwriter.AlignRight)
	if name == "ws" {
		fmt.Fprintln(w, "window\tfaults\tfault rate\tmean pages\tof VMIN\t")
	} else {
		fmt.Fprintln(w, "frames\tfaults\tafter fill\tfault rate\t")
	}
	for _, c := range shown {
		if c.Mean != nil {
			fmt.Fprintf(w, "%d\t%d\t%s\t%.2f\t%.2f\t\n",
				c.Tau, c.Faults, rate(c.Faults, p.Refs), *c.Mean, *c.MeanVMIN)
		} else {
			fmt.Fprintf(w, "%d\t%d\t%d\t%s\t\n", c.Frames, c.Faults, *c.AfterFilling, rate(c.Faults, p.Refs))
		}
	}
	_ = w.Flush() // into memory
	if len(shown) < len(points) && len(want) == 0 {
		fmt.Fprintf(&b, "%d of %d points; --frames chooses, --format csv or json has all\n",
			len(shown), len(points))
	}
	return b.String()
}

func curveCSV(points []curvePoint) string {
	var b strings.Builder
	for i, c := range points {
		if c.Mean != nil {
			if i == 0 {
				b.WriteString("tau,faults,mean_pages,mean_pages_vmin\n")
			}
			fmt.Fprintf(&b, "%d,%d,%g,%g\n", c.Tau, c.Faults, *c.Mean, *c.MeanVMIN)
			continue
		}
		if i == 0 {
			b.WriteString("frames,faults,faults_after_fill\n")
		}
		fmt.Fprintf(&b, "%d,%d,%d\n", c.Frames, c.Faults, *c.AfterFilling)
	}
	return b.String()
}

// choosePoints are those with the numbers that are wanted; none: all, but of a long curve for people only
// some, ever farther apart.
func choosePoints(points []curvePoint, want []int, few bool) []curvePoint {
	var chosen []curvePoint
	if len(want) > 0 {
		for _, n := range want {
			if at := min(n, len(points)) - 1; at >= 0 {
				c := points[at]
				chosen = append(chosen, c)
			}
		}
		return chosen
	}
	if !few || len(points) <= fewPoints {
		return points
	}
	last := 0
	for i := range points {
		if n := i + 1; n >= last+max(1, last/8) || i == len(points)-1 {
			chosen = append(chosen, points[i])
			last = n
		}
	}
	return chosen
}
