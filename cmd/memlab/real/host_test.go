//go:build linux && amd64

package real_test

import (
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// packages says which Debian package has which program.
//
//go:embed packages.txt
var packages string

// have skips the test, or fails it where MEMLAB_REAL asks for that, when the host lacks one of the programs.
func have(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if strings.HasPrefix(name, "./") || find(name) != "" {
			continue
		}
		missing := "this host has no " + name + "; the Debian package is " + packageOf(name)
		if os.Getenv("MEMLAB_REAL") == "require" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
}

// find is where the row's PATH has a program, "" if nowhere. An absolute path may be a library's, too.
func find(name string) string {
	dirs := strings.Split(strings.TrimPrefix(environment[0], "PATH="), ":")
	if filepath.IsAbs(name) {
		dirs = []string{"/"}
	}
	for _, dir := range dirs {
		at := filepath.Join(dir, name)
		info, err := os.Stat(at)
		if err == nil && info.Mode().IsRegular() && (info.Mode()&0o111 != 0 || filepath.IsAbs(name)) {
			return at
		}
	}
	return ""
}

// runs32 reports whether the host's kernel runs i386 programs. Those of virtual machines without the processor's help
// do not.
var runs32 = sync.OnceValue(func() bool {
	return !errors.Is(exec.Command("../../../testdata/programs/tour32").Run(), syscall.ENOEXEC)
})

// emulator is a command line that gives the host's answer where its kernel runs no i386 programs.
func emulator(t *testing.T, argv []string) (name string, args []string) {
	t.Helper()
	if !strings.HasPrefix(argv[0], "./") {
		t.Skip("this host's kernel runs no i386 programs, and a shell that starts them cannot be told to have them emulated")
	}
	have(t, "qemu-i386")
	return find("qemu-i386"), argv
}

// packageOf is the Debian package that has a program.
func packageOf(name string) string {
	for line := range strings.Lines(packages) {
		if program, pkg, ok := strings.Cut(strings.TrimSpace(line), " "); ok && program == name {
			return strings.TrimSpace(pkg)
		}
	}
	return "not in packages.txt"
}

// Every program that a row names has its package listed, so that CI installs it and a skip can name it.
func TestPackages(t *testing.T) {
	for _, r := range rows() {
		for _, name := range append(append([]string{r.argv[0]}, r.needs...), first(r.build)...) {
			if !strings.HasPrefix(name, "./") && packageOf(name) == "not in packages.txt" {
				t.Errorf("%s: packages.txt does not list %s", r.name, name)
			}
		}
	}
}

// first is a slice of at most the first element.
func first(s []string) []string { return s[:min(1, len(s))] }

// buildDir is where buildMemlab leaves the command; TestMain removes it.
var buildDir string

// buildMemlab builds the command under test, once.
var buildMemlab = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "memlab-real-")
	if err != nil {
		return "", err
	}
	buildDir = dir
	out := filepath.Join(dir, "memlab")
	//nolint:gosec // the command under test
	text, err := exec.Command("go", "build", "-o", out, "memlab/cmd/memlab").CombinedOutput()
	if err != nil {
		err = &buildError{err, string(text)}
	}
	return out, err
})

type buildError struct {
	err  error
	text string
}

func (e *buildError) Error() string { return e.err.Error() + ": " + e.text }

func memlab(t *testing.T) string {
	t.Helper()
	name, err := buildMemlab()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestMain(m *testing.M) {
	code := m.Run()
	if buildDir != "" {
		_ = os.RemoveAll(buildDir) // the test's result is what counts
	}
	os.Exit(code)
}
