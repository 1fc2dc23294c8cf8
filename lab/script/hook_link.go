package script

import (
	lua "github.com/yuin/gopher-lua"

	"memlab/paging/event"
	"memlab/vm"
)

// linkFields are those of the dynamic linker's events.
func (s *state) linkFields() []eventField {
	of := event.MaskOf
	search := func(get func(vm.Search) string) func(*heldEvent) lua.LValue {
		return textField(func(h *heldEvent) string {
			if p := h.m.current(); p != nil {
				if all := p.vm.Searches(); h.ev.Arg < uint64(len(all)) {
					return get(all[h.ev.Arg])
				}
			}
			return ""
		})
	}
	bind := func(get func(vm.Binding) string) func(*heldEvent) lua.LValue {
		return textField(func(h *heldEvent) string { return get(h.binding()) })
	}
	path := textField(func(h *heldEvent) string {
		if p := h.m.current(); p != nil {
			return p.vm.PathAt(h.ev.VA)
		}
		return ""
	})
	return []eventField{
		{namePath, of(event.LinkSearch), search(func(x vm.Search) string { return x.Path })},
		{"why", of(event.LinkSearch), search(func(x vm.Search) string { return string(x.Why) })},
		{nameErrno, of(event.LinkSearch), func(h *heldEvent) lua.LValue {
			if h.ev.Arg2 == 0 {
				return lua.LNil
			}
			return lua.LNumber(h.ev.Arg2)
		}},
		{"index", of(event.LinkMap), s.number(argOf)},
		{"base", of(event.LinkMap), s.number(addressOf)},
		{"change", of(event.LinkMap), textField(func(h *heldEvent) string {
			return []string{"added", "removed"}[h.ev.Arg2&1]
		})},
		{nameObject, of(event.LinkMap), textField((*heldEvent).listed)},
		{nameObject, of(event.LinkBind), bind(func(b vm.Binding) string { return b.Object })},
		{"symbol", of(event.LinkBind), bind(func(b vm.Binding) string { return b.Symbol })},
		{"version", of(event.LinkBind), bind(func(b vm.Binding) string { return b.Version })},
		{"type", of(event.LinkBind), bind(func(b vm.Binding) string { return b.Type })},
		{"to", of(event.LinkBind), bind(func(b vm.Binding) string { return b.To })},
		{"plt", of(event.LinkBind), func(h *heldEvent) lua.LValue { return lua.LBool(h.binding().PLT) }},
		{"copied", of(event.LinkBind), func(h *heldEvent) lua.LValue { return lua.LBool(h.binding().Copy) }},
		{"lazy", of(event.LinkBind), func(h *heldEvent) lua.LValue { return lua.LBool(h.binding().Lazy) }},
		{"value", of(event.LinkBind), s.number(argOf)},
		{nameObject, of(event.LinkInit), path},
		{"how", of(event.LinkInit), textField(func(h *heldEvent) string { return vm.InitKind(h.ev.Arg) })},
		{"number", of(event.LinkInit), s.number(thirdOf)},
	}
}

// binding describes a link.bind event.
func (h *heldEvent) binding() vm.Binding {
	if p := h.m.current(); p != nil {
		b, _ := p.vm.Binding(h.ev.VA, h.ev.Arg, h.ev.Arg2)
		return b
	}
	return vm.Binding{}
}

// listed is the object of a link.map event, while it is in the map.
func (h *heldEvent) listed() string {
	p := h.m.current()
	if p == nil || h.ev.Arg2 != 0 {
		return ""
	}
	if l, err := p.vm.Links(); err == nil && h.ev.Arg < uint64(len(l.Scope.Objects)) {
		return l.Scope.Objects[h.ev.Arg].Path
	}
	return ""
}
