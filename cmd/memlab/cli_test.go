package main

import (
	"bytes"
	"context"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// result is how one command ended.
type result struct {
	code           int
	stdout, stderr string
}

// memlab runs one command in memory, in the folder dir.
func memlab(t *testing.T, dir string, env []string, args ...string) result {
	t.Helper()
	return memlabWith(t, &process{dir: dir, env: env, args: args, ctx: t.Context()})
}

// memlabWith fills in what p lacks and runs it.
func memlabWith(t *testing.T, p *process) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p.stdin, p.stdout, p.stderr = strings.NewReader(""), &stdout, &stderr
	p.now = func() time.Time { return time.Unix(0, 0) }
	if p.build == nil {
		p.build = func() (*debug.BuildInfo, bool) { return nil, false }
	}
	code := p.run()
	return result{code, stdout.String(), stderr.String()}
}

func TestVersion(t *testing.T) {
	info := &debug.BuildInfo{
		GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123456789abcdef"},
			{Key: "vcs.modified", Value: "true"},
			{Key: "vcs.time", Value: "2026-01-02T03:04:05Z"},
			{Key: "GOOS", Value: "linux"},
			{Key: "GOARCH", Value: "amd64"},
		},
	}
	build := func() (*debug.BuildInfo, bool) { return info, true }
	for _, tt := range []struct {
		args []string
		want result
	}{
		{[]string{"version"}, result{stdout: "memlab v1.2.3, revision 0123456789ab (modified), go1.26.0 linux/amd64\n"}},
		{[]string{"version", "--format", "json"}, result{stdout: `{
  "version": "v1.2.3",
  "go": "go1.26.0",
  "revision": "0123456789abcdef",
  "time": "2026-01-02T03:04:05Z",
  "modified": true,
  "platform": "linux/amd64"
}
`}},
		{[]string{"version", "x"}, result{2, "", "memlab: version: unexpected argument \"x\"; usage: memlab version [--format text|json]\n"}},
	} {
		if got := memlabWith(t, &process{args: tt.args, build: build, ctx: t.Context()}); got != tt.want {
			t.Errorf("%v:\ngot  %+v\nwant %+v", tt.args, got, tt.want)
		}
	}
	if got := memlab(t, "", nil, "version"); got != (result{stdout: "memlab unknown, unknown\n"}) {
		t.Errorf("without build information: %+v", got)
	}
}

// A Go panic is one line and the machine's exit code, or exec's own.
func TestPanicIsOneLine(t *testing.T) {
	build := func() (*debug.BuildInfo, bool) { panic("broken\ninvariant") }
	got := memlabWith(t, &process{args: []string{"version"}, build: build, ctx: t.Context()})
	want := result{3, "", "memlab: internal error: broken; please report it with the command\n"}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	got = memlabWith(t, &process{args: []string{"exec", "x"}, build: build}) // no context: a nil dereference, or earlier
	if got.code != 125 && got.code != 127 || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("exec: %+v", got)
	}
}

// setting is the value and source that `memlab config` shows for one key.
func setting(t *testing.T, r result, key string) string {
	t.Helper()
	for line := range strings.Lines(r.stdout) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), key+": "); ok {
			return strings.Join(strings.Fields(rest), " ")
		}
	}
	t.Fatalf("no %s in %+v", key, r)
	return ""
}

// Every setting can be set through every layer, and each layer overrides the one below.
func TestLayers(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "x")
	file := func(text string) { writeFile(t, dir, "c.yaml", text) }

	file("machine: {memory: {swap: 11}}\n")
	for _, tt := range []struct {
		env, args []string
		want      string
	}{
		{nil, nil, "16384 # default"},
		{nil, []string{"--config", "c.yaml"}, "11 # c.yaml:1:26"},
		{[]string{"MEMLAB_MACHINE_MEMORY_SWAP=22"}, []string{"--config", "c.yaml"}, "22 # environment MEMLAB_MACHINE_MEMORY_SWAP"},
		{
			[]string{"MEMLAB_MACHINE_MEMORY_SWAP=22"},
			[]string{"--config", "c.yaml", "--set", "machine.memory.swap=33", "--set", "machine.memory.swap=44"},
			"44 # --set",
		},
	} {
		if got := setting(t, memlab(t, dir, tt.env, append([]string{"config"}, tt.args...)...), "swap"); got != tt.want {
			t.Errorf("%v %v: %s, want %s", tt.env, tt.args, got, tt.want)
		}
	}
}

// The values that viper could mangle come through unharmed: sizes, durations, booleans, large numbers, and a map
// setting of which an option changes one entry.
func TestLayersKeepTypes(t *testing.T) {
	for _, tt := range []struct{ path, text, want string }{
		{"machine.memory.page_size", "64K", "page_size: 64KiB"},
		{"machine.seed", "18446744073709551615", "seed: 18446744073709551615"},
		{"machine.tlb.asid", "false", "asid: false"},
		{"machine.costs.disk_read", "1m30s", "disk_read: 1m30s"},
		{"machine.replacement.policy", "FIFO", "policy: fifo"},
		{"limits.output", "0", "output: 0"},
	} {
		dir := t.TempDir()
		nested := tt.text
		keys := strings.Split(tt.path, ".")
		for _, key := range slices.Backward(keys) {
			nested = "{" + key + ": " + nested + "}"
		}
		writeFile(t, dir, "c.yaml", nested)
		env := []string{"MEMLAB_" + strings.ToUpper(strings.ReplaceAll(tt.path, ".", "_")) + "=" + tt.text}
		for _, r := range []result{
			memlab(t, dir, nil, "config", "--config", "c.yaml"), memlab(t, dir, env, "config"),
			memlab(t, dir, nil, "config", "--set", tt.path+"="+tt.text),
		} {
			if !strings.Contains(r.stdout, "\n  "+tt.want+" ") && !strings.Contains(r.stdout, "    "+tt.want+" ") {
				t.Errorf("%s=%s: %+v", tt.path, tt.text, r)
			}
		}
	}
}

func TestExecRefusesSecretly(t *testing.T) {
	// An unknown MEMLAB_ variable stops exec too: a misspelt setting must not run another machine.
	got := memlab(t, t.TempDir(), []string{"MEMLAB_MACHINE_SEAD=1"}, "exec", "x")
	want := result{125, "", `memlab: unknown environment variable MEMLAB_MACHINE_SEAD; did you mean "MEMLAB_MACHINE_SEED"?` + "\n"}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := &process{ctx: ctx}
	err := p.outcome("prog", nil, 0, context.Canceled)
	if got := err.Error(); got != "exec: interrupted" {
		t.Errorf("got %q", got)
	}
}
