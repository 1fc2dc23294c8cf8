package area

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"memlab/paging/addr"
)

// The documents of testdata/mmops are what a Linux 6.18 kernel answered, step by step, and the areas after
// each step. The replay makes the same calls on a List. What needs bytes is left to the pager's tests: the
// values that reads return. Ends of files, which the pager knows, are modelled here by the file's size
// alone.

type document struct {
	Bits        int    `json:"bits"`
	Personality string `json:"personality"`
	StackLimit  string `json:"stack_limit"`
	Brk         uint64 `json:"brk"`     // where the heap begins; 0: where mmops64 and mmops32 have it
	NoKeys      bool   `json:"no_keys"` // the recording CPU had no protection keys
	UID         int    `json:"uid"`
	File        struct{ Pages, Extra int64 }
	Initial     []string `json:"initial"`
	Steps       []step   `json:"steps"`
	Final       []string `json:"final"`
}

type step struct {
	Op    []any  `json:"op"`
	Ret   string `json:"ret"`
	Fault *struct {
		Signal string `json:"signal"`
		Code   int    `json:"si_code"`
		Addr   string `json:"si_addr"`
	} `json:"fault"`
	Del, Add []string
}

type testFile struct {
	path string
	size *int64
}

func (f *testFile) ReadAt([]byte, int64) (int, error) { return 0, nil }
func (f *testFile) Size() int64                       { return *f.size }
func (f *testFile) Path() string                      { return f.path }

type replay struct {
	t        *testing.T
	doc      document
	list     *List
	size     int64
	files    map[string]*testFile
	results  []uint64
	top      uint64
	spStart  addr.VAddr
	coverage coverage
}

func TestLinux(t *testing.T) {
	replayAll(t, "testdata/mmops/*.json", 39)
}

// TestHost replays documents of the same form with more unusual calls (mlock, odd combinations of flags), in random
// order, recorded on the same kernel by a program that made the calls itself; each of them once found a mistake.
func TestHost(t *testing.T) { replayAll(t, "testdata/host/*.json", 5) }

func replayAll(t *testing.T, pattern string, count int) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) != count {
		t.Fatalf("%d documents, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r := replay{t: t}
			d := json.NewDecoder(bytes.NewReader(text))
			d.UseNumber()
			if err := d.Decode(&r.doc); err != nil {
				t.Fatal(err)
			}
			r.start()
			r.run()
		})
	}
}

func (r *replay) start() {
	limit, err := strconv.ParseUint(r.doc.StackLimit, 10, 64)
	if err != nil {
		r.t.Fatal(err)
	}
	layout := Linux618(limit)
	if r.doc.Bits == 32 {
		layout = Linux618i386(limit, false)
	}
	personality, err := strconv.ParseUint(r.doc.Personality, 0, 64)
	if err != nil {
		r.t.Fatal(err)
	}
	layout.BottomUp = personality&0x200000 != 0
	layout.Privileged = r.doc.UID == 0
	layout.ReadImpliesExec = personality&0x400000 != 0
	r.coverage = coverage{}
	r.list = NewList(layout, r.coverage)
	r.size = r.doc.File.Pages*addr.ABIPage + r.doc.File.Extra
	r.files = map[string]*testFile{"exe": {path: "exe", size: new(int64)}}
	*r.files["exe"].size = 1 << 20
	for _, n := range []string{"F", "R", "W"} {
		r.files[n] = &testFile{path: "F", size: &r.size}
	}
	for _, row := range r.doc.Initial {
		r.initial(row)
	}
	brk := addr.VAddr(0x406000)
	if r.doc.Bits == 32 {
		brk = 0x804e000
	}
	if r.doc.Brk != 0 {
		brk = addr.VAddr(r.doc.Brk)
	}
	r.list.SetBrk(brk)
	// The loader cleared the tail of the data page: it is private already. So is the stack.
	for _, a := range slices.Clone(r.list.All()) {
		if a.File != nil && a.Prot&addr.ProtWrite != 0 || a.Flags&GrowsDown != 0 {
			r.list.FirstPrivateWrite(a.Start)
		}
	}
	r.same(r.doc.Initial, r.rows(), "initial")
}

// initial maps one row of the document's initial areas as the loader does. Rights come as they are in the
// row: the loader's calls have seen READ_IMPLIES_EXEC already.
func (r *replay) initial(row string) {
	var start, end, off uint64
	var perms, name string
	if _, err := fmt.Sscanf(row, "%x-%x %s %x %s", &start, &end, &perms, &off, &name); err != nil {
		r.t.Fatal(err)
	}
	q := Request{
		Addr: addr.VAddr(start), Len: end - start, Prot: prot(perms), Offset: off,
		Flags: MapPrivate | MapFixed | MapAnonymous, FileReadable: true,
	}
	switch name {
	case "exe":
		q.File = r.files["exe"]
		q.Flags &^= MapAnonymous
	case "stack":
		q.Flags |= MapGrowsDown
		r.top, r.spStart = end, addr.VAddr(end-8)
	case "anon":
	default:
		q.Name = "[" + name + "]"
	}
	was := r.list.layout.ReadImpliesExec
	r.list.layout.ReadImpliesExec = false
	if _, err := r.list.Map(q); err != nil {
		r.t.Fatalf("%s: %v", row, err)
	}
	r.list.layout.ReadImpliesExec = was
}

func prot(letters any) addr.Prot {
	var p addr.Prot
	s := fmt.Sprint(letters)
	for i, c := range "rwx" {
		if strings.ContainsRune(s, c) {
			p |= 1 << i
		}
	}
	return p
}

// rows are the areas in the documents' form.
func (r *replay) rows() []string {
	var rows []string
	names := r.list.Names(r.spStart)
	for _, a := range r.list.All() {
		name := strings.Trim(names.Of(a), "[]")
		offset := a.Offset
		switch {
		case a.Object != nil:
			name = "shm"
		case a.File == nil:
			offset = 0
			if name == "" {
				name = "anon"
			}
		}
		share := "p"
		if a.Flags&Shared != 0 {
			share = "s"
		}
		rows = append(rows, fmt.Sprintf("%x-%x %v%s %x %s", uint64(a.Start), uint64(a.End), a.Prot, share, offset, name))
	}
	return rows
}

func (r *replay) same(want, got []string, what string) {
	r.t.Helper()
	if !slices.Equal(want, got) {
		r.t.Fatalf("%s:\nwant\n  %s\ngot\n  %s", what, strings.Join(want, "\n  "), strings.Join(got, "\n  "))
	}
}

func (r *replay) run() {
	for i, s := range r.doc.Steps {
		before := r.rows()
		ret, fault := r.do(s.Op)
		what := fmt.Sprintf("step %d %v", i, s.Op)
		want := ""
		if s.Fault != nil {
			want = fmt.Sprintf("%s %d %s", s.Fault.Signal, s.Fault.Code, s.Fault.Addr)
		}
		if s.Op[0] == "read" && fault == "" && want == "" {
			ret = s.Ret // bytes are not the list's
		}
		if va, err := strconv.ParseUint(fmt.Sprint(s.Op[1]), 0, 64); err == nil && s.Op[0] == "read" {
			if a, ok := r.list.Find(addr.VAddr(va)); ok && a.Name == "[vvar]" {
				fault = want // which of its pages exist depends on the hypervisor
			}
		}
		if s.Op[0] == "mlock" && ret == "0x0" && s.Ret == "-ENOMEM" {
			ret = s.Ret // a page past the end of its file could not be made: the pager's
		}
		if fault != want || want == "" && ret != s.Ret {
			r.t.Fatalf("%s: %s %s, want %s %s", what, ret, fault, s.Ret, want)
		}
		n, _ := strconv.ParseUint(ret, 0, 64) // 0 if it failed
		r.results = append(r.results, n)
		after := r.rows()
		r.same(s.Del, without(before, after), what+" del")
		r.same(s.Add, without(after, before), what+" add")
		r.coverage.check(r.t, r.list, what)
	}
	r.same(r.doc.Final, r.rows(), "final")
}

func without(a, b []string) []string {
	var out []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}

// do makes one call and returns its result or what signal it raised.
func (r *replay) do(op []any) (ret, fault string) {
	arg := func(i int) uint64 { return r.number(op[i]) }
	at := func(i int) addr.VAddr { return addr.VAddr(arg(i)) }
	result := func(v addr.VAddr, err error) (string, string) {
		if err != nil {
			return "-" + err.Error(), ""
		}
		return fmt.Sprintf("%#x", uint64(v)), ""
	}
	switch op[0] {
	case "mmap":
		return result(r.mmap(op))
	case "munmap":
		return result(0, r.list.Unmap(at(1), arg(2)))
	case "mprotect":
		return result(0, r.list.Protect(at(1), arg(2), prot(op[3])))
	case "mremap":
		to := addr.VAddr(0)
		if len(op) > 5 {
			to = at(5)
		}
		return result(r.list.Remap(at(1), arg(2), arg(3), remapFlags(op[4]), to))
	case "brk":
		return result(r.list.Brk(at(1)), nil)
	case "mlock":
		return result(0, r.list.Lock(at(1), arg(2), true, false))
	case "madvise": // the pager's: only errors are in the documents
		return result(0, r.dontNeed(at(1), arg(2)))
	case "ftruncate":
		r.size = int64(arg(2))
		return result(0, nil)
	case "read":
		return "0x0", r.touch(at(1), addr.Read)
	case "write":
		return "0x0", r.touch(at(1), addr.Write)
	case "exec":
		return "0x0", r.touch(at(1), addr.Fetch)
	}
	r.t.Fatalf("unknown operation %v", op)
	return "", ""
}

func (r *replay) dontNeed(start addr.VAddr, length uint64) error {
	if start != start.ABIDown() {
		return EINVAL
	}
	if a, ok := r.list.Find(start); !ok || a.End < start+addr.VAddr(length) {
		return ENOMEM
	}
	return nil
}

func (r *replay) mmap(op []any) (addr.VAddr, error) {
	q := Request{
		Addr: addr.VAddr(r.number(op[1])), Len: r.number(op[2]), Prot: prot(op[3]),
		Flags: flags(op[4]), Offset: r.number(op[6]),
	}
	if r.doc.Bits == 32 {
		q.Offset &^= addr.ABIPage - 1 // mmap2 counts in pages
	}
	if name, ok := op[5].(string); ok {
		q.File = r.files[name]
		q.FileReadable, q.FileWritable = name != "W", name != "R"
	}
	return r.list.Map(q)
}

// touch is one access: what the fault handler decides.
func (r *replay) touch(va addr.VAddr, access addr.Access) string {
	fault := func(signal string, code int) string { return fmt.Sprintf("%s %d %v", signal, code, va) }
	if r.doc.Bits == 64 && va >= 1<<47 && va < ^addr.VAddr(1<<47-1) {
		return "SIGSEGV 128 0x0"
	}
	if va >= r.list.Layout().TaskSize {
		return fault("SIGSEGV", 1)
	}
	a, ok := r.list.Find(va)
	if !ok {
		if !r.list.Grow(va) {
			return fault("SIGSEGV", 1)
		}
		a, _ = r.list.Find(va)
	}
	switch {
	case a.Prot == addr.ProtExec && access != addr.Fetch && !r.doc.NoKeys:
		return fault("SIGSEGV", 4) // protection keys
	case !a.Prot.Allows(access):
		return fault("SIGSEGV", 2)
	}
	if access == addr.Write {
		r.list.FirstPrivateWrite(va)
	}
	page := a.Offset + uint64(va.ABIDown()-a.Start)
	if a.File != nil && page >= uint64(a.File.Size()) || a.Object != nil && page >= a.Object.Size {
		return fault("SIGBUS", 2)
	}
	return ""
}

// number is an address or a length of a document.
func (r *replay) number(v any) uint64 {
	s := fmt.Sprint(v)
	if n, err := strconv.ParseUint(s, 0, 64); err == nil {
		return n
	}
	base, off, minus := s, uint64(0), false
	if i := strings.IndexAny(s, "+-"); i > 0 {
		base, minus = s[:i], s[i] == '-'
		n, err := strconv.ParseUint(s[i+1:], 0, 64)
		if err != nil {
			r.t.Fatal(err)
		}
		off = n
	}
	var n uint64
	switch {
	case base == "sp":
		n = uint64(r.spStart)
	case base == "top":
		n = r.top
	case base[0] == '$':
		i, err := strconv.Atoi(base[1:])
		if err != nil || i >= len(r.results) {
			r.t.Fatalf("%q: no such step", s)
		}
		n = r.results[i]
	default:
		n, err := strconv.ParseInt(s, 0, 64) // -1
		if err != nil {
			r.t.Fatalf("%q is not a number", s)
		}
		return uint64(n)
	}
	if minus {
		off = -off
	}
	n += off
	if r.doc.Bits == 32 {
		n = uint64(uint32(n))
	}
	return n
}

var flagNames = map[string]MapFlags{
	"SHARED": MapShared, "PRIVATE": MapPrivate, "FIXED": MapFixed, "ANON": MapAnonymous, "BIT32": Map32Bit,
	"GROWSDOWN": MapGrowsDown, "DENYWRITE": 0x800, "EXECUTABLE": 0x1000, "LOCKED": MapLocked,
	"NORESERVE": MapNoReserve, "POPULATE": MapPopulate, "NONBLOCK": MapNonblock, "STACK": MapStack,
	"FIXED_NOREPLACE": MapFixedNoReplace,
}

func remapFlags(v any) uint32 {
	var f uint32
	for s := range strings.SplitSeq(fmt.Sprint(v), "|") {
		n, _ := strconv.ParseUint(s, 0, 32)
		f |= uint32(n) | map[string]uint32{"MAYMOVE": 1, "FIXED": 2, "DONTUNMAP": 4}[s]
	}
	return f
}

func flags(v any) MapFlags {
	var f MapFlags
	for s := range strings.SplitSeq(fmt.Sprint(v), "|") {
		n, err := strconv.ParseUint(s, 0, 32)
		if err != nil {
			n = uint64(flagNames[s])
		}
		f |= MapFlags(n)
	}
	return f
}
