package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"
)

// process is everything through which memlab touches the process that it is.
type process struct {
	args   []string // without the program's name
	env    []string // K=V
	dir    string   // the current directory, absolute
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	ctx    context.Context // done when the user interrupts
	now    func() time.Time
	build  func() (*debug.BuildInfo, bool)
	advise func(mem []byte) // tells the host's kernel what a machine's memory is; nil: do not
}

// hostProcess is the real one. The first interrupt ends ctx, the second the process.
func hostProcess() *process {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	dir, err := os.Getwd()
	if err != nil {
		dir = string(filepath.Separator) // a current directory that is gone has no name
	}
	return &process{
		args: os.Args[1:], env: os.Environ(), dir: dir,
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		ctx: ctx, now: time.Now, build: debug.ReadBuildInfo, advise: hugePages,
	}
}

// path is a path that the user gave, absolute.
func (p *process) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.dir, name)
}

// run runs the verb that args name and returns the exit code. Whatever goes wrong is one line on stderr.
func (p *process) run() (code int) {
	root := newRoot(p)
	defer func() {
		if v := recover(); v != nil {
			text, _, _ := strings.Cut(fmt.Sprint(v), "\n")
			fmt.Fprintf(p.stderr, "memlab: internal error: %s; please report it with the command\n", text)
			code = codeMachine
			if len(p.args) > 0 && p.args[0] == execName {
				code = codeExecFailed
			}
		}
	}()
	cmd, err := root.ExecuteC()
	return p.finish(cmd, err)
}
