package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// readelfList names a file with the names of more ELF files to compare on, for a long run.
var readelfList = flag.String("readelf-list", "", "compare memlab elf with readelf on the files named in this `FILE` too")

// hostFiles are ELF files to compare on: what the host has of these, and the tree's own programs.
func hostFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	if *readelfList != "" {
		text, err := os.ReadFile(*readelfList)
		if err != nil {
			t.Fatal(err)
		}
		files = strings.Fields(string(text))
	}
	for _, pattern := range []string{
		"/bin/true", "/bin/ls", "/bin/dash", "/bin/grep", "/usr/bin/env", "/usr/bin/readelf", "/usr/bin/python3",
		"/lib64/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/lib[cmz].so.[126]", "/usr/lib/x86_64-linux-gnu/*crt1.o",
		"/usr/lib/x86_64-linux-gnu/crt[in].o", "/usr/lib/gcc/x86_64-linux-gnu/*/crt*.o", "/usr/lib32/*crt*.o",
		"/usr/lib32/lib[cm].so.6", "/usr/lib32/ld-linux.so.2", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
		"/usr/bin/perl", "/usr/bin/bash", "/usr/bin/gdb", "/usr/lib/x86_64-linux-gnu/libcrypto.so.*", "/usr/lib/x86_64-linux-gnu/libpthread.so.0",
		"/usr/lib/systemd/systemd-measure", "/usr/lib/jvm/*/lib/libjava.so", "/usr/lib/x86_64-linux-gnu/gconv/UTF-16.so",
		filepath.Join(goroot(), "bin", "gofmt"), filepath.Join(goroot(), "pkg", "tool", "linux_amd64", "asm"),
		"/usr/lib/musl/lib/*.o", "../../testdata/programs/objects/*.o", "../../testdata/programs/*", loaderData + "/elf/c_*", loaderData + "/elf/i386_*",
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

// goroot is where the host's Go lies: programs that another linker than GNU's has made.
func goroot() string {
	out, err := exec.CommandContext(context.Background(), "go", "env", "GOROOT").Output()
	if err != nil {
		return "/nowhere"
	}
	return strings.TrimSpace(string(out))
}

// madeFiles are files of the kinds that a host may lack, made with its compiler: relative relocations packed, symbol
// versions, stripped, retained sections, groups, hash tables of both sorts, either class.
func madeFiles(t *testing.T) []string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil || runtime.GOARCH != "amd64" || runtime.GOOS != "linux" {
		return nil
	}
	dir := t.TempDir()
	source, script := filepath.Join(dir, "kinds.c"), filepath.Join(dir, "kinds.map")
	for name, text := range map[string]string{
		source: `static int a; int *table[] = {&a, &a, &a}; int f(void); __attribute__((weak)) int g(void) { return a; }
__attribute__((retain, used, section("keep_me"))) int kept = 1; __thread int local; extern int away(void) __attribute__((weak));
__attribute__((constructor)) static void begin(void) { a = 1; } int f(void) { return local + g() + (away ? away() : 0); }
int main(void) { return f(); } static int real(void) { return 1; } static void *choose(void) { return real; }
int either(void) __attribute__((ifunc("choose"))); int shown = 2; __asm__(".comm room,64,32");`,
		script: "V1 { global: f; local: a; }; V2 { global: g; main; } V1;\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var files []string
	for name, flags := range map[string]string{
		"object": "-c", "object-sections": "-c -ffunction-sections -fdata-sections -g", "object-pic": "-c -fPIC -O2",
		"object32": "-c -m32", "object32-pic": "-c -m32 -fPIC -g", "relocatable": "-r -nostdlib", "large": "-c -mcmodel=large -fPIC",
		"relr": "-nostdlib -pie -fPIE -Wl,-e,main -Wl,-z,pack-relative-relocs", "static-pie": "-nostdlib -static-pie -fPIE -Wl,-e,main",
		"versions": "-nostdlib -shared -fPIC -Wl,-soname,libkinds.so.1 -Wl,--version-script=" + script,
		"filter":   "-nostdlib -shared -fPIC -Wl,-F,libother.so -Wl,-f,libaux.so -Wl,-rpath,/nowhere -Wl,-Bsymbolic",
		"static":   "-nostdlib -static -Wl,-e,main", "stripped": "-nostdlib -s -Wl,-e,main", "now": "-nostdlib -pie -fPIE -Wl,-z,now -Wl,-e,main",
		"runpath": "-nostdlib -Wl,--enable-new-dtags -Wl,-rpath,/a:/b -shared -fPIC -Wl,-z,nodelete -Wl,-z,initfirst -Wl,-z,origin",
		"sysv":    "-nostdlib -shared -fPIC -Wl,--hash-style=both", "notes": "-nostdlib -Wl,-e,main -Wl,--build-id=sha1 -fcf-protection=full",
		"text32": "-m32 -nostdlib -shared -fno-pic -Wl,-z,notext", "program32": "-m32 -nostdlib -no-pie -Wl,-e,main",
		"pie32": "-m32 -nostdlib -pie -fPIE -Wl,-e,main -Wl,-z,norelro", "execstack": "-nostdlib -Wl,-e,main -Wl,-z,execstack -no-pie",
		"nosections": "-nostdlib -no-pie -Wl,-e,main -Wl,-z,noseparate-code",
	} {
		out := filepath.Join(dir, name)
		args := append([]string{"-w", "-o", out, source}, strings.Fields(flags)...)
		if text, err := exec.CommandContext(t.Context(), gcc, args...).CombinedOutput(); err != nil { //nolint:gosec // the host's gcc
			t.Logf("gcc cannot make %s: %.300s", name, text)
			continue
		}
		files = append(files, out)
	}
	if len(files) < 15 {
		t.Errorf("gcc makes only %d files", len(files))
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
	files := append(hostFiles(t), madeFiles(t)...)
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
