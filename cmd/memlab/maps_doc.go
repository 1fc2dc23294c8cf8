package main

import (
	"encoding/hex"
	"fmt"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm"
)

// hexNum is a number that JSON shows as "0x…".
type hexNum uint64

// MarshalText writes the number in lower case.
func (h hexNum) MarshalText() ([]byte, error) { //nolint:unparam // encoding.TextMarshaler
	return fmt.Appendf(nil, "%#x", uint64(h)), nil
}

// mapsDoc is what `memlab maps --format json` prints of a program.
type mapsDoc struct {
	OK       bool        `json:"ok"`
	Bits     int         `json:"bits"`
	LoadBias hexNum      `json:"load_bias"`
	Stages   []mapsStage `json:"stages"`
}

// mapsStage is the state at one stage. Auxv and Stack are there at entry only.
type mapsStage struct {
	Stage string            `json:"stage"`
	Regs  map[string]hexNum `json:"regs"`
	Maps  []mapsRow         `json:"maps"`
	MM    mmFields          `json:"mm"`
	VM    vmFields          `json:"vm"`
	Auxv  []auxEntry        `json:"auxv,omitempty"`
	Stack *stackDoc         `json:"stack,omitempty"`
}

// mapsRow is one area.
type mapsRow struct {
	Start      hexNum `json:"start"`
	End        hexNum `json:"end"`
	Perms      string `json:"perms"`
	Offset     hexNum `json:"offset"`
	Name       string `json:"name"`
	Role       string `json:"role"`
	AnonPages  *[]int `json:"anon_pages,omitempty"` // at entry: indices of pages that are the process's own
	SHA256     string `json:"sha256,omitempty"`
	Unreadable []int  `json:"unreadable_pages,omitempty"` // behind the end of the file
}

// mmFields are those of /proc/PID/stat.
type mmFields struct {
	StartCode  hexNum `json:"start_code"`
	EndCode    hexNum `json:"end_code"`
	StartStack hexNum `json:"start_stack"`
	StartData  hexNum `json:"start_data"`
	EndData    hexNum `json:"end_data"`
	StartBrk   hexNum `json:"start_brk"`
	ArgStart   hexNum `json:"arg_start"`
	ArgEnd     hexNum `json:"arg_end"`
	EnvStart   hexNum `json:"env_start"`
	EnvEnd     hexNum `json:"env_end"`
}

// vmFields are those of /proc/PID/status, in kB.
type vmFields struct {
	Size uint64 `json:"VmSize_kB"`
	Data uint64 `json:"VmData_kB"`
	Stk  uint64 `json:"VmStk_kB"`
	Exe  uint64 `json:"VmExe_kB"`
	Lib  uint64 `json:"VmLib_kB"`
}

// auxEntry is one entry of the auxiliary vector.
type auxEntry struct {
	Type  uint64 `json:"type"`
	Name  string `json:"name"`
	Value hexNum `json:"value"`
}

// newMapsDoc describes a program at a stage.
func newMapsDoc(proc *vm.Process, stage string) mapsDoc {
	image := proc.Image()
	s := mapsStage{
		Stage: stage, Regs: registers(proc.CPU(), stage), Maps: mapsRows(proc, stage == atEntry),
		MM: mmOf(&image.MM), VM: vmOf(proc.Areas(), &image.MM),
	}
	if stage == atEntry {
		for _, a := range image.Auxv {
			s.Auxv = append(s.Auxv, auxEntry{a.Type, loader.AuxName(a.Type), hexNum(a.Value)})
		}
		s.Stack = stackOf(proc)
	}
	return mapsDoc{
		OK: true, Bits: image.Class.Bits(), LoadBias: hexNum(image.LoadBias), Stages: []mapsStage{s},
	}
}

func mmOf(m *loader.MM) mmFields {
	return mmFields{
		hexNum(m.StartCode), hexNum(m.EndCode), hexNum(m.StartStack), hexNum(m.StartData), hexNum(m.EndData),
		hexNum(m.StartBrk), hexNum(m.ArgStart), hexNum(m.ArgEnd), hexNum(m.EnvStart), hexNum(m.EnvEnd),
	}
}

// vmOf adds up the areas as fs/proc/task_mmu.c's task_mem does.
func vmOf(areas []area.Area, m *loader.MM) vmFields {
	var v vmFields
	exec := uint64(0)
	for _, a := range areas {
		size := uint64(a.End - a.Start)
		v.Size += size
		writable, stack := a.Prot&addr.ProtWrite != 0, a.Flags&area.GrowsDown != 0
		switch {
		case stack:
			v.Stk += size
		case writable && a.Flags&area.Shared == 0:
			v.Data += size
		}
		if a.Prot&addr.ProtExec != 0 && !writable && !stack {
			exec += size
		}
	}
	text := uint64(addr.VAddr(m.EndCode).ABIUp()) - uint64(addr.VAddr(m.StartCode).ABIDown())
	v.Exe = min(exec, text)
	v.Lib = exec - v.Exe
	for _, f := range []*uint64{&v.Size, &v.Data, &v.Stk, &v.Exe, &v.Lib} {
		*f /= 1024
	}
	return v
}

// The lengths from which on long things are shortened.
const (
	longString = 400
	longStack  = 16 << 10
	stackPart  = 4 << 10
)

// stackDoc is the first stack.
type stackDoc struct {
	SP        hexNum      `json:"sp"`
	Top       hexNum      `json:"top"`
	Argc      int         `json:"argc"`
	Argv      []stringDoc `json:"argv"`
	Envp      []stringDoc `json:"envp"`
	AfterAuxv hexNum      `json:"after_auxv"`
	RandomAt  hexNum      `json:"random_at"`
	Platform  stringDoc   `json:"platform"`
	Execfn    stringDoc   `json:"execfn"`
	Bytes     string      `json:"bytes_hex,omitempty"`
	Head      string      `json:"bytes_head_hex,omitempty"`
	Tail      string      `json:"bytes_tail_hex,omitempty"`
}

// stringDoc is a string on the stack: Str is a string, or a longString for a long one.
type stringDoc struct {
	Ptr hexNum `json:"ptr"`
	Str any    `json:"str"`
}

// cutString stands for a long string.
type cutString struct {
	Len  int    `json:"len"`
	Head string `json:"head"`
}

func stackOf(proc *vm.Process) *stackDoc {
	st := &proc.Image().Stack
	d := &stackDoc{
		SP: hexNum(st.SP), Top: hexNum(st.Top), Argc: len(st.Argv), Argv: stringsAt(proc, st.Argv),
		Envp: stringsAt(proc, st.Envp), AfterAuxv: hexNum(st.AuxEnd), RandomAt: hexNum(st.Random),
		Platform: stringAt(proc, st.Platform), Execfn: stringAt(proc, st.ExecFn),
	}
	all := make([]byte, st.Top-st.SP)
	all = all[:proc.Peek(st.SP, all)]
	if len(all) <= longStack {
		d.Bytes = hex.EncodeToString(all)
	} else {
		d.Head = hex.EncodeToString(all[:stackPart])
		d.Tail = hex.EncodeToString(all[len(all)-stackPart:])
	}
	return d
}

func stringsAt(proc *vm.Process, at []addr.VAddr) []stringDoc {
	out := make([]stringDoc, len(at))
	for i, va := range at {
		out[i] = stringAt(proc, va)
	}
	return out
}

// maxArgString is Linux's limit on one argument, with its NUL.
const maxArgString = 128 << 10

// stringAt reads the string at va.
func stringAt(proc *vm.Process, va addr.VAddr) stringDoc {
	var s []byte
	for b := make([]byte, 256); len(s) < maxArgString; {
		n := proc.Peek(va+addr.VAddr(len(s)), b)
		end := 0
		for end < n && b[end] != 0 {
			end++
		}
		s = append(s, b[:end]...)
		if end < len(b) {
			break
		}
	}
	if len(s) >= longString {
		return stringDoc{hexNum(va), cutString{len(s), string(s[:16])}}
	}
	return stringDoc{hexNum(va), string(s)}
}
