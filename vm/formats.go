package vm

import (
	"fmt"
	"slices"

	"memlab/loader"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// AddFormat registers a binary format; execve asks it before those that are there already.
func (m *Machine) AddFormat(f loader.Format) { m.formats = slices.Insert(m.formats, 0, f) }

// Formats are the names of the binary formats that execve asks before #! lines and ELF, in the order in
// which it asks: exec.refuse and exec.format number them.
func (m *Machine) Formats() []string {
	names := make([]string, len(m.formats))
	for i, f := range m.formats {
		names[i] = f.Name()
	}
	return names
}

// Trail has the names of the files that the latest execve has come to.
func (m *Machine) Trail() *loader.Trail { return &m.trail }

// addMisc registers the configuration's entries of binfmt_misc, in their order.
func (m *Machine) addMisc() error {
	for _, text := range m.cfg.Loader.Binfmt {
		misc, err := loader.ParseMisc(text)
		if err != nil {
			return fmt.Errorf("loader.binfmt: %w", err)
		}
		m.AddFormat(misc)
	}
	return nil
}

// openMisc opens the interpreters of entries with flag F, as the superuser who registers them would.
func (m *Machine) openMisc() error {
	ctx := &vfs.Context{Cwd: m.files.Root()}
	for _, f := range m.formats {
		misc, ok := f.(*loader.Misc)
		if !ok || !misc.Fix || misc.Opened != nil {
			continue
		}
		file, e := m.files.OpenExec(ctx, misc.Interpreter)
		if e != errno.OK {
			return fmt.Errorf("loader.binfmt: %s: interpreter %s: %w", misc.Label, misc.Interpreter, e.Err())
		}
		misc.Opened = file
	}
	return nil
}

// execFile is the file that the new program gets as an open descriptor, with a reference for it; nil: none.
func execFile(image *loader.Result) *vfs.File {
	f, ok := image.Binary.(*vfs.File)
	if ok {
		f.Hold()
	}
	return f
}
