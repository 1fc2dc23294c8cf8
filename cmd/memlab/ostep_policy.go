package main

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"memlab/paging/sim/ostep"
)

// pagingQuestion is the question as a case file has it.
type pagingQuestion struct {
	Rules     string   `json:"rules"`
	Policy    string   `json:"policy"`
	Frames    int      `json:"frames"`
	Refs      []uint64 `json:"refs"`
	ClockBits *int     `json:"clockbits,omitempty"`
	RNG       *drawLog `json:"rng,omitempty"`
}

// drawLog are the random numbers that an answer took.
type drawLog struct {
	Draws  []float64 `json:"draws"`
	source *ostep.Python
}

// Draw implements ostep.Draws.
func (d *drawLog) Draw() (float64, bool) {
	r, ok := d.source.Draw()
	d.Draws = append(d.Draws, r)
	return r, ok
}

// pagingFlags are the options of the exercise about page replacement.
type pagingFlags struct {
	paging ostep.Paging
	random ostep.PagingOptions
	list   []uint64
	file   string
	quiet  bool
}

// newOstepPolicy is the exercise about page replacement.
func newOstepPolicy(p *process) *cobra.Command {
	var o pagingFlags
	cmd := &cobra.Command{
		Use: "paging-policy [-a LIST] [-f FILE] [-n N] [-m N] [-p POLICY] [-C N] [-b N] [-N] [-s N] [-c] " +
			"[--format text|json]",
		Aliases: []string{policyOption},
		Short:   "follow a replacement policy",
		Long: "Asks which references of a string hit, and which pages go. Resident pages are shown in the\n" +
			"order of the policy's list, oldest first. CLOCK has no hand here: pages are drawn by lot\n" +
			"until one has a use counter of 0, each of the others loses 1; -b is the largest count.",
		Example: "  memlab ostep paging-policy -s 0 -p LRU -c\n" +
			"  memlab ostep paging-policy -a 0,1,2,0,1,3,0,3,1,2,1 -p OPT -c",
	}
	f := cmd.Flags()
	f.VarP(listFlag{&o.list}, "pages", "a", "the page numbers, with commas between them; -1: drawn")
	f.StringVarP(&o.file, "file", "f", "", "`FILE` with a page number on each line")
	f.IntVarP(&o.random.Count, "count", "n", 10, "number of references that are drawn")
	f.Uint64VarP(&o.random.Pages, "most", "m", 10, "number of pages that they are drawn from")
	f.StringVarP(&o.paging.Policy, policyOption, "p", ostep.FIFO,
		"`POLICY`: "+strings.Join(ostep.PolicyNames(), ", "))
	f.IntVarP(&o.paging.Frames, "frames", "C", 3, "number of frames")
	f.IntVarP(&o.paging.ClockBits, "clockbits", "b", 2, "largest value of CLOCK's use counter")
	f.BoolVarP(&o.quiet, "no-trace", "N", false, "with -c, show the totals only")
	newExercise(p, cmd, func(common *ostepOptions, seed *big.Int) (exercise, error) {
		draws := ostep.NewPython(seed)
		q := o.paging
		q.Policy = strings.ToUpper(q.Policy)
		var err error
		if q.Refs, err = p.pagingRefs(&o, draws); err != nil {
			return exercise{}, err
		}
		log := drawLog{Draws: []float64{}, source: draws}
		answer, err := q.Run(&log)
		if err != nil {
			return exercise{}, err
		}
		question := pagingQuestion{Rules: "ostep", Policy: q.Policy, Frames: q.Frames, Refs: q.Refs}
		if ostep.NeedsDraws(q.Policy) {
			question.RNG = &log
		}
		if q.Policy == ostep.CLOCK {
			question.ClockBits = &q.ClockBits
		}
		text := pagingText(&q, answer, common.solve, o.quiet, seed)
		return exercise{policyOption, question, answer, text}, nil
	})
	return cmd
}

// pagingRefs is the reference string: given, read, or drawn.
func (p *process) pagingRefs(o *pagingFlags, draws *ostep.Python) ([]uint64, error) {
	switch {
	case o.list != nil && o.file != "":
		return nil, errors.New("-a and -f exclude each other")
	case o.list != nil:
		return o.list, nil
	case o.file != "":
		return p.readPages(o.file)
	}
	return ostep.NewRefs(o.random, draws)
}

// readPages reads a file with a page number on each line. Empty lines are skipped.
func (p *process) readPages(name string) ([]uint64, error) {
	f, err := os.Open(p.path(name))
	if err != nil {
		return nil, fileError("--file", name, err)
	}
	defer func() { _ = f.Close() }() // was only read
	text, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	switch {
	case err != nil:
		return nil, fileError("--file", name, err)
	case len(text) > maxDocument:
		return nil, fmt.Errorf("--file %s: more than %d bytes", name, maxDocument)
	}
	pages := []uint64{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		v, err := strconv.ParseUint(line, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("--file %s:%d: %q must be a page number", name, number, line)
		}
		pages = append(pages, v)
	}
	return pages, nil
}

func pagingText(q *ostep.Paging, a *ostep.PagingAnswer, solve, quiet bool, seed *big.Int) string {
	var t page
	t.line("Page replacement, seed %s\n", seed)
	t.line("  policy  %s", q.Policy)
	if q.Policy == ostep.CLOCK {
		t.line("  counter at most %d", q.ClockBits)
	}
	t.line("  frames  %d\n", q.Frames)
	if !solve || !quiet {
		for _, s := range a.Steps {
			t.line("  page %3d  %s", s.Page, stepText(&s, solve))
		}
	}
	if !solve {
		return t.ask(solve, "Which references hit, which pages go, and what is resident after each?")
	}
	if !quiet {
		t.line("")
	}
	t.line("hits %d   misses %d   hit rate %s %%", a.Hits, a.Misses, a.HitRate)
	return t.String()
}

// stepText is what a reference did.
func stepText(s *ostep.PagingStep, solve bool) string {
	if !solve {
		return unanswered
	}
	event, victim := "miss", "-"
	if s.Hit {
		event = "hit "
	}
	if s.Victim != nil {
		victim = strconv.FormatUint(*s.Victim, 10)
	}
	return fmt.Sprintf("%s  victim %3s  resident %v", event, victim, s.Resident)
}
