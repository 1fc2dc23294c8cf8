package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"memlab/loader/elf"
	"memlab/loader/object"
)

// linkOptions are what `memlab elf --link` is told.
type linkOptions struct {
	link                bool
	base, entry, output string
}

// add declares the options.
func (o *linkOptions) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(
		&o.link,
		"link",
		false,
		"link relocatable files in memory and show each relocation as it is applied",
	)
	f.StringVar(
		&o.base,
		"base",
		"",
		"with --link: `ADDRESS` of the first section (default 0x400000, i386 0x8048000)",
	)
	f.StringVar(
		&o.entry,
		"entry",
		"",
		"with --link: the `SYMBOL` at which the program begins (default _start, made if\n"+
			"there is none: it calls the constructors and main)",
	)
	f.StringVar(&o.output, "output", "", "with --link: write the program to `FILE`")
}

// check refuses options that say nothing together.
func (o *linkOptions) check(parts bool) error {
	switch {
	case o.link && parts:
		return errors.New(
			"elf: --link shows the link, not a file's parts: leave out the other options, or write the " +
				"program with --output and look at it",
		)
	case !o.link && (o.base != "" || o.entry != "" || o.output != ""):
		return errors.New("elf: --base, --entry and --output go with --link")
	}
	return nil
}

// link links the files and prints what was done.
func (p *process) link(names []string, o *elfOptions) error {
	opt := object.Options{Entry: o.link.entry}
	if o.link.base != "" {
		base, err := strconv.ParseUint(o.link.base, 0, 64)
		if err != nil {
			return fmt.Errorf("elf: --base %s: not an address; write 0x400000", o.link.base)
		}
		opt.Base = base
	}
	inputs := make([]object.Input, 0, len(names))
	for _, name := range names {
		b, err := os.ReadFile(p.path(name))
		if err != nil {
			return fileError("elf:", name, err)
		}
		inputs = append(inputs, object.Input{Name: name, R: bytes.NewReader(b), Size: int64(len(b))})
	}
	l, err := object.Link(inputs, opt)
	if err != nil {
		return fmt.Errorf("elf: --link: %w", err)
	}
	if o.link.output != "" {
		name := p.path(o.link.output)
		if err := writeWhole(name, l.File()); err != nil {
			return fileError("elf: --output", o.link.output, err)
		}
		if err := os.Chmod(name, 0o755); err != nil { //nolint:gosec // a program
			return fileError("elf: --output", o.link.output, err)
		}
	}
	if o.format == formatJSON {
		return write(p.stdout, toJSON(newLinkDoc(l)))
	}
	return write(p.stdout, linkText(l))
}

// linkDoc is what `memlab elf --link` prints.
type linkDoc struct {
	Bits        int          `json:"bits"`
	Entry       hexNum       `json:"entry"`
	GOT         hexNum       `json:"got"`
	Sections    []linkedPart `json:"sections"`
	Symbols     []linkedName `json:"symbols"`
	Slots       []linkedSlot `json:"slots"`
	Relocations []linkReloc  `json:"relocations"`
}

type linkedPart struct {
	Object  string `json:"object,omitempty"`
	Name    string `json:"name"`
	Address hexNum `json:"address"`
	Size    hexNum `json:"size"`
	Align   hexNum `json:"align"`
	Prot    string `json:"prot"`
	Zeros   bool   `json:"zeros"`
}

type linkedName struct {
	Object  string `json:"object,omitempty"`
	Name    string `json:"name"`
	Address hexNum `json:"address"`
	Size    hexNum `json:"size"`
	Type    string `json:"type"`
	Bind    string `json:"bind"`
}

type linkedSlot struct {
	Address hexNum `json:"address"`
	Symbol  string `json:"symbol"`
	Value   hexNum `json:"value"`
}

type linkReloc struct {
	Object  string `json:"object"`
	Section string `json:"section"`
	Offset  hexNum `json:"offset"`
	Place   hexNum `json:"place"`
	Type    string `json:"type"`
	Symbol  string `json:"symbol"`
	Value   hexNum `json:"value"`
	Addend  int64  `json:"addend"`
	Slot    hexNum `json:"slot,omitempty"`
	Formula string `json:"formula"`
	Terms   string `json:"terms"`
	Size    int    `json:"size"`
	Before  hexNum `json:"before"`
	After   hexNum `json:"after"`
}

func newLinkDoc(l *object.Linked) *linkDoc {
	d := &linkDoc{
		Bits: l.Class.Bits(), Entry: hexNum(l.Entry), GOT: hexNum(l.GOT),
		Sections: []linkedPart{}, Symbols: []linkedName{}, Slots: []linkedSlot{}, Relocations: []linkReloc{},
	}
	for _, s := range l.Sections {
		d.Sections = append(d.Sections, linkedPart{
			s.Object, s.Name, hexNum(s.Addr), hexNum(s.Size), hexNum(s.Align), s.Prot, s.Nobits,
		})
	}
	for _, s := range l.Symbols {
		d.Symbols = append(d.Symbols, linkedName{
			s.Object, s.Name, hexNum(s.Addr), hexNum(s.Size), elf.SymTypeName(s.Type), elf.BindName(s.Bind),
		})
	}
	for _, s := range l.Slots {
		d.Slots = append(d.Slots, linkedSlot{hexNum(s.Addr), s.Symbol, hexNum(s.Value)})
	}
	for i := range l.Relocs {
		r := &l.Relocs[i]
		d.Relocations = append(d.Relocations, linkReloc{
			r.Object, r.Section, hexNum(r.Offset), hexNum(r.Place), elf.RelocName(l.Class, r.Type), r.Symbol,
			hexNum(r.Value),
			r.Addend, hexNum(r.Slot), r.Formula, l.Terms(r), r.Size, hexNum(r.Before), hexNum(r.After),
		})
	}
	return d
}

// linkText is the link for people.
func linkText(l *object.Linked) string {
	var b strings.Builder
	width := 2 * l.Class.Bits() / 8
	address := func(v uint64) string { return fmt.Sprintf("%0*x", width, v) }
	from := func(name string) string {
		if name == "" {
			return "(memlab)"
		}
		return name
	}
	fmt.Fprintf(&b, "Sections (%d), entry %#x\n", len(l.Sections), l.Entry)
	rows := [][]string{{addressColumn, "Size", "Prot", "Align", "Section", "Object"}}
	for _, s := range l.Sections {
		name := s.Name
		if s.Nobits {
			name += " (zeros)"
		}
		rows = append(rows, []string{
			address(s.Addr), fmt.Sprintf("%#x", s.Size), s.Prot, strconv.FormatUint(s.Align, 10), name,
			from(s.Object),
		})
	}
	align(&b, rows)
	fmt.Fprintf(&b, "\nSymbols (%d)\n", len(l.Symbols))
	rows = [][]string{{addressColumn, "Size", typeColumn, "Bind", "Name", "Object"}}
	for _, s := range l.Symbols {
		rows = append(rows, []string{
			address(s.Addr), strconv.FormatUint(s.Size, 10), elf.SymTypeName(s.Type), elf.BindName(s.Bind),
			s.Name, from(s.Object),
		})
	}
	align(&b, rows)
	if len(l.Slots) > 0 {
		fmt.Fprintf(&b, "\nGlobal offset table at %#x (%d slots)\n", l.GOT, len(l.Slots))
		rows = [][]string{{addressColumn, "Value", "Symbol"}}
		for _, s := range l.Slots {
			rows = append(rows, []string{address(s.Addr), address(s.Value), s.Symbol})
		}
		align(&b, rows)
	}
	fmt.Fprintf(&b, "\nRelocations applied (%d)\n", len(l.Relocs))
	rows = [][]string{{"Place", "In", typeColumn, "Symbol", "Formula", "Is", "Before", "After"}}
	for i := range l.Relocs {
		r := &l.Relocs[i]
		rows = append(rows, []string{
			address(r.Place), fmt.Sprintf("%s:%s+%#x", r.Object, r.Section, r.Offset), elf.RelocName(l.Class,
				r.Type), r.Symbol,
			r.Formula, l.Terms(r), fmt.Sprintf("%0*x", 2*r.Size, r.Before), fmt.Sprintf("%0*x", 2*r.Size,
				r.After),
		})
	}
	align(&b, rows)
	return b.String()
}

// align writes rows in columns, two blanks apart.
func align(b *strings.Builder, rows [][]string) {
	const most = 60 // a longer cell moves only its own row
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			if len(cell) <= most {
				width[i] = max(width[i], len(cell))
			}
		}
	}
	for _, r := range rows {
		var line strings.Builder
		for i, cell := range r {
			fmt.Fprintf(&line, "  %-*s", width[i], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// Heads of columns.
const (
	addressColumn = "Address"
	typeColumn    = "Type"
)
