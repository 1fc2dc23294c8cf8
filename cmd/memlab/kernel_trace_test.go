//go:build linux && amd64

package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"memlab/loader"
	"memlab/paging/addr"
)

// hostCall is one execve on the host's own kernel.
type hostCall struct {
	path        string
	argv, env   []string
	cwd         string
	uid         int
	personality uint32 // beyond ADDR_NO_RANDOMIZE
	stack       uint64 // RLIMIT_STACK
	elf         string // the ELF file that is mapped, and its interpreter, if they are known
	interp      string
	entry       uint64 // e_entry of elf
	pmap        bool   // ask pmap too
}

// hostRun is what the kernel made of it.
type hostRun struct {
	errno  syscall.Errno // execve's; 0: none
	killed bool          // by SIGSEGV inside execve
	doc    mapsDoc
	pmap   map[string]string // by format
	status int               // how the program then ended, as `memlab exec` says it
}

// noRandomize is ADDR_NO_RANDOMIZE.
const noRandomize = 0x40000

// onKernel makes the call under ptrace, without address randomisation. Personality and RLIMIT_STACK are those of this
// thread and process for as long as it takes.
func onKernel(t *testing.T, c *hostCall) *hostRun {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	old, _, _ := syscall.RawSyscall(syscall.SYS_PERSONALITY, 0xffffffff, 0, 0)
	defer func() { _, _, _ = syscall.RawSyscall(syscall.SYS_PERSONALITY, old, 0, 0) }()
	if _, _, no := syscall.RawSyscall(syscall.SYS_PERSONALITY, uintptr(c.personality|noRandomize), 0, 0); no != 0 {
		t.Fatal(no)
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_STACK, &was); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Setrlimit(syscall.RLIMIT_STACK, &was) }()
	if err := syscall.Setrlimit(syscall.RLIMIT_STACK, &syscall.Rlimit{Cur: c.stack, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	attr := &syscall.ProcAttr{
		Dir: c.cwd, Env: c.env, Files: []uintptr{null.Fd(), null.Fd(), null.Fd()},
		Sys: &syscall.SysProcAttr{Ptrace: true},
	}
	if os.Getuid() == 0 {
		id := uint32(c.uid)
		attr.Sys.Credential = &syscall.Credential{Uid: id, Gid: id}
	}
	pid, err := syscall.ForkExec(c.path, c.argv, attr) //nolint:gosec // the test's own program
	if err != nil {
		no, ok := errors.AsType[syscall.Errno](err)
		if !ok {
			t.Fatal(err)
		}
		return &hostRun{errno: no}
	}
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &ws, syscall.WALL, nil); err != nil {
		t.Fatal(err)
	}
	switch {
	case ws.Signaled() && ws.Signal() == syscall.SIGSEGV:
		return &hostRun{killed: true}
	case ws.Stopped() && ws.StopSignal() == syscall.SIGSEGV: // it has the old program's registers still
		_ = syscall.Kill(pid, syscall.SIGKILL)
		_, _ = syscall.Wait4(pid, &ws, 0, nil)
		return &hostRun{killed: true}
	}
	if !ws.Stopped() || ws.StopSignal() != syscall.SIGTRAP {
		t.Fatalf("wait status %#x", ws)
	}
	run := &hostRun{doc: hostDoc(t, pid, c)}
	if c.pmap {
		run.pmap = hostPmap(t, pid)
	}
	if err := syscall.PtraceDetach(pid); err != nil {
		t.Fatal(err)
	}
	run.status = hostEnd(t, pid)
	return run
}

// hostEnd waits for the program's end; one that does not come to it is killed.
func hostEnd(t *testing.T, pid int) int {
	t.Helper()
	var ws syscall.WaitStatus
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Microsecond) {
		got, err := syscall.Wait4(pid, &ws, syscall.WNOHANG, nil)
		switch {
		case err != nil:
			t.Fatal(err)
		case got == pid && ws.Signaled():
			return 128 + int(ws.Signal())
		case got == pid:
			return ws.ExitStatus()
		case time.Now().After(deadline):
			_ = syscall.Kill(pid, syscall.SIGKILL)
			_, _ = syscall.Wait4(pid, &ws, 0, nil)
			return -1
		}
	}
}

func procFile(t *testing.T, pid int, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hostDoc is what /proc and ptrace say of the program before its first instruction, as `memlab maps` says it.
func hostDoc(t *testing.T, pid int, c *hostCall) mapsDoc {
	t.Helper()
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mem.Close() }()
	pages, err := os.Open(fmt.Sprintf("/proc/%d/pagemap", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pages.Close() }()
	s := mapsStage{Stage: atEntry, Regs: hostRegs(t, pid), MM: hostMM(t, pid), VM: hostVM(t, pid)}
	raw := procFile(t, pid, "auxv")
	entry := uint64(0)
	for len(raw) >= 16 {
		typ, value := binary.LittleEndian.Uint64(raw), binary.LittleEndian.Uint64(raw[8:])
		s.Auxv = append(s.Auxv, auxEntry{typ, loader.AuxName(typ), hexNum(value)})
		if raw = raw[16:]; typ == 9 {
			entry = value
		}
	}
	for line := range strings.Lines(string(procFile(t, pid, "maps"))) {
		s.Maps = append(s.Maps, hostRow(t, line, c, mem, pages))
	}
	s.Stack = hostStack(t, mem, &s)
	return mapsDoc{OK: true, Bits: 64, LoadBias: hexNum(entry - c.entry), Stages: []mapsStage{s}}
}

func hostRegs(t *testing.T, pid int) map[string]hexNum {
	t.Helper()
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(pid, &r); err != nil {
		t.Fatal(err)
	}
	out := map[string]hexNum{}
	for name, v := range map[string]uint64{
		"rax": r.Rax, "rbx": r.Rbx, "rcx": r.Rcx, "rdx": r.Rdx, "rsi": r.Rsi, "rdi": r.Rdi, "rbp": r.Rbp, "rsp": r.Rsp,
		"r8": r.R8, "r9": r.R9, "r10": r.R10, "r11": r.R11, "r12": r.R12, "r13": r.R13, "r14": r.R14, "r15": r.R15,
		"rip": r.Rip, "eflags": r.Eflags, "cs": r.Cs, "ss": r.Ss, "ds": r.Ds, "es": r.Es, "fs": r.Fs, "gs": r.Gs,
		"fs_base": r.Fs_base, "gs_base": r.Gs_base,
	} {
		out[name] = hexNum(v)
	}
	return out
}

func hostMM(t *testing.T, pid int) mmFields {
	t.Helper()
	stat := string(procFile(t, pid, "stat"))
	f := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]) // from field 3 on
	n := func(field int) hexNum {
		v, err := strconv.ParseUint(f[field-3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return hexNum(v)
	}
	return mmFields{n(26), n(27), n(28), n(45), n(46), n(47), n(48), n(49), n(50), n(51)}
}

func hostVM(t *testing.T, pid int) (v vmFields) {
	t.Helper()
	for line := range strings.Lines(string(procFile(t, pid, "status"))) {
		for name, to := range map[string]*uint64{
			"VmSize:": &v.Size, "VmData:": &v.Data, "VmStk:": &v.Stk, "VmExe:": &v.Exe, "VmLib:": &v.Lib,
		} {
			if f := strings.Fields(line); len(f) > 1 && f[0] == name {
				var err error
				if *to, err = strconv.ParseUint(f[1], 10, 64); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return v
}

// hostRow is one line of /proc/PID/maps, with what the area holds.
func hostRow(t *testing.T, line string, c *hostCall, mem, pages *os.File) mapsRow {
	t.Helper()
	f := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 6)
	var start, end, off uint64
	if _, err := fmt.Sscanf(f[0]+" "+f[2], "%x-%x %x", &start, &end, &off); err != nil {
		t.Fatal(err)
	}
	r := mapsRow{Start: hexNum(start), End: hexNum(end), Perms: f[1], Offset: hexNum(off), Name: strings.TrimLeft(f[5], " ")}
	switch {
	case r.Name == "":
		r.Role = "anon"
	case r.Name == c.elf:
		r.Role = "exe"
	case r.Name == c.interp:
		r.Role = "interp"
	case strings.HasPrefix(r.Name, "/"):
		r.Role = "file"
	default:
		r.Role = strings.Trim(r.Name, "[]")
	}
	switch r.Role {
	case "exe", "interp", "file", "anon", "heap", "stack":
		if end-start <= mostOwn {
			own := hostOwn(t, pages, start, end)
			r.AnonPages = &own
		}
	}
	switch r.Role {
	case "exe", "anon", "heap":
		if end-start <= hashLimit {
			r.SHA256, r.Unreadable = hostHash(mem, start, end, r.Role == "exe")
		}
	}
	return r
}

// mostOwn is the size up to which an area's own pages are asked for.
const mostOwn = 1 << 30

// hostOwn are the pages that are the process's own: present, and neither a file's nor shared. A whole block of the
// page map is read at once: most of them are empty.
func hostOwn(t *testing.T, pages *os.File, start, end uint64) []int {
	t.Helper()
	out := []int{}
	b := make([]byte, 64<<10)
	for va := start; va < end; va += uint64(len(b)) / 8 * addr.ABIPage {
		n := min(uint64(len(b)), (end-va)/addr.ABIPage*8)
		got, err := pages.ReadAt(b[:n], int64(va/addr.ABIPage*8))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+8 <= got; i += 8 {
			e := binary.LittleEndian.Uint64(b[i:])
			if present, file := e>>63&1 == 1, e>>61&1 == 1; present && !file {
				out = append(out, int((va-start)/addr.ABIPage)+i/8)
			}
		}
	}
	return out
}

// hostHash is areaHash of the kernel's memory: what lies behind the end of a file cannot be read there either.
func hostHash(mem *os.File, start, end uint64, file bool) (sum string, unreadable []int) {
	h := sha256.New()
	page := make([]byte, addr.ABIPage)
	for i, va := 0, start; va < end; i, va = i+1, va+addr.ABIPage {
		clear(page)
		if _, err := mem.ReadAt(page, int64(va)); err != nil && file {
			clear(page)
			unreadable = append(unreadable, i)
		}
		h.Write(page)
	}
	return hex.EncodeToString(h.Sum(nil)), unreadable
}

// hostStack reads the first stack.
func hostStack(t *testing.T, mem *os.File, s *mapsStage) *stackDoc {
	t.Helper()
	const top = 0x7ffffffff000
	d := &stackDoc{SP: s.Regs["rsp"], Top: top, Argv: []stringDoc{}, Envp: []stringDoc{}}
	all := make([]byte, d.Top-d.SP)
	if n, err := mem.ReadAt(all, int64(d.SP)); err != nil { // segments can lie over the strings
		all = all[:n]
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(all[8*i:]) }
	text := func(p uint64) stringDoc {
		str, _, _ := strings.Cut(string(all[min(p-uint64(d.SP), uint64(len(all))):]), "\x00")
		if len(str) >= longString {
			return stringDoc{hexNum(p), cutString{len(str), str[:16]}}
		}
		return stringDoc{hexNum(p), str}
	}
	d.Argc = int(word(0))
	i := 1
	for ; word(i) != 0; i++ {
		d.Argv = append(d.Argv, text(word(i)))
	}
	for i++; word(i) != 0; i++ {
		d.Envp = append(d.Envp, text(word(i)))
	}
	i += 1 + 2*len(s.Auxv)
	d.AfterAuxv = d.SP + hexNum(8*i)
	for _, a := range s.Auxv {
		switch a.Name {
		case "AT_RANDOM":
			d.RandomAt = a.Value
		case "AT_PLATFORM":
			d.Platform = text(uint64(a.Value))
		case "AT_EXECFN":
			d.Execfn = text(uint64(a.Value))
		}
	}
	if len(all) <= longStack {
		d.Bytes = hex.EncodeToString(all)
	} else {
		d.Head, d.Tail = hex.EncodeToString(all[:stackPart]), hex.EncodeToString(all[len(all)-stackPart:])
	}
	return d
}

// hostPmap is what the host's pmap prints of the process, nil without one.
func hostPmap(t *testing.T, pid int) map[string]string {
	t.Helper()
	tool, err := exec.LookPath("pmap")
	if err != nil {
		return nil
	}
	out := map[string]string{}
	for format, option := range map[string][]string{formatPmap: nil, formatPmapX: {"-x"}, formatPmapD: {"-d"}} {
		args := append(slices.Clone(option), strconv.Itoa(pid))
		text, err := exec.CommandContext(context.Background(), tool, args...).Output() //nolint:gosec // the host's pmap
		if err != nil {
			t.Fatal(err)
		}
		out[format] = string(text)
	}
	return out
}
