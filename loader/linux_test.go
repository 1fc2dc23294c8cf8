package loader_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/loader/loadtest"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
)

// row is one line of /proc/PID/maps.
type row struct {
	Start, End, Offset loadtest.Hex
	Perms, Name, Role  string
	AnonPages          []int  `json:"anon_pages"`
	SHA256             string `json:"sha256"`
}

func (r row) String() string {
	return fmt.Sprintf("%x-%x %s %x %s anon %v %s", uint64(r.Start), uint64(r.End), r.Perms, uint64(r.Offset),
		r.Name,
		r.AnonPages, r.SHA256)
}

// stringAt is a string on the stack; its bytes are compared with the rest of the stack's.
type stringAt struct{ Ptr loadtest.Hex }

// mapsDoc is a document of testdata/maps.
type mapsDoc struct {
	Name, Prog, Cwd string
	Argv, Env       []string
	Files           []string
	UID             uint32
	Personality     loadtest.Hex
	StackLimit      string   `json:"stack_limit"`
	HostSpecific    []string `json:"host_specific_auxv"`
	Exe, Interp     *loadtest.ELF
	Bits            int
	LoadBias        loadtest.Hex `json:"load_bias"`
	Stages          []struct {
		Stage string
		Regs  map[string]loadtest.Hex
		Maps  []row
		MM    map[string]loadtest.Hex
		VM    map[string]uint64
		Auxv  []struct {
			Type  uint64
			Name  string
			Value loadtest.Hex
		}
		Stack struct {
			SP, Top          loadtest.Hex
			Argc             int
			Argv, Envp       []stringAt
			AfterAuxv        loadtest.Hex `json:"after_auxv"`
			RandomAt         loadtest.Hex `json:"random_at"`
			Platform, Execfn stringAt
			Bytes            string `json:"bytes_hex"`
			Head             string `json:"bytes_head_hex"`
			Tail             string `json:"bytes_tail_hex"`
		}
	}
	Result struct{ Kind, Stage, Signal string }
}

// disk holds the files that the document names and stand-ins for those that are not in testdata. recorded are
// the paths whose bytes are the recorded ones.
func (d *mapsDoc) disk(t *testing.T) (files disk, recorded map[string]bool) {
	t.Helper()
	files, recorded = disk{}, map[string]bool{}
	for _, name := range d.Files {
		data, err := os.ReadFile(filepath.Join("testdata", "elf", name))
		if err != nil {
			continue
		}
		p := "/lab/elf/" + name
		files[p], recorded[p] = &node{data: data, size: int64(len(data)), mode: 0o755}, true
	}
	interp := ""
	if in := d.Interp; in != nil {
		interp = in.Path
		in.Class = d.Exe.Class
		if files[in.Realpath] == nil {
			files[in.Realpath] = standIn(*in, "")
		}
		if in.Path != in.Realpath && strings.HasPrefix(in.Path, "/") {
			files[in.Path] = &node{link: in.Realpath}
		}
	}
	if d.Exe != nil && files[d.Exe.Path] == nil {
		files[d.Exe.Path] = standIn(*d.Exe, interp)
	}
	if d.Exe != nil && files[d.Prog] == nil && strings.HasPrefix(d.Prog, "/") {
		files[d.Prog] = &node{link: d.Exe.Path} // /bin is a link to /usr/bin there
	}
	return files, recorded
}

func (d *mapsDoc) request(t *testing.T, files disk) *loader.Request {
	t.Helper()
	limit := loader.Unlimited
	if d.StackLimit != "unlimited" {
		v, err := strconv.ParseUint(d.StackLimit, 0, 64)
		if err != nil {
			t.Fatal(err)
		}
		limit = v
	}
	file, err := files.open(d.Cwd, d.Prog, d.UID)
	if err != nil {
		t.Fatal(err)
	}
	return &loader.Request{
		Path: d.Prog, File: file, Argv: d.Argv, Env: d.Env, Profile: loader.Linux618(),
		Open: func(p string) (loader.File, error) { return files.open(d.Cwd, p, d.UID) },
		UID:  d.UID, EUID: d.UID, GID: d.UID, EGID: d.UID, Personality: uint32(d.Personality),
		StackLimit: limit,
	}
}

// TestLinux compares the state at the first instruction with what Linux 6.18 was recorded to do.
func TestLinux(t *testing.T) {
	paths, err := filepath.Glob("testdata/maps/*.json")
	if err != nil || len(paths) < 100 {
		t.Fatalf("testdata/maps has %d documents, error %v", len(paths), err)
	}
	for _, p := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(p), ".json"), func(t *testing.T) { replay(t, p) })
	}
}

func replay(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var d mapsDoc
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	files, recorded := d.disk(t)
	s := &space{}
	res, err := loader.Exec(d.request(t, files), s, &event.Bus{})
	if d.Result.Stage == "exec" {
		var e *loader.Error
		if !errors.As(err, &e) || !e.Fatal {
			t.Fatalf("got %v, want a death by SIGSEGV", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.List().Check(); err != nil {
		t.Fatal(err)
	}
	want := d.Stages[0]
	equal(t, "bits", res.Class.Bits(), d.Bits)
	equal(t, "load_bias", loadtest.Hex(res.LoadBias), d.LoadBias)
	compareRows(t, rows(s, res, want.Maps, recorded), want.Maps)
	compareRegs(t, res, want.Regs)
	compareMM(t, res.MM, want.MM)
	compareStack(t, s, res, &d)
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// rows are the areas as the documents list them. Hashes and private pages are given where want has them,
// because the kernel's own files and stand-ins have none.
func rows(s *space, res *loader.Result, want []row, recorded map[string]bool) []row {
	var out []row
	for i, a := range s.List().All() {
		r := row{
			Start: loadtest.Hex(a.Start), End: loadtest.Hex(a.End), Perms: a.Prot.String() + "p",
			Offset: loadtest.Hex(a.Offset),
			Name:   a.Name,
		}
		if a.File == nil {
			r.Offset = 0
		}
		switch {
		case a.Name != "":
		case a.File != nil:
			r.Name = a.File.Path()
		case a.Start <= res.Stack.SP && res.Stack.SP <= a.End:
			r.Name = "[stack]"
		}
		if i < len(want) {
			r.Role = want[i].Role
			if want[i].AnonPages != nil {
				r.AnonPages = s.OwnPages(a)
			}
			if want[i].SHA256 != "" {
				r.SHA256 = want[i].SHA256
				if a.File == nil || recorded[a.File.Path()] {
					r.SHA256 = hash(s, a)
				}
			}
		}
		out = append(out, r)
	}
	if res.Class.Bits() == 64 {
		out = append(out, row{
			Start: 0xffffffffff600000, End: 0xffffffffff601000, Perms: "--xp", Name: "[vsyscall]",
			Role: "vsyscall",
		})
	}
	return out
}

// hash is the SHA-256 of all that the area shows.
func hash(s *space, a area.Area) string {
	h := sha256.New()
	for va := a.Start; va < a.End; va += addr.ABIPage {
		p := s.Content(a, va)
		h.Write(p[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func compareRows(t *testing.T, got, want []row) {
	t.Helper()
	list := func(rows []row) string {
		var b strings.Builder
		for _, r := range rows {
			fmt.Fprintln(&b, r)
		}
		return b.String()
	}
	if g, w := list(got), list(want); g != w {
		t.Errorf("areas: got\n%swant\n%s", g, w)
	}
}

func compareRegs(t *testing.T, res *loader.Result, want map[string]loadtest.Hex) {
	t.Helper()
	r := res.Regs
	got := map[string]loadtest.Hex{
		"rip": loadtest.Hex(r.IP), "rsp": loadtest.Hex(r.SP), "eip": loadtest.Hex(r.IP), "esp": loadtest.Hex(r.SP),
		"eflags": loadtest.Hex(r.Flags), "cs": loadtest.Hex(r.CS), "ss": loadtest.Hex(r.SS), "ds": loadtest.Hex(r.DS),
		"es": loadtest.Hex(r.ES), "fs": loadtest.Hex(r.FS), "gs": loadtest.Hex(r.GS),
	}
	for name, w := range want {
		if !strings.HasPrefix(name, "orig_") {
			equal(t, name, got[name], w)
		}
	}
}

func compareMM(t *testing.T, mm loader.MM, want map[string]loadtest.Hex) {
	t.Helper()
	got := map[string]uint64{
		"start_code": mm.StartCode, "end_code": mm.EndCode, "start_data": mm.StartData,
		"end_data":  mm.EndData,
		"start_brk": mm.StartBrk, "start_stack": mm.StartStack, "arg_start": mm.ArgStart,
		"arg_end":   mm.ArgEnd,
		"env_start": mm.EnvStart, "env_end": mm.EnvEnd,
	}
	for name, g := range got {
		w, ok := want[name]
		if !ok {
			t.Errorf("the document has no %s", name)
		}
		if loadtest.Hex(g) != w {
			t.Errorf("%s: got %#x, want %#x", name, g, uint64(w))
		}
	}
}

func compareStack(t *testing.T, s *space, res *loader.Result, d *mapsDoc) {
	t.Helper()
	want, st := d.Stages[0].Stack, &res.Stack
	equal(t, "sp", loadtest.Hex(st.SP), want.SP)
	equal(t, "top", loadtest.Hex(st.Top), want.Top)
	equal(t, "after_auxv", loadtest.Hex(st.AuxEnd), want.AfterAuxv)
	equal(t, "random_at", loadtest.Hex(st.Random), want.RandomAt)
	equal(t, "platform", loadtest.Hex(st.Platform), want.Platform.Ptr)
	equal(t, "execfn", loadtest.Hex(st.ExecFn), want.Execfn.Ptr)
	comparePointers(t, "argv", st.Argv, want.Argv)
	comparePointers(t, "envp", st.Envp, want.Envp)

	auxv := d.Stages[0].Auxv
	if len(res.Auxv) != len(auxv) {
		t.Fatalf("auxv has %d entries, want %d", len(res.Auxv), len(auxv))
	}
	for i, a := range res.Auxv {
		equal(t, fmt.Sprintf("auxv %d: name", i), loader.AuxName(a.Type), auxv[i].Name)
		equal(t, fmt.Sprintf("auxv %d: type", i), a.Type, auxv[i].Type)
		if !slices.Contains(d.HostSpecific, auxv[i].Name) && loadtest.Hex(a.Value) != auxv[i].Value {
			t.Errorf("%s: got %#x, want %#x", auxv[i].Name, a.Value, uint64(auxv[i].Value))
		}
	}
	b := make([]byte, st.Top-st.SP)
	if err := s.Read(st.SP, b); err != nil {
		t.Fatal(err)
	}
	got := hex.EncodeToString(b)
	if want.Bytes != "" {
		equal(t, "stack bytes", got, want.Bytes)
		return
	}
	equal(t, "first stack bytes", got[:len(want.Head)], want.Head)
	equal(t, "last stack bytes", got[len(got)-len(want.Tail):], want.Tail)
}

func comparePointers(t *testing.T, what string, got []addr.VAddr, want []stringAt) {
	t.Helper()
	ptrs := make([]addr.VAddr, 0, len(want))
	for _, w := range want {
		ptrs = append(ptrs, addr.VAddr(w.Ptr))
	}
	if !slices.Equal(got, ptrs) {
		t.Errorf("%s: got %v, want %v", what, got, ptrs)
	}
}
