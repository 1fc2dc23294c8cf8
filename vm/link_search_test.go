package vm_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"memlab/paging/addr"
	"memlab/vm"
)

// TestSearches holds where glibc's linker looks for libraries, and why there.
func TestSearches(t *testing.T) {
	if !native {
		t.Skip("this host does not run Linux x86-64 programs")
	}
	for _, c := range []struct {
		tag string
		why vm.SearchRule
	}{{"-Wl,--enable-new-dtags", vm.SearchRunpath}, {"-Wl,--disable-new-dtags", vm.SearchRpath}} {
		dir := buildLinked(t, linkKind{"glibc", "gcc", []string{c.tag}})
		if dir == "" {
			t.Skip("this host's compiler does not make such programs")
		}
		m, p, _ := linkedRun(t, dir, nil)
		main, _ := p.Lookup("main")
		if _, err := m.Run(vm.RunOptions{Until: []addr.VAddr{main}}); err != nil {
			t.Fatal(err)
		}
		var opened []string
		failed := 0
		for _, s := range p.Searches() {
			switch {
			case s.Errno != 0 && strings.HasPrefix(s.Path, dir+"/nothing/") && s.Why == c.why:
				failed++
			case s.Errno != 0 && s.Why != c.why:
				t.Errorf("%+v failed", s)
			case s.Errno == 0:
				opened = append(opened, filepath.Base(s.Path)+" "+string(s.Why))
			}
		}
		why := " " + string(c.why)
		want := []string{
			"liba.so" + why, "libb.so" + why, "libc3.so" + why, "ld.so.cache configuration", "libc.so.6 system",
		}
		if failed == 0 || !slices.Equal(opened, want) {
			t.Errorf("%s: opened %q, want %q; %d tries failed", c.tag, opened, want, failed)
		}
	}
}
