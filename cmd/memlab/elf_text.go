package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"memlab/loader/elf"
)

// text is the document for people: the columns of readelf -W.
func (d *elfDoc) text(o *elfOptions) string {
	var b strings.Builder
	part := func(title string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(title + "\n")
	}
	if d.Header != nil {
		part("ELF header")
		d.Header.text(&b)
	}
	if o.sections {
		part(fmt.Sprintf("Sections (%d)", len(d.Sections)))
		d.sectionRows(&b)
	}
	if o.segments {
		part(fmt.Sprintf("Segments (%d)", len(d.Segments)))
		d.segmentRows(&b)
	}
	if d.Dynamic != nil {
		part(fmt.Sprintf("Dynamic section at offset %#x (%d entries)", uint64(d.Dynamic.Off),
			len(d.Dynamic.Entries)))
		d.dynamicRows(&b)
	}
	for i := range d.Relocs {
		r := &d.Relocs[i]
		n := uint64(len(r.Relocs))
		if r.entries > 0 {
			n = r.entries
		}
		part(fmt.Sprintf("Relocations %s at offset %#x (%d entries)", r.Section, uint64(r.Off), n))
		d.relocRows(&b, r)
	}
	for i := range d.Symbols {
		part(fmt.Sprintf("Symbols %s (%d)", d.Symbols[i].Table, len(d.Symbols[i].Symbols)))
		d.symbolRows(&b, d.Symbols[i].Symbols)
	}
	for i := range d.Notes {
		n := &d.Notes[i]
		if n.Section != "" {
			part("Notes " + n.Section)
		} else {
			part(fmt.Sprintf("Notes at offset %#x", uint64(n.Off)))
		}
		b.WriteString("  Owner                Data size  Type\n")
		for _, e := range n.Notes {
			fmt.Fprintf(&b, "  %-20s 0x%08x %s %s\n", e.Owner, uint64(e.Size), e.Type, e.Text)
		}
	}
	if d.Map != nil {
		part("Map")
		d.Map.text(&b)
	}
	return b.String()
}

func (h *elfHeader) text(b *strings.Builder) {
	machine := "Advanced Micro Devices X86-64"
	if h.Class == 32 {
		machine = "Intel 80386"
	}
	for _, row := range [][2]string{
		{"Class", fmt.Sprintf("ELF%d", h.Class)},
		{typeColumn, h.Type},
		{"Machine", machine},
		{"Version", fmt.Sprintf("%#x", h.Version)},
		{"Entry point address", fmt.Sprintf("%#x", uint64(h.Entry))},
		{"Start of program headers", fmt.Sprintf("%d (bytes into file)", h.PhOff)},
		{"Start of section headers", fmt.Sprintf("%d (bytes into file)", h.ShOff)},
		{"Flags", fmt.Sprintf("%#x", uint64(h.Flags))},
		{"Size of this header", fmt.Sprintf("%d (bytes)", h.EhSize)},
		{"Size of program headers", fmt.Sprintf("%d (bytes)", h.PhEnt)},
		{"Number of program headers", strconv.FormatUint(uint64(h.PhNum), 10)},
		{"Size of section headers", fmt.Sprintf("%d (bytes)", h.ShEnt)},
		{"Number of section headers", strconv.FormatUint(uint64(h.ShNum), 10)},
		{"Section header string table index", strconv.FormatUint(uint64(h.ShStrNdx), 10)},
	} {
		fmt.Fprintf(b, "  %-34s %s\n", row[0]+":", row[1])
	}
}

// width is how many digits an address has.
func (d *elfDoc) width() int { return d.class.Bits() / 4 }

func (d *elfDoc) sectionRows(b *strings.Builder) {
	w := d.width()
	fmt.Fprintf(b, "  [Nr] %-18s %-15s %-*s Off    Size   ES Flg Lk Inf Al\n", "Name", typeColumn, w,
		addressColumn)
	for i := range d.Sections {
		s := &d.Sections[i]
		fmt.Fprintf(b, "  [%2d] %-18s %-15s %0*x %06x %06x %02x %3s %2d %3d %2d\n", i, s.Name, s.Type, w,
			uint64(s.Addr), uint64(s.Off), uint64(s.Size), s.EntSize, s.Flags, s.Link, s.Info, s.Align)
	}
}

func (d *elfDoc) segmentRows(b *strings.Builder) {
	w := d.width()
	fmt.Fprintf(b, "  %-14s Offset   %-*s %-*s FileSiz  MemSiz   Flg Align\n", typeColumn, w+2, "VirtAddr",
		w+2,
		"PhysAddr")
	for i := range d.Segments {
		s := &d.Segments[i]
		flags := strings.NewReplacer("r", "R", "w", "W", "x", "E", "-", " ").Replace(s.Flags)
		fmt.Fprintf(b, "  %-14s 0x%06x 0x%0*x 0x%0*x 0x%0*x 0x%0*x %s %s\n", s.Type, uint64(s.Off), w,
			uint64(s.VAddr), w, uint64(s.PAddr), w/16+5, uint64(s.FileSz), w/16+5, uint64(s.MemSz), flags,
			alignText(uint64(s.Align)))
		if s.Interp != "" {
			fmt.Fprintf(b, "      [Requesting program interpreter: %s]\n", s.Interp)
		}
	}
	named := func(s elfSegment) bool { return len(s.Sections) > 0 }
	if !slices.ContainsFunc(d.Segments, named) {
		return
	}
	b.WriteString("  Sections in each segment\n")
	for i := range d.Segments {
		fmt.Fprintf(b, "   %02d     %s\n", i, strings.Join(d.Segments[i].Sections, " "))
	}
}

func (d *elfDoc) dynamicRows(b *strings.Builder) {
	for _, e := range d.Dynamic.Entries {
		line := fmt.Sprintf(" 0x%0*x %-20s %s", d.width(), uint64(e.Tag), "("+e.Name+")", dynText(&e))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// alignText is a segment's alignment as C's %#lx writes it: 0 has no prefix.
func alignText(v uint64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", v)
}

// dynText is the value of a dynamic entry in words.
func dynText(e *dynEntry) string {
	v := uint64(e.Value)
	switch e.Name {
	case "NEEDED":
		return "Shared library: [" + e.Text + "]"
	case "SONAME":
		return "Library soname: [" + e.Text + "]"
	case "RPATH", "RUNPATH":
		return "Library " + strings.ToLower(e.Name) + ": [" + e.Text + "]"
	case "PLTRELSZ", "RELASZ", "RELSZ", "STRSZ", "RELAENT", "RELENT", "SYMENT", "RELRSZ", "RELRENT",
		"INIT_ARRAYSZ",
		"FINI_ARRAYSZ", "PREINIT_ARRAYSZ":
		return fmt.Sprintf("%d (bytes)", v)
	case "VERDEFNUM", "VERNEEDNUM", "RELACOUNT", "RELCOUNT":
		return strconv.FormatUint(v, 10)
	case "AUXILIARY", "FILTER":
		return e.Name[:1] + strings.ToLower(e.Name[1:]) + " library: [" + e.Text + "]"
	case "BIND_NOW": // it says all by being there
		if v == 0 {
			return ""
		}
	case "PLTREL":
		return elf.DynName(v)
	case "FLAGS":
		return flagWords(v, "ORIGIN", "SYMBOLIC", "TEXTREL", "BIND_NOW", "STATIC_TLS")
	case "FLAGS_1":
		return "Flags: " + flagWords(v, "NOW", "GLOBAL", "GROUP", "NODELETE", "LOADFLTR", "INITFIRST",
			"NOOPEN",
			"ORIGIN", "DIRECT", "TRANS", "INTERPOSE", "NODEFLIB", "NODUMP", "CONFALT", "ENDFILTEE",
			"DISPRELDNE",
			"DISPRELPND", "NODIRECT", "IGNMULDEF", "NOKSYMS", "NOHDR", "EDITED", "NORELOC", "SYMINTPOSE",
			"GLOBAUDIT", "SINGLETON", "STUB", "PIE")
	}
	return fmt.Sprintf("%#x", v)
}

// flagWords are the names of the bits that are set; the rest as a number.
func flagWords(v uint64, names ...string) string {
	var words []string
	for i, n := range names {
		if v>>i&1 != 0 {
			words = append(words, n)
		}
	}
	if rest := v >> len(names) << len(names); rest != 0 {
		words = append(words, strconv.FormatUint(rest, 16))
	}
	return strings.Join(words, " ")
}

func (d *elfDoc) relocRows(b *strings.Builder, r *elfRelocs) {
	w := d.width()
	for _, va := range r.Relr {
		fmt.Fprintf(b, "%0*x\n", w, uint64(va))
	}
	for i := range r.Relocs {
		e := &r.Relocs[i]
		fmt.Fprintf(b, "%0*x  %0*x %-22s", w, uint64(e.Off), w, uint64(e.Info), e.Type)
		name := e.Symbol + e.Version
		switch {
		case e.Value != nil && e.ifunc:
			fmt.Fprintf(b, " %s() %s", name, name)
		case e.Value != nil:
			fmt.Fprintf(b, " %0*x %s", w, uint64(*e.Value), name)
		}
		if e.Addend != nil {
			b.WriteString(addendText(*e.Addend, e.Value != nil))
		}
		b.WriteByte('\n')
	}
}

// addendText is an addend, behind a symbol with its sign.
func addendText(a int64, behind bool) string {
	sign := ""
	switch {
	case behind && a < 0:
		sign = "- "
	case behind:
		sign = "+ "
	case a < 0:
		sign = "-"
	}
	n := uint64(a)
	if a < 0 {
		n = -n
	}
	return fmt.Sprintf(" %s%x", sign, n)
}

// bigSize is the size from which on symbols show it in hexadecimal.
const bigSize = 100000

func (d *elfDoc) symbolRows(b *strings.Builder, symbols []elfSymbol) {
	w := d.width()
	fmt.Fprintf(b, "   Num:    %-*s  Size Type    Bind   Vis       Ndx Name\n", w, "Value")
	for i := range symbols {
		s := &symbols[i]
		size := fmt.Sprintf("%5d", s.Size)
		if s.Size >= bigSize {
			size = fmt.Sprintf("%#x", s.Size)
		}
		needed := ""
		if s.Needed != 0 {
			needed = fmt.Sprintf(" (%d)", s.Needed)
		}
		fmt.Fprintf(b, "%6d: %0*x %s %-7s %-6s %-9s %3s %s%s%s\n", i, w, uint64(s.Value), size, s.Type,
			s.Bind,
			s.Visibility, s.Section, s.Name, s.Version, needed)
	}
}
