package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"memlab/paging"
	"memlab/paging/event"
	traces "memlab/paging/sim/trace"
	"memlab/vm"
)

// recordOptions are what `memlab trace record` is told beyond what exec is.
type recordOptions struct {
	out    string
	format string
	bytes  bool
}

// newTraceRecord is `memlab trace record`.
func newTraceRecord(p *process) *cobra.Command {
	var o execOptions
	var r recordOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "record [-o FILE] [--format F] [options of exec] [--] PROG [ARG...]",
		Short: "run a program and record its references",
		Long: "Runs a program as memlab exec does and writes its references to a file, which appears\n" +
			"when the run is over.\n\n" +
			"Formats of page numbers (memlab, u64, csv, txt, oracleGeneral) have every reference to a\n" +
			"page that the replacement policy of a live run counts: one for each instruction fetched\n" +
			"and each access to data, one for each page that it touches, the kernel's accesses on the\n" +
			"program's behalf among them; simulating them gives the counts of a live run. Formats of\n" +
			"byte addresses (lackey, din, memsim, and memlab with --bytes) have the program's own\n" +
			"accesses only, as valgrind's lackey does. memlab's own format also has address spaces,\n" +
			"and which pages are unmapped.",
		Example: "  memlab trace record -o sort.mlt -- testdata/programs/sort 64\n" +
			"  memlab trace record --format lackey -o sort.lackey.gz -- testdata/programs/sort 64\n" +
			"  memlab trace record --page-size 1024 --format u64 -o sort.u64 -- testdata/programs/sort 64",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("trace record: missing PROG; " +
					"usage: memlab trace record [options] [--] PROG [ARG...]")
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&r.out, "out", "o", "trace.mlt", "write the trace to `FILE`; .gz at its end compresses it")
	f.StringVar(&r.format, "format", "",
		"`FORMAT`: "+joined(traces.WriterNames())+" (default: by FILE's name)")
	f.BoolVar(&r.bytes, "bytes", false, "byte addresses, where the format can have both (memlab)")
	o.add(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		o.argv = args
		return p.record(&o, &r)
	}
	return cmd
}

// record runs the program and writes its trace.
func (p *process) record(o *execOptions, r *recordOptions) error {
	c, _, err := o.config.load(p)
	if err != nil {
		return err
	}
	if r.format == "" {
		var ok bool
		if r.format, ok = traces.ByName(r.out); !ok {
			return fmt.Errorf("trace record: %s: the name tells no format: give --format, one of %s",
				r.out, joined(traces.WriterNames()))
		}
	}
	own := r.format == traces.FormatOwn
	pages := traces.HoldsPages(r.format) || own && !r.bytes
	if pages && r.bytes {
		return fmt.Errorf("trace record: --bytes: format %s holds page numbers only", r.format)
	}
	if pages && c.Machine.Allocation.Scheme != "paged" {
		return fmt.Errorf("trace record: with machine.allocation.scheme %s there are no pages: "+
			"record byte addresses, with --bytes or --format lackey", c.Machine.Allocation.Scheme)
	}
	unit := uint64(1)
	if pages {
		unit = c.Machine.Memory.PageSize
	}
	var ran error
	err = p.writeTrace(r.out, r.format, unit, func(w traces.Writer) error {
		t := tracer{to: w}
		if pages {
			o.watch = t.watchPages
		} else {
			o.watch = t.watchBytes
		}
		ran = p.exec(*o)
		if t.flush != nil {
			t.flush()
		}
		if ran != nil && !finished(ran) {
			return ran
		}
		return t.err
	})
	if err == nil {
		err = ran
	}
	return err
}

// finished reports whether a run that returned err came to the program's end: then the trace is good.
func finished(err error) bool {
	var exit *exitError
	return errors.As(err, &exit) && exit.err == nil
}

// tracer writes the references of a machine.
type tracer struct {
	to    traces.Writer
	batch []traces.Access
	flush func()
	insn  uint64 // that made the access recorded last
	err   error
}

// watchPages has the references that policies count.
func (t *tracer) watchPages(m *vm.Machine) {
	m.Record(func(refs []paging.Reference) {
		t.batch = asAccesses(t.batch[:0], refs)
		t.write()
	})
	t.flush = m.FlushRecord
}

func (t *tracer) write() {
	if t.err == nil {
		t.err = t.to.Write(t.batch)
	}
	t.batch = t.batch[:0]
}

// watchBytes has the accesses of instructions.
func (t *tracer) watchBytes(m *vm.Machine) {
	m.Bus().Observe(event.MaskOf(event.MemFetch, event.MemRead, event.MemWrite), t.observe)
	t.flush = func() { t.write() }
}

// observe takes a batch of events. A write behind a read of the same bytes by the same instruction makes the
// two one, as lackey has it.
func (t *tracer) observe(evs []event.Event) {
	for i := range evs {
		ev := &evs[i]
		if ev.Flags&event.Kernel != 0 {
			continue
		}
		if len(t.batch) >= 1<<12 && ev.Kind == event.MemFetch {
			t.write()
		}
		a := traces.Access{Addr: uint64(ev.VA), Size: uint32(max(ev.Size, 1)), Space: ev.PID}
		switch ev.Kind {
		case event.MemFetch:
			a.Kind = traces.Fetch
		case event.MemWrite:
			a.Kind = traces.Write
			if n := len(t.batch) - 1; n >= 0 && t.insn == ev.Insn && t.batch[n].Kind == traces.Read &&
				t.batch[n].Addr == a.Addr && t.batch[n].Size == a.Size && t.batch[n].Space == a.Space {
				t.batch[n].Kind = traces.Modify
				continue
			}
		default:
		}
		t.insn = ev.Insn
		t.batch = append(t.batch, a)
	}
}
