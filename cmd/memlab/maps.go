package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
	"memlab/vm/linux"
)

// The stages at which a program can be looked at.
const (
	atEntry = "entry"
	atStart = "start"
	atMain  = "main"
	atExit  = "exit"
)

// The formats of `memlab maps`.
const (
	formatMaps  = "maps"
	formatPmap  = "pmap"
	formatPmapX = "pmap-x"
	formatPmapD = "pmap-d"
)

// mapsOptions are what `memlab maps` is told.
type mapsOptions struct {
	config     configOptions
	call       callOptions
	at, format string
	story      bool
}

// newMaps is the verb that shows what execve makes of a program.
func newMaps(p *process) *cobra.Command {
	var o mapsOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "maps [options] [--] PROG [ARG...]",
		Short: "show a program's address space as Linux lays it out",
		Long: "Loads a program as Linux's execve does and prints its areas: at its first instruction, or\n" +
			"after running it up to a later stage. Options end at PROG. PROG and ARG go to execve as\n" +
			"they stand, with an empty environment unless --env adds to it.\n\n" +
			"--story tells instead what execve did, a line a step in the order of the kernel's work:\n" +
			"checks, formats asked, point of no return, headers, segments, bss, stack, heap, registers;\n" +
			"file and address ranges, rights, and in brackets the rule that decided. A failure ends the\n" +
			"story with the rule that was not met. With --format json each step also has the rule's\n" +
			"sentence and the kernel function in which it stands.\n\n" +
			"The exit status is 0, or 3 if execve failed, the program was killed inside it, or the\n" +
			"stage was not reached. With --format json a failed execve is {\"errno\": \"ENOEXEC\"} and a\n" +
			"program killed inside execve {\"signal\": \"SIGSEGV\"}, on standard output.",
		Example: "  memlab maps /bin/true\n" +
			"  memlab maps --at main --format pmap-x ./prog\n" +
			"  memlab maps --story ./prog\n" +
			"  memlab maps --root rootfs --format json --env HOME=/ /bin/prog one two",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("maps: missing PROG; usage: memlab maps [options] [--] PROG [ARG...]")
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.SortFlags = false
	f.StringVar(&o.at, "at", atEntry, "`STAGE`: entry (the first instruction), start (the program's own "+
		"entry), main, exit")
	f.StringVar(&o.format, "format", formatMaps, "`WORD`: maps, pmap, pmap-x, pmap-d, json")
	f.BoolVar(&o.story, "story", false, "tell the steps of the load and their rules, as text or json")
	o.config.addShortcuts(cmd, "profile", "aslr", "seed")
	o.call.add(f)
	o.config.add(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		return p.maps(&o, args)
	}
	return cmd
}

// check checks the words.
func (o *mapsOptions) check() error {
	for _, w := range []struct {
		name, word string
		allowed    []string
	}{
		{"--at", o.at, []string{atEntry, atStart, atMain, atExit}},
		{"--format", o.format, []string{formatMaps, formatPmap, formatPmapX, formatPmapD, formatJSON}},
	} {
		if err := oneOf(w.name, w.word, w.allowed); err != nil {
			return err
		}
	}
	if o.story {
		if err := oneOf("--story: --format", o.format, []string{formatMaps, formatJSON}); err != nil {
			return err
		}
		return oneOf("--story: --at", o.at, []string{atEntry})
	}
	return nil
}

// oneOf checks a word of an option.
func oneOf(option, word string, allowed []string) error {
	if slices.Contains(allowed, word) {
		return nil
	}
	return fmt.Errorf("%s: %q is not allowed; allowed: %s", option, word, strings.Join(allowed, ", "))
}

// maps loads the program, brings it to its stage and prints it.
func (p *process) maps(o *mapsOptions, args []string) error {
	c, _, err := o.config.load(p)
	if err != nil {
		return err
	}
	prog, files, err := o.call.program(p, args)
	if err != nil {
		return err
	}
	defer files.Close()
	prog.Stdout, prog.Stderr = p.stderr, p.stderr // what the program says is not what memlab says
	m, err := vm.New(c.Machine)
	if err != nil {
		return err
	}
	defer m.Close()
	if o.story {
		return p.tellStory(m, prog, o.format)
	}
	proc, err := m.Load(prog)
	if err != nil {
		return p.mapsRefused(o.format, err)
	}
	text := ""
	show := func() error {
		var err error
		text, err = render(proc, o, c.Machine.Memory.PageSize)
		return err
	}
	if err := p.reach(m, proc, o.at, show); err != nil {
		return &exitError{codeMachine, fmt.Errorf("maps: %s: %w", prog.Path, err)}
	}
	return write(p.stdout, text)
}

// mapsRefused is about an execve that failed.
func (p *process) mapsRefused(format string, err error) error {
	refused, ok := errors.AsType[*loader.Error](err)
	switch {
	case !ok:
		return fmt.Errorf("maps: %w", err)
	case format != formatJSON:
		return &exitError{codeMachine, fmt.Errorf("maps: %w", err)}
	}
	key, value := "errno", refused.Errno.Error()
	if refused.Fatal {
		key, value = "signal", "SIGSEGV"
	}
	if err := write(p.stdout, fmt.Sprintf("{%q: %q}\n", key, value)); err != nil {
		return err
	}
	return &exitError{code: codeMachine}
}

// render is the text of a format.
func render(proc *vm.Process, o *mapsOptions, pageSize uint64) (string, error) {
	switch o.format {
	case formatMaps:
		return proc.MapsText(), nil
	case formatJSON:
		doc, err := json.MarshalIndent(newMapsDoc(proc, o.at), "", "  ")
		return string(doc) + "\n", err
	}
	return pmapText(proc, o.format, pageSize), nil
}

// reach runs the program up to the stage and calls show there.
func (p *process) reach(m *vm.Machine, proc *vm.Process, stage string, show func() error) error {
	var target addr.VAddr
	switch stage {
	case atEntry:
		return show()
	case atStart:
		target = proc.Image().ProgramEntry
	case atMain:
		va, ok := proc.Lookup("main")
		if !ok {
			return errors.New("has no symbol main")
		}
		target = va
	case atExit:
		return p.reachExit(m, proc, show)
	}
	if proc.Entry() == target {
		return show()
	}
	for {
		reason, err := m.Run(vm.RunOptions{Until: []addr.VAddr{target}, Cancelled: p.ctx.Err})
		if err != nil {
			return err
		}
		if ended, exit := proc.Exited(); ended || reason != vm.StopUntil {
			return missed(stage, exit)
		}
		if int(m.Bus().Now.PID) == proc.PID() && addr.VAddr(proc.CPU().RIP) == target {
			return show()
		}
	}
}

// missed says that a stage was not reached.
func missed(stage string, exit vm.ExitState) error {
	if exit.Signal != 0 {
		return fmt.Errorf("was killed by %s before it reached %s", linux.SignalName(exit.Signal), stage)
	}
	return fmt.Errorf("ended without reaching %s", stage)
}

// reachExit runs the program to its end and calls show as its last task enters exit or exit_group.
func (p *process) reachExit(m *vm.Machine, proc *vm.Process, show func() error) error {
	shown := false
	var failed error
	m.Bus().Subscribe(event.MaskOf(event.SyscallEnter), func(ev *event.Event) event.Verdict {
		if int(ev.PID) == proc.PID() && isExit(ev.Arg, proc.CPU().Mode32) {
			shown, failed = true, show() // of several tasks the last one's counts
		}
		return event.Continue
	})
	if _, err := m.Run(vm.RunOptions{Cancelled: p.ctx.Err}); err != nil {
		return err
	}
	if ended, exit := proc.Exited(); !shown || !ended || exit.Signal != 0 {
		return missed(atExit, exit)
	}
	return failed
}

// isExit reports whether a system call ends its task: exit and exit_group of either class.
func isExit(number uint64, mode32 bool) bool {
	if mode32 {
		return number == 1 || number == 252
	}
	return number == 60 || number == 231
}
