package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"memlab/lab"
)

// Exit codes.
const (
	codeFailed  = 1 // an assertion failed
	codeUsage   = 2 // usage or configuration
	codeMachine = 3 // a script error, or the guest or the machine failed
	codeLimit   = 4 // a limit was hit

	// Of `memlab exec` and of interrupted runs, as a shell has them.
	codeExecFailed  = 125 // memlab itself failed
	codeNoExec      = 126 // the program was found, but cannot be executed
	codeNotFound    = 127 // the program was not found
	codeInterrupted = 130 // 128 + SIGINT
)

// exitError is an exit code and what to say; err nil: nothing, all has been said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// newRoot is the tree of verbs.
func newRoot(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:   "memlab",
		Short: "a laboratory for computer memory",
		Long: "memlab builds a machine from a description, loads real Linux programs into it as\n" +
			"execve does, runs them on an emulated CPU behind an emulated MMU, and lets Lua\n" +
			"scenarios watch, steer and assert on every step.",
		Example: "  memlab run scenario.lua\n" +
			"  memlab exec --frames 64 --policy lru --stats -- ./prog args\n" +
			"  memlab config --config tiny",
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              cobra.ArbitraryArgs,
	}
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownVerb(root, args[0])
		}
		return cmd.Help()
	}
	root.SetArgs(p.args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(p), newExec(p), newMaps(p), newMmops(p), newELF(p),
		newDisasm(p), newTrace(p), newSim(p), newBatch(p), newOstep(p), newConfig(p), newVersion(p))
	return root
}

func unknownVerb(root *cobra.Command, word string) error {
	var verbs []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			verbs = append(verbs, c.Name())
		}
	}
	if near, ok := lab.Suggest(word, verbs); ok {
		return fmt.Errorf("unknown verb %q; did you mean %q?", word, near)
	}
	return fmt.Errorf("unknown verb %q; the verbs are %s", word, strings.Join(verbs, ", "))
}

// flagError makes one line of what is wrong with an option.
func flagError(cmd *cobra.Command, err error) error {
	var setting *lab.ConfigError
	var unknown *pflag.NotExistError
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &setting):
		return setting
	case !errors.As(err, &unknown):
		return fmt.Errorf("%w; see memlab %s --help", err, cmd.Name())
	case unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("unknown option -%s; see memlab %s --help", unknown.GetSpecifiedName(), cmd.Name())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if near, ok := lab.Suggest(name, names); ok {
		return fmt.Errorf("unknown option --%s; did you mean --%s?", name, near)
	}
	return fmt.Errorf("unknown option --%s; see memlab %s --help", name, cmd.Name())
}

// wantArgs checks the number of a verb's arguments.
func wantArgs(n int, usage string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return fmt.Errorf("%s: missing %s; usage: memlab %s", cmd.Name(), usage, cmd.Use)
		case len(args) > n:
			return fmt.Errorf("%s: unexpected argument %q; usage: memlab %s", cmd.Name(), args[n], cmd.Use)
		}
		return nil
	}
}

// finish says what went wrong and turns it into the exit code.
func (p *process) finish(cmd *cobra.Command, err error) int {
	if err == nil {
		return 0
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{code: codeUsage, err: err}
		if cmd.Name() == execName {
			exit.code = codeExecFailed
		}
	}
	if exit.err != nil {
		fmt.Fprintf(p.stderr, "memlab: %s\n", strings.ReplaceAll(exit.err.Error(), "\n", " "))
	}
	return exit.code
}

// The formats of --format.
const (
	formatText = "text"
	formatJSON = "json"
)

// checkFormat checks --format.
func checkFormat(format string) error {
	if format == formatText || format == formatJSON {
		return nil
	}
	return fmt.Errorf("--format: %q is not allowed; allowed: text, json", format)
}

// fileError is about a file of the user's: what is wrong with it without the system call's name.
func fileError(what, name string, err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		err = pe.Err
	}
	return fmt.Errorf("%s %s: %w", what, name, err)
}

// write writes what a verb prints; a full disk or a closed pipe must not pass for success.
func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return &exitError{code: codeMachine, err: fmt.Errorf("standard output: %w", err)}
	}
	return nil
}
