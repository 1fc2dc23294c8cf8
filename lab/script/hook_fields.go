package script

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging"
	"memlab/paging/event"
)

// eventField is one field of events. Most mean something for some kinds only.
type eventField struct {
	name string
	mask event.Mask // 0: every kind
	get  func(h *heldEvent) lua.LValue
}

const anyKind = event.Mask(0)

// eventFields is the table of all fields.
func (s *state) eventFields() []eventField {
	return slices.Concat(s.commonFields(), s.memoryFields(), s.pagingFields(), s.loaderFields(),
		s.linkFields(), s.partitionFields(), s.kernelFields())
}

// number reads a field as a word.
func (s *state) number(get func(ev *event.Event) uint64) func(*heldEvent) lua.LValue {
	return func(h *heldEvent) lua.LValue { return s.word(get(h.ev)) }
}

// textField reads a field as text; nil when it is empty.
func textField(get func(h *heldEvent) string) func(*heldEvent) lua.LValue {
	return func(h *heldEvent) lua.LValue {
		if t := get(h); t != "" {
			return lua.LString(t)
		}
		return lua.LNil
	}
}

// truth reads a field as a boolean.
func truth(get func(ev *event.Event) bool) func(*heldEvent) lua.LValue {
	return func(h *heldEvent) lua.LValue { return lua.LBool(get(h.ev)) }
}

func argOf(ev *event.Event) uint64     { return ev.Arg }
func secondOf(ev *event.Event) uint64  { return ev.Arg2 }
func thirdOf(ev *event.Event) uint64   { return ev.Arg3 }
func addressOf(ev *event.Event) uint64 { return uint64(ev.VA) }

// Sets of kinds that share fields.
const (
	accessKinds = event.Mask(1<<event.MemRead | 1<<event.MemWrite | 1<<event.MemFetch | 1<<event.PageFault |
		1<<event.SegFault | 1<<event.TLBHit | 1<<event.TLBMiss | 1<<event.WalkLevel)
	areaKinds   = event.Mask(1<<event.VMAMap | 1<<event.VMAUnmap | 1<<event.VMAProtect | 1<<event.VMAGrow)
	framedKinds = event.Mask(1<<event.TLBHit | 1<<event.TLBEvict | 1<<event.PageIn | 1<<event.PageOut |
		1<<event.PageZero | 1<<event.CowBreak | 1<<event.FrameAlloc | 1<<event.FrameFree |
		1<<event.FrameEvict)
	protKinds = areaKinds | event.Mask(1<<event.LoadSegment|1<<event.LoadBSS|1<<event.LoadArgs|
		1<<event.LoadSpecial|1<<event.SegFault)
	sizedKinds = areaKinds | event.Mask(1<<event.MemRead|1<<event.MemWrite|1<<event.MemFetch|
		1<<event.LoadSegment|1<<event.LoadBSS|1<<event.LoadArgs|1<<event.LoadSpecial|1<<event.LoadBase|
		1<<event.LoadHeader|1<<event.ExecCheck|1<<event.ExecCommit|1<<event.LoadStack|1<<event.LinkBind|
		1<<event.Insn|1<<event.Block|
		1<<event.PageIn) | partKinds
	partKinds = event.Mask(1<<event.PartAlloc | 1<<event.PartFree | 1<<event.PartFail | 1<<event.PartWait |
		1<<event.PartCompact | 1<<event.SegFault | 1<<event.ProcSwap)
)

func (s *state) commonFields() []eventField {
	return []eventField{
		{"seq", anyKind, s.number(func(ev *event.Event) uint64 { return ev.Seq })},
		{"insn", anyKind, s.number(func(ev *event.Event) uint64 { return ev.Insn })},
		{namePID, anyKind, s.number(func(ev *event.Event) uint64 { return uint64(ev.PID) })},
		{"kind", anyKind, textField(func(h *heldEvent) string { return h.ev.Kind.String() })},
		{"pc", anyKind, s.number(func(ev *event.Event) uint64 { return uint64(ev.PC) })},
		{"sym", anyKind, textField(func(h *heldEvent) string { return h.m.symbolOf(about(h.ev)) })},
		{"at", anyKind, textField(func(h *heldEvent) string { return h.m.symbolOf(h.ev.PC) })},
		{"va", anyKind, s.number(addressOf)},
		{"kernel", anyKind, truth(func(ev *event.Event) bool { return ev.Flags&event.Kernel != 0 })},
		{"size", sizedKinds, s.number(func(ev *event.Event) uint64 { return ev.Size })},
		{"prot", protKinds, textField(func(h *heldEvent) string {
			return h.ev.Prot.String()
		})},
	}
}

// memoryFields are those of accesses and their translation.
func (s *state) memoryFields() []eventField {
	of := event.MaskOf
	values := of(event.MemRead, event.MemWrite)
	located := values | of(event.MemFetch, event.WalkLevel, event.PartAlloc, event.PartFree, event.SegFault)
	return []eventField{
		{"pa", located, s.number(func(ev *event.Event) uint64 { return uint64(ev.PA) })},
		{
			namePage, accessKinds | framedKinds,
			func(h *heldEvent) lua.LValue { return s.word(h.m.pageOf(h.ev.VA)) },
		},
		{nameFrame, framedKinds, func(h *heldEvent) lua.LValue { return lua.LNumber(h.ev.Frame) }},
		{"access", accessKinds, textField(func(h *heldEvent) string {
			a, _ := accessOf(h.ev)
			return a.String()
		})},
		{"value", values, s.number(argOf)},
		{"high", values, s.number(secondOf)},
		{"set", of(event.TLBHit, event.TLBMiss, event.TLBEvict), s.number(argOf)},
		{"way", of(event.TLBHit, event.TLBEvict), s.number(secondOf)},
		{"entries", of(event.TLBFlush), s.number(argOf)},
		{"level", of(event.WalkLevel), s.number(argOf)},
		{"before", of(event.WalkLevel), s.number(secondOf)},
		{"after", of(event.WalkLevel), s.number(thirdOf)},
	}
}

// pagingFields are those of faults, fills and evictions.
func (s *state) pagingFields() []eventField {
	of := event.MaskOf
	return []eventField{
		{"code", of(event.PageFault), s.number(argOf)},
		{
			"cause", of(event.PageFault),
			textField(func(h *heldEvent) string { return paging.Cause(h.ev.Arg2).String() }),
		},
		{
			nameMajor, of(event.PageFault),
			truth(func(ev *event.Event) bool { return ev.Flags&event.Major != 0 }),
		},
		{
			nameDirty, of(event.FrameEvict),
			truth(func(ev *event.Event) bool { return ev.Flags&event.Dirty != 0 }),
		},
		{"source", of(event.PageIn), textField(func(h *heldEvent) string {
			return []string{"file", "swap"}[h.ev.Arg&1]
		})},
		{"slot", of(event.PageIn, event.PageOut), s.number(secondOf)},
		{nameOffset, of(event.LoadSegment, event.PageIn), s.number(secondOf)},
		{nameOffset, of(event.VMAMap), s.number(argOf)},
		{"old_frame", of(event.CowBreak), s.number(argOf)},
		{"refs", of(event.CowBreak), s.number(secondOf)},
		{"old", of(event.Brk), s.number(argOf)},
	}
}

// partitionFields are those of partitions, segments and whole-process swapping.
func (s *state) partitionFields() []eventField {
	of := event.MaskOf
	return []eventField{
		{"requested", of(event.PartAlloc), s.number(argOf)},
		{nameFree, of(event.PartFail), s.number(argOf)},
		{nameLargestHole, of(event.PartFail, event.PartCompact), s.number(secondOf)},
		{"pieces", of(event.PartCompact), s.number(argOf)},
		{"segment", of(event.SegFault), s.number(argOf)},
		{"direction", of(event.ProcSwap), textField(func(h *heldEvent) string {
			return []string{"out", "in"}[h.ev.Arg&1]
		})},
	}
}

// kernelFields are those of the processor's and the kernel's events.
func (s *state) kernelFields() []eventField {
	of := event.MaskOf
	sys := of(event.SyscallEnter, event.SyscallExit, event.SyscallMiss)
	signed := func(v uint64) lua.LValue { return lua.LNumber(int64(v)) }
	return []eventField{
		{"instructions", of(event.Block), s.number(argOf)},
		{"sp", of(event.Call, event.Ret), s.number(argOf)},
		{"target", of(event.Call, event.Ret), s.number(addressOf)},
		{"nr", sys, s.number(argOf)},
		{"name", sys, textField(func(h *heldEvent) string { return abiOf(h.ev).Name(h.ev.Arg) })},
		{"args", sys, func(h *heldEvent) lua.LValue { return h.arguments() }},
		{"result", of(event.SyscallExit), func(h *heldEvent) lua.LValue { return s.result(h.ev.Arg2) }},
		{nameErrno, of(event.SyscallExit), func(h *heldEvent) lua.LValue { return errnoOf(h.ev.Arg2) }},
		{"text", sys, textField((*heldEvent).callText)},
		{"uses", of(event.SyscallMiss), s.number(secondOf)},
		{"signo", of(event.Signal), s.number(argOf)},
		{"si_code", of(event.Signal), func(h *heldEvent) lua.LValue { return signed(h.ev.Arg2) }},
		{"status", of(event.Exit), s.number(argOf)},
		{"child", of(event.Clone), s.number(argOf)},
	}
}

// result is a system call's result: a negative number for an error, otherwise the word.
func (s *state) result(v uint64) lua.LValue {
	if errnoOf(v) != lua.LNil {
		return lua.LNumber(int64(v))
	}
	return s.word(v)
}

// errnoOf is the error number of a system call's result, -4095 to -1; nil when it succeeded.
func errnoOf(result uint64) lua.LValue {
	if n := -int64(result); n >= 1 && n <= 4095 {
		return lua.LNumber(n)
	}
	return lua.LNil
}
