package area

import (
	"fmt"
	"strings"

	"memlab/paging/addr"
)

// Names are what /proc/PID/maps needs to know to name areas that have no file.
type Names struct {
	StartBrk, Brk addr.VAddr // [heap]
	StartStack    addr.VAddr // the stack pointer at the first instruction: [stack]
	Vsyscall      bool       // the last row of every 64-bit process
	LooseHeap     bool       // see Layout
	Numbers       bool       // files that are Numbered are shown with their device and inode
}

// Names are the facts about the list that MapsText needs; where the stack began is the loader's knowledge.
func (l *List) Names(startStack addr.VAddr) Names {
	return Names{
		StartBrk: l.startBrk, Brk: l.brk, StartStack: startStack,
		Vsyscall: !l.layout.Bits32, LooseHeap: l.layout.LooseHeap,
	}
}

// Of is the last column of a's row: the file, [heap], [stack] and so on, or "" (fs/proc/task_mmu.c,
// get_vma_name).
func (n Names) Of(a Area) string {
	switch {
	case a.File != nil:
		return strings.ReplaceAll(a.File.Path(), "\n", `\012`)
	case a.Object != nil:
		return "/dev/zero (deleted)"
	case a.Flags&Special != 0:
		return a.Name
	case n.heap(a):
		return "[heap]"
	case a.Start <= n.StartStack && n.StartStack <= a.End && n.StartStack != 0:
		return "[stack]"
	case a.Name != "":
		return "[anon:" + a.Name + "]"
	}
	return ""
}

func (n Names) heap(a Area) bool {
	if n.LooseHeap {
		return a.Start <= n.Brk && a.End >= n.StartBrk
	}
	return a.Start < n.Brk && a.End > n.StartBrk
}

// nameColumn is where the last column begins (fs/proc/task_mmu.c: 25 + 6*sizeof(void *) - 1 and a blank).
const nameColumn = 73

// numbers are the columns of device and inode.
func (n Names) numbers(a Area) string {
	f, ok := a.File.(Numbered)
	if !ok || !n.Numbers {
		return "00:00 0"
	}
	dev, ino := f.Numbers()
	major, minor := dev>>8&0xfff|dev>>32&^0xfff, dev&0xff|dev>>12&0xffffff00 // new_decode_dev
	return fmt.Sprintf("%02x:%02x %d", major, minor, ino)
}

// MapsText is the text of /proc/PID/maps.
func MapsText(areas []Area, n Names) string {
	var b strings.Builder
	for _, a := range areas {
		offset := a.Offset
		if a.File == nil && a.Object == nil {
			offset = 0
		}
		share := 'p'
		if a.Flags&Shared != 0 {
			share = 's'
		}
		row := fmt.Sprintf("%08x-%08x %v%c %08x %s ",
			uint64(a.Start), uint64(a.End), a.Prot, share, offset, n.numbers(a))
		b.WriteString(row)
		if name := n.Of(a); name != "" {
			fmt.Fprintf(&b, "%*s%s", max(nameColumn-len(row), 1), "", name)
		}
		b.WriteByte('\n')
	}
	if n.Vsyscall {
		const row = "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 "
		fmt.Fprintf(&b, "%-*s[vsyscall]\n", nameColumn, row)
	}
	return b.String()
}
