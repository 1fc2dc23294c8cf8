package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"memlab/loader/elf"
	"memlab/paging/addr"
)

// elfMap is how the bytes of a file come into memory: the PT_LOADs cut where their pages begin to be shared,
// cleared or empty. Addresses are the file's own; of an ET_DYN add the load bias.
type elfMap struct {
	Page uint64   `json:"page_size"`
	Rows []mapRow `json:"rows"`
}

// mapRow is a run of pages that all have the same story, or a part of the file that is not mapped.
type mapRow struct {
	FileFrom hexNum   `json:"file_from"`
	FileTo   hexNum   `json:"file_to"` // as FileFrom: no bytes of the file
	Segment  int      `json:"segment"` // -1: none
	From     hexNum   `json:"from"`
	To       hexNum   `json:"to"`
	Prot     string   `json:"prot"` // of the pages
	Area     int      `json:"area"` // number of the area that they are in, from 1; 0: not mapped
	Sections []string `json:"sections"`
	Notes    []string `json:"notes,omitempty"`
}

// filePages is what of the file a PT_LOAD maps: whole pages.
type filePages struct {
	segment  int
	from, to uint64 // in the file
	va       uint64 // where from goes
}

// mapOf works out the map (fs/binfmt_elf.c, elf_load).
func mapOf(f *elf.File, sections []elf.Section, size uint64) *elfMap {
	const page = addr.ABIPage
	m := &elfMap{Page: page}
	var parts []filePages
	for i := range f.Progs {
		p := &f.Progs[i]
		if p.Type == elf.ProgLoad && p.FileSz > 0 {
			in := p.VAddr % page
			end := p.FileSz + in
			parts = append(parts, filePages{i, p.Off - in, p.Off - in + (end+page-1)&^(page-1), p.VAddr - in})
		}
	}
	for i := range f.Progs {
		if p := &f.Progs[i]; p.Type == elf.ProgLoad {
			m.segment(f, sections, parts, i)
		}
	}
	m.number()
	m.unmapped(sections, parts, size)
	return m
}

// segment adds the rows of PT_LOAD i.
func (m *elfMap) segment(f *elf.File, sections []elf.Section, parts []filePages, i int) {
	const page = addr.ABIPage
	p := &f.Progs[i]
	fileEnd := p.VAddr + p.FileSz
	bss := fileEnd
	for _, own := range parts {
		if own.segment != i {
			continue
		}
		cuts := []uint64{own.from, own.to}
		for _, other := range parts {
			cuts = append(cuts, other.from, other.to)
		}
		if p.MemSz > p.FileSz && fileEnd%page != 0 {
			cuts = append(cuts, own.to-page) // the page that is cleared behind the file's bytes
		}
		slices.Sort(cuts)
		cuts = slices.Compact(cuts)
		for j := 0; j+1 < len(cuts); j++ {
			if from, to := cuts[j], cuts[j+1]; from >= own.from && to <= own.to {
				m.Rows = append(m.Rows, m.fileRow(p, sections, parts, own, from, to))
			}
		}
		bss = own.va + own.to - own.from
	}
	end := (p.VAddr + p.MemSz + page - 1) &^ (page - 1)
	if start := bss &^ (page - 1); end > start && p.MemSz > p.FileSz {
		prot := "rw" + progFlags(p.Flags)[2:]
		m.Rows = append(m.Rows, mapRow{
			Segment: i, From: hexNum(start), To: hexNum(end), Prot: prot,
			Notes:    []string{"bss: zeros on demand"},
			Sections: namesIn(sections, p, start, end),
		})
	}
}

// fileRow is the row of the pages [from, to) of the file.
func (m *elfMap) fileRow(
	p *elf.Prog, sections []elf.Section, parts []filePages, own filePages, from, to uint64,
) mapRow {
	va := own.va + from - own.from
	r := mapRow{
		FileFrom: hexNum(from), FileTo: hexNum(to), Segment: own.segment, From: hexNum(va),
		To: hexNum(va + to - from), Prot: progFlags(p.Flags), Sections: namesIn(sections, p, va, va+to-from),
	}
	for _, other := range parts {
		if other.segment != own.segment && other.from <= from && to <= other.to {
			r.Notes = append(r.Notes, fmt.Sprintf("mapped twice: also at %#x by segment %d",
				other.va+from-other.from,
				other.segment))
		}
	}
	fileEnd := p.VAddr + p.FileSz
	if p.MemSz > p.FileSz && fileEnd > va && fileEnd < va+to-from {
		note := fmt.Sprintf("cleared from %#x", fileEnd)
		if p.Flags&elf.FlagW == 0 {
			note = fmt.Sprintf("not cleared behind %#x: not writable", fileEnd)
		}
		r.Notes = append(r.Notes, note)
	}
	return r
}

// namesIn are the sections of a segment that have bytes in [from, to).
func namesIn(sections []elf.Section, p *elf.Prog, from, to uint64) []string {
	out := []string{}
	for i := range sections {
		s := &sections[i]
		if i > 0 && s.Size > 0 && s.InSegment(p) && s.Addr < to && s.Addr+s.Size > from {
			out = append(out, s.Name)
		}
	}
	return out
}

// number gives areas their numbers: rows join where they follow each other in memory with the same rights and
// both in the file or both not.
func (m *elfMap) number() {
	slices.SortStableFunc(m.Rows, func(a, b mapRow) int {
		switch {
		case a.From < b.From:
			return -1
		case a.From > b.From:
			return 1
		}
		return 0
	})
	n := 0
	for i := range m.Rows {
		r := &m.Rows[i]
		joins := false
		if i > 0 {
			last := &m.Rows[i-1]
			inFile, lastInFile := r.FileTo > r.FileFrom, last.FileTo > last.FileFrom
			joins = last.To == r.From && last.Prot == r.Prot && inFile == lastInFile &&
				(!inFile || last.FileTo == r.FileFrom)
		}
		if !joins {
			n++
		}
		r.Area = n
	}
}

// unmapped adds the parts of the file that no page of memory shows.
func (m *elfMap) unmapped(sections []elf.Section, parts []filePages, size uint64) {
	slices.SortFunc(parts, func(a, b filePages) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	at := uint64(0)
	add := func(to uint64) {
		if at >= to {
			return
		}
		r := mapRow{FileFrom: hexNum(at), FileTo: hexNum(to), Segment: -1, Sections: []string{}}
		for i := range sections {
			s := &sections[i]
			bytes := s.Type != elf.SectionNobits && s.Size > 0
			if i > 0 && bytes && s.Off < to && s.Off+s.Size > at {
				r.Sections = append(r.Sections, s.Name)
			}
		}
		r.Notes = []string{"not mapped"}
		m.Rows = append(m.Rows, r)
	}
	for _, p := range parts {
		add(min(p.from, size))
		at = max(at, p.to)
	}
	add(size)
}

// text draws the map.
func (m *elfMap) text(b *strings.Builder) {
	b.WriteString("  File              Seg  Rights  Memory                             Area  Sections\n")
	for i := range m.Rows {
		r := &m.Rows[i]
		file, seg, memory, area := "-", "-", "-", "-"
		if r.FileTo > r.FileFrom {
			file = fmt.Sprintf("%06x-%06x", uint64(r.FileFrom), uint64(r.FileTo))
		}
		if r.Segment >= 0 {
			seg = strconv.Itoa(r.Segment)
		}
		if r.Area > 0 {
			area = strconv.Itoa(r.Area)
			memory = fmt.Sprintf("%016x-%016x", uint64(r.From), uint64(r.To))
		}
		line := fmt.Sprintf("  %-17s %3s  %-6s  %-33s  %4s  %s", file, seg, r.Prot, memory, area,
			strings.Join(r.Sections, " "))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		for _, note := range r.Notes {
			fmt.Fprintf(b, "  %65s * %s\n", "", note)
		}
	}
}
