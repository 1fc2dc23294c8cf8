package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"memlab/loader/elf"
)

// elfOptions say which parts of a file are shown.
type elfOptions struct {
	header, segments, sections, symbols, relocs, dynamic, notes, layout bool
	format                                                              string
	link                                                                linkOptions
}

// newELF is the verb that shows what is in an ELF file.
func newELF(p *process) *cobra.Command {
	var o elfOptions
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use: "elf FILE [--header] [--segments] [--sections] [--symbols] [--relocs] [--dynamic] [--notes] " +
			"[--map] [--format text|json] | --link FILE... [--base ADDRESS] [--entry SYMBOL] [--output " +
			"FILE] [--format text|json]",
		Short: "show an ELF file's parts, and how its bytes come into memory",
		Long: "Prints the parts of an ELF file for x86-64 or i386: a program, a shared object, or a\n" +
			"relocatable file. Without an option all but the map are printed. The columns are those of\n" +
			"readelf -W, so that the two can be laid side by side.\n\n" +
			"--map draws which pages of the file are mapped where: sections, segments and areas beside\n" +
			"each other, with pages that are mapped twice, bytes that are cleared and the bss marked.\n" +
			"It takes a PE file too, for comparison.\n\n" +
			"--link puts relocatable files together in memory: it places their sections, resolves their\n" +
			"symbols against each other, and shows each relocation as it is applied: the place, the\n" +
			"formula with letters and with numbers, the bytes before and after.",
		Example: "  memlab elf ./prog --header --segments\n" +
			"  memlab elf ./prog --map\n" +
			"  memlab elf libc.so.6 --symbols --format json\n" +
			"  memlab elf --link main.o sum.o --output prog",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.link.link && len(args) > 0 {
				return nil
			}
			return wantArgs(1, "FILE")(cmd, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	for _, part := range []struct {
		to          *bool
		name, usage string
	}{
		{&o.header, "header", "the ELF header"},
		{&o.segments, "segments", "the program headers, and which sections lie in which segment"},
		{&o.sections, "sections", "the section headers"},
		{&o.symbols, "symbols", "the symbol tables"},
		{&o.relocs, "relocs", "the relocations"},
		{&o.dynamic, "dynamic", "the dynamic section"},
		{&o.notes, "notes", "the notes"},
		{&o.layout, "map", "file, segments and memory side by side, page by page"},
	} {
		f.BoolVar(part.to, part.name, false, part.usage)
	}
	o.link.add(cmd)
	f.StringVar(&o.format, "format", formatText, "`text` or json")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := checkFormat(o.format); err != nil {
			return err
		}
		parts := []bool{o.header, o.segments, o.sections, o.symbols, o.relocs, o.dynamic, o.notes, o.layout}
		if err := o.link.check(slices.Contains(parts, true)); err != nil {
			return err
		}
		if o.link.link {
			return p.link(args, &o)
		}
		if !slices.Contains(parts, true) {
			o.header, o.segments, o.sections, o.symbols = true, true, true, true
			o.relocs, o.dynamic, o.notes = true, true, true
		}
		return p.elf(args[0], &o)
	}
	return cmd
}

// elf prints a file's parts.
func (p *process) elf(name string, o *elfOptions) error {
	file, err := os.Open(p.path(name))
	if err != nil {
		return fileError("elf:", name, err)
	}
	defer func() { _ = file.Close() }() // was only read
	info, err := file.Stat()
	switch {
	case err != nil:
		return fileError("elf:", name, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("elf: %s: not a regular file", name)
	}
	var out string
	if o.layout && isPE(file) {
		out, err = peMap(file, o.format)
	} else {
		var doc *elfDoc
		if doc, err = readELF(file, info.Size(), o); err == nil {
			out = doc.text(o)
			if o.format == formatJSON {
				out = toJSON(doc)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("elf: %s: %w", name, err)
	}
	return write(p.stdout, out)
}

// elfDoc is what is shown of a file; parts that were not asked for are nil.
type elfDoc struct {
	Header   *elfHeader   `json:"header,omitempty"`
	Sections []elfSection `json:"sections,omitempty"`
	Segments []elfSegment `json:"segments,omitempty"`
	Dynamic  *elfDynamic  `json:"dynamic,omitempty"`
	Relocs   []elfRelocs  `json:"relocations,omitempty"`
	Symbols  []elfSymbols `json:"symbols,omitempty"`
	Notes    []elfNotes   `json:"notes,omitempty"`
	Map      *elfMap      `json:"map,omitempty"`

	class elf.Class
}

// Bounds on what is compared pair by pair.
const (
	maxPairs  = 1 << 22 // segments times sections
	maxMapped = 1 << 10 // segments of a map
)

// readELF reads the parts that are asked for.
func readELF(r io.ReaderAt, size int64, o *elfOptions) (*elfDoc, error) {
	f, err := elf.Parse(r, size)
	if err != nil {
		return nil, err
	}
	sections, err := f.Sections()
	if err != nil {
		return nil, err
	}
	if len(f.Progs)*len(sections) > maxPairs || o.layout && len(f.Progs) > maxMapped {
		return nil, fmt.Errorf("%d segments and %d sections are too many to compare", len(f.Progs),
			len(sections))
	}
	doc := &elfDoc{class: f.Class}
	if o.header {
		doc.Header = headerOf(f)
	}
	if o.sections {
		doc.Sections = sectionsOf(sections)
	}
	if o.segments {
		doc.Segments = segmentsOf(f, sections)
	}
	if o.dynamic {
		if doc.Dynamic, err = dynamicOf(f, sections); err != nil {
			return nil, err
		}
	}
	tables, err := f.SymbolTables(sections)
	if err != nil && (o.relocs || o.symbols) {
		return nil, err
	}
	if o.relocs {
		if doc.Relocs, err = relocsOf(f, sections, tables); err != nil {
			return nil, err
		}
	}
	if o.symbols {
		doc.Symbols = symbolsOf(f, tables, sections)
	}
	if o.notes {
		if doc.Notes, err = notesOf(f, sections); err != nil {
			return nil, err
		}
	}
	if o.layout {
		if len(f.Progs) == 0 {
			return nil, errors.New("--map: the file has no segments: nothing of it is mapped")
		}
		doc.Map = mapOf(f, sections, uint64(size))
	}
	return doc, nil
}
