package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/spf13/cobra"

	"memlab/lab"
	"memlab/paging/sim/ostep"
)

// newOstep is the verb for the exercises of a book, one verb below it for each.
func newOstep(p *process) *cobra.Command {
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "ostep EXERCISE [options]",
		Short: "the memory exercises of \"Operating Systems: Three Easy Pieces\"",
		Long: "Asks the questions of the book's memory simulators, and with -c answers them. The options\n" +
			"are the simulators', and the same seed asks the same question. The names are theirs too.",
		Example: "  memlab ostep relocation -s 1\n" +
			"  memlab ostep relocation -s 1 -c\n" +
			"  memlab ostep paging-policy -a 0,1,2,0,1,3 -p LRU -C 3 -c\n" +
			"  memlab ostep malloc -A +10,-0 -c --format json",
		Args: cobra.ArbitraryArgs,
	}
	cmd.AddCommand(newOstepPolicy(p), newOstepMalloc(p), newOstepRelocation(p), newOstepSegmentation(p),
		newOstepLinear(p), newOstepMultilevel(p))
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var names []string
		for _, c := range cmd.Commands() {
			names = append(names, c.Name())
		}
		if near, ok := lab.Suggest(args[0], names); ok {
			return fmt.Errorf("ostep: no exercise %q; did you mean %q?", args[0], near)
		}
		return fmt.Errorf("ostep: no exercise %q; there are %s", args[0], strings.Join(names, ", "))
	}
	return cmd
}

// exercise is one question. Its answer is asked for only when it is wanted, or when the question needs it.
type exercise struct {
	kind     string // as in a case file
	question any
	answer   any
	text     string // the question, with its answer if that is wanted
}

// ostepOptions are what all exercises are told.
type ostepOptions struct {
	seed   string
	solve  bool
	format string
}

// newExercise is the verb for one exercise. ask makes the question; the flags have been read by then.
func newExercise(p *process, cmd *cobra.Command, ask func(o *ostepOptions, seed *big.Int) (exercise, error)) {
	var o ostepOptions
	cmd.DisableFlagsInUseLine = true
	cmd.Aliases = append(cmd.Aliases, cmd.Name()+".py")
	cmd.Args = wantArgs(0, "")
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&o.seed, "seed", "s", "0", "the seed `N` of the random numbers")
	f.BoolVarP(&o.solve, "solve", "c", false, "show the answers too")
	f.StringVar(&o.format, "format", formatText,
		"`text` or json: one line, the fields of input being those of memlab batch")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := checkFormat(o.format); err != nil {
			return err
		}
		seed, err := ostep.ParseSeed(o.seed)
		if err != nil {
			return fmt.Errorf("ostep %s: --seed: %w", cmd.Name(), err)
		}
		e, err := ask(&o, seed)
		if err != nil {
			return fmt.Errorf("ostep %s: %w", cmd.Name(), err)
		}
		if o.format == formatJSON {
			return write(p.stdout, e.json(&o))
		}
		return write(p.stdout, e.text)
	}
}

// json is the exercise as the row of a case file.
func (e *exercise) json(o *ostepOptions) string {
	row := struct {
		ID       string `json:"id"`
		Kind     string `json:"kind"`
		Input    any    `json:"input"`
		Expected any    `json:"expected,omitempty"`
	}{ID: e.kind + "-" + o.seed, Kind: e.kind, Input: e.question}
	if o.solve {
		row.Expected = e.answer
	}
	b, err := json.Marshal(row)
	if err != nil {
		panic("cannot be written as JSON: " + err.Error()) // questions and answers are plain structs
	}
	return string(b) + "\n"
}

// translations is the answer of the exercises that translate addresses.
type translations[T any] struct {
	Translations []T `json:"translations"`
}

// page is a text that grows line by line.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// ask ends a question that is shown without its answers.
func (p *page) ask(solve bool, what string) string {
	if !solve {
		p.line("\n%s Option -c shows the answers.", what)
	}
	return p.String()
}

// both is an address or a size in both notations.
func both(v uint64) string { return fmt.Sprintf("0x%08x = %d", v, v) }

// where is a physical address, or that there is none.
func where(pa *uint64, otherwise string) string {
	if pa == nil {
		return otherwise
	}
	return both(*pa)
}

// unanswered stands for an answer that is not shown.
const unanswered = "?"
