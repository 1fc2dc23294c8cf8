package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"memlab/loader/loadtest"
)

// hostLibraries are the files that the recorded dynamic programs open beside their own, where Debian 12 has them.
var hostLibraries = []string{
	"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib32/ld-linux.so.2",
	"/usr/lib32/libc.so.6",
}

// recordedCache is the size of /etc/ld.so.cache in pages when the programs were recorded: where it was mapped a hole is
// left, on which the libraries' addresses depend.
const recordedCache = 11 * 4096

// hostHas reports whether the host has the very file that was recorded.
func hostHas(e *loadtest.ELF) bool {
	if e == nil {
		return true
	}
	b, err := os.ReadFile(e.Realpath)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]) == e.SHA256
}

// hostRoot is a root with the document's own files and the host's libraries; ok is false where these are others than the
// recorded ones, or are not there.
func (d *recordedMaps) hostRoot(t *testing.T) (root string, ok bool) {
	t.Helper()
	root = t.TempDir()
	for _, name := range d.Files {
		data, err := os.ReadFile(filepath.Join(loaderData, "elf", name))
		if err != nil {
			return root, false
		}
		put(t, root, "/lab/elf/"+name, data, int64(len(data)))
	}
	if !hostHas(d.Interp) && !strings.HasPrefix(d.Interp.Realpath, "/lab/") {
		return root, false
	}
	for _, name := range hostLibraries {
		if data, err := os.ReadFile(name); err == nil {
			put(t, root, name, data, int64(len(data)))
		}
	}
	if data, err := os.ReadFile("/etc/ld.so.cache"); err == nil && len(data) <= recordedCache {
		put(t, root, "/etc/ld.so.cache", data, recordedCache)
	}
	for link, to := range map[string]string{
		"lib": "usr/lib", "lib32": "usr/lib32", "lib64": "usr/lib64", "usr/lib64/ld-linux-x86-64.so.2": hostLibraries[0],
		"usr/lib/ld-linux.so.2": hostLibraries[2],
	} {
		name := filepath.Join(root, link)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	if d.Exe != nil && !strings.HasPrefix(d.Exe.Path, "/lab/") {
		if d.Exe.Realpath = d.Exe.Path; !hostHas(d.Exe) {
			return root, false
		}
		data, err := os.ReadFile(d.Exe.Path)
		if err != nil {
			t.Fatal(err)
		}
		put(t, root, d.Exe.Path, data, int64(len(data)))
		if err := os.Symlink("usr/bin", filepath.Join(root, "bin")); err != nil && d.Prog != d.Exe.Path {
			t.Fatal(err)
		}
	}
	return root, true
}

// TestMapsWithHostLibraries runs the recorded programs to their later stages and to their end, the dynamic ones with the
// host's dynamic linker where it is the recorded one.
func TestMapsWithHostLibraries(t *testing.T) { //nolint:tparallel // its subtests are of one kind, below
	t.Parallel()
	paths, err := filepath.Glob(loaderData + "/maps/*.json")
	if err != nil {
		t.Fatal(err)
	}
	skipped := make(chan string, len(paths))
	t.Run("documents", func(t *testing.T) {
		for _, path := range paths {
			name := strings.TrimSuffix(filepath.Base(path), ".json")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d, _ := readMaps(t, path)
				root, ok := d.hostRoot(t)
				if !ok {
					skipped <- name
					t.Skip("SKIPPED: this host has not the files that were recorded")
				}
				d.compareLater(t, root)
				d.compareResult(t, root)
			})
		}
	})
	close(skipped)
	left := []string{}
	for name := range skipped {
		left = append(left, name)
	}
	slices.Sort(left)
	t.Logf("%d documents, left out: %v", len(paths), left)
	if len(left) > 40 {
		t.Errorf("only %d documents could be run", len(paths)-len(left))
	}
}

// compareLater compares areas, fields and place at the stages behind the first. Other registers hold what a library left
// that chooses its code by the processor.
func (d *recordedMaps) compareLater(t *testing.T, root string) {
	t.Helper()
	for _, want := range d.Stages[min(1, len(d.Stages)):] {
		name, _ := want["stage"].(string)
		r := memlab(t, "/", nil, slices.Concat(d.args(root), []string{"--format", "json", "--at", name}, d.tail())...)
		var doc struct{ Stages []map[string]any }
		if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil || len(doc.Stages) != 1 || r.code != 0 {
			t.Fatalf("%s: %v, %+v", name, err, r)
		}
		got := doc.Stages[0]
		for _, stage := range []map[string]any{got, want} {
			d.wanted(stage)
			regs, _ := stage["regs"].(map[string]any)
			stage["regs"] = map[string]any{"rip": regs["rip"], "rsp": regs["rsp"]}
			if regs["rip"] == nil { // the system calls of i386's libraries go through the vdso, which is memlab's own
				stage["regs"] = nil
			}
		}
		if g, w := indented(t, got), indented(t, want); g != w {
			t.Errorf("%s: got %s", name, unlike(g, w))
		}
	}
}

// compareResult runs the program to its end.
func (d *recordedMaps) compareResult(t *testing.T, root string) {
	t.Helper()
	want := d.Result.Code
	if d.Result.Kind == "signal" {
		want = map[string]int{"SIGSEGV": 139, "SIGBUS": 135, "SIGILL": 132, "SIGFPE": 136}[d.Result.Signal]
	}
	args := append([]string{"exec"}, d.args(root)[1:]...)
	if got := memlab(t, "/", nil, append(args, d.tail()...)...); got.code != want {
		t.Errorf("ended with %d, %s, want %s", got.code, got.stderr, fmt.Sprint(d.Result))
	}
}
