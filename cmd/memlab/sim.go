package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"memlab/paging/policy"
	"memlab/paging/sim"
	traces "memlab/paging/sim/trace"
)

const formatCSV = "csv"

// simOptions are what `memlab sim` is told.
type simOptions struct {
	policies []string
	frames   string
	refs     []uint64
	writes   []uint64
	trace    traceOptions
	params   []string
	curve    string
	events   bool
	seed     uint64
	format   string
	out      string
	workers  int
}

// newSim is the verb that simulates page replacement without a program.
func newSim(p *process) *cobra.Command {
	var o simOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use: "sim (--policy P[,P...] --frames N[,N...|A-B] | --curve lru|opt|ws) " +
			"(--refs LIST | --trace FILE)",
		Short: "simulate page replacement on a reference string or a trace",
		Long: "Simulates replacement policies on a reference string or a recorded trace: every policy\n" +
			"with every number of frames, on one decoding of the trace, by all processors. Two counts\n" +
			"of faults are in use, and both are shown: all of them, first references included, and\n" +
			"those after the frames are filled. With --curve, faults for every number of frames (LRU,\n" +
			"OPT) or every window (WS, which says the same of VMIN) come from one pass.\n\n" +
			"Policies: " + strings.Join(policy.Names(), ", ") + ".\n" +
			"Trace formats: " + strings.Join(traces.Names(), ", ") + "; gzip is unpacked.",
		Example: "  memlab sim --policy fifo,lru,opt --frames 3 --refs 7,0,1,2,0,3,0,4,2,3,0,3,2\n" +
			"  memlab sim --policy lru --frames 3 --refs 1,2,3,4,1,2,5,1,2,3,4,5 --events\n" +
			"  memlab sim --policy clock,arc --frames 16-64 --trace run.mlt --format csv\n" +
			"  memlab sim --curve lru --trace lackey.out.gz --page-size 4096",
		Args: wantArgs(0, ""),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringSliceVar(&o.policies, "policy", nil, "replacement policies: `P[,P...]`")
	f.StringVar(&o.frames, "frames", "", "numbers of frames: `N[,N...|A-B]`")
	f.Var(numbersFlag{&o.refs}, "refs", "the reference string: page numbers with commas between them")
	f.Var(numbersFlag{&o.writes}, "writes", "with --refs: the positions, from 0, of those that write")
	o.trace.add(cmd)
	f.StringArrayVar(&o.params, "param", nil, "parameter `K=V` of those policies that have it (repeatable)")
	f.BoolVar(&o.events, "events", false, "show what each reference does; as a table for a short string")
	f.StringVar(&o.curve, "curve", "", "a whole curve from one pass: `CURVE` lru, opt or ws")
	f.Uint64Var(&o.seed, "seed", 1, "seed `N` of policies that draw lots")
	f.StringVar(&o.format, "format", formatText, "output: text, json, csv")
	f.StringVar(&o.out, "out", "", "write to `FILE` instead of standard output")
	f.IntVarP(&o.workers, "workers", "j", runtime.NumCPU(), "simulate with `N` workers at the same time")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		text, err := p.simulate(&o, cmd.Flags().Changed("refs"))
		if err != nil {
			return err
		}
		return p.deliver(o.out, text)
	}
	return cmd
}

// deliver writes what a verb prints to a file, whole, or to standard output.
func (p *process) deliver(name, text string) error {
	if name == "" {
		return write(p.stdout, text)
	}
	if err := writeWhole(p.path(name), []byte(text)); err != nil {
		return fileError("--out", name, err)
	}
	return nil
}

// simulate is what the options ask for.
func (p *process) simulate(o *simOptions, haveRefs bool) (string, error) {
	switch {
	case haveRefs == (o.trace.name != ""):
		return "", errors.New("sim: give either --refs or --trace")
	case o.writes != nil && !haveRefs:
		return "", errors.New("sim: --writes goes with --refs; a trace says itself what writes")
	case haveRefs && o.trace.pageSize != 0:
		return "", errors.New("sim: --page-size goes with --trace; --refs are page numbers")
	case !slices.Contains([]string{formatText, formatJSON, formatCSV}, o.format):
		return "", fmt.Errorf("--format: %q is not allowed; allowed: text, json, csv", o.format)
	case o.workers < 1:
		return "", fmt.Errorf("-j %d: must be at least 1", o.workers)
	}
	src, err := p.source(o, haveRefs)
	if err != nil {
		return "", err
	}
	defer src.Close()
	if o.curve != "" {
		return p.curve(o, src)
	}
	jobs, err := o.jobs()
	if err != nil {
		return "", err
	}
	logs := make([]*eventLog, len(jobs))
	for i := range jobs {
		if o.events {
			logs[i] = &eventLog{}
			jobs[i].Observer = logs[i]
		}
	}
	outcomes, pager, err := traces.Sweep(src.open, jobs, o.seed, o.workers)
	if err != nil {
		return "", fmt.Errorf("sim: %w", err)
	}
	r := simReport{jobs: jobs, outcomes: outcomes, logs: logs, pager: pager}
	switch o.format {
	case formatJSON:
		return r.json(), nil
	case formatCSV:
		return r.csv(), nil
	}
	return r.text(o.refs), nil
}

// source is the reference string or the trace.
func (p *process) source(o *simOptions, haveRefs bool) (*traceSource, error) {
	if !haveRefs {
		return &traceSource{p: p, o: &o.trace}, nil
	}
	row := make([]traces.Access, len(o.refs))
	for i, page := range o.refs {
		row[i] = traces.Access{Addr: page, Size: 1}
	}
	for _, at := range o.writes {
		if at >= uint64(len(row)) {
			return nil, fmt.Errorf("--writes %d: there are %d references, the first is 0", at, len(row))
		}
		row[at].Kind = traces.Write
	}
	return &traceSource{row: row}, nil
}

// maxJobs bounds a sweep: each holds memory in proportion to the trace's pages.
const maxJobs = 10000

// jobs are all policies with all numbers of frames.
func (o *simOptions) jobs() ([]traces.Job, error) {
	if len(o.policies) == 0 {
		return nil, errors.New("sim: --policy is missing (or --curve)")
	}
	given, err := readParams(o.params)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	var jobs []traces.Job
	for _, name := range o.policies {
		info, err := policy.Describe(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		own := map[string]any{}
		for _, prm := range info.Params {
			if v, ok := given[prm.Name]; ok {
				own[prm.Name], used[prm.Name] = v, true
			}
		}
		params, err := policy.Params(info.Name, own)
		if err != nil {
			return nil, err
		}
		frames := []int{0}
		if !info.Unlimited {
			if frames, err = parseFrames(o.frames); err != nil {
				return nil, err
			}
		}
		if len(jobs)+len(frames) > maxJobs {
			return nil, fmt.Errorf("more than %d simulations at once: take fewer policies or frames", maxJobs)
		}
		for _, n := range frames {
			if err := policy.Check(info.Name, params, n); err != nil {
				return nil, err
			}
			jobs = append(jobs, traces.Job{Policy: info.Name, Params: params, Frames: n})
		}
	}
	for name := range given {
		if !used[name] {
			return nil, fmt.Errorf("--param %s: none of the policies %s has it", name, joined(o.policies))
		}
	}
	return jobs, nil
}

// readParams reads --param K=V.
func readParams(texts []string) (map[string]any, error) {
	given := map[string]any{}
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" || value == "" {
			return nil, fmt.Errorf("--param %s: write NAME=VALUE", text)
		}
		if n, err := strconv.Atoi(value); err == nil {
			given[key] = n
		} else {
			given[key] = value
		}
	}
	return given, nil
}

// parseFrames reads "4,8,16-20".
func parseFrames(text string) ([]int, error) {
	if text == "" {
		return nil, errors.New("sim: --frames is missing")
	}
	var all []int
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || a < 1 || b < a || b > sim.MaxPages {
			return nil, fmt.Errorf("--frames %s: must be numbers from 1, or ranges of them, as 3,8,16-32",
				part)
		}
		if b-a >= maxJobs-len(all) {
			return nil, fmt.Errorf("--frames %s: more than %d numbers", text, maxJobs)
		}
		for n := a; n <= b; n++ {
			all = append(all, n)
		}
	}
	return all, nil
}
