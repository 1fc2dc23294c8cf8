package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"memlab/vm"
)

// fileOptions say what the guest sees of the host's files.
type fileOptions struct {
	root   string
	binds  []string
	asHost bool // the guest sees owners and numbers as on the host, and may write where :rw says so
}

func (o *fileOptions) add(f *pflag.FlagSet, rootDefault string) {
	f.StringVar(&o.root, "root", "",
		"`DIR` that the guest sees as / ("+rootDefault+"); it is only read, writes stay in memory")
	f.StringArrayVar(&o.binds, "bind", nil,
		"show the guest a file or folder more: `HOST:GUEST`; with :rw behind it, "+
			"it may write to the folder (repeatable)")
}

// guestFiles are the files that a guest sees, and the folders of the host that are open for it.
type guestFiles struct {
	mountFS
	roots  []*os.Root
	binds  []vm.Mount // folders that the guest may write to
	asHost bool       // files show their owners and numbers on the host
}

// show is the tree as the guest sees it.
func (g *guestFiles) show(tree fs.FS) fs.FS {
	if g.asHost && tree != nil {
		return hostTree{tree}
	}
	return tree
}

// Close closes the folders.
func (g *guestFiles) Close() {
	for _, r := range g.roots {
		_ = r.Close() // they were only read
	}
}

// openFiles opens what the options name. Without --root the guest's / is base; nil: nothing.
func (p *process) openFiles(o fileOptions, base fs.FS) (*guestFiles, error) {
	g := &guestFiles{asHost: o.asHost}
	g.base = g.show(base)
	if o.root != "" {
		root, err := g.open(p.path(o.root))
		if err != nil {
			return nil, fileError("--root", o.root, err)
		}
		g.base = g.show(root.FS())
	}
	for _, b := range o.binds {
		if err := p.bind(g, b); err != nil {
			g.Close()
			return nil, err
		}
	}
	return g, nil
}

// open opens a folder whose files cannot lead out of it.
func (g *guestFiles) open(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err == nil {
		g.roots = append(g.roots, root)
	}
	return root, err
}

// bind mounts HOST:GUEST.
func (p *process) bind(g *guestFiles, text string) error {
	pair, writable := strings.CutSuffix(text, ":rw")
	if writable && !g.asHost {
		return fmt.Errorf("--bind %s: a scenario's writes stay in memory: write HOST:GUEST, without rw", text)
	}
	i := strings.LastIndex(pair, ":")
	if i < 1 || !path.IsAbs(pair[i+1:]) {
		return fmt.Errorf("--bind %s: write HOST:GUEST with an absolute GUEST, as data:/data", text)
	}
	host, at := pair[:i], strings.TrimPrefix(path.Clean(pair[i+1:]), "/")
	if at == "" {
		return fmt.Errorf("--bind %s: for / use --root", text)
	}
	full := p.path(host)
	info, err := os.Stat(full)
	if err != nil {
		return fileError("--bind", host, err)
	}
	dir, name := full, "."
	if !info.IsDir() {
		if writable { // os.Root wants a folder
			return fmt.Errorf("--bind %s: only a folder can be opened for writing: "+
				"bind the one that it is in", text)
		}
		dir, name = filepath.Dir(full), filepath.Base(full)
	}
	root, err := g.open(dir)
	if err != nil {
		return fileError("--bind", host, err)
	}
	if writable {
		g.binds = append(g.binds, vm.Mount{At: "/" + at, Tree: writeTree{hostTree{root.FS()}, root}})
	}
	g.add(at, g.show(root.FS()), name)
	return nil
}

// hostFiles is the whole host as a guest sees it by default, and the current directory in it.
func (p *process) hostFiles() (files fs.FS, cwd string) {
	volume := filepath.VolumeName(p.dir)
	return os.DirFS(volume + string(filepath.Separator)), filepath.ToSlash(strings.TrimPrefix(p.dir, volume))
}

// exists reports whether the guest's path is there and, if it is, what it is. A path that cannot be judged
// from here (a link that an os.Root does not follow, though the guest can) counts as there.
func exists(files fs.FS, guestPath string) (fs.FileInfo, bool) {
	name := strings.TrimPrefix(path.Clean(guestPath), "/")
	if name == "" {
		name = "."
	}
	info, err := fs.Stat(files, name)
	return info, !errors.Is(err, fs.ErrNotExist)
}
