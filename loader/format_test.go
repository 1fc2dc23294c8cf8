package loader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

func misc(t *testing.T, text string) *loader.Misc {
	t.Helper()
	m, err := loader.ParseMisc(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// argvOf reads the arguments of a program that has been loaded.
func argvOf(t *testing.T, s *space, st *loader.Stack) (out []string) {
	t.Helper()
	for _, va := range st.Argv {
		b := make([]byte, min(64, st.Top-va))
		if err := s.Read(va, b); err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(string(b), "\x00")
		out = append(out, text)
	}
	return out
}

func TestMisc(t *testing.T) {
	const interp = "/lab/elf/o_spie"
	d := labDisk(t, "o_spie", "s_plain", "t64_bss4")
	put := func(name, text string) {
		d["/x/"+name] = &node{data: []byte(text), size: int64(len(text)), mode: 0o755}
	}
	put("cafe", "....\xca\xfe")
	put("be", "....\xcb\xfe")
	put("a.ext", "")
	put("script", "#!/x/cafe opt\n")
	put("toscript", "magic")
	for _, c := range []struct {
		name, path string
		entries    []string
		argv       []string // nil: as the error says
		want       error
		flags      uint64
		binary     string
	}{
		{
			"magic", "/x/cafe",
			[]string{`:a:M:4:\xca\xfe::` + interp + `:`},
			[]string{interp, "/x/cafe", "b", "c"},
			nil, 0, "",
		},
		{
			"mask", "/x/be",
			[]string{`:a:M:4:\xca\xfe:\xfe\xff:` + interp + `:`},
			[]string{interp, "/x/be", "b", "c"},
			nil, 0, "",
		},
		{"no match", "/x/be", []string{`:a:M:4:\xca\xfe::` + interp + `:`}, nil, loader.ENOEXEC, 0, ""},
		{
			"extension", "/x/a.ext",
			[]string{`:a:E::ext::` + interp + `:`},
			[]string{interp, "/x/a.ext", "b", "c"},
			nil, 0, "",
		},
		{
			"P", "/x/a.ext",
			[]string{`:a:E::ext::` + interp + `:P`},
			[]string{interp, "/x/a.ext", "a", "b", "c"},
			nil, 1, "",
		},
		{
			"O", "/x/a.ext",
			[]string{`:a:E::ext::` + interp + `:O`},
			[]string{interp, "/x/a.ext", "b", "c"},
			nil, 0, "/x/a.ext",
		},
		{
			"C", "/x/a.ext",
			[]string{`:a:E::ext::` + interp + `:PC`},
			[]string{interp, "/x/a.ext", "a", "b", "c"},
			nil, 1, "/x/a.ext",
		},
		{"before ELF", interp, []string{`:a:M::\x7fELF::/lab/elf/t64_bss4:`}, nil, loader.ELOOP, 0, ""},
		{
			"behind a script", "/x/script",
			[]string{`:a:M:4:\xca\xfe::` + interp + `:`},
			[]string{interp, "/x/cafe", "opt", "/x/script", "b", "c"},
			nil, 0, "",
		},
		{
			"to a script", "/x/toscript",
			[]string{`:a:M::magic::/x/script:`, `:b:M:4:\xca\xfe::` + interp + `:`},
			[]string{interp, "/x/cafe", "opt", "/x/script", "/x/toscript", "b", "c"},
			nil, 0, "",
		},
		{
			"O to a script", "/x/toscript",
			[]string{`:a:M::magic::/x/script:O`, `:b:M:4:\xca\xfe::` + interp + `:`},
			nil, loader.ENOEXEC, 0, "",
		},
		{
			"the first counts", "/x/cafe",
			[]string{`:a:M:4:\xca::` + interp + `:`, `:b:M:4:\xca\xfe::/none:`},
			[]string{interp, "/x/cafe", "b", "c"},
			nil, 0, "",
		},
		{"missing", "/x/cafe", []string{`:b:M:4:\xca\xfe::/none:`}, nil, loader.ENOENT, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := d.open("/", c.path, 1000)
			if err != nil {
				t.Fatal(err)
			}
			req := labRequest(t, d, "o_spie")
			req.Path, req.File, req.Argv, req.ExecFD = c.path, file, []string{"a", "b", "c"}, 7
			for _, e := range c.entries {
				req.Formats = append(req.Formats, misc(t, e))
			}
			s := &space{}
			res, err := loader.Exec(req, s, &event.Bus{})
			if !errors.Is(err, c.want) || c.argv == nil {
				if c.want == nil || !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				return
			}
			if got := argvOf(t, s, &res.Stack); !slices.Equal(got, c.argv) {
				t.Errorf("argv %q, want %q", got, c.argv)
			}
			got := map[uint64]uint64{}
			for _, a := range res.Auxv {
				got[a.Type] = a.Value
			}
			equal(t, "AT_FLAGS", got[loader.AtFlags], c.flags)
			fd, hasFD := got[loader.AtExecfd]
			if res.Binary != nil {
				equal(t, "the open file", res.Binary.Path(), c.binary)
			}
			if hasFD != (c.binary != "") || hasFD && fd != 7 {
				t.Errorf("AT_EXECFD %d %v", fd, hasFD)
			}
		})
	}
}

// TestMiscErrors has what the kernel's register file refuses.
func TestMiscErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{":a:E::x::", "has 9 bytes, must have 11 to 1920"},
		{":name:E::x::/i", "has 6 fields, must be :name:type:offset:magic:mask:interpreter:flags"},
		{":a/b:E::x::/i:", `the name "a/b" is not one of a file`},
		{":name:E::x:::", "name: the interpreter is missing"},
		{":name:E::x::/i:Z", `name: the flag 'Z' is not one of P, O, C, F`},
		{":name:E::a/b::/i:", `name: the extension "a/b" is not one`},
		{":name:X::x::/i:", `name: the type "X" is neither M nor E`},
		{":name:M:a:x::/i:", `name: the offset "a" is not a number`},
		{":name:M::::/i:", "name: the magic is missing"},
		{":name:M:255:xy::/i:", "name: 2 bytes of magic at 255 do not lie in a file's first 256"},
		{":name:M::xy:\\xff:/i:", "name: the mask has 1 bytes, the magic 2"},
	} {
		if _, err := loader.ParseMisc(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
	}
	m := misc(t, "|n|M|3|a\\x3ab|\\xff\\x00\\xff|/i|F\n")
	if m.Offset != 3 || string(m.Magic) != "a:b" || string(m.Mask) != "\xff\x00\xff" || !m.Fix || m.OpenFile {
		t.Errorf("%+v", m)
	}
}

func FuzzParseMisc(f *testing.F) {
	f.Add(`:a:M:4:\xca\xfe:\xfe\xff:/i:POCF`, []byte("....\xca\xfe"), "/x")
	f.Add(":name:E::x::/i:", []byte(nil), "/a.x")
	f.Fuzz(func(t *testing.T, text string, head []byte, path string) {
		m, err := loader.ParseMisc(text)
		if err != nil {
			return
		}
		c := &loader.Candidate{Path: path, Head: append(head, make([]byte, 256)...)[:256]}
		if h, err := m.Try(c); err != nil || h != nil && h.Interp == "" {
			t.Errorf("%+v, %v", h, err)
		}
	})
}
