package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"memlab/loader/loadtest"
)

const loaderData = "../../loader/testdata"

// recordedMaps is what a document of loader/testdata/maps says beyond its stages.
type recordedMaps struct {
	Prog, Cwd, Personality string
	Argv, Env, Files       []string
	UID                    int
	StackLimit             string   `json:"stack_limit"`
	HostSpecific           []string `json:"host_specific_auxv"`
	Exe, Interp            *loadtest.ELF
	Result                 struct {
		Kind, Stage, Signal string
		Code                int
	}
	Stages   []map[string]any
	standIns bool // files that the tree does not have: only their headers are right
}

func readMaps(t *testing.T, path string) (d recordedMaps, whole map[string]any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	return d, whole
}

// put writes one file of a guest's root.
func put(t *testing.T, root, guestPath string, data []byte, size int64) {
	t.Helper()
	name := filepath.Join(root, filepath.FromSlash(guestPath))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o755); err != nil { //nolint:gosec // programs
		t.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
}

// root lays out the files that the document names: its own, and stand-ins for those that the tree lacks.
func (d *recordedMaps) root(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	there := func(p string) bool {
		_, err := os.Lstat(filepath.Join(root, p))
		return err == nil
	}
	link := func(from, to string) {
		if from == to || !strings.HasPrefix(from, "/") || there(from) {
			return
		}
		name := filepath.Join(root, from)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range d.Files {
		if data, err := os.ReadFile(filepath.Join(loaderData, "elf", name)); err == nil {
			put(t, root, "/lab/elf/"+name, data, int64(len(data)))
		}
	}
	interp := ""
	if in := d.Interp; in != nil {
		interp = in.Path
		in.Class = d.Exe.Class
		if !there(in.Realpath) {
			put(t, root, in.Realpath, loadtest.StandIn(*in, ""), in.Size)
			d.standIns = true
		}
		link(in.Path, in.Realpath)
	}
	if d.Exe != nil && !there(d.Exe.Path) {
		put(t, root, d.Exe.Path, loadtest.StandIn(*d.Exe, interp), d.Exe.Size)
		d.standIns = true
	}
	if d.Exe != nil {
		link(d.Prog, d.Exe.Path)
	}
	return root
}

// args is the command line that replays the document, up to PROG.
func (d *recordedMaps) args(root string) []string {
	args := []string{
		"maps", "--root", root, "--cwd", d.Cwd, "--personality", d.Personality, "--uid", strconv.Itoa(d.UID),
		"--stack-limit", d.StackLimit,
	}
	for _, kv := range d.Env {
		args = append(args, "--env", kv)
	}
	switch {
	case len(d.Argv) == 0:
		args = append(args, "--no-argv")
	case d.Argv[0] != d.Prog:
		args = append(args, "--argv0", d.Argv[0])
	}
	return args
}

func (d *recordedMaps) tail() []string {
	return append([]string{"--", d.Prog}, d.Argv[min(1, len(d.Argv)):]...)
}

// TestMapsCommand replays every recorded program through the command and compares its JSON with the recording.
func TestMapsCommand(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(loaderData + "/maps/*.json")
	if err != nil || len(paths) != 131 {
		t.Fatalf("%d documents, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			d, whole := readMaps(t, path)
			base := d.args(d.root(t))
			if d.Result.Stage == "exec" {
				got := memlab(t, "/", nil, slices.Concat(base, []string{"--format", "json"}, d.tail())...)
				if want := (result{3, "{\"signal\": \"SIGSEGV\"}\n", ""}); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
				return
			}
			for i, stage := range d.Stages {
				name, _ := stage["stage"].(string)
				if i > 0 && (d.standIns || d.Interp != nil && name != atExit) {
					continue // what a dynamic linker has done depends on the C library
				}
				args := slices.Concat(base, []string{"--format", "json", "--at", name}, d.tail())
				got := memlab(t, "/", nil, args...)
				if got.code != 0 || got.stderr != "" && i == 0 {
					t.Fatalf("%s: exit code %d, %s", name, got.code, got.stderr)
				}
				var doc map[string]any
				if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
					t.Fatal(err)
				}
				want := map[string]any{
					"ok": true, "bits": whole["bits"], "load_bias": whole["load_bias"], "stages": []any{d.wanted(stage)},
				}
				d.level(doc)
				if g, w := indented(t, doc), indented(t, want); g != w {
					t.Errorf("%s: got %s", name, unlike(g, w))
				}
			}
		})
	}
}

// level takes out of memlab's document what cannot be compared: bytes of stand-ins and random bytes.
func (d *recordedMaps) level(doc map[string]any) {
	stages, _ := doc["stages"].([]any)
	for _, s := range stages {
		stage, _ := s.(map[string]any)
		d.wanted(stage)
	}
}

// wanted takes out of a stage what is not compared. Random bytes become zeros.
func (d *recordedMaps) wanted(stage map[string]any) map[string]any {
	delete(stage, "raw_maps")
	delete(stage, "pmap")
	regs, _ := stage["regs"].(map[string]any)
	delete(regs, "orig_rax")
	delete(regs, "orig_eax")
	rows, _ := stage["maps"].([]any)
	for _, r := range rows {
		row, _ := r.(map[string]any)
		switch role := row["role"]; {
		case role == "interp" || d.standIns && row["name"] != "", stage["stage"] != atEntry:
			delete(row, "sha256") // of other files than the recorded ones, or not recorded
		}
	}
	auxv, _ := stage["auxv"].([]any)
	for _, a := range auxv {
		entry, _ := a.(map[string]any)
		if name, _ := entry["name"].(string); slices.Contains(d.HostSpecific, name) {
			delete(entry, "value")
		}
	}
	if stack, ok := stage["stack"].(map[string]any); ok {
		clearRandom(stack)
	}
	return stage
}

// clearRandom sets the 16 random bytes to zero.
func clearRandom(stack map[string]any) {
	number := func(key string) int {
		s, _ := stack[key].(string)
		n, _ := strconv.ParseUint(s, 0, 64)
		return int(n)
	}
	for _, key := range []string{"bytes_hex", "bytes_head_hex"} {
		text, _ := stack[key].(string)
		at := number("random_at") - number("sp")
		if b, _ := hex.DecodeString(text); len(b) >= at+16 {
			clear(b[at : at+16])
			stack[key] = hex.EncodeToString(b)
		}
	}
}

// TestMapsText compares the texts with those that were recorded at the first instruction. Device, inode and
// process id are the host's, and RSS and Dirty depend on what the page cache held.
func TestMapsText(t *testing.T) {
	paths, err := filepath.Glob(loaderData + "/maps/v_*_pmap.json")
	if err != nil || len(paths) != 2 {
		t.Fatalf("%d documents, %v", len(paths), err)
	}
	for _, path := range paths {
		d, _ := readMaps(t, path)
		base := d.args(d.root(t))
		pmap, _ := d.Stages[0]["pmap"].(map[string]any)
		for _, c := range []struct {
			format string
			lines  any
		}{
			{"maps", d.Stages[0]["raw_maps"]},
			{"pmap", pmap["pmap"]},
			{"pmap-x", pmap["pmap -x"]},
			{"pmap-d", pmap["pmap -d"]},
		} {
			var want strings.Builder
			lines, _ := c.lines.([]any)
			for _, l := range lines {
				text, _ := l.(string)
				want.WriteString(text + "\n")
			}
			got := memlab(t, "/", nil, slices.Concat(base, []string{"--format", c.format}, d.tail())...)
			if g, w := leveledMaps(got.stdout), leveledMaps(want.String()); got.code != 0 || g != w || g == "" {
				t.Errorf("%s: code %d, %s: got %s", c.format, got.code, got.stderr, unlike(g, w))
			}
		}
	}
}

// leveledMaps is a text of maps or pmap without what the host and its page cache decide.
func leveledMaps(text string) string {
	device := regexp.MustCompile(` [0-9a-f]{2}:[0-9a-f]{2} \d+ +| [0-9a-f]{3}:[0-9a-f]{5} |^\S+:   `)
	resident := regexp.MustCompile(`(?m)^([0-9a-f]{16} +\d+) +\d+ +\d+ |^(total kB +\d+) +\d+ +\d+$`)
	var out strings.Builder
	for line := range strings.Lines(resident.ReplaceAllString(text, "$1$2 ")) {
		out.WriteString(device.ReplaceAllString(line, " * "))
	}
	return out.String()
}

func indented(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// unlike shows the first lines in which two texts differ.
func unlike(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < min(len(g), len(w)) && g[i] == w[i] {
		i++
	}
	part := func(l []string) string { return strings.Join(l[max(i-4, 0):min(i+6, len(l))], "\n") }
	return "\n" + part(g) + "\nwant\n" + part(w)
}
