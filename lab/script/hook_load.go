package script

import (
	lua "github.com/yuin/gopher-lua"

	"memlab/loader"
	"memlab/paging/event"
)

// loaderFields are those of execve's steps. All of them have the rule that decided.
func (s *state) loaderFields() []eventField {
	of := event.MaskOf
	rule := func(get func(loader.Rule) string, also bool) func(*heldEvent) lua.LValue {
		return textField(func(h *heldEvent) string {
			if also {
				return get(loader.Rule(h.ev.Also))
			}
			return get(loader.Rule(h.ev.Rule))
		})
	}
	formats := of(event.ExecRefuse, event.ExecFormat)
	parts := of(event.LoadSegment, event.LoadBSS)
	low := func(get func(*event.Event) uint64) func(*heldEvent) lua.LValue {
		return s.number(func(ev *event.Event) uint64 { return get(ev) & (1<<32 - 1) })
	}
	failed := func(ev *event.Event) bool { return ev.Arg2 != 0 }
	return []eventField{
		{"rule", event.Loading, rule(loader.Rule.String, false)},
		{"rule_text", event.Loading, rule(loader.Rule.Text, false)},
		{"rule_function", event.Loading, rule(loader.Rule.Function, false)},
		{"also", event.Loading, rule(loader.Rule.String, true)},
		{"also_text", event.Loading, rule(loader.Rule.Text, true)},
		{"text", event.Loading, textField(func(h *heldEvent) string { return h.m.step(h.ev) })},
		{namePath, event.Loading, textField(func(h *heldEvent) string { return h.m.vm.Trail().Name(h.ev) })},
		{"argc", of(event.ExecStart, event.ExecCheck), s.number(argOf)},
		{"envc", of(event.ExecStart, event.ExecCheck), s.number(secondOf)},
		{"arg", of(event.ExecFormat), s.number(argOf)},
		{"format", formats, textField(func(h *heldEvent) string { return h.m.formatName(h.ev) })},
		{"depth", formats, low(thirdOf)},
		{nameErrno, formats, func(h *heldEvent) lua.LValue {
			if h.ev.Arg2 == 0 {
				return lua.LNil
			}
			return lua.LNumber(h.ev.Arg2)
		}},
		{nameErrno, of(event.ExecFail), s.number(argOf)},
		{nameError, formats, textField(func(h *heldEvent) string {
			if h.ev.Arg2 == 0 {
				return ""
			}
			return loader.Errno(h.ev.Arg2).Error()
		})},
		{nameError, of(event.ExecFail), textField(func(h *heldEvent) string {
			return loader.Errno(h.ev.Arg).Error()
		})},
		{"fatal", of(event.ExecFail), truth(failed)},
		{"personality", of(event.ExecCommit), s.number(argOf)},
		{"mmap_base", of(event.ExecCommit), s.number(addressOf)},
		{"headers", of(event.LoadHeader), s.number(argOf)},
		{"elf_type", of(event.LoadHeader), s.number(secondOf)},
		{"entry", of(event.LoadHeader, event.LoadDone), s.number(addressOf)},
		{nameOffset, of(event.LoadHeader), s.number(thirdOf)},
		{"strings", of(event.LoadArgs), s.number(argOf)},
		{"bias", of(event.LoadBase), s.number(argOf)},
		{"align", of(event.LoadBase), s.number(secondOf)},
		{"interpreter", of(event.LoadBase), truth(func(ev *event.Event) bool { return ev.Arg3 != 0 })},
		{"index", parts, low(argOf)},
		{"interpreter", parts, truth(func(ev *event.Event) bool { return ev.Arg>>32 != 0 })},
		{nameOffset, of(event.LoadBSS), func(h *heldEvent) lua.LValue {
			switch loader.Rule(h.ev.Rule) { //nolint:exhaustive // the others have no bytes in the file
			case loader.RuleTail, loader.RuleTailKept:
				return s.word(h.ev.Arg2)
			}
			return lua.LNil
		}},
		{"file_size", of(event.LoadSegment), s.number(thirdOf)},
		{"name", of(event.LoadSpecial), textField(func(h *heldEvent) string {
			return loader.SpecialName(h.ev.Arg)
		})},
		{"sp", of(event.LoadStack), s.number(addressOf)},
		{"sp", of(event.LoadRegs), s.number(argOf)},
		{"ip", of(event.LoadRegs), s.number(addressOf)},
		{nameFlags, of(event.LoadRegs), s.number(secondOf)},
	}
}

// formatName is the name of the format that exec.refuse and exec.format are about.
func (m *machine) formatName(ev *event.Event) string {
	name := loader.FormatName(ev.Arg)
	if all, i := m.vm.Formats(), ev.Arg3>>32; name == "other" && i < uint64(len(all)) {
		return all[i]
	}
	return name
}

// step is one step of the loader in one line.
func (m *machine) step(ev *event.Event) string {
	return (&loader.Step{Event: *ev, Name: m.vm.Trail().Name(ev)}).String()
}
