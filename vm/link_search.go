package vm

import (
	"bytes"
	"path"
	"strings"

	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/linux"
	"memlab/vm/x86"
)

// Search is one file that the dynamic linker has tried to open.
type Search struct {
	Path  string
	Errno int        // 0: opened
	Why   SearchRule // which list of directories the path comes from
}

// SearchRule says why the linker looked for a file there (ld.so(8)).
type SearchRule string

// The rules, in the order of the search.
const (
	SearchConfig  SearchRule = "configuration"   // the linker's own: ld.so.cache, ld-musl-*.path
	SearchRpath   SearchRule = "DT_RPATH"        // of an object without DT_RUNPATH
	SearchEnv     SearchRule = "LD_LIBRARY_PATH" // of the environment
	SearchRunpath SearchRule = "DT_RUNPATH"      // of an object
	SearchDefault SearchRule = "system"          // ld.so.cache or the system's directories
)

// maxSearches bounds what is kept of one process.
const maxSearches = 1 << 12

// openCall is a system call of the linker's that opens a file, before it has been served.
type openCall struct {
	path string
	made bool
	maps bool // no file is opened, but areas may come and go
}

// searching looks at a system call that is about to be served: whether the dynamic linker opens a file.
// Of the calls that code of the linker's file makes, those count whose path names a library (".so") or the
// linker's configuration: musl's linker is the C library too, through which the program opens its own files.
func (p *Process) searching(t *linux.Task, abi linux.ABI) openCall {
	if p.image.Interp == nil && p.machine.linking.wants == 0 {
		return openCall{}
	}
	regs := &t.CPU.Regs
	args := abi.Args(regs)
	at := args[0]
	switch abi.Name(regs[x86.RAX]) {
	case "mmap", "mmap2", "mprotect", "munmap", "mremap",
		"execve", "execveat", "fork", "vfork", "clone", "clone3":
		return openCall{maps: true}
	case "open":
	case "openat":
		at = args[1]
	default:
		return openCall{}
	}
	a, ok := p.space.List().Find(addr.VAddr(t.CPU.RIP))
	if !ok || p.image.Interp == nil || a.File == nil || a.File.Path() != p.image.Interp.Path() ||
		len(p.searches) >= maxSearches {
		return openCall{}
	}
	b := make([]byte, 4096)
	b = b[:p.Peek(addr.VAddr(at), b)]
	n := bytes.IndexByte(b, 0)
	if n < 0 {
		return openCall{}
	}
	name := string(b[:n])
	base := path.Base(name)
	return openCall{path: name, made: strings.Contains(base, ".so") || isLinkerConfig(base)}
}

func isLinkerConfig(base string) bool {
	return strings.HasPrefix(base, "ld.so.") ||
		strings.HasPrefix(base, "ld-musl-") && strings.HasSuffix(base, ".path")
}

// searched notes the call's outcome, and tells the watch of dynamic linkers that areas may have changed.
func (p *Process) searched(t *linux.Task, c openCall) {
	m := p.machine
	if c.maps {
		m.linking.mapped(p)
	}
	if !c.made {
		return
	}
	s := Search{Path: c.path, Why: p.rule(c.path)}
	if no := -int64(t.CPU.Regs[x86.RAX]); no > 0 && no < 4096 {
		s.Errno = int(no)
	} else if no := -int64(int32(t.CPU.Regs[x86.RAX])); p.image.Class == elf.Class32 && no > 0 && no < 4096 {
		s.Errno = int(no)
	}
	p.searches = append(p.searches, s)
	if m.bus.On(event.LinkSearch) {
		m.bus.Emit(&event.Event{
			Kind: event.LinkSearch, Arg: uint64(len(p.searches) - 1), Arg2: uint64(s.Errno),
		})
	}
}

// Searches are the files that the dynamic linker has tried to open, in order: of all programs that the
// process has run, the last one's.
func (p *Process) Searches() []Search { return p.searches }

// rule finds out which list of directories a path comes from. Directories below one of a list belong to it:
// glibc looks into its glibc-hwcaps first.
func (p *Process) rule(name string) SearchRule {
	if isLinkerConfig(path.Base(name)) {
		return SearchConfig
	}
	below := func(list, origin string) bool {
		for _, dir := range strings.FieldsFunc(list, func(r rune) bool { return r == ':' || r == ';' }) {
			dir = strings.NewReplacer("${ORIGIN}", origin, "$ORIGIN", origin).Replace(dir)
			if strings.HasPrefix(path.Clean(name), strings.TrimSuffix(path.Clean(dir), "/")+"/") {
				return true
			}
		}
		return false
	}
	if below(p.environ("LD_LIBRARY_PATH"), "") {
		return SearchEnv
	}
	rule := SearchDefault
	for _, a := range p.space.Areas() {
		f := p.linked(a.File)
		if f == nil || f.linking == nil {
			continue
		}
		origin := path.Dir(a.File.Path())
		switch {
		case below(f.linking.Runpath, origin):
			return SearchRunpath
		case f.linking.Runpath == "" && below(f.linking.Rpath, origin):
			rule = SearchRpath
		}
	}
	return rule
}

// environ is a variable of the environment that the program began with.
func (p *Process) environ(name string) string {
	mm := &p.image.MM
	b := make([]byte, min(mm.EnvEnd-mm.EnvStart, 1<<17))
	b = b[:p.Peek(addr.VAddr(mm.EnvStart), b)]
	for kv := range strings.SplitSeq(string(b), "\x00") {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}
