package script

import (
	"debug/elf"
	"fmt"
	"testing"
)

// TestInternalFragmentation compares with what the program headers say: before it has run, a static program's waste is
// what rounding its segments to pages adds. Pages larger than the 4 KiB of the ABI add to every area.
func TestInternalFragmentation(t *testing.T) {
	for _, name := range []string{"hello", "matrix", "sort", "hello-glibc"} {
		f, err := elf.Open("../../testdata/programs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var want uint64
		next := uint64(0) // the first page that no segment has taken
		for _, p := range f.Progs {
			if p.Type != elf.PT_LOAD {
				continue
			}
			first, last := max(p.Vaddr/4096, next), (p.Vaddr+p.Memsz-1)/4096
			want += (last-first+1)*4096 - p.Memsz
			next = last + 1
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		passes(t, fmt.Sprintf(`
local m = machine.new{memory = {frames = 256}}
m:load(%q)
assert.fragmentation(m):internal_equals(%d)
local large = machine.new{memory = {page_size = 65536, frames = 256}}
large:load(%q)
assert.fragmentation(large):internal_at_least(%d)`, name, want, name, want))
	}
}
