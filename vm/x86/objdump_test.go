package x86

import (
	"bufio"
	"debug/elf"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var objdumpFile = flag.String("objdump", "", "compare the disassembly of this file with objdump's, too, and print all differences")

// dumped is one line of objdump -d.
type dumped struct {
	addr uint64
	len  int
	text string
}

// objdump calls f with each line of objdump's disassembly of file.
func objdump(t *testing.T, file string, f func(dumped)) {
	t.Helper()
	path, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("objdump is not installed")
	}
	cmd := exec.CommandContext(t.Context(), path, "-d", "-z", "-w", "-M", "intel", file) //nolint:gosec // objdump
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "\t", 3)
		addr, isLine := strings.CutSuffix(strings.TrimSpace(parts[0]), ":")
		if !isLine || len(parts) < 2 {
			continue
		}
		d := dumped{len: len(strings.Fields(parts[1]))}
		if len(parts) == 3 {
			d.text = parts[2]
		}
		if d.addr, err = strconv.ParseUint(addr, 16, 64); err == nil && d.text != "" {
			f(d)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// image is a file's executable sections.
type image struct {
	sections []*elf.Section
	bytes    [][]byte
	mode32   bool
}

func openImage(t *testing.T, file string) *image {
	t.Helper()
	f, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	im := &image{mode32: f.Class == elf.ELFCLASS32}
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_EXECINSTR != 0 && s.Type == elf.SHT_PROGBITS {
			b, err := s.Data()
			if err != nil {
				t.Fatal(err)
			}
			im.sections, im.bytes = append(im.sections, s), append(im.bytes, b)
		}
	}
	return im
}

// at are the bytes from va to the end of the section.
func (im *image) at(va uint64) []byte {
	for i, s := range im.sections {
		if va >= s.Addr && va-s.Addr < s.Size {
			return im.bytes[i][va-s.Addr:]
		}
	}
	return nil
}

var (
	comment     = regexp.MustCompile(` *[#<].*$`)
	oneTimes    = regexp.MustCompile(`\*1\b`)
	nothing     = regexp.MustCompile(`[+-]0x0\]`)
	redundant   = regexp.MustCompile(`^((data16|cs|ds|es|ss|fs|gs|addr32|rex(\.[wrxb]+)?|repz|repnz) )+`)
	repeated    = regexp.MustCompile(`^(rep |repz |repnz )?(movs|cmps|stos|lods|scas|ins|outs) .*?\b(byte|word|dword|qword) ptr.*$`)
	shortString = regexp.MustCompile(`^rep\w* (movs|cmps|stos|lods|scas|ins|outs)[bwdq]$`)
	branch      = regexp.MustCompile(`^((?:bnd |notrack )*(?:call|j[a-z]+|loop[a-z]*|xbegin))(?:,p[nt])? (?:0x)?([0-9a-f]+)$`)
	absolute    = regexp.MustCompile(`\b([defgs]s:)0x([0-9a-f]+)`)
	farAway     = regexp.MustCompile(`([er]ip)\+0x(f{8}[0-9a-f]{8}|f[0-9a-f]{7})\]`)
	onlyPlace   = regexp.MustCompile(`^(prefetch\w*|clflush\w*|invlpg|clwb|cldemote) byte ptr `)
)

// normal is a text of either disassembler with the differences of spelling taken away that Disassemble's
// comment lists.
func normal(s string) string {
	s = strings.ToLower(strings.TrimSpace(comment.ReplaceAllString(s, "")))
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), ", ", ",")
	s = oneTimes.ReplaceAllString(s, "")
	s = nothing.ReplaceAllString(s, "]")
	s = strings.NewReplacer("+eiz", "", "+riz", "").Replace(s)
	if m := repeated.FindStringSubmatch(s); m != nil {
		return m[1] + m[2] + m[3][:1]
	}
	if !strings.HasPrefix(s, "repz ret") && !shortString.MatchString(s) {
		s = redundant.ReplaceAllString(s, "")
	}
	s = branch.ReplaceAllString(s, "$1 0x$2")
	s = absolute.ReplaceAllString(s, "$1[0x$2]")
	s = strings.ReplaceAll(s, "ds:[", "[")
	s = strings.ReplaceAll(s, "cs:[", "[")
	s = farAway.ReplaceAllStringFunc(s, func(m string) string {
		v, err := strconv.ParseUint(m[6:len(m)-1], 16, 64)
		if err != nil {
			return m
		}
		return fmt.Sprintf("%s-%#x]", m[:3], uint32(-v))
	})
	return onlyPlace.ReplaceAllString(s, "$1 ")
}

// tally counts differences by a key and keeps an example of each.
type tally struct {
	count   map[string]int
	example map[string]string
}

func (c *tally) add(key, example string) {
	if c.count[key]++; c.count[key] == 1 {
		c.example[key] = example
	}
}

func (c *tally) log(t *testing.T, most int) {
	t.Helper()
	keys := make([]string, 0, len(c.count))
	for k := range c.count {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return c.count[b] - c.count[a] })
	for _, k := range keys[:min(most, len(keys))] {
		t.Logf("%7d %s: %s", c.count[k], k, c.example[k])
	}
}

// unlike are the instructions of libraries that Disassemble does not take for one, as its comment says.
var unlike = regexp.MustCompile(`^(f(stsw|stcw|stenv|save|init|clex)$|vf[nm]\w*[ps][sd]$)`)

// The programs of testdata and what the host has: C libraries, whose hand-written functions hold everything up
// to AVX-512.
func TestObjdump(t *testing.T) {
	files, err := filepath.Glob("../../testdata/programs/*")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(name string) bool {
		info, err := os.Stat(name)
		return filepath.Ext(name) != "" || err != nil || info.IsDir()
	})
	if !testing.Short() {
		for _, name := range []string{"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"} {
			files = append(files, "/lib/x86_64-linux-gnu/"+name)
		}
	}
	if *objdumpFile != "" {
		files = []string{*objdumpFile}
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if _, err := os.Stat(file); err != nil {
				t.Skip(err)
			}
			compare(t, file)
		})
	}
}

func compare(t *testing.T, file string) {
	t.Helper()
	im := openImage(t, file)
	bad := tally{map[string]int{}, map[string]string{}}
	all, known, badText := 0, 0, 0
	objdump(t, file, func(d dumped) {
		all++
		code := im.at(d.addr)
		in := Disassemble(code, d.addr, im.mode32)
		got, want := normal(in.Text), normal(d.text)
		name, _, _ := strings.Cut(want, " ")
		switch {
		case in.Len == d.len && (got == want || strings.Contains(want, Bad)):
		case in.Len == 1 && (in.Text == Bad || in.Text == "fwait") && unlike.MatchString(name):
			known++
		default:
			badText++
			bad.add(name, fmt.Sprintf("% x: %d bytes %q, objdump: %d %q", code[:min(d.len, len(code))], in.Len, got, d.len, want))
		}
	})
	t.Logf("%d instructions, %d known differences, %d others", all, known, badText)
	if badText > 0 || all == 0 {
		t.Errorf("%d instructions, of which %d differ from objdump's", all, badText)
	}
	bad.log(t, 60)
}
