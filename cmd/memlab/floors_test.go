package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// TestFloors holds the house together: every import points down, and each foreign library has one room.
func TestFloors(t *testing.T) {
	floor := map[string]int{"paging": 0, "loader": 1, "vm": 2, "lab": 3, "configs": 3, "cmd": 4}
	rooms := map[string]string{
		"github.com/yuin/gopher-lua": "lab/script", "github.com/spf13/viper": "cmd/memlab",
		"github.com/spf13/cobra": "cmd/memlab", "golang.org/x/arch": "vm/x86",
	}
	files := 0
	for dir, imports := range goImports(t, os.DirFS("../..")) {
		files++
		here, known := floor[strings.Split(dir, "/")[0]]
		if !known {
			t.Errorf("%s: a package outside the house", dir)
		}
		for _, imported := range imports {
			if inner, own := strings.CutPrefix(imported, "memlab/"); own {
				if there := floor[strings.Split(inner, "/")[0]]; there > here {
					t.Errorf("%s imports %s, which stands above it", dir, imported)
				}
				if dir == "paging/addr" || dir == "paging/event" && inner != "paging/addr" {
					t.Errorf("%s imports %s: it is a leaf", dir, imported)
				}
				if here == 1 && inner != "paging/addr" && inner != "paging/event" && !strings.HasPrefix(inner, "loader") {
					t.Errorf("%s imports %s: the loader maps through an interface of its own", dir, imported)
				}
				continue
			}
			for library, room := range rooms {
				if strings.HasPrefix(imported, library) && dir != room {
					t.Errorf("%s imports %s, which lives in %s", dir, imported, room)
				}
			}
		}
	}
	if files < 15 {
		t.Errorf("only %d packages were looked at", files)
	}
}

// goImports are the imports of each package of the tree, tests left out.
func goImports(t *testing.T, tree fs.FS) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "testdata"):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		all[dir] = append(all[dir], "")
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all[dir] = append(all[dir], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
