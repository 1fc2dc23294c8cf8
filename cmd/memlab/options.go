package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"memlab/configs"
	"memlab/lab"
)

// configOptions are the options with which a verb is configured.
type configOptions struct {
	file string
	set  lab.Overlay // of --set and the shortcuts, in the order of the command line: the later wins
}

// add declares --config and --set.
func (o *configOptions) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.file, "config", "",
		"configuration `FILE` in YAML, or a preset: "+strings.Join(configs.Names(), ", "))
	f.Var(&setOption{to: &o.set}, "set",
		"change one setting: `SETTING=VALUE`, as machine.memory.frames=64 (repeatable)")
	_ = cmd.RegisterFlagCompletionFunc("config", // fails only for an option that does not exist
		func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return configs.Names(), cobra.ShellCompDirectiveDefault
		})
}

// wordUnit is what help calls the value of a setting that is one of a few words.
const wordUnit = "WORD"

// bytesUnit is what help calls a number of bytes.
const bytesUnit = "BYTES"

// policyOption is the option that names a replacement policy.
const policyOption = "policy"

// shortcuts are options that stand for a setting.
//
//nolint:gochecknoglobals // a constant table
var shortcuts = []struct{ name, path, unit string }{
	{"frames", "machine.memory.frames", "N"},
	{"page-size", "machine.memory.page_size", bytesUnit},
	{"swap", "machine.memory.swap", "PAGES"},
	{policyOption, "machine.replacement.policy", wordUnit},
	{"strategy", "machine.loader.strategy", wordUnit},
	{"window", "machine.loader.window", "PAGES"},
	{"tlb", "machine.tlb.entries", "N"},
	{"tlb-ways", "machine.tlb.ways", "N"},
	{"max-instructions", "machine.cpu.max_instructions", "N"},
	{"seed", "machine.seed", "N"},
	{"aslr", "machine.loader.aslr", "BOOL"},
	{"profile", "machine.loader.profile", wordUnit},
}

// addShortcuts declares those of the shortcuts that only names; none: all.
func (o *configOptions) addShortcuts(cmd *cobra.Command, only ...string) {
	f := cmd.Flags()
	for _, s := range lab.Settings() {
		for _, short := range shortcuts {
			if short.path != s.Path || len(only) > 0 && !slices.Contains(only, short.name) {
				continue
			}
			usage := s.Doc
			if words := s.Words(); len(words) > 1 {
				usage += ": " + strings.Join(words, ", ")
			}
			option := &setOption{to: &o.set, name: short.name, path: s.Path, unit: short.unit}
			f.Var(option, short.name, usage)
			if s.Kind == lab.Bool {
				f.Lookup(short.name).NoOptDefVal = "true"
			}
			_ = cmd.RegisterFlagCompletionFunc(short.name, // fails only for an option that does not exist
				cobra.FixedCompletions(s.Words(), cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

// setOption is --set (path "") or a shortcut. It checks at once and collects.
type setOption struct {
	to               *lab.Overlay
	name, path, unit string
}

func (s *setOption) String() string { return "" }

// Type is the value's name in help texts.
func (s *setOption) Type() string { return s.unit }

// Set takes one use of the option.
func (s *setOption) Set(text string) error {
	name := "--set"
	if s.path != "" {
		name, text = "--"+s.name, s.path+"="+text
	}
	o, err := lab.ParseSet(name, text)
	*s.to = append(*s.to, o...)
	return err
}

// load is the effective configuration and the source of every setting.
func (o *configOptions) load(p *process) (lab.Config, map[string]lab.Source, error) {
	var l layers
	var err error
	if l.file, err = o.readFile(p); err != nil {
		return lab.Config{}, nil, err
	}
	if l.env, err = lab.ParseEnv(p.env); err != nil {
		return lab.Config{}, nil, err
	}
	l.options = o.set
	c, sources, err := l.merge()
	if err != nil {
		return lab.Config{}, nil, err
	}
	err = c.Validate()
	return c, sources, err
}

// readFile reads --config. A name without a dot and a slash is a preset's.
func (o *configOptions) readFile(p *process) (lab.Overlay, error) {
	if o.file == "" {
		return nil, nil
	}
	if !strings.ContainsAny(o.file, `./\`) {
		file, src, ok := configs.Preset(o.file)
		if !ok {
			hint := fmt.Sprintf("; the presets are %s; for a file write ./%s",
				strings.Join(configs.Names(), ", "), o.file)
			if near, ok := lab.Suggest(o.file, configs.Names()); ok {
				hint = fmt.Sprintf("; did you mean %q? For a file write ./%s", near, o.file)
			}
			return nil, fmt.Errorf("--config: no preset %q%s", o.file, hint)
		}
		return lab.ParseYAML(file, src)
	}
	f, err := os.Open(p.path(o.file))
	if err != nil {
		return nil, fileError("--config", o.file, err)
	}
	defer func() { _ = f.Close() }() // was only read
	src, err := io.ReadAll(io.LimitReader(f, lab.MaxYAML+1))
	if err != nil {
		return nil, fileError("--config", o.file, err)
	}
	return lab.ParseYAML(o.file, src)
}
