package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"memlab/lab/mmops"
	"memlab/loader"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// newMmops is the verb that replays memory calls.
func newMmops(p *process) *cobra.Command {
	var files fileOptions
	var profile string
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "mmops [--profile P] [--root DIR] FILE.json",
		Short: "replay mmap, munmap, mprotect, mremap, brk and touches step by step",
		Long: "Loads the program that FILE names, makes the calls of its steps on the fresh address\n" +
			"space and prints the same document with memlab's answers and the areas after each step. The\n" +
			"exit status is 0 whatever the answers are; 2 if FILE cannot be read or understood, 3 if\n" +
			"the program cannot be loaded. FILE - is standard input.",
		Example: "  memlab mmops --root rootfs brk.json\n" +
			"  memlab mmops --profile linux-5.4 --root rootfs - <brk.json",
		Args: wantArgs(1, "FILE.json"),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&profile, "profile", loader.ProfileNames()[0], "`WORD`: the kernel whose rules hold")
	files.add(f, "default: the host's own")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		rules, ok := loader.ProfileByName(profile)
		if !ok {
			return oneOf("--profile", profile, loader.ProfileNames())
		}
		return p.mmops(args[0], rules, files)
	}
	return cmd
}

// maxDocument bounds what is read of a FILE.
const maxDocument = 64 << 20

// mmops replays one document.
func (p *process) mmops(name string, profile *loader.Profile, o fileOptions) error {
	text, err := p.readDocument(name)
	if err != nil {
		return err
	}
	doc, err := mmops.Decode(text)
	if err != nil {
		return fmt.Errorf("mmops: %s: %w", name, err)
	}
	base, _ := p.hostFiles()
	files, err := p.openFiles(o, base)
	if err != nil {
		return err
	}
	defer files.Close()
	guest := vfs.Cred{UID: doc.UID, GID: doc.UID}
	tree := vfs.New(vfs.Config{Root: &files.mountFS, Cred: guest, Owner: fileOwner(int(doc.UID))})
	defer tree.Close()
	ctx := &vfs.Context{Cred: guest, Cwd: tree.Root()}
	open := func(path string) (loader.File, error) {
		f, e := tree.OpenExec(ctx, path)
		if e != errno.OK {
			return nil, loader.Errno(e)
		}
		return f, nil
	}
	answered, err := mmops.Run(doc, profile, open)
	if _, refused := errors.AsType[*loader.Error](err); refused {
		return p.mapsRefused(formatJSON, err)
	}
	if err != nil {
		return fmt.Errorf("mmops: %s: %w", name, err)
	}
	out, err := json.MarshalIndent(answered, "", "  ")
	if err != nil {
		return err
	}
	return write(p.stdout, string(out)+"\n")
}

// readDocument reads a file, or standard input.
func (p *process) readDocument(name string) ([]byte, error) {
	in := p.stdin
	if name != "-" {
		f, err := os.Open(p.path(name))
		if err != nil {
			return nil, fileError("mmops:", name, err)
		}
		defer func() { _ = f.Close() }() // was only read
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	switch {
	case err != nil:
		return nil, fileError("mmops:", name, err)
	case len(text) > maxDocument:
		return nil, fmt.Errorf("mmops: %s: more than %d bytes", name, maxDocument)
	}
	return text, nil
}
