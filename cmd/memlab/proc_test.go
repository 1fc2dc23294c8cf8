package main

import (
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// guestCat is what cat prints of files of the guest's.
func guestCat(t *testing.T, names ...string) string {
	t.Helper()
	if _, err := os.Stat("/bin/cat"); err != nil || runtime.GOOS != "linux" {
		t.Skip("this host has no /bin/cat")
	}
	var out, errs strings.Builder
	p := &process{
		dir: t.TempDir(), stdin: strings.NewReader(""), stdout: &out, stderr: &errs, ctx: t.Context(), now: time.Now,
		args: slices.Concat([]string{"exec", "/bin/cat"}, names),
	}
	if code := p.run(); code != 0 {
		t.Fatalf("status %d: %s", code, errs.String())
	}
	return out.String()
}

// rowNames are the words before the colons.
func rowNames(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^([A-Za-z_()]+):`).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestProcRows: the files of /proc have the rows that the host's have, in its order; a row that the host's kernel
// does not have is an error, one that memlab leaves out is not.
func TestProcRows(t *testing.T) {
	for _, name := range []string{"/proc/self/status", "/proc/self/smaps_rollup", "/proc/meminfo", "/proc/self/fdinfo/0"} {
		host, err := os.ReadFile(name)
		if err != nil {
			t.Skip(err)
		}
		want, at := rowNames(string(host)), 0
		for _, row := range rowNames(guestCat(t, name)) {
			i := slices.Index(want[at:], row)
			if i < 0 {
				t.Errorf("%s: row %s is not the host's, or not in its place", name, row)
				continue
			}
			at += i + 1
		}
		if at == 0 {
			t.Errorf("%s has no rows", name)
		}
	}
	host, err := os.ReadFile("/proc/self/stat")
	if got := len(strings.Fields(guestCat(t, "/proc/self/stat"))); err == nil && got != len(strings.Fields(string(host))) {
		t.Errorf("stat has %d fields", got)
	}
}

// TestProcAgrees: what smaps says of each area, smaps_rollup, statm and status say of all together.
func TestProcAgrees(t *testing.T) {
	sum := func(text, row string) (n int) {
		for _, m := range regexp.MustCompile(`(?m)^`+row+`:\s+(\d+) kB$`).FindAllStringSubmatch(text, -1) {
			v, _ := strconv.Atoi(m[1])
			n += v
		}
		return n
	}
	smaps := guestCat(t, "/proc/self/smaps")
	rollup, status := guestCat(t, "/proc/self/smaps_rollup"), guestCat(t, "/proc/self/status")
	fields := strings.Fields(guestCat(t, "/proc/self/statm"))
	size, _ := strconv.Atoi(fields[0])
	if got := sum(smaps, "Size"); got != 4*size || got != sum(status, "VmSize") {
		t.Errorf("size: smaps %d kB, statm %d pages, status %d kB", got, size, sum(status, "VmSize"))
	}
	for _, row := range []string{"Rss", "Pss", "Anonymous", "Swap"} {
		a, b := sum(smaps, row), sum(rollup, row)
		if a < b-32 || a > b+32 { // smaps is longer, and cat's buffers with it
			t.Errorf("%s: smaps %d kB, smaps_rollup %d kB", row, a, b)
		}
	}
	if rss := sum(status, "VmRSS"); rss != sum(status, "RssAnon")+sum(status, "RssFile")+sum(status, "RssShmem") || rss == 0 {
		t.Errorf("VmRSS is %d kB:\n%s", rss, status)
	}
	if got := guestCat(t, "/sys/devices/system/cpu/online", "/proc/sys/kernel/osrelease"); got != "0\n6.18.0-memlab\n" {
		t.Errorf("%q", got)
	}
}
