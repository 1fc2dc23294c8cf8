package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recordedOps is a document of paging/area/testdata/mmops: the areas and answers of a real kernel.
type recordedOps struct {
	Initial, Final []string
	Bits           int
	Steps          []struct {
		Op       []any
		Ret      string
		Fault    any
		Del, Add []string
	}
}

// TestMmopsCommand replays every recorded scenario through the command.
func TestMmopsCommand(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, name := range []string{"mmops64", "mmops32"} {
		data, err := os.ReadFile(filepath.Join(loaderData, "elf", name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, root, "/lab/elf/"+name, data, int64(len(data)))
	}
	paths, err := filepath.Glob("../../paging/area/testdata/mmops/*.json")
	if err != nil || len(paths) != 39 {
		t.Fatalf("%d documents, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			full, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			r := memlab(t, "/", nil, "mmops", "--root", root, full)
			if r.code != 0 || r.stderr != "" {
				t.Fatalf("%+v", r)
			}
			var got, want recordedOps
			for doc, from := range map[*recordedOps]string{&got: r.stdout, &want: string(text)} {
				if err := json.Unmarshal([]byte(from), doc); err != nil {
					t.Fatal(err)
				}
				for i := range doc.Steps { // left out and empty are the same
					s := &doc.Steps[i]
					s.Del, s.Add = slices.Concat([]string{}, s.Del), slices.Concat([]string{}, s.Add)
				}
			}
			compareOps(t, &got, &want)
		})
	}
}

func compareOps(t *testing.T, got, want *recordedOps) {
	t.Helper()
	if g, w := indented(t, got), indented(t, want); g != w {
		t.Errorf("got %s", unlike(g, w))
	}
}
