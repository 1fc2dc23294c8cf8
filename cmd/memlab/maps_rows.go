package main

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm"
	"memlab/vm/cpu"
	"memlab/vm/x86"
)

// hashLimit is the size up to which an area's bytes are hashed.
const hashLimit = 1 << 20

// mapsRows are the rows of /proc/PID/maps. With own the pages that are the process's own are listed.
func mapsRows(proc *vm.Process, own bool) []mapsRow {
	var rows []mapsRow
	for _, a := range proc.Areas() {
		share := "p"
		if a.Flags&area.Shared != 0 {
			share = "s"
		}
		r := mapsRow{
			Start: hexNum(a.Start), End: hexNum(a.End), Perms: a.Prot.String() + share,
			Offset: hexNum(a.Offset), Name: proc.AreaName(a),
		}
		if a.File == nil && a.Object == nil {
			r.Offset = 0
		}
		r.Role = role(proc, a, r.Name)
		switch r.Role {
		case "exe", "anon", "heap":
			if a.End-a.Start <= hashLimit {
				r.SHA256, r.Unreadable = areaHash(proc, a)
			}
			fallthrough
		case "interp", "file", "stack":
			if own {
				pages := ownPages(proc, a)
				r.AnonPages = &pages
			}
		}
		rows = append(rows, r)
	}
	if proc.Image().Class.Bits() == 64 {
		rows = append(rows, mapsRow{
			Start: vsyscall, End: vsyscall + addr.ABIPage, Perms: "--xp",
			Name: "[vsyscall]", Role: "vsyscall",
		})
	}
	return rows
}

// vsyscall is the page that every 64-bit process has last.
const vsyscall = 0xffffffffff600000

// role says what an area is for.
func role(proc *vm.Process, a area.Area, name string) string {
	image := proc.Image()
	switch {
	case a.File != nil && a.File.Path() == image.Program.Path():
		return "exe"
	case a.File != nil && image.Interp != nil && a.File.Path() == image.Interp.Path():
		return "interp"
	case strings.HasPrefix(name, "[anon:"), name == "":
		return "anon"
	case strings.HasPrefix(name, "["):
		return strings.Trim(name, "[]")
	}
	return "file"
}

// ownPages are the indices of the pages that are the process's own copies.
func ownPages(proc *vm.Process, a area.Area) []int {
	out := []int{}
	proc.Pages(a.Start, a.End, func(va addr.VAddr, st vm.PageState) {
		if i := int((va - a.Start) / addr.ABIPage); st.Private && !slices.Contains(out, i) {
			out = append(out, i)
		}
	})
	return out
}

// areaHash is the SHA-256 of the area's bytes. Pages behind the end of the file count as zeros and are named.
func areaHash(proc *vm.Process, a area.Area) (sum string, unreadable []int) {
	h := sha256.New()
	var page [addr.ABIPage]byte
	for i, va := 0, a.Start; va < a.End; i, va = i+1, va+addr.ABIPage {
		clear(page[:])
		if proc.Peek(va, page[:]) < len(page) || a.File != nil && beyond(a, va) {
			unreadable = append(unreadable, i)
		}
		h.Write(page[:])
	}
	return hex.EncodeToString(h.Sum(nil)), unreadable
}

// beyond reports whether the page at va lies wholly behind the end of the area's file.
func beyond(a area.Area, va addr.VAddr) bool {
	return a.Offset+uint64(va-a.Start) >= uint64(addr.VAddr(max(a.File.Size(), 0)).ABIUp())
}

// resumeFlag is RF, which a debug exception leaves set for the instruction that it stopped at.
const resumeFlag = 0x10000

// registers are those of ptrace's user_regs_struct as a debugger finds them at a stage: behind the exec and
// system call stops, or at an instruction breakpoint.
func registers(c *cpu.CPU, stage string) map[string]hexNum {
	flags := c.RFlags()
	r := c.Regs
	switch stage {
	case atStart, atMain:
		flags |= resumeFlag
	case atExit: // the call's number is in orig_rax, RAX holds -ENOSYS until it returns
		r[x86.RAX] = ^uint64(38) + 1
	}
	names := [...]string{"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"}
	segments := [...]string{"es", "cs", "ss", "ds", "fs", "gs"}
	out := make(map[string]hexNum)
	prefix, mask := "r", ^uint64(0)
	if c.Mode32 {
		prefix, mask = "e", 1<<32-1
	}
	for i, n := range names {
		out[prefix+n] = hexNum(r[i] & mask)
	}
	out[prefix+"ip"] = hexNum(c.RIP & mask)
	out["eflags"] = hexNum(flags)
	for i, n := range segments {
		out[n] = hexNum(c.Sel[i])
	}
	if !c.Mode32 {
		for i, n := range [...]string{"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"} {
			out[n] = hexNum(r[8+i])
		}
		out["fs_base"], out["gs_base"] = hexNum(c.FSBase), hexNum(c.GSBase)
	}
	return out
}
