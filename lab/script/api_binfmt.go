package script

import (
	"fmt"
	"io"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/loader"
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// luaFormat is a binary format that a script supplies.
type luaFormat struct {
	m    *machine
	name string
	fn   *lua.LFunction
}

// maxFormats bounds the formats of one machine: each execve asks all of them.
const maxFormats = 64

// binfmt is m:binfmt.
func (s *state) binfmt(ls *lua.LState) int {
	m := machineArg(ls)
	name := s.str(ls, 2)
	fn, ok := ls.Get(3).(*lua.LFunction)
	if !ok {
		ls.ArgError(3, "a function expected: m:binfmt(name, function(file) … end)")
	}
	if name == "" || len(name) > 64 {
		ls.RaiseError("m:binfmt: the name must have 1 to 64 bytes, has %d", len(name))
	}
	all := m.vm.Formats()
	if len(all) >= maxFormats {
		ls.RaiseError("m:binfmt: the machine has %d formats already", maxFormats)
	}
	for _, other := range all {
		if other == name {
			ls.RaiseError("m:binfmt: there is a format %q already", clip(name))
		}
	}
	m.subscribing()
	m.vm.AddFormat(&luaFormat{m: m, name: name, fn: fn})
	return 0
}

// Name is the format's name.
func (f *luaFormat) Name() string { return f.name }

// Try asks the function. After an error the machine is on its way to a stop: nothing is taken any more.
func (f *luaFormat) Try(c *loader.Candidate) (*loader.Handover, error) {
	m := f.m
	if m.failed != nil || m.s.budget.spent != nil {
		return nil, loader.EIO
	}
	open := true
	results, err := m.s.protect(f.fn, f.told(c, &open))
	open = false
	if err != nil {
		m.fail(err)
		return nil, loader.EIO
	}
	if len(results) == 0 || results[0] == lua.LNil {
		return nil, nil //nolint:nilnil // documented: not the format's own
	}
	h, no, bad := f.answer(results[0], c)
	switch {
	case bad != nil:
		m.fail(m.s.blame(f.fn, fmt.Sprintf("format %s: %s", f.name, clip(bad.Error()))))
		return nil, loader.EIO
	case no == loader.ENOEXEC:
		return nil, nil //nolint:nilnil // the kernel's word for: not mine
	case no != 0:
		return nil, no
	}
	return h, nil
}

// told is what the function is told of a file. The file can be read while *open.
func (f *luaFormat) told(c *loader.Candidate, open *bool) *lua.LTable {
	s := f.m.s
	t := s.L.NewTable()
	t.RawSetString("path", lua.LString(c.Path))
	t.RawSetString("head", lua.LString(c.Head))
	t.RawSetString("size", s.word(uint64(max(c.File.Size(), 0))))
	t.RawSetString("depth", lua.LNumber(c.Depth))
	argv := s.L.NewTable()
	for i, a := range c.Argv() {
		argv.RawSetInt(i+1, lua.LString(a))
	}
	t.RawSetString("argv", argv)
	t.RawSetString("read", s.L.NewFunction(func(ls *lua.LState) int { return f.read(ls, c.File, *open) }))
	return t
}

// maxRead is how many bytes of a file one read gives.
const maxRead = 1 << 20

// read is file.read(offset, n): up to n bytes, fewer where the file ends. file:read(offset, n) does as well.
func (f *luaFormat) read(ls *lua.LState, file loader.File, open bool) int {
	if _, method := ls.Get(1).(*lua.LTable); method {
		ls.Remove(1)
	}
	if !open {
		ls.RaiseError("file.read: the file can be read while its format is asked only")
	}
	off, n := checkWord(ls, 1), checkWord(ls, 2)
	if n > maxRead {
		ls.RaiseError("file.read: %d bytes: at most %d at once", n, maxRead)
	}
	size := uint64(max(file.Size(), 0))
	if off >= size {
		return f.m.s.pushString(ls, "")
	}
	b := make([]byte, min(n, size-off))
	got, err := file.ReadAt(b, int64(off))
	if got < len(b) && err != nil && err != io.EOF { //nolint:errorlint // ReadAt returns it bare
		ls.RaiseError("file.read: %s", clip(err.Error()))
	}
	return f.m.s.pushString(ls, string(b[:got]))
}

// answer reads what the function has returned: an errno, or what is to be done.
func (f *luaFormat) answer(v lua.LValue, c *loader.Candidate) (*loader.Handover, loader.Errno, error) {
	switch x := v.(type) {
	case lua.LString:
		no, ok := loader.ErrnoByName(string(x))
		if !ok {
			return nil, 0, fmt.Errorf("%q is not the name of an errno of execve; it has %s", clip(string(x)),
				loader.ErrnoNames())
		}
		return nil, no, nil
	case *lua.LTable:
		r := record{t: x}
		var h *loader.Handover
		if x.RawGetString("interpreter") != lua.LNil {
			h = f.handover(&r)
		} else {
			h = f.image(&r, c)
		}
		r.done()
		if r.bad == nil && h.Image != nil {
			if bad := h.Image.Check(c.File.Path()); bad != nil {
				r.bad = fmt.Errorf("%s (rule %s: %s)", bad.Reason, bad.Rule, bad.Rule.Text())
			}
		}
		return h, 0, r.bad
	}
	return nil, 0, fmt.Errorf("nothing, an errno's name or a table expected, got a %s", v.Type().String())
}

// handover reads an interpreter.
func (f *luaFormat) handover(r *record) *loader.Handover {
	h := &loader.Handover{
		Interp: r.text("interpreter"), KeepArgv0: r.truth("keep_argv0"), OpenFile: r.truth("open"),
	}
	if h.Interp == "" && r.bad == nil {
		r.bad = fmt.Errorf("interpreter is empty (rule %s: %s)", loader.RuleInterpPath,
			loader.RuleInterpPath.Text())
	}
	if list := r.list("args"); list != nil {
		for i := 1; i <= list.Len(); i++ {
			text, ok := textual(list.RawGetInt(i))
			if !ok {
				r.wrong(fmt.Sprintf("args[%d]", i), "text", list.RawGetInt(i))
			}
			h.Args = append(h.Args, text)
		}
	}
	return h
}

// image reads what a format of its own has in memory.
func (f *luaFormat) image(r *record, c *loader.Candidate) *loader.Handover {
	im := &loader.Image{Class: elf.Class64, Entry: addr.VAddr(r.word("entry", true))}
	switch bits := r.word("bits", false); bits {
	case 0, 64:
	case 32:
		im.Class = elf.Class32
	default:
		r.reject("bits must be 64 or 32, got %d", bits)
	}
	list := r.list("segments")
	if list == nil {
		r.reject("neither an interpreter nor segments")
		return &loader.Handover{Image: im}
	}
	for i := 1; i <= list.Len() && r.bad == nil; i++ {
		t, ok := list.RawGetInt(i).(*lua.LTable)
		if !ok {
			r.wrong(fmt.Sprintf("segments[%d]", i), "a table", list.RawGetInt(i))
			break
		}
		im.Segments = append(im.Segments, segmentOf(r, t, i, c))
	}
	return &loader.Handover{Image: im}
}

// segmentOf reads one segment. Without bytes it shows the file: from offset on, to its end if nothing else is
// said.
func segmentOf(outer *record, t *lua.LTable, i int, c *loader.Candidate) loader.Segment {
	r := &record{t: t, what: fmt.Sprintf("segments[%d].", i)}
	seg := loader.Segment{Addr: addr.VAddr(r.word("address", true))}
	seg.Prot = r.prot()
	size := r.word("size", false)
	if bytes, has := t.RawGetString("bytes").(lua.LString); has {
		seg.Bytes = []byte(bytes)
		r.seen = append(r.seen, "bytes")
	} else if r.has("offset") || r.has("file_size") {
		seg.Offset = r.word("offset", false)
		if seg.FileSize = r.word("file_size", false); !r.has("file_size") {
			seg.FileSize = uint64(max(c.File.Size(), 0)) - min(seg.Offset, uint64(max(c.File.Size(), 0)))
		}
	}
	seg.MemSize = max(size, uint64(len(seg.Bytes)), seg.FileSize)
	if r.has("size") {
		seg.MemSize = size
	}
	r.done()
	if outer.bad == nil {
		outer.bad = r.bad
	}
	return seg
}

// record reads a table that a function of the script has returned. The first thing wrong is in bad.
type record struct {
	t    *lua.LTable
	what string // before the names of fields in messages
	seen []string
	bad  error
}

func (r *record) reject(format string, args ...any) {
	if r.bad == nil {
		r.bad = fmt.Errorf(format, args...)
	}
}

func (r *record) wrong(name, wanted string, got lua.LValue) {
	r.reject("%s%s must be %s, got a %s", r.what, name, wanted, got.Type().String())
}

func (r *record) has(name string) bool { return r.t.RawGetString(name) != lua.LNil }

func (r *record) get(name string) lua.LValue {
	r.seen = append(r.seen, name)
	return r.t.RawGetString(name)
}

func (r *record) text(name string) string {
	v := r.get(name)
	text, ok := v.(lua.LString)
	if !ok && v != lua.LNil {
		r.wrong(name, "text", v)
	}
	return string(text)
}

// prot reads rights: "r-x".
func (r *record) prot() (p addr.Prot) {
	text := r.text("prot")
	for p = range addr.Prot(8) {
		if p.String() == text {
			return p
		}
	}
	r.reject("%sprot must be like \"r-x\", got %q", r.what, clip(text))
	return 0
}

func (r *record) truth(name string) bool {
	v := r.get(name)
	b, ok := v.(lua.LBool)
	if !ok && v != lua.LNil {
		r.wrong(name, "true or false", v)
	}
	return bool(b)
}

func (r *record) list(name string) *lua.LTable {
	v := r.get(name)
	t, ok := v.(*lua.LTable)
	if !ok && v != lua.LNil {
		r.wrong(name, "a list", v)
	}
	return t
}

// word is a whole number from 0 on.
func (r *record) word(name string, needed bool) uint64 {
	v := r.get(name)
	if v == lua.LNil {
		if needed {
			r.reject("%s%s is missing", r.what, name)
		}
		return 0
	}
	w, err := toWord(v)
	if n, ok := v.(lua.LNumber); err != nil || ok && n < 0 {
		r.reject("%s%s must be a whole number from 0 on, got %s", r.what, name, clip(v.String()))
	}
	return w
}

// done rejects fields that nobody has asked for.
func (r *record) done() {
	each(r.t, func(k, _ lua.LValue) {
		name := k.String()
		if slices.Contains(r.seen, name) {
			return
		}
		hint := ""
		if near, ok := lab.Suggest(name, append(r.seen, "bytes", "offset", "file_size")); ok {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		r.reject("unknown field %q%s", r.what+clip(name), hint)
	})
}
