package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"memlab/vm/linux/vfs"
)

// TestHostTree: a tree of the host's tells what the host's stat(2) says, in the host's order.
func TestHostTree(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "b", "a/x", "c")
	h := hostTree{os.DirFS(dir)}
	entries, err := h.List(".")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := f.Readdirnames(-1)
	_ = f.Close()
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("listed %q, on the host %q, %v", got, want, err)
	}
	info, err := fs.Lstat(h, "b")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := info.Sys().(*vfs.HostStat)
	if ok != (runtime.GOOS == "linux") {
		t.Fatalf("Sys is %T", info.Sys())
	}
	if ok && (s.Owner.UID != uint32(os.Getuid()) || s.Nlink != 1 || s.Blocks == 0 || s.Ino == 0) {
		t.Errorf("%+v", s)
	}
	m := &mountFS{base: h}
	if l, err := m.List("."); err != nil || len(l) != 3 || l[0].Name() != want[0] {
		t.Errorf("through mounts: %v, %v", l, err)
	}
}

// TestWriteTree: what is written to a writable folder lands in it, and nowhere else.
func TestWriteTree(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "in/file", "secret")
	inside := filepath.Join(dir, "in")
	for _, link := range [][2]string{{"../secret", "out"}, {"..", "up"}} {
		if err := os.Symlink(link[0], filepath.Join(inside, link[1])); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	w := writeTree{hostTree{root.FS()}, root}
	f, err := w.Create("new", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("text"), 0); err != nil {
		t.Error(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 4 {
		t.Errorf("%v, %v", info, err)
	}
	_ = f.Close()
	when := time.Unix(1000, 0)
	for i, err := range []error{
		w.Mkdir("d", 0o755), w.Rename("new", "d/moved"), w.Link("file", "d/hard"), w.Symlink("anywhere",
			"d/soft"),
		w.Chmod("file", 0o640), w.Chtimes("file", when, when),
	} {
		if err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
	for what, err := range map[string]error{
		"open": second(w.OpenWrite("out")), "open up": second(w.OpenWrite("up/secret")),
		"create":       second(w.Create("up/x", 0o600)),
		"create above": second(w.Create("../x", 0o600)), "mkdir": w.Mkdir("up/d", 0o700),
		"remove": w.Remove("../secret"),
		"rename": w.Rename("file", "up/file"), "rename in": w.Rename("up/secret", "s"),
		"link":  w.Link("up/secret", "s"),
		"chmod": w.Chmod("out", 0o777), "times": w.Chtimes("up/secret", when, when),
		"read": second(w.Open("out")),
	} {
		if err == nil {
			t.Errorf("%s leads out of the folder", what)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "secret")); err != nil || string(b) != "secret" {
		t.Errorf("%q, %v", b, err)
	}
	names, _ := os.ReadDir(dir)
	if len(names) != 2 {
		t.Errorf("beside the folder: %v", names)
	}
}

func second[T any](_ T, err error) error { return err }

// TestBindWritable: a shell's writes below a writable bind are on the host, those beside it are not.
func TestBindWritable(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("this host has no /bin/sh")
	}
	dir := t.TempDir()
	tree(t, dir, "work/old", "secret")
	var out, errs strings.Builder
	p := &process{
		dir: dir, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, ctx: t.Context(),
		now: time.Now,
		args: []string{
			"exec", "--bind", "work:/w:rw", "--cwd", "/w", "/bin/sh", "-c",
			"cat old; echo new > file; echo more >> file; mkdir d; mv file d/moved; rm old; ln -s ../secret link; " +
				"echo lost > link; chmod 750 d; echo x > /beside; cat /beside d/moved; ls -l d | cut -c1-10",
		},
	}
	if code := p.run(); code != 0 && code != 1 {
		t.Fatalf("status %d: %s", code, errs.String())
	}
	if got, want := out.String(), "work/oldx\nnew\nmore\ntotal 4\n-rw-r--r--\n"; got != want {
		t.Errorf("output %q, want %q; %s", got, want, errs.String())
	}
	if b, err := os.ReadFile(filepath.Join(dir, "work", "d", "moved")); string(b) != "new\nmore\n" {
		t.Errorf("moved: %q, %v", b, err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "secret")); string(b) != "secret" {
		t.Errorf("secret: %q", b)
	}
	if info, err := os.Stat(filepath.Join(dir, "work", "d")); err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "work", "old")); err == nil {
		t.Error("old is still there")
	}
	if _, err := os.Stat("/beside"); err == nil {
		t.Error("/beside is on the host")
	}
}
