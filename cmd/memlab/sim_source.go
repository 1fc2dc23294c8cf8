package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"memlab/lab"
	traces "memlab/paging/sim/trace"
)

// traceOptions say where a trace is and how it is to be read.
type traceOptions struct {
	name     string
	format   string
	columns  string
	pageSize byteSize
}

// add declares the options, --trace among them.
func (o *traceOptions) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.name, "trace", "", "the trace is in `FILE`")
	o.addForm(cmd)
}

// addForm declares all but --trace.
func (o *traceOptions) addForm(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.format, "trace-format", "", "`FORMAT` of the trace (default: by its name and content)")
	f.StringVar(&o.columns, "columns", "",
		"`COLUMNS` of a csv trace, from 1, as time-col=1,obj-id-col=2,delimiter=; (default: 1, 2, 3)")
	f.Var(&o.pageSize, "page-size",
		"`BYTES` of a page (default: the trace's own, or 4096 for byte addresses)")
	_ = cmd.RegisterFlagCompletionFunc("trace-format", // fails only for an option that does not exist
		cobra.FixedCompletions(traces.Names(), cobra.ShellCompDirectiveNoFileComp))
}

// traceSource begins a trace, or a row of accesses, as often as it is asked.
type traceSource struct {
	p    *process
	o    *traceOptions
	row  []traces.Access // instead of a file
	info traces.Info     // of the file opened last
	file *os.File
}

// open begins it as pages.
func (s *traceSource) open() (*traces.Pager, error) {
	if s.o == nil {
		pager, err := traces.NewPager(traces.Row(s.row), traces.Info{}, 0)
		for _, page := range s.sorted() {
			pager.Know(page, 0)
		}
		return pager, err
	}
	r, err := s.reader()
	if err != nil {
		return nil, err
	}
	pager, err := traces.NewPager(r, s.info, uint64(s.o.pageSize))
	if err != nil {
		return nil, fmt.Errorf("--page-size: %w", err)
	}
	return pager, nil
}

// sorted are the pages of row in ascending order, in which they are numbered, as memlab batch does.
func (s *traceSource) sorted() []uint64 {
	pages := make([]uint64, len(s.row))
	for i := range s.row {
		pages[i] = s.row[i].Addr
	}
	slices.Sort(pages)
	return slices.Compact(pages)
}

// reader begins the file.
func (s *traceSource) reader() (traces.Reader, error) {
	s.Close()
	o := traces.Options{Format: s.o.format, Name: s.o.name}
	if s.o.columns != "" {
		c, err := traces.ParseColumns(s.o.columns)
		if err != nil {
			return nil, fmt.Errorf("--columns: %w", err)
		}
		o.Columns = &c
		if o.Format == "" {
			o.Format = formatCSV
		}
	}
	f, err := os.Open(s.p.path(s.o.name))
	if err != nil {
		return nil, fileError("trace", s.o.name, err)
	}
	s.file = f
	r, info, err := traces.Open(f, o)
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", s.o.name, err)
	}
	s.info = info
	return &named{s.o.name, r}, nil
}

// Close closes the file.
func (s *traceSource) Close() {
	if s.file != nil {
		_ = s.file.Close() // was only read
		s.file = nil
	}
}

// named puts the file's name before what is wrong with it.
type named struct {
	name string
	from traces.Reader
}

func (r *named) Read(batch []traces.Access) (int, error) {
	n, err := r.from.Read(batch)
	if err != nil && err != io.EOF { //nolint:errorlint // the bare io.EOF is the end, and goes on as it is
		err = fmt.Errorf("trace %s: %w", r.name, err)
	}
	return n, err
}

// numbersFlag is an option for a list of numbers with commas between them.
type numbersFlag struct{ to *[]uint64 }

func (f numbersFlag) String() string { return "" }

// Type is the value's name in help texts.
func (f numbersFlag) Type() string { return listUnit }

// Set reads the option.
func (f numbersFlag) Set(text string) error {
	list := []uint64{}
	for word := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseUint(strings.TrimSpace(word), 10, 64)
		if err != nil {
			return fmt.Errorf("%q: must be a number of at least 0", word)
		}
		list = append(list, v)
	}
	*f.to = list
	return nil
}

// Kinds of values in help texts.
const (
	listUnit  = "LIST"
	unitBytes = "bytes"
)

// byteSize is an option for a size; 0: not given.
type byteSize uint64

func (s *byteSize) String() string { return "" }

// Type is the value's name in help texts.
func (s *byteSize) Type() string { return unitBytes }

// Set reads 4096, 4K or 4KiB.
func (s *byteSize) Set(text string) error {
	n, err := lab.ParseSize(text)
	if err == nil && n == 0 {
		err = fmt.Errorf("%q: must be at least 1", text)
	}
	*s = byteSize(n)
	return err
}
