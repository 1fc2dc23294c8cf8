package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"memlab/lab"
	"memlab/loader"
	"memlab/paging/policy"
	"memlab/vm"
)

const execName = "exec"

// execOptions are what `memlab exec` is told.
type execOptions struct {
	config configOptions
	files  fileOptions

	stats     bool
	statsFile string
	verify    bool
	missing   string
	strace    bool
	straceOut string
	cwd       string
	env       []string
	passEnv   bool
	argv0     string
	noArgv    bool
	uid       int
	stack     stackLimit
	bits      personality
	argv      []string

	watch func(*vm.Machine) // is shown the machine before its program is loaded; nil: nobody
	stdin io.Reader         // instead of the process's own; nil: that
}

// newExec is the verb that runs one program.
func newExec(p *process) *cobra.Command {
	var o execOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "exec [options] [--] PROG [ARG...]",
		Short: "run a program on a machine",
		Long: "Loads a Linux program into a machine and runs it. Options end at PROG. A PROG without\n" +
			"a slash is taken from the current directory, or else searched in the guest's PATH. The\n" +
			"guest sees the host's files; what it writes stays in memory and is gone afterwards.\n" +
			"Under a policy that needs the future (opt, vmin) the program runs twice: silently at\n" +
			"first, to record its references, then with the future known.\n\n" +
			"The exit status is the program's own, 128 + N when signal N killed it; 125 when memlab\n" +
			"failed, 126 when PROG cannot be executed, 127 when it was not found, 130 after an\n" +
			"interrupt.",
		Example: "  memlab exec --frames 64 --policy lru --stats -- ./prog args\n" +
			"  memlab exec --config tiny --stats-file bill.json ./prog\n" +
			"  memlab exec --root rootfs --env HOME=/root /bin/sh -c 'echo $HOME'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("exec: missing PROG; usage: memlab exec [options] [--] PROG [ARG...]")
			}
			return nil
		},
	}
	o.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.argv = args
		return p.exec(o)
	}
	return cmd
}

// add declares the options.
func (o *execOptions) add(cmd *cobra.Command) {
	o.config.add(cmd)
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.SortFlags = false
	o.config.addShortcuts(cmd)
	o.files.add(f, "default: the host's own")
	o.files.asHost = true
	f.BoolVar(&o.stats, "stats", false,
		"print the bill on standard error: instructions, faults, evictions, TLB misses")
	f.StringVar(&o.statsFile, "stats-file", "", "write the bill as JSON to `FILE`")
	f.BoolVar(&o.verify, "verify", false, "check that all structures agree after every fault (slow)")
	f.BoolVar(&o.strace, "strace", false,
		"print system calls and signals on standard error, as strace -f does")
	f.StringVar(&o.straceOut, "strace-out", "", "print them to `FILE` instead")
	f.StringVar(&o.missing, "missing", missingENOSYS,
		"what a system call gets that memlab lacks: the `WORD` enosys, with a warning, or stop, "+
			"which ends the run")
	f.StringVar(&o.cwd, "cwd", "", "the guest's current `DIR` (default: the caller's; / with --root)")
	f.StringArrayVar(&o.env, "env", nil, "set an environment variable of the guest: `K=V` (repeatable)")
	f.BoolVar(&o.passEnv, "pass-env", false, "hand the caller's environment to the guest")
	f.StringVar(&o.argv0, "argv0", "", "`NAME` that the guest gets as argv[0] (default: PROG)")
	f.BoolVar(&o.noArgv, "no-argv", false, "run the guest without any argument: argc 0")
	f.Var(&o.stack, "stack-limit", "how far the guest's stack may grow: `BYTES` or unlimited (default 8MiB)")
	f.Var(&o.bits, "personality", "personality `BITS` of the guest, as 0x200000 (see personality(2))")
	f.IntVar(&o.uid, "uid", 1000, "`N` is all four user ids of the guest")
}

// exec runs the program and hands its status on.
func (p *process) exec(o execOptions) error {
	c, _, err := o.config.load(p)
	if err != nil {
		return err
	}
	if o.missing != missingENOSYS && o.missing != missingStop {
		return fmt.Errorf("--missing %s: write enosys or stop", o.missing)
	}
	c.Machine.Verify, c.Machine.StopOnMissing = o.verify, o.missing == missingStop
	info, err := policy.Describe(c.Machine.Replacement.Policy)
	if err == nil && info.Need == policy.NeedFuture {
		if err := p.foresee(&c.Machine, &o); err != nil {
			return err
		}
	}
	prog, files, err := p.program(o)
	if err != nil {
		return err
	}
	defer files.Close()
	m, err := vm.New(c.Machine)
	if err != nil {
		return err
	}
	defer m.Close()
	if p.advise != nil {
		p.advise(m.HostMemory())
	}
	if o.watch != nil {
		o.watch(m)
	}
	trace, err := p.openTrace(o)
	if err != nil {
		return err
	}
	m.Strace(trace.to)
	proc, err := m.Load(prog)
	if err != nil {
		return errors.Join(loadError(err), trace.Close())
	}
	reason, runErr := m.Run(vm.RunOptions{Cancelled: p.ctx.Err})
	m.StopTrace()
	if err := trace.Close(); err != nil && runErr == nil {
		runErr = err
	}
	if !c.Machine.StopOnMissing {
		p.lacking(m)
	}
	if runErr == nil {
		runErr = asForeseen(m, c.Machine.Next)
	}
	if err := p.bill(o, m.Stats(), m.Curve()); err != nil && runErr == nil {
		runErr = err
	}
	return p.outcome(prog.Path, proc, reason, runErr)
}

// program is what the options say to run, and on which files.
func (p *process) program(o execOptions) (vm.Program, *guestFiles, error) {
	prog := vm.Program{Path: o.argv[0], Argv: slices.Clone(o.argv), Cwd: o.cwd, UID: o.uid}
	prog.StackLimit, prog.Personality = uint64(o.stack), uint32(o.bits)
	prog.Stdin, prog.Stdout, prog.Stderr = p.stdin, p.stdout, p.stderr
	if o.stdin != nil {
		prog.Stdin = o.stdin
	}
	switch {
	case o.noArgv && (o.argv0 != "" || len(o.argv) > 1):
		return prog, nil, errors.New("--no-argv: there is no room for --argv0 or ARG then")
	case o.noArgv:
		prog.Argv = []string{}
	case o.argv0 != "":
		prog.Argv[0] = o.argv0
	}
	for _, kv := range o.env {
		if name, _, ok := strings.Cut(kv, "="); !ok || name == "" {
			return prog, nil, fmt.Errorf("--env %s: write NAME=VALUE", kv)
		}
	}
	more := o.env
	if o.passEnv {
		more = slices.Concat(p.env, o.env)
	}
	prog.Env = lab.GuestEnv(more...)

	base, cwd := p.hostFiles()
	if o.files.root != "" {
		cwd = "/"
	}
	if prog.Cwd == "" {
		prog.Cwd = cwd
	}
	if !path.IsAbs(prog.Cwd) {
		return prog, nil, fmt.Errorf("--cwd %s: must be an absolute path of the guest", prog.Cwd)
	}
	files, err := p.openFiles(o.files, base)
	if err != nil {
		return prog, nil, err
	}
	prog.Root, prog.Mounts = &files.mountFS, files.binds
	if prog.Path, err = findProgram(prog); err != nil {
		files.Close()
		return prog, nil, err
	}
	return prog, files, nil
}

// findProgram is the path that execve gets. As env(1) and nohup(1) do, a name without a slash is searched
// in PATH; unlike them, a file of that name in the current directory comes first, since execve takes paths
// as they stand.
func findProgram(prog vm.Program) (string, error) {
	name := prog.Path
	at := name
	if !path.IsAbs(name) {
		at = path.Join(prog.Cwd, name)
	}
	if _, ok := exists(prog.Root, at); ok && name != "" {
		return name, nil
	}
	if strings.Contains(name, "/") || name == "" {
		return "", &exitError{codeNotFound, fmt.Errorf("exec: %q: no such file", name)}
	}
	for _, kv := range prog.Env {
		list, ok := strings.CutPrefix(kv, "PATH=")
		if !ok {
			continue
		}
		for dir := range strings.SplitSeq(list, ":") {
			at := path.Join(dir, name)
			info, ok := exists(prog.Root, at)
			if ok && path.IsAbs(at) && (info == nil || info.Mode().IsRegular() && info.Mode()&0o111 != 0) {
				return at, nil
			}
		}
	}
	return "", &exitError{codeNotFound, fmt.Errorf(
		"exec: %q: no such file in the current directory, nor in the guest's PATH", name)}
}

// loadError is about an execve that failed: as in a shell 127 if a file was not found (the program or its
// interpreter), 126 if it cannot be executed. A program that was killed inside execve has a status like any
// that a signal kills.
func loadError(err error) error {
	code := codeExecFailed
	if refused, ok := errors.AsType[*loader.Error](err); ok {
		switch {
		case refused.Fatal:
			code = 128 + sigsegv
		case refused.Errno == loader.ENOENT || refused.Errno == loader.ENOTDIR:
			code = codeNotFound
		default:
			code = codeNoExec
		}
	}
	return &exitError{code, fmt.Errorf("exec: %w", err)}
}

// sigsegv is the signal that execve kills with after its point of no return.
const sigsegv = 11

// outcome is how the run ended: the program's own status, or why there is none.
func (p *process) outcome(prog string, proc *vm.Process, reason vm.StopReason, err error) error {
	switch {
	case p.ctx.Err() != nil:
		return &exitError{codeInterrupted, errors.New("exec: interrupted")}
	case err != nil:
		return fmt.Errorf("exec: %w", err)
	case reason == vm.StopLimit:
		return fmt.Errorf("exec: %s: stopped at its limit, machine.cpu.max_instructions; "+
			"--max-instructions N raises it",
			prog)
	}
	ended, exit := proc.Exited()
	if !ended {
		return fmt.Errorf("exec: %s: stopped before its end", prog)
	}
	if exit.Signal != 0 {
		fmt.Fprintf(p.stderr, "memlab: %s\n", strings.TrimRight(exit.Report, "\n"))
	}
	if status := exit.Status(); status != 0 {
		return &exitError{code: status}
	}
	return nil
}

// stackLimit is --stack-limit: RLIMIT_STACK in bytes; 0: not given.
type stackLimit uint64

// String is nothing, so that help texts show the default in words.
func (s *stackLimit) String() string { return "" }

// Type is the kind of value.
func (s *stackLimit) Type() string { return unitBytes }

// Set reads a size or "unlimited".
func (s *stackLimit) Set(text string) error {
	if text == "unlimited" {
		*s = stackLimit(loader.Unlimited)
		return nil
	}
	n, err := lab.ParseSize(text)
	if err == nil && n == 0 {
		err = errors.New("0 is no stack at all")
	}
	*s = stackLimit(n)
	return err
}

// lacking warns of the system calls that the guest has made and memlab lacks.
func (p *process) lacking(m *vm.Machine) {
	for _, u := range m.UnknownCalls() {
		if u.Name != "" { // Linux has no call of the other numbers either
			fmt.Fprintf(p.stderr, "memlab: warning: the guest made system call %s (number %d), which memlab "+
				"lacks, %d times: answered with ENOSYS\n", u.ABI.Label(u.Number), u.Number, u.Count)
		}
	}
}
