package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"memlab/lab"
	"memlab/loader/elf"
)

// disasmOptions are what `memlab disasm` is told.
type disasmOptions struct {
	symbol, span, format string
}

// newDisasm is the verb that prints a file's code.
func newDisasm(p *process) *cobra.Command {
	var o disasmOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "disasm FILE [--symbol S | --range A:B] [--format text|json]",
		Short: "print a program's instructions",
		Long: "Prints the instructions of an ELF file for x86-64 or i386: of all executable sections, or\n" +
			"of the executable segments if the file has no sections; in Intel's syntax, with symbols.\n" +
			"Bytes that are no instruction come one by one as (bad). Addresses are those of the file.\n\n" +
			"A:B are the instructions that begin at A or behind it and before B; both are addresses\n" +
			"(0x401000), symbols, or SYMBOL+OFFSET.",
		Example: "  memlab disasm ./prog\n" +
			"  memlab disasm ./prog --symbol main\n" +
			"  memlab disasm ./prog --range 0x401000:0x401040\n" +
			"  memlab disasm ./prog --range main:main+0x20 --format json",
		Args: wantArgs(1, "FILE"),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.symbol, "symbol", "", "only the function or label `S`")
	f.StringVar(&o.span, "range", "", "only the instructions in `A:B`, without B")
	f.StringVar(&o.format, "format", formatText, "`text` or json")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := checkFormat(o.format); err != nil {
			return err
		}
		if o.symbol != "" && o.span != "" {
			return errors.New("disasm: --symbol and --range exclude each other")
		}
		return p.disasm(args[0], o)
	}
	return cmd
}

// disasm prints the code of one file.
func (p *process) disasm(name string, o disasmOptions) error {
	file, err := os.Open(p.path(name))
	if err != nil {
		return fileError("disasm:", name, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return fileError("disasm:", name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("disasm: %s: not a regular file", name)
	}
	image, err := elf.Parse(file, info.Size())
	if err != nil {
		return fmt.Errorf("disasm: %s: %w", name, err)
	}
	l, err := newListing(image, uint64(info.Size()))
	if err == nil {
		err = l.choose(o)
	}
	if err != nil {
		return fmt.Errorf("disasm: %s: %w", name, err)
	}
	if l.odd != nil {
		fmt.Fprintf(p.stderr, "memlab: disasm: %s: symbols: %v; names may be missing\n", name, l.odd)
	}
	out := bufio.NewWriter(p.stdout)
	var to instructionWriter = &textListing{out: out}
	if o.format == formatJSON {
		to = &jsonListing{out: out}
	}
	to.begin(name, image)
	err = l.walk(to, p.ctx.Err)
	switch {
	case p.ctx.Err() != nil:
		return &exitError{codeInterrupted, errors.New("disasm: interrupted")}
	case err != nil && !errors.Is(err, errOutput):
		return fmt.Errorf("disasm: %s: %w", name, err)
	}
	to.end()
	if err := out.Flush(); err != nil {
		return &exitError{codeMachine, fmt.Errorf("standard output: %w", err)}
	}
	return nil
}

// choose keeps what the options name.
func (l *listing) choose(o disasmOptions) error {
	switch {
	case o.symbol != "":
		s, ok := l.symbols.Lookup(o.symbol)
		if !ok {
			return l.noSymbol(o.symbol)
		}
		to := s.Value + s.Size
		if s.Size == 0 {
			to = ^uint64(0)
			if next, ok := l.symbols.Next(s.Value); ok {
				to = next
			}
		}
		if !l.cut(s.Value, to) {
			return fmt.Errorf("symbol %q lies at %#x, where the file has no code%s", o.symbol, s.Value,
				l.places())
		}
		if s.Size == 0 {
			l.parts = l.parts[:1] // a label ends with its section
		}
	case o.span != "":
		from, to, err := l.span(o.span)
		if err != nil {
			return fmt.Errorf("--range %s: %w", o.span, err)
		}
		if !l.cut(from, to) {
			return fmt.Errorf("--range %s: the file has no code there%s", o.span, l.places())
		}
	case len(l.parts) == 0:
		return errors.New("the file has no code")
	}
	return nil
}

// places says where the code is.
func (l *listing) places() string {
	var list []string
	for i := range l.all {
		if i == 4 {
			list = append(list, "…")
			break
		}
		list = append(list, fmt.Sprintf("%#x:%#x", l.all[i].start, l.all[i].end))
	}
	if list == nil {
		return ""
	}
	return "; it has some at " + strings.Join(list, ", ")
}

// suggestAmong bounds among how many symbols a similar one is looked for.
const suggestAmong = 1 << 16

func (l *listing) noSymbol(name string) error {
	all := l.symbols.All()
	var names []string
	for i := range all[:min(len(all), suggestAmong)] {
		if s := &all[i]; s.Defined() && (s.Type == elf.SymFunc || s.Type == elf.SymNoType) {
			names = append(names, s.Name)
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("symbol %q: the file has no symbols", name)
	}
	if near, ok := lab.Suggest(name, names); ok {
		return fmt.Errorf("no symbol %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("no symbol %q", name)
}

// span reads A:B.
func (l *listing) span(text string) (from, to uint64, err error) {
	i := strings.LastIndexByte(text, ':')
	for ; i > 0; i = strings.LastIndexByte(text[:i], ':') { // names may have colons in them
		if from, err = l.address(text[:i]); err != nil {
			continue
		}
		if to, err = l.address(text[i+1:]); err == nil {
			break
		}
	}
	switch {
	case err != nil:
		return 0, 0, err
	case i <= 0:
		return 0, 0, errors.New("write A:B, as 0x401000:0x401040 or main:main+0x20")
	case from >= to:
		return 0, 0, fmt.Errorf("%#x is not before %#x", from, to)
	}
	return from, to, nil
}

// address reads a number, a symbol, or SYMBOL+OFFSET.
func (l *listing) address(text string) (uint64, error) {
	if text != "" && text[0] >= '0' && text[0] <= '9' {
		v, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no address; write 0x401000", text)
		}
		return v, nil
	}
	if s, ok := l.symbols.Lookup(text); ok {
		return s.Value, nil
	}
	if i := strings.LastIndexByte(text, '+'); i > 0 {
		s, ok := l.symbols.Lookup(text[:i])
		off, err := strconv.ParseUint(text[i+1:], 0, 64)
		if ok && err == nil && s.Value+off >= off {
			return s.Value + off, nil
		}
	}
	return 0, l.noSymbol(text)
}
