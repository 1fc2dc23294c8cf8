package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"memlab/lab"
	"memlab/lab/script"
)

// maxScenario is how much of a scenario file is read; package script has its own, lower limit.
const maxScenario = 1 << 20

// runOptions are what `memlab run` is told.
type runOptions struct {
	config configOptions
	files  fileOptions
	format string
	verify bool
}

// newRun is the verb that runs a scenario.
func newRun(p *process) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "run [options] SCENARIO.lua",
		Short: "run a Lua scenario and its tests",
		Long: "Runs a Lua scenario: it builds machines, loads programs into them, watches, steers and\n" +
			"asserts. Programs are looked up in the scenario's own folder, which the guest sees as\n" +
			"/lab, and then in the current directory, of which it sees that one file below /cwd.\n\n" +
			"Exit codes: 0 passed, 1 an assertion failed, 2 usage or configuration, 3 a script error,\n" +
			"or the guest or the machine failed, 4 a limit was hit, 130 interrupted.",
		Example: "  memlab run scenario.lua\n" +
			"  memlab run --config tiny --set machine.replacement.policy=fifo scenario.lua\n" +
			"  memlab run --format json scenario.lua > report.json",
		Args: wantArgs(1, "SCENARIO.lua"),
	}
	o.config.add(cmd)
	f := cmd.Flags()
	f.SortFlags = false
	o.config.addShortcuts(cmd, "seed")
	o.files.add(f, "default: nothing but /lab and /cwd")
	f.StringVar(&o.format, "format", formatText,
		"`text` or json, a report on standard output (what the scenario prints then goes to standard error)")
	f.BoolVar(&o.verify, "verify", false, "check that all structures agree after every fault (slow)")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := checkFormat(o.format); err != nil {
			return err
		}
		return p.runScenario(o, args[0])
	}
	return cmd
}

// runScenario runs one scenario and reports.
func (p *process) runScenario(o runOptions, name string) error {
	c, _, err := o.config.load(p)
	if err != nil {
		return err
	}
	src, err := p.readScenario(name)
	if err != nil {
		return err
	}
	files, err := p.openScenario(o.files, name)
	if err != nil {
		return err
	}
	defer files.guest.Close()
	printed := p.stdout
	if o.format == formatJSON {
		printed = p.stderr
	}
	report, err := script.Run(script.Options{
		Name: name, Source: src, Config: c, Resolve: files.resolve, Cwd: labDir,
		Stdout: printed, Stderr: p.stderr, Expired: p.expiry(c.Limits), Verify: o.verify,
	})
	if report != nil {
		if err := p.writeReport(o.format, report); err != nil {
			return err
		}
	}
	return p.verdict(report, err)
}

// readScenario reads the Lua source.
func (p *process) readScenario(name string) ([]byte, error) {
	f, err := os.Open(p.path(name))
	if err != nil {
		return nil, fileError("run", name, err)
	}
	defer func() { _ = f.Close() }() // was only read
	src, err := io.ReadAll(io.LimitReader(f, maxScenario))
	if err != nil {
		return nil, fileError("run", name, err)
	}
	return src, nil
}

// expiry tells whether the time of a script is over, or the user has interrupted it.
func (p *process) expiry(l lab.Limits) func() bool {
	var end time.Time
	if l.Time > 0 {
		end = p.now().Add(l.Time)
	}
	return func() bool { return p.ctx.Err() != nil || l.Time > 0 && p.now().After(end) }
}

func (p *process) writeReport(format string, r *script.Report) error {
	write := r.WriteText
	if format == formatJSON {
		write = r.WriteJSON
	}
	if err := write(p.stdout); err != nil {
		return &exitError{codeMachine, fmt.Errorf("standard output: %w", err)}
	}
	return nil
}

// verdict is the exit code of a scenario. An error in a test weighs more than a failed assertion in another:
// what the scenario was to show has not been looked at.
func (p *process) verdict(r *script.Report, err error) error {
	var limit *script.LimitError
	var failed *script.Error
	switch {
	case p.ctx.Err() != nil:
		return &exitError{codeInterrupted, errors.New("run: interrupted")}
	case errors.As(err, &limit):
		return &exitError{codeLimit, err}
	case r != nil && r.Failure != nil:
		return &exitError{code: codeFailed}
	case errors.As(err, &failed):
		fmt.Fprintf(p.stderr, "memlab: %s\n", strings.ReplaceAll(failed.Error(), "\n", " "))
		for line := range strings.Lines(failed.Traceback) {
			fmt.Fprintf(p.stderr, "  %s\n", strings.TrimRight(line, "\n"))
		}
		return &exitError{code: codeMachine}
	case err != nil:
		return &exitError{codeMachine, err}
	case r == nil || r.Passed:
		return nil
	}
	for _, t := range r.Tests {
		if t.Status == script.Errored {
			return &exitError{code: codeMachine}
		}
	}
	return &exitError{code: codeFailed}
}
