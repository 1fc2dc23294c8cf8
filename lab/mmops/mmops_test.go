package mmops

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"memlab/loader"
)

// program is a program in memory.
type program struct {
	*bytes.Reader
	name string
}

func (p *program) Path() string { return p.name }

// programs opens mmops64 and mmops32, whatever the folder is called.
func programs(tb testing.TB) Open {
	tb.Helper()
	found := map[string][]byte{}
	for _, name := range []string{"mmops64", "mmops32"} {
		data, err := os.ReadFile("../../loader/testdata/elf/" + name)
		if err != nil {
			tb.Fatal(err)
		}
		found[name] = data
	}
	return func(path string) (loader.File, error) {
		data, ok := found[filepath.Base(path)]
		if !ok {
			return nil, loader.ENOENT
		}
		return &program{bytes.NewReader(data), path}, nil
	}
}

const head = `{"prog": "/lab/elf/mmops64", "argv": ["x"], "file": {"pages": 2, "extra": 10}, "steps": [`

func runText(t *testing.T, text string) (*Document, error) {
	t.Helper()
	doc, err := Decode([]byte(text))
	if err != nil {
		return nil, err
	}
	return Run(doc, loader.Linux618(), programs(t))
}

// TestAnswers has answers that the recorded scenarios do not ask for.
func TestAnswers(t *testing.T) {
	ops := ""
	for _, op := range []string{
		`["mmap", 0, 12288, "rw", "SHARED", "F", 0]`, `["write", "$0+0x2fff", 7]`, `["ftruncate", "F", 12288]`,
		`["read", "$0+0x2fff"]`, `["ftruncate", "R", 1]`, `["ftruncate", "F", -1]`,
		`["ftruncate", "F", 17592186044416]`,
		`["mmap", 805306368, 4096, "rw", "PRIVATE|ANON|FIXED", -1, 0]`, `["write", "$7", 9]`,
		`["madvise", "$7", 4096, 4]`, `["read", "$7"]`, `["madvise", "$7", 8192, 4]`, `["madvise", "$7", 1, 99]`,
		`["mlock", "$7", 1]`, `["madvise", "$7", 4096, 4]`, `["mmap", 0, 4096, "r", "PRIVATE", 5, 0]`,
		`["mmap", 0, 8192, "rw", "SHARED|ANON", -1, 0]`, `["write", "$16+1", 65]`, `["read", "$16+1"]`,
	} {
		if ops != "" {
			ops += ","
		}
		ops += `{"op": ` + op + `}`
	}
	doc, err := runText(t, head+ops+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range doc.Steps {
		if s.Fault != nil {
			s.Ret = s.Fault.Signal
		}
		got = append(got, s.Ret)
	}
	want := []string{
		"0x7ffff7ff4000", "0x0", "0x0", "0x0", "-EINVAL", "-EINVAL", "-EFBIG", "0x30000000", "0x0", "0x0", "0x0",
		"-ENOMEM", "-EINVAL", "0x0", "-EINVAL", "-EBADF", "0x7ffff7ff2000", "0x0", "0x41",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestErrors has one message of each kind.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`x`, "not a document: invalid character 'x' looking for beginning of value"},
		{head + `]} 1`, "not a document: something stands behind its end at byte 93"},
		{`{"steps": []}`, "prog is missing"},
		{
			`{"prog": "a", "file": {"pages": 99999999}}`,
			"file: 99999999 pages and 0 bytes, must be 0 to 67108864 bytes together",
		},
		{`{"prog": "a", "stack_limit": "x"}`, `stack_limit: "x" is neither a number nor unlimited`},
		{`{"prog": "a", "personality": "x"}`, `personality: "x" is not a number of 32 bits`},
		{`{"prog": "a"}`, "a: cannot be executed (ENOENT)"},
		{head + `{"op": []}]}`, "step 0: unknown operation []"},
		{head + `{"op": ["fork"]}]}`, "step 0: unknown operation [fork]"},
		{head + `{"op": ["brk"]}]}`, "step 0: argument 1 of [brk]: is missing"},
		{head + `{"op": ["brk", "$0"]}]}`, "step 0: argument 1 of [brk $0]: names a step that has not been made"},
		{head + `{"op": ["brk", "here"]}]}`, "step 0: argument 1 of [brk here]: is neither a number nor $N, sp or top"},
		{head + `{"op": ["brk", 1.5]}]}`, "step 0: argument 1 of [brk 1.5]: is not a whole number of 64 bits"},
		{
			head + `{"op": ["mprotect", 0, 0, "q"]}]}`,
			"step 0: argument 3 of [mprotect 0 0 q]: is not a word of the letters rwx",
		},
		{
			head + `{"op": ["mremap", 0, 0, 0, "NEVER"]}]}`,
			`step 0: argument 4 of [mremap 0 0 0 NEVER]: has the unknown flag "NEVER"`,
		},
		{head + `{"op": ["ftruncate", "X", 0]}]}`, "step 0: argument 1 of [ftruncate X 0]: is not F, R, W or a number"},
	} {
		if _, err := runText(t, c.text); err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// FuzzRun replays arbitrary documents: no panic, an error with words or answers and a consistent list.
func FuzzRun(f *testing.F) {
	paths, err := filepath.Glob("../../paging/area/testdata/mmops/*.json")
	if err != nil || len(paths) == 0 {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 20000 {
			f.Add(text)
		}
	}
	open := programs(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Decode(text)
		if err != nil {
			return
		}
		out, err := Run(doc, loader.Linux618(), open)
		var refused *loader.Error
		switch {
		case err != nil && (err.Error() == "" || errors.As(err, &refused) && refused.Path == ""):
			t.Errorf("an error without words: %#v", err)
		case err == nil && len(out.Steps) != len(doc.Steps):
			t.Errorf("%d answers to %d steps", len(out.Steps), len(doc.Steps))
		}
	})
}
