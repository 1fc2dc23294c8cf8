package main

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var updateReadme = flag.Bool("update-readme", false, "write the output of the commands in the texts anew")

// TestReadme runs the commands of the console blocks in README and in the guide to the command line, and
// compares what they print with what stands there.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	for _, name := range []string{"README.md", "cmd/memlab/README.md"} {
		t.Run(name, func(t *testing.T) { examples(t, name) })
	}
}

func examples(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const fence = "```console\n"
	parts := strings.Split(string(b), fence)
	if len(parts) < 3 {
		t.Fatal("no commands")
	}
	for i := range parts[1:] {
		block, rest, ok := strings.Cut(parts[i+1], "```\n")
		if !ok {
			t.Fatal("an open block")
		}
		line, want, _ := strings.Cut(block, "\n")
		args, ok := strings.CutPrefix(line, "$ memlab ")
		if !ok {
			t.Fatalf("a block begins with %q", line)
		}
		got := printed(t, strings.Fields(args))
		if *updateReadme {
			parts[i+1] = line + "\n" + got + "```\n" + rest
		} else if got != want {
			t.Errorf("memlab %s prints\n%s\nthe text says\n%s", args, got, want)
		}
	}
	if *updateReadme {
		if err := os.WriteFile(name, []byte(strings.Join(parts, fence)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// printed is what a command prints, to both streams, with the checkout's own place taken out.
func printed(t *testing.T, args []string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	r := memlab(t, dir, nil, args...)
	return strings.ReplaceAll(r.stdout+r.stderr, dir, "/home/me/memlab")
}
