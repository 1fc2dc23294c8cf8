package linux

import (
	"encoding/binary"
	"fmt"
	"strings"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
)

// This file has what /proc tells of a process's memory. The numbers are those of the page tables and frames
// at
// the moment of the question.

// accountant is an address space that can tell what it takes of memory; *paging.AddressSpace is one.
type accountant interface {
	Areas() []area.Area
	Usage(a area.Area) paging.Usage
	Mapping(va addr.VAddr) paging.Mapping
	Statm() paging.Statm
}

// memory is what p takes of memory; zeros if its space cannot tell, or is gone.
func (p *Process) memory() paging.Statm {
	if m, ok := p.Space.(accountant); ok && !p.exited {
		return m.Statm()
	}
	return paging.Statm{}
}

// statmText is /proc/PID/statm: size, resident, shared, text, lib, data, dirty, in pages of 4 KiB.
func statmText(p *Process) string {
	m := p.memory()
	text := (p.layout.EndCode+addr.ABIPage-1)/addr.ABIPage - p.layout.StartCode/addr.ABIPage
	if p.exited {
		text = 0
	}
	return fmt.Sprintf("%d %d %d %d 0 %d 0\n", m.Size/addr.ABIPage, m.Resident/addr.ABIPage,
		(m.File+m.Shmem)/addr.ABIPage, text, (m.Data+m.Stack)/addr.ABIPage)
}

// kB is an amount of memory as /proc shows it.
func kB(n uint64) string { return fmt.Sprintf("%8d kB", n>>10) }

// sizeRow is a line of /proc that tells an amount of memory.
type sizeRow struct {
	name  string
	bytes uint64
}

// sizeRows writes each by a format for the name with its colon, and the amount.
func sizeRows(b *strings.Builder, format string, rows []sizeRow) {
	for _, r := range rows {
		fmt.Fprintf(b, format, r.name+":", kB(r.bytes))
	}
}

// smapsRow is how smaps writes a size.
const smapsRow = "%-15s %s\n"

// memoryRows are the rows of /proc/PID/status about memory (fs/proc/task_mmu.c, task_mem).
func (p *Process) memoryRows() string {
	m := p.memory()
	code := (p.layout.EndCode+addr.ABIPage-1)&^(addr.ABIPage-1) - p.layout.StartCode&^(addr.ABIPage-1)
	code = min(code, m.Exec)
	p.peakSize = max(p.peakSize, m.Size)
	var b strings.Builder
	sizeRows(&b, "%s\t%s\n", []sizeRow{
		{"VmPeak", p.peakSize},
		{"VmSize", m.Size},
		{"VmLck", m.Locked},
		{"VmPin", 0},
		{"VmHWM", m.Peak},
		{"VmRSS", m.Resident},
		{"RssAnon", m.Anon},
		{"RssFile", m.File},
		{"RssShmem", m.Shmem},
		{"VmData", m.Data},
		{"VmStk", m.Stack},
		{"VmExe", code},
		{"VmLib", m.Exec - code},
		{"VmPTE", m.Tables},
		{"VmSwap", m.Swap},
		{"HugetlbPages", 0},
	})
	return b.String()
}

// usageRows are the rows of smaps from Rss on (fs/proc/task_mmu.c, __show_smap).
func usageRows(u paging.Usage, rollup string) string {
	var b strings.Builder
	row := func(name string, n uint64) { fmt.Fprintf(&b, smapsRow, name+":", kB(n)) }
	row("Rss", u.Rss)
	row("Pss", u.Pss)
	if u.Rss > 0 {
		row("Pss_Dirty", u.Pss*(u.SharedDirty+u.PrivateDirty)/u.Rss)
	} else {
		row("Pss_Dirty", 0)
	}
	b.WriteString(rollup)
	row("Shared_Clean", u.SharedClean)
	row("Shared_Dirty", u.SharedDirty)
	row("Private_Clean", u.PrivateClean)
	row("Private_Dirty", u.PrivateDirty)
	row("Referenced", u.Referenced)
	row("Anonymous", u.Anonymous)
	row("KSM", 0)
	row("LazyFree", u.LazyFree)
	row("AnonHugePages", 0)
	row("ShmemPmdMapped", 0)
	row("FilePmdMapped", 0)
	row("Shared_Hugetlb", 0)
	row("Private_Hugetlb", 0)
	row("Swap", u.Swap)
	row("SwapPss", u.SwapPss)
	row("Locked", u.Locked)
	return b.String()
}

// smaps is /proc/PID/smaps: each row of maps with what the area takes.
func (p *Process) smaps(m accountant) string {
	var b strings.Builder
	lines := strings.SplitAfter(p.mapsText(), "\n")
	page := uint64(p.k.cfg.PageSize)
	for i, a := range m.Areas() {
		b.WriteString(lines[i])
		sizeRows(&b, smapsRow, []sizeRow{
			{"Size", uint64(a.End - a.Start)}, {"KernelPageSize", page}, {"MMUPageSize", page},
		})
		b.WriteString(usageRows(m.Usage(a), ""))
		fmt.Fprintf(&b, "%-15s %8d\nVmFlags: %s\n", "THPeligible:", 0, vmFlags(a))
	}
	return b.String()
}

// vmFlags are the flags of an area in two letters each (show_smap_vma_flags).
func vmFlags(a area.Area) string {
	var b strings.Builder
	for _, f := range []struct {
		on   bool
		name string
	}{
		{a.Prot&addr.ProtRead != 0, "rd"},
		{a.Prot&addr.ProtWrite != 0, "wr"},
		{a.Prot&addr.ProtExec != 0, "ex"},
		{a.Flags&area.Shared != 0, "sh"},
		{true, "mr"},
		{true, "mw"},
		{true, "me"},
		{a.Flags&area.Shared != 0, "ms"},
		{a.Flags&area.GrowsDown != 0, "gd"},
		{a.Flags&area.Locked != 0, "lo"},
		{a.Flags&area.Shared == 0 && a.Prot&addr.ProtWrite != 0, "ac"},
	} {
		if f.on {
			b.WriteString(f.name + " ")
		}
	}
	return b.String()
}

// rollup is /proc/PID/smaps_rollup: the sum.
func (p *Process) rollup(m accountant) string {
	areas := m.Areas()
	if len(areas) == 0 {
		return ""
	}
	var sum, anon, file, shmem paging.Usage
	for _, a := range areas {
		u := m.Usage(a)
		sum.Add(u)
		switch {
		case a.Object != nil:
			shmem.Add(u)
		case a.File != nil && u.Anonymous < u.Rss:
			file.Add(u)
		default:
			anon.Add(u)
		}
	}
	var rows strings.Builder
	sizeRows(&rows, smapsRow, []sizeRow{
		{"Pss_Anon", anon.Pss}, {"Pss_File", file.Pss}, {"Pss_Shmem", shmem.Pss},
	})
	first, last := areas[0].Start, areas[len(areas)-1].End
	return fmt.Sprintf("%08x-%08x ---p 00000000 00:00 0 %26s\n", uint64(first), uint64(last), "[rollup]") +
		usageRows(sum, rows.String())
}

// pagemap is /proc/PID/pagemap: a word for each page of 4 KiB.
func pagemap(m accountant, size addr.PageSize) func(b []byte, off int64) int {
	return func(b []byte, off int64) int {
		n := 0
		for ; n+8 <= len(b) && off%8 == 0; n += 8 {
			page := uint64(off+int64(n)) / 8
			if page >= taskSize/addr.ABIPage {
				break
			}
			word := m.Mapping(addr.VAddr(page * addr.ABIPage)).Word(size)
			binary.LittleEndian.PutUint64(b[n:], word)
		}
		return n
	}
}
