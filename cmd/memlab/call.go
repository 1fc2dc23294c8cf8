package main

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"memlab/vm"
)

// callOptions are the one execve that `memlab maps` makes: everything goes to it as it stands.
type callOptions struct {
	files       fileOptions
	cwd         string
	env         []string
	stack       stackLimit
	personality personality
	uid         int
	argv0       string
	noArgv      bool
	flags       *pflag.FlagSet
}

// add declares the options.
func (o *callOptions) add(f *pflag.FlagSet) {
	o.flags = f
	o.files.add(f, "default: the host's own")
	f.StringVar(&o.cwd, "cwd", "/", "the guest's current `DIR`")
	f.StringArrayVar(&o.env, "env", nil,
		"add `K=V` to the guest's environment, which is empty otherwise (repeatable)")
	f.Var(&o.stack, "stack-limit", "RLIMIT_STACK: `BYTES` or unlimited (default 8388608)")
	f.Var(&o.personality, "personality", "personality `BITS` beyond ADDR_NO_RANDOMIZE, as 0x200000")
	f.IntVar(&o.uid, "uid", 1000, "`N` is all four user ids of the guest; 0 may map address 0")
	f.StringVar(&o.argv0, "argv0", "", "`STR` that the guest gets as argv[0] (default: PROG)")
	f.BoolVar(&o.noArgv, "no-argv", false, "call execve with argc 0")
}

// program is the call that the options and arguments describe. The files must be closed.
func (o *callOptions) program(p *process, args []string) (vm.Program, *guestFiles, error) {
	prog := vm.Program{
		Path: args[0], Argv: slices.Clone(args), Env: o.env, Cwd: o.cwd, UID: o.uid,
		StackLimit: uint64(o.stack), Personality: uint32(o.personality), Owner: fileOwner(o.uid),
	}
	switch hasArgv0 := o.flags.Changed("argv0"); {
	case o.noArgv && (hasArgv0 || len(args) > 1):
		return prog, nil, errors.New("--no-argv: there is no room for --argv0 or ARG then")
	case o.noArgv:
		prog.Argv = []string{}
	case hasArgv0:
		prog.Argv[0] = o.argv0
	}
	if !path.IsAbs(prog.Cwd) {
		return prog, nil, fmt.Errorf("--cwd %s: must be an absolute path of the guest", prog.Cwd)
	}
	base, _ := p.hostFiles()
	files, err := p.openFiles(o.files, base)
	if err != nil {
		return prog, nil, err
	}
	prog.Root = &files.mountFS
	return prog, files, nil
}

// personality is --personality.
type personality uint32

// String is nothing, so that help texts show no default.
func (v *personality) String() string { return "" }

// Type is the kind of value.
func (v *personality) Type() string { return "bits" }

// Set reads a number in any base that Go writes.
func (v *personality) Set(text string) error {
	n, err := strconv.ParseUint(text, 0, 32)
	if err != nil {
		return fmt.Errorf("%q is not a number of 32 bits; write 0x200000", text)
	}
	*v = personality(n)
	return nil
}
