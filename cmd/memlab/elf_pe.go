package main

import (
	"io"
	"strings"

	"memlab/loader/pe"
	"memlab/paging/addr"
)

// isPE reports whether the file begins like a PE file.
func isPE(r io.ReaderAt) bool { return pe.Is(r) }

// peMap is the map of a PE file: every section on pages of its own, nothing mapped twice.
func peMap(r io.ReaderAt, format string) (string, error) {
	img, err := pe.Parse(r)
	if err != nil {
		return "", err
	}
	const page = addr.ABIPage
	up := func(n uint64) uint64 { return (n + page - 1) &^ (page - 1) }
	m := &elfMap{Page: page}
	m.Rows = append(m.Rows, mapRow{
		FileTo: hexNum(img.HeaderSize), Segment: -1, From: hexNum(img.Base),
		To:   hexNum(up(img.Base + img.HeaderSize)),
		Prot: addr.ProtRead.String(), Sections: []string{"(headers)"},
	})
	for i, s := range img.Sections {
		row := mapRow{
			Segment: i, From: hexNum(s.Addr), To: hexNum(up(s.Addr + max(s.Size, 1))), Prot: s.Prot.String(),
			Sections: []string{s.Name},
		}
		in := min(s.RawSize, uint64(row.To)-s.Addr)
		if in > 0 {
			row.FileFrom, row.FileTo = hexNum(s.Off), hexNum(s.Off+in)
		}
		switch {
		case in == 0:
			row.Notes = append(row.Notes, "zeros on demand")
		case in < s.Size:
			row.Notes = append(row.Notes, "zeros behind the file's bytes")
		}
		m.Rows = append(m.Rows, row)
	}
	for i := range m.Rows {
		m.Rows[i].Area = i + 1
	}
	if format == formatJSON {
		return toJSON(&elfDoc{Map: m}), nil
	}
	var b strings.Builder
	b.WriteString("Map\n")
	m.text(&b)
	return b.String(), nil
}
