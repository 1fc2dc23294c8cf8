package loader

import (
	"bytes"

	"memlab/loader/vdso"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// imageFile is a file that exists only in memory: the vdso's image.
type imageFile struct {
	*bytes.Reader
	name string
}

// Size is the image's size in bytes.
func (f *imageFile) Size() int64 { return f.Reader.Size() }

// Path is the area's name.
func (f *imageFile) Path() string { return f.name }

// mapSpecial maps [vvar], [vvar_vclock] and [vdso] as one block in the first room that is free (map_vdso).
func (l *load) mapSpecial() error {
	p := l.prof
	pages := p.VvarPages + p.VclockPages + p.VdsoPages
	if p.VdsoPages == 0 {
		return nil
	}
	hint := addr.VAddr(l.vdsoHint(pages * addr.ABIPage))
	at, err := l.m.Map(Mapping{Addr: hint, Len: pages * addr.ABIPage})
	if err == nil {
		err = l.m.Unmap(at, pages*addr.ABIPage)
	}
	if err != nil {
		return fatal(RuleVdso, errnoOf(err), l.req.Path, "there is no room for the vdso: %v", err)
	}
	code := vdso.Image(l.class, int(p.VdsoPages)*addr.ABIPage, int(p.SysinfoOffset))
	rule := RuleVdso
	if hint != 0 && hint == at {
		rule = RuleVdsoStack
	}
	parts := []struct {
		name  string
		pages uint64
		prot  addr.Prot
		file  File
	}{
		{vvarName, p.VvarPages, addr.ProtRead, nil},
		{vclockName, p.VclockPages, addr.ProtRead, nil},
		{vdsoName, p.VdsoPages, addr.ProtRead | addr.ProtExec, &imageFile{bytes.NewReader(code), vdsoName}},
	}
	for i, part := range parts {
		if part.pages == 0 {
			continue
		}
		length := part.pages * addr.ABIPage
		_, err := l.m.Map(Mapping{
			Addr: at, Len: length, Prot: part.prot, Flags: Fixed | Special, File: part.file, Name: part.name,
		})
		if err != nil {
			return fatal(RuleVdso, errnoOf(err), l.req.Path, "%s cannot be mapped at %s: %v", part.name, at,
				err)
		}
		l.tell(rule, NoRule, event.Event{
			Kind: event.LoadSpecial, VA: at, Size: length, Prot: part.prot, Arg: uint64(i),
		})
		l.res.Vdso = at // the last one is the vdso itself
		at += addr.VAddr(length)
	}
	return nil
}

// The names of the areas.
const (
	vvarName   = "[vvar]"
	vclockName = "[vvar_vclock]"
	vdsoName   = "[vdso]"
)

// pageZero is load.special's number of the page at address 0, behind vvar, vvar_vclock and vdso.
const pageZero = 3

// mapPageZero maps address 0 if the personality asks for it. It is refused to the unprivileged, who start all
// the same.
func (l *load) mapPageZero() {
	if l.personality&MmapPageZero == 0 {
		return
	}
	const prot = addr.ProtRead | addr.ProtExec
	rule := RulePageZero
	if _, err := l.m.Map(Mapping{Len: addr.ABIPage, Prot: prot, Flags: Fixed}); err != nil {
		rule = RulePageZeroRefused
	}
	l.tell(rule, NoRule, event.Event{
		Kind: event.LoadSpecial, Size: addr.ABIPage, Prot: prot, Arg: pageZero,
	})
}
