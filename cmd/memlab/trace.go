package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	traces "memlab/paging/sim/trace"
)

// newTrace is the verb for traces.
func newTrace(p *process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "record, convert and look at memory traces",
		Long: "Records the references of a running program, converts traces between formats, and tells\n" +
			"what is in one. memlab sim simulates replacement policies on them.",
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("trace: unknown word %q; must be one of record, convert, info, cat", args[0])
		}
		return cmd.Help()
	}
	cmd.AddCommand(newTraceRecord(p), newTraceConvert(p), newTraceInfo(p), newTraceCat(p))
	return cmd
}

// newTraceConvert is `memlab trace convert`.
func newTraceConvert(p *process) *cobra.Command {
	var in traceOptions
	var format string
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "convert [options] IN OUT",
		Short: "write a trace in another format",
		Long: "Writes the trace IN to OUT in another format, told by OUT's name or --format; a name that\n" +
			"ends in .gz is compressed. With --page-size, byte addresses become page numbers of that\n" +
			"size, or page numbers the addresses of their pages' first bytes, as the format needs.\n\n" +
			"Formats that can be written: " + joined(traces.WriterNames()) + ".",
		Example: "  memlab trace convert lackey.out run.mlt.gz\n" +
			"  memlab trace convert run.mlt pages.u64\n" +
			"  memlab trace convert --page-size 4096 run.lackey pages.csv",
		Args: wantArgs(2, "IN and OUT"),
	}
	in.addForm(cmd)
	cmd.Flags().StringVar(&format, "format", "", "`FORMAT` of OUT (default: by its name)")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		in.name = args[0]
		return p.convert(&in, args[1], format)
	}
	return cmd
}

// convert writes the trace to the file out.
func (p *process) convert(in *traceOptions, out, format string) error {
	if format == "" {
		var ok bool
		if format, ok = traces.ByName(out); !ok {
			return fmt.Errorf("trace convert: %s: the name tells no format: give --format, one of %s",
				out, joined(traces.WriterNames()))
		}
	}
	src := &traceSource{p: p, o: in}
	defer src.Close()
	r, err := src.reader()
	if err != nil {
		return err
	}
	unit := uint64(in.pageSize)
	if unit == 0 || !traces.HoldsPages(format) && src.info.PageSize == 1 {
		unit = src.info.PageSize
	}
	from, err := traces.Repaged(r, src.info, unit)
	if err != nil {
		return fmt.Errorf("--page-size: %w", err)
	}
	return p.writeTrace(out, format, unit, func(w traces.Writer) error { return traces.Copy(w, from) })
}

// newTraceCat is `memlab trace cat`.
func newTraceCat(p *process) *cobra.Command {
	var in traceOptions
	var first uint64
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "cat [options] FILE",
		Short: "print a trace as text, a line for each access",
		Long: "Prints position, kind (r, w, f for a fetch, m for a load and store, gone for a page that\n" +
			"is unmapped), address or page number in hexadecimal, size in bytes, and the address space\n" +
			"where the trace knows it. A + marks the first half of an access to two pages.",
		Example: "  memlab trace cat --first 20 run.mlt",
		Args:    wantArgs(1, "FILE"),
	}
	in.addForm(cmd)
	cmd.Flags().Uint64Var(&first, "first", 0, "only the first `N` entries (default: all)")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		in.name = args[0]
		src := &traceSource{p: p, o: &in}
		defer src.Close()
		r, err := src.reader()
		if err != nil {
			return err
		}
		if err := traces.Print(p.stdout, r, first); err != nil {
			return traceFailed("cat", err)
		}
		return nil
	}
	return cmd
}

// traceFailed is an error that is the machine's, unless the trace is to blame.
func traceFailed(verb string, err error) error {
	if _, ok := errors.AsType[*traces.Error](err); ok {
		return err
	}
	return &exitError{codeMachine, fmt.Errorf("trace %s: %w", verb, err)}
}
