//go:build linux && amd64

package main

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// kernelCases and kernelFirst choose the random programs that are run on the host's kernel.
var (
	kernelCases = flag.Int("kernel-cases", 300, "how many random programs are compared with the host's kernel")
	kernelFirst = flag.Int("kernel-first", 0, "number of the first of them")
)

// args are the options of `memlab maps` and `memlab exec` for the call, and PROG and its arguments.
func (c *hostCall) args() (options, prog []string) {
	limit := strconv.FormatUint(c.stack, 10)
	if c.stack == 1<<64-1 {
		limit = "unlimited"
	}
	options = []string{
		"--root", "/", "--cwd", c.cwd, "--uid", strconv.Itoa(c.uid), "--stack-limit", limit,
		"--personality", fmt.Sprintf("%#x", c.personality),
	}
	for _, kv := range c.env {
		options = append(options, "--env", kv)
	}
	switch {
	case len(c.argv) == 0:
		options = append(options, "--no-argv")
	case c.argv[0] != c.path:
		options = append(options, "--argv0", c.argv[0])
	}
	return options, append([]string{"--", c.path}, c.argv[min(1, len(c.argv)):]...)
}

// comparable618 reports whether the host's kernel is one whose rules profile linux-6.18 states, by loading a program
// whose recorded layout is at hand.
func comparable618(t *testing.T, dir string) bool {
	t.Helper()
	var u syscall.Utsname
	if err := syscall.Uname(&u); err != nil {
		t.Fatal(err)
	}
	var release strings.Builder
	for _, c := range u.Release {
		if c == 0 {
			break
		}
		release.WriteByte(byte(c))
	}
	if !strings.HasPrefix(release.String(), "6.18.") {
		t.Logf("the host's kernel is %s", release.String())
		return false
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	const ext4 = 0xef53
	if fs.Type != ext4 {
		t.Logf("%s lies in a file system of type %#x", dir, fs.Type)
		return false
	}
	return true
}

// TestRandomProgramsOnKernel runs random programs and scripts, valid and malformed, through the host's own execve and
// through `memlab maps` and `memlab exec`, and compares all that can be seen: areas, their bytes and private pages,
// auxiliary vector, stack, registers, the fields of /proc/PID/stat and status, errno, signal and exit status. More of
// them: -args -kernel-cases 5000.
func TestRandomProgramsOnKernel(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: not root, so programs cannot be run as another user; nothing was compared with the host's kernel")
	}
	dir := t.TempDir()
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // other users run what lies there
			t.Fatal(err)
		}
	}
	if !comparable618(t, dir) {
		t.Skip("SKIPPED: the host is no Linux 6.18 with ext4; nothing was compared with its kernel")
	}
	ends := map[string]int{}
	for i := *kernelFirst; i < *kernelFirst+*kernelCases; i++ {
		sub := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(sub, 0o755); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
		c := randomCase(t, sub, i)
		c.pmap = i%16 == 0
		ends[compareWithKernel(t, i, c)]++
		if !t.Failed() {
			_ = os.RemoveAll(sub)
		}
	}
	t.Logf("%v", ends)
	if len(ends) < 4 && *kernelCases > 100 {
		t.Errorf("the programs are too much alike: %v", ends)
	}
}

// compareWithKernel compares one call and says how it ended.
func compareWithKernel(t *testing.T, i int, c *kernelCase) string {
	t.Helper()
	host := onKernel(t, &c.hostCall)
	options, prog := c.args()
	base := slices.Concat([]string{"maps"}, options)
	got := memlab(t, "/", nil, slices.Concat(base, []string{"--format", "json"}, prog)...)
	var end, want string
	switch {
	case host.errno != 0:
		end = errnoName(host.errno)
		want = fmt.Sprintf("{\"errno\": %q}\n", end)
	case host.killed:
		end, want = "killed", "{\"signal\": \"SIGSEGV\"}\n"
	default:
		end = "ran"
		g, w := leveled(t, got.stdout), leveled(t, jsonOf(t, host.doc))
		if g != w {
			t.Errorf("case %d: got %s\n%q\n%s", i, unlike(g, w), prog, c.story.String())
			return end
		}
		c.comparePmap(t, i, host, base, prog)
		c.compareEnd(t, i, host, options, prog)
		return end
	}
	if got.stdout != want || got.code != 3 || got.stderr != "" {
		t.Errorf("case %d: got %.300s%s, code %d, want %s\n%q, uid %d\n%s", i, got.stdout, got.stderr, got.code, want, prog, c.uid, c.story.String())
	}
	return end
}

// compareEnd runs the program to its end.
func (c *kernelCase) compareEnd(t *testing.T, i int, host *hostRun, options, prog []string) {
	t.Helper()
	if host.status < 0 {
		return // it goes on for ever
	}
	got := memlab(t, "/", nil, slices.Concat([]string{"exec", "--max-instructions", "1M"}, options, prog)...)
	if got.code == codeExecFailed && strings.Contains(got.stderr, "stopped at its limit") {
		return // a long way through zeros
	}
	if got.code != host.status {
		t.Errorf("case %d: ended with %d, %s, want %d\n%q\n%s", i, got.code, got.stderr, host.status, prog, c.story.String())
	}
}

// comparePmap compares the texts of pmap.
func (c *kernelCase) comparePmap(t *testing.T, i int, host *hostRun, base, prog []string) {
	t.Helper()
	for format, want := range host.pmap {
		got := memlab(t, "/", nil, slices.Concat(base, []string{"--format", format}, prog)...)
		if g, w := leveledMaps(got.stdout), leveledMaps(want); g != w {
			t.Errorf("case %d: %s: got %s\n%q\n%s", i, format, unlike(g, w), prog, c.story.String())
		}
	}
}

func errnoName(no syscall.Errno) string {
	for name, n := range map[string]syscall.Errno{
		"EPERM": syscall.EPERM, "ENOENT": syscall.ENOENT, "EIO": syscall.EIO, "E2BIG": syscall.E2BIG, "ENOEXEC": syscall.ENOEXEC,
		"ENOMEM": syscall.ENOMEM, "EACCES": syscall.EACCES, "EINVAL": syscall.EINVAL, "ENOTDIR": syscall.ENOTDIR,
		"ENAMETOOLONG": syscall.ENAMETOOLONG, "ELOOP": syscall.ELOOP, "ELIBBAD": syscall.ELIBBAD, "EFAULT": syscall.EFAULT,
	} {
		if n == no {
			return name
		}
	}
	return no.Error()
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// leveled is a document without what only the host can know: values that depend on its CPU, random bytes.
func leveled(t *testing.T, text string) string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return text
	}
	d := recordedMaps{HostSpecific: []string{"AT_HWCAP", "AT_HWCAP2", "AT_MINSIGSTKSZ"}}
	d.level(doc)
	stages, _ := doc["stages"].([]any)
	for _, s := range stages {
		stage, _ := s.(map[string]any)
		stack, _ := stage["stack"].(map[string]any)
		clearAux(stack, stage["auxv"])
		rows, _ := stage["maps"].([]any)
		for _, r := range rows {
			row, _ := r.(map[string]any)
			start, end := number(row, "start"), number(row, "end")
			if end-start > mostOwn {
				delete(row, "anon_pages")
			}
			if at := number(stack, "random_at"); start <= at && at < end { // a segment over the stack
				delete(row, "sha256")
			}
		}
	}
	return indented(t, doc)
}

// number is a number of a document.
func number(object map[string]any, key string) uint64 {
	s, _ := object[key].(string)
	n, _ := strconv.ParseUint(s, 0, 64)
	return n
}

// clearAux sets the values that depend on the CPU to zero in the bytes of a stack.
func clearAux(stack map[string]any, auxv any) {
	entries, _ := auxv.([]any)
	at := int(number(stack, "after_auxv")-number(stack, "sp")) - 16*len(entries)
	for _, key := range []string{"bytes_hex", "bytes_head_hex"} {
		text, _ := stack[key].(string)
		b, _ := hex.DecodeString(text)
		for i, e := range entries {
			entry, _ := e.(map[string]any)
			if _, known := entry["value"]; !known && at+16*i+16 <= len(b) {
				clear(b[at+16*i+8 : at+16*i+16])
			}
		}
		if text != "" {
			stack[key] = hex.EncodeToString(b)
		}
	}
}
