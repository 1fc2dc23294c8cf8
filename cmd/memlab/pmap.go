package main

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm"
)

// pmapRow is one area as pmap sees it.
type pmapRow struct {
	start, kb, rss, dirty, offset uint64
	mode, name                    string
	shared, writable              bool
}

// pmapText is what pmap (procps-ng) prints of the process: plain, with -x or with -d.
func pmapText(proc *vm.Process, format string, pageSize uint64) string {
	rows := pmapRows(proc, pageSize)
	var b strings.Builder
	fmt.Fprintf(&b, "%d:   %s\n", proc.PID(), commandLine(proc))
	var total, rss, dirty, shared, private uint64
	switch format {
	case formatPmapX:
		b.WriteString("Address           Kbytes     RSS   Dirty Mode  Mapping\n")
	case formatPmapD:
		b.WriteString("Address           Kbytes Mode  Offset           Device    Mapping\n")
	}
	for _, r := range rows {
		total, rss, dirty = total+r.kb, rss+r.rss, dirty+r.dirty
		switch {
		case r.shared:
			shared += r.kb
		case r.writable:
			private += r.kb
		}
		switch format {
		case formatPmapX:
			fmt.Fprintf(&b, "%016x %7d %7d %7d %s %s\n", r.start, r.kb, r.rss, r.dirty, r.mode, r.name)
		case formatPmapD: // device 0:0: memlab's files have none
			fmt.Fprintf(&b, "%016x %7d %s %016x 000:00000 %s\n", r.start, r.kb, r.mode, r.offset, r.name)
		default:
			fmt.Fprintf(&b, "%016x %6dK %s %s\n", r.start, r.kb, r.mode, r.name)
		}
	}
	switch format {
	case formatPmapX:
		b.WriteString("---------------- ------- ------- ------- \n")
		fmt.Fprintf(&b, "total kB %15d %7d %7d\n", total, rss, dirty)
	case formatPmapD:
		fmt.Fprintf(&b, "mapped: %dK    writeable/private: %dK    shared: %dK\n", total, private, shared)
	default:
		fmt.Fprintf(&b, " total %16dK\n", total)
	}
	return b.String()
}

// commandLine is /proc/PID/cmdline as procps shows it: arguments with blanks between them, without empty ones
// at the end, control characters as question marks, and one of these where nothing is left. The kernel reads
// it from anonymous memory only; of a program that has a file there the task's name is shown.
func commandLine(proc *vm.Process) string {
	mm := &proc.Image().MM
	for _, a := range proc.Areas() {
		if a.Start <= addr.VAddr(mm.ArgStart) && addr.VAddr(mm.ArgStart) < a.End && a.File != nil {
			return "[" + proc.Image().Comm + "]"
		}
	}
	line := make([]byte, mm.ArgEnd-mm.ArgStart)
	line = bytes.TrimRight(line[:proc.Peek(addr.VAddr(mm.ArgStart), line)], "\x00")
	if len(line) == 0 {
		return "?"
	}
	for i, c := range line {
		switch {
		case c == 0 || c == '\n':
			line[i] = ' '
		case c < ' ' || c == 0x7f:
			line[i] = '?'
		}
	}
	return string(line)
}

// pmapRows are the areas; the vsyscall page is one of them.
func pmapRows(proc *vm.Process, pageSize uint64) []pmapRow {
	var rows []pmapRow
	for _, a := range proc.Areas() {
		r := pmapRow{
			start: uint64(a.Start), kb: uint64(a.End-a.Start) / 1024, mode: pmapMode(a), name: "  [ anon ]",
			shared: a.Flags&area.Shared != 0, writable: a.Prot&addr.ProtWrite != 0,
		}
		if a.File != nil || a.Object != nil {
			r.offset = a.Offset
		}
		switch name := proc.AreaName(a); {
		case name == "[stack]":
			r.name = "  [ stack ]"
		case strings.HasPrefix(name, "/"):
			r.name = path.Base(name)
		}
		r.rss, r.dirty = residentKB(proc, a, pageSize)
		rows = append(rows, r)
	}
	if proc.Image().Class.Bits() == 64 {
		rows = append(rows, pmapRow{start: vsyscall, kb: 4, mode: "--x--", name: "  [ anon ]"})
	}
	return rows
}

// pmapMode is pmap's five letters: rights, s for shared, R for no reserve.
func pmapMode(a area.Area) string {
	mode := []byte(a.Prot.String() + "--")
	if a.Flags&area.Shared != 0 {
		mode[3] = 's'
	}
	if a.Flags&area.NoReserve != 0 {
		mode[4] = 'R'
	}
	return string(mode)
}

// residentKB is how much of an area is in memory, and how much of that has been written.
func residentKB(proc *vm.Process, a area.Area, pageSize uint64) (rss, dirty uint64) {
	proc.Pages(a.Start, a.End, func(va addr.VAddr, st vm.PageState) {
		n := uint64(min(a.End, va+addr.VAddr(pageSize))-va) / 1024
		if st.Resident {
			rss += n
			if st.Dirty {
				dirty += n
			}
		}
	})
	return rss, dirty
}
