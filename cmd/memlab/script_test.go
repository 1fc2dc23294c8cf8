package main

import (
	"errors"
	"flag"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"memlab": main})
}

// The archives in testdata/script run the real program: commands above, files below. `exec` wants success,
// `status N` an exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			programs, err := filepath.Abs(filepath.Join("..", "..", "testdata", "programs"))
			if err != nil {
				return err
			}
			env.Setenv("PROGRAMS", programs)
			return errors.Join(writeTiny(filepath.Join(env.WorkDir, "bin")), writeTiny(filepath.Join(env.WorkDir, "scenarios")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

// status runs a command that must end with a given exit code: status 2 memlab config --nonsense.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	default:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
