package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

func testMounts() *mountFS {
	m := &mountFS{base: fstest.MapFS{
		"etc/passwd": {Data: []byte("root\n")}, "lab/old": {Data: []byte("old")}, "bin/sh": {Data: []byte("sh"), Mode: 0o755},
	}}
	m.add("lab", fstest.MapFS{"a.txt": {Data: []byte("a")}, "sub/b": {Data: []byte("b")}}, ".")
	m.add("deep/er/one", fstest.MapFS{"x": {Data: []byte("x")}, "y": {Data: []byte("y")}}, "x")
	m.add("lab/sub", fstest.MapFS{"c": {Data: []byte("c")}}, ".")
	return m
}

func TestMountFS(t *testing.T) {
	if err := fstest.TestFS(testMounts(), "etc/passwd", "bin/sh", "lab/a.txt", "lab/sub/c", "deep/er/one"); err != nil {
		t.Error(err)
	}
	empty := &mountFS{}
	empty.add("lab", fstest.MapFS{"a": {}}, ".")
	if err := fstest.TestFS(empty, "lab/a"); err != nil {
		t.Error(err)
	}
}

func TestMountFSFiles(t *testing.T) {
	m := testMounts()
	var got []string
	err := fs.WalkDir(m, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, err := fs.ReadFile(m, name)
			if err != nil {
				return err
			}
			got = append(got, name+"="+string(b))
		}
		return err
	})
	want := []string{"bin/sh=sh", "deep/er/one=x", "etc/passwd=root\n", "lab/a.txt=a", "lab/sub/c=c"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
	for _, name := range []string{"lab/old", "lab/sub/b", "deep/er/two", "deep/er/one/x", "no"} {
		if _, err := fs.Stat(m, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want that it does not exist", name, err)
		}
	}
	if _, err := m.Open("../x"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("../x: %v", err)
	}
}

// Links are shown as links, with their own targets, and an os.Root below does not let them lead out.
func TestMountFSLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "out")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	m := &mountFS{}
	m.add("lab", root.FS(), ".")
	info, err := fs.Lstat(m, "lab/out")
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("Lstat: %v, %v", info, err)
	}
	if target, err := fs.ReadLink(m, "lab/out"); err != nil || target != "/etc/passwd" {
		t.Errorf("ReadLink: %q, %v", target, err)
	}
	if b, err := fs.ReadFile(m, "lab/out"); err == nil {
		t.Errorf("read through the link: %q", b)
	}
}
