package loader_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

var update = flag.Bool("update", false, "rewrite the golden stories")

// TestStories compares whole stories, as text, with those in testdata/story.
func TestStories(t *testing.T) {
	for _, c := range []struct{ golden, program, profile string }{
		{"static", "t64_bss4", ""},
		{"static_shared_page", "m_shared_page", ""},
		{"musl_static", "musl_static", ""},
		{"pie_interp", "o_pie_interp", ""},
		{"pie_interp_exec", "o_pie_interp_exec", ""},
		{"script", "s_interp", ""},
		{"static_pie", "o_spie", ""},
		{"static_pie_align", "o_spie_align_64k", ""},
		{"static_pie_first_bss", "o_spie_first_bss", ""},
		{"ro_bss", "o_ro_bss", ""},
		{"bss_tail_kept", "o_no_bss_tail_kept", ""},
		{"bss_over_next", "o_bss_over_next", ""},
		{"pure_bss", "o_pure_bss_unaligned", ""},
		{"past_eof", "o_past_eof", ""},
		{"stack_rwx", "o_stack_rwx", ""},
		{"i386_pie", "o_min32_dyn", ""},
		{"i386_read_exec", "o_min32_rwx_stack", ""},
		{"bss_middle_5.4", "m_bss_middle", "linux-5.4"},
		{"pie_interp_5.4", "o_pie_interp", "linux-5.4"},
	} {
		t.Run(c.golden, func(t *testing.T) {
			d := labDisk(t, c.program, "o_pie_interp", "o_interp", "o_interp_exec", "o_interp32")
			req := labRequest(t, d, c.program)
			if c.profile != "" {
				req.Profile, _ = loader.ProfileByName(c.profile)
			}
			golden(t, c.golden, tell(req))
		})
	}
}

// TestStoriesOfFailures has those of malformed files.
func TestStoriesOfFailures(t *testing.T) {
	d, cases := badDisk(t)
	for _, name := range []string{
		"h_magic_0", "h_mach_0", "h_phentsize_55", "i_missing", "x_self", "x_nl", "s_on_stack_first",
		"s_incongruent", "h_entry_task",
	} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(cases, func(c badCase) bool { return c.Name == name })
			if i < 0 {
				t.Fatal("there is no such case")
			}
			req, err := cases[i].request(d, 1000)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "bad_"+name, tell(req))
		})
	}
}

// TestFailuresNameTheirRule: every recorded failure ends its story with the errno and the rule of its error.
func TestFailuresNameTheirRule(t *testing.T) {
	d, cases := badDisk(t)
	seen := 0
	for i := range cases {
		req, err := cases[i].request(d, 1000)
		if err != nil {
			continue // the path cannot be opened
		}
		bus := &event.Bus{}
		story := loader.Record(bus, nil)
		_, err = loader.Exec(req, &space{}, bus)
		if err == nil {
			continue
		}
		seen++
		var e *loader.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v is no *loader.Error", cases[i].Name, err)
		}
		last := story.Steps[len(story.Steps)-1]
		if e.Rule == loader.NoRule || last.Kind != event.ExecFail || loader.Rule(last.Rule) != e.Rule ||
			loader.Errno(last.Arg) != e.Errno || last.Arg2 != 0 != e.Fatal {
			t.Errorf("%s: %v by rule %q, the story ends with %s", cases[i].Name, err, e.Rule, &last)
		}
	}
	if seen < 70 {
		t.Errorf("%d failures seen", seen)
	}
}

// TestRules: names differ, and each rule has its function and sentence.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range loader.Rules() {
		if r.String() == "" || r.Function() == "" || seen[r.String()] || strings.HasSuffix(r.Text(), ".") ||
			len(r.Text()) < 20 {
			t.Errorf("rule %d: %q in %q: %q", r, r, r.Function(), r.Text())
		}
		seen[r.String()] = true
	}
	if len(seen) < 60 || loader.NoRule.String() != "" || loader.Rule(255).String() != "unknown" {
		t.Errorf("%d rules, none is %q, one more %q", len(seen), loader.NoRule, loader.Rule(255))
	}
}

// TestTellingChangesNothing: with and without a listener the same errors come out.
func TestTellingChangesNothing(t *testing.T) {
	d, cases := badDisk(t)
	for i := range cases {
		req, err := cases[i].request(d, 1000)
		if err != nil {
			continue
		}
		var errs [2]string
		for j, bus := range []*event.Bus{{}, {}} {
			if j == 1 {
				loader.Record(bus, nil)
			}
			if _, err := loader.Exec(req, &space{}, bus); err != nil {
				errs[j] = err.Error()
			}
		}
		if errs[0] != errs[1] {
			t.Errorf("%s: %q, with a listener %q", cases[i].Name, errs[0], errs[1])
		}
	}
}

// tell is the story of an execve.
func tell(req *loader.Request) string {
	bus := &event.Bus{}
	req.Trail = &loader.Trail{}
	story := loader.Record(bus, req.Trail)
	_, _ = loader.Exec(req, &space{}, bus) // how it ends is in the story
	return story.Text()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "story", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { //nolint:gosec // test data
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// badDisk has the malformed files, and the cases that use them.
func badDisk(t *testing.T) (disk, []badCase) {
	t.Helper()
	setup, cases := readBadCases(t)
	d := disk{}
	for i := range setup {
		d["/lab/bad/"+setup[i].Name] = badNode(t, &setup[i])
	}
	for i := range cases {
		if c := &cases[i]; c.File != nil {
			d["/lab/bad/"+c.Name] = badNode(t, c.File)
		}
	}
	return d, cases
}
