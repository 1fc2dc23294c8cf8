package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Where a scenario's files are in the guest.
const (
	labDir = "/lab" // the scenario's own folder
	cwdDir = "/cwd" // programs taken from the current directory
)

// scenarioFiles decide which files a scenario may use. A scenario is somebody else's code: it gets its own
// folder as /lab, what --root and --bind open, and single programs of the current directory, which show up
// below /cwd. Nothing leads out of these folders, neither ".." nor a link.
type scenarioFiles struct {
	guest *guestFiles
	own   folderOnHost
	here  folderOnHost
}

// folderOnHost is an open folder and its absolute path.
type folderOnHost struct {
	path string
	root *os.Root
}

// openScenario opens the folder of the scenario file and the current directory.
func (p *process) openScenario(o fileOptions, file string) (*scenarioFiles, error) {
	guest, err := p.openFiles(o, nil)
	if err != nil {
		return nil, err
	}
	s := &scenarioFiles{guest: guest}
	s.own.path, s.here.path = filepath.Dir(p.path(file)), p.dir
	for _, f := range []*folderOnHost{&s.own, &s.here} {
		if f.root, err = guest.open(f.path); err != nil {
			guest.Close()
			return nil, fileError("folder", f.path, err)
		}
	}
	// First, so that a --bind below /lab is seen and not hidden.
	guest.mounts = slices.Insert(guest.mounts, 0, mount{labDir[1:], s.own.root.FS(), "."})
	return s, nil
}

// resolve finds a program that a scenario names: what the guest calls it, and the files that the guest
// sees. A relative path is looked up in the scenario's folder and then in the current directory; an
// absolute one is the guest's, or the host's if it lies in one of these folders.
func (s *scenarioFiles) resolve(name string) (string, fs.FS, error) {
	candidates := []string{filepath.Join(s.own.path, name), filepath.Join(s.here.path, name)}
	if path.IsAbs(name) {
		if _, ok := exists(&s.guest.mountFS, name); ok {
			return path.Clean(name), &s.guest.mountFS, nil
		}
	}
	if filepath.IsAbs(name) {
		candidates = []string{filepath.Clean(name)}
	}
	var first error
	for _, full := range candidates {
		if rel, err := s.own.holds(full); err == nil {
			return path.Join(labDir, filepath.ToSlash(rel)), &s.guest.mountFS, nil
		} else if first == nil {
			first = err
		}
		if rel, err := s.here.holds(full); err == nil {
			return s.show(filepath.ToSlash(rel)), &s.guest.mountFS, nil
		}
	}
	return "", nil, fmt.Errorf(
		"%s: %w, neither in the scenario's folder nor in the current directory", name, first)
}

// show mounts one file of the current directory. All guests of a scenario share one tree, since the programs
// of a machine must; what one of them was given the others see too.
func (s *scenarioFiles) show(rel string) string {
	at := path.Join(cwdDir, rel)
	if _, _, shown := s.guest.find(at[1:]); !shown {
		s.guest.add(at[1:], s.here.root.FS(), rel)
	}
	return at
}

// holds is the path within the folder of a file that is there and that no link leads out to.
func (f folderOnHost) holds(full string) (string, error) {
	rel, err := filepath.Rel(f.path, full)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fs.ErrNotExist
	}
	if _, err := f.root.Stat(rel); err != nil {
		return "", fs.ErrNotExist
	}
	return rel, nil
}
