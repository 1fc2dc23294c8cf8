package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// tree makes files below dir, each with its own name as content.
func tree(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(name), 0o700); err != nil { //nolint:gosec // programs
			t.Fatal(err)
		}
	}
}

func TestResolve(t *testing.T) {
	top := t.TempDir()
	tree(t, top, "secret", "repo/scripts/s.lua", "repo/scripts/prog", "repo/scripts/both", "repo/both", "repo/testdata/x",
		"repo/scripts/sub/deep", "extra/tool")
	for link, target := range map[string]string{
		"repo/scripts/out": "../../secret", "repo/scripts/abs": filepath.Join(top, "secret"), "repo/scripts/in": "prog",
	} {
		if err := os.Symlink(target, filepath.Join(top, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	p := &process{dir: filepath.Join(top, "repo")}
	s, err := p.openScenario(fileOptions{binds: []string{"../extra:/opt"}}, "scripts/s.lua")
	if err != nil {
		t.Fatal(err)
	}
	defer s.guest.Close()
	for _, tt := range []struct{ name, guest, content string }{ // guest "": refused
		{"prog", "/lab/prog", "repo/scripts/prog"},
		{"./prog", "/lab/prog", "repo/scripts/prog"},
		{"both", "/lab/both", "repo/scripts/both"},
		{"sub/deep", "/lab/sub/deep", "repo/scripts/sub/deep"},
		{"in", "/lab/in", "repo/scripts/prog"},
		{"testdata/x", "/cwd/testdata/x", "repo/testdata/x"},
		{"../testdata/x", "/cwd/testdata/x", "repo/testdata/x"},
		{"scripts/prog", "/lab/prog", "repo/scripts/prog"},
		{"/lab/prog", "/lab/prog", "repo/scripts/prog"},
		{"/opt/tool", "/opt/tool", "extra/tool"},
		{filepath.Join(top, "repo", "testdata", "x"), "/cwd/testdata/x", "repo/testdata/x"},
		{filepath.Join(top, "repo", "scripts", "prog"), "/lab/prog", "repo/scripts/prog"},
		{"out", "", ""},
		{"abs", "", ""},
		{"../../secret", "", ""},
		{"../secret", "", ""},
		{filepath.Join(top, "secret"), "", ""},
		{"/bin/sh", "", ""},
		{"nothing", "", ""},
	} {
		guest, files, err := s.resolve(tt.name)
		if guest != tt.guest || (err != nil) != (tt.guest == "") {
			t.Errorf("resolve(%q) = %q, %v; want %q", tt.name, guest, err, tt.guest)
			continue
		}
		if err != nil {
			if want := tt.name + ": file does not exist, neither in the scenario's folder nor in the current directory"; err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			continue
		}
		if b, err := fs.ReadFile(files, guest[1:]); err != nil || string(b) != tt.content {
			t.Errorf("%s holds %q, %v; want %q", guest, b, err, tt.content)
		}
	}
	// A program of the current directory shows itself and nothing beside it.
	_, files, err := s.resolve("testdata/x")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(files, "cwd")
	if err != nil || len(entries) != 1 || entries[0].Name() != "testdata" {
		t.Errorf("/cwd holds %v, %v", entries, err)
	}
}
