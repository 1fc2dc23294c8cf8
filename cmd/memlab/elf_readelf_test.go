package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hostFiles are ELF files to compare on: what the host has of these, and the tree's own programs.
func hostFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{
		"/bin/true", "/bin/ls", "/bin/dash", "/bin/grep", "/usr/bin/env", "/usr/bin/readelf", "/usr/bin/python3",
		"/lib64/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/lib[cmz].so.[126]", "/usr/lib/x86_64-linux-gnu/*crt1.o",
		"/usr/lib/x86_64-linux-gnu/crt[in].o", "/usr/lib/gcc/x86_64-linux-gnu/*/crt*.o", "/usr/lib32/*crt*.o",
		"/usr/lib32/lib[cm].so.6", "/usr/lib32/ld-linux.so.2", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
		"/usr/lib/musl/lib/*.o", "../../testdata/programs/*", loaderData + "/elf/c_*", loaderData + "/elf/i386_*",
		loaderData + "/elf/musl_*", loaderData + "/elf/t32_bss4", loaderData + "/elf/t64_staticpie",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			head := make([]byte, 4)
			if f, err := os.Open(name); err == nil {
				if n, _ := f.Read(head); n == 4 && string(head) == "\x7fELF" {
					files = append(files, name)
				}
				_ = f.Close()
			}
		}
	}
	return files
}

// The lines that carry content, by their form.
var (
	elfHeaderKeys = regexp.MustCompile(`^(Class|Type|Machine|Entry point address|Start of .*|Flags|Size of .*|` +
		`Number of .*|Section header string table index): +(.*)$`)
	elfRow = regexp.MustCompile(`^(\[ *\d+\] .*|\S+ 0x[0-9a-f]{6,} 0x.*|\[Requesting.*|\d\d( [.\w].*)?|` +
		`0x[0-9a-f]{8,16} \(.*|[0-9a-f]{8}([0-9a-f]{8})?( .*)?|\d+: .*)$`)
	elfNoteRow = regexp.MustCompile(`^(\S+) (0x[0-9a-f]{8}) (NT_\w+|FDO_\w+|GO BUILDID|0x[0-9a-f]{8})(?:.*(Build ID: .*|OS: .*))?`)
)

// contents are the lines of content with single blanks. The first word of a type, and of a note what it says if
// that is a build identifier or a system.
func contents(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if m := elfHeaderKeys.FindStringSubmatch(line); m != nil {
			value := m[2]
			if m[1] == "Type" {
				value, _, _ = strings.Cut(value, " ")
			}
			out = append(out, m[1]+": "+value)
			continue
		}
		if m := elfNoteRow.FindStringSubmatch(line); m != nil {
			out = append(out, strings.TrimSpace(m[1]+" "+m[2]+" "+m[3]+" "+m[4]))
			continue
		}
		if elfRow.MatchString(line) && !strings.HasSuffix(line, " offsets") {
			out = append(out, line)
		}
	}
	return out
}

// TestReadelf compares everything that `memlab elf` prints with what readelf -hlSsdrn -W prints.
func TestReadelf(t *testing.T) {
	t.Parallel()
	readelf, err := exec.LookPath("readelf")
	if err != nil {
		t.Skip("SKIPPED: the host has no readelf, memlab elf has not been compared with it")
	}
	files := hostFiles(t)
	if len(files) < 30 {
		t.Fatalf("only %d files", len(files))
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		t.Run(strings.Trim(strings.ReplaceAll(name, "/", "_"), "._"), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), readelf, "-hlSsdrn", "-W", name) //nolint:gosec // the host's readelf
			cmd.Env = []string{"LC_ALL=C"}
			theirs, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			ours := memlab(t, dir, nil, "elf", name)
			if ours.code != 0 || ours.stderr != "" {
				t.Fatalf("exit code %d, %s", ours.code, ours.stderr)
			}
			got, want := contents(ours.stdout), contents(string(theirs))
			if len(want) < 15 {
				t.Fatalf("only %d lines of content", len(want))
			}
			if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
				t.Errorf("got %s", unlike(g, w))
			}
		})
	}
	t.Logf("%d files", len(files))
}
