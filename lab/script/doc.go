// Package script runs Lua scenarios: programs that build machines, watch and steer them, and assert on what
// they did.
//
//	source ── load.go: size, nesting ── parse ── rewrite.go: guarded "..", exact literals ── compile
//	   │
//	   ▼
//	state.go: a Lua state with written-out globals ── budget.go: every instruction, every charge
//	   │
//	   ├─ lib_*.go       Lua's own library again, bounded; u64.go: 64-bit words
//	   ├─ api_*.go       machine, process, memory, registers, statistics
//	   ├─ hook_*.go      m:on and m:count: filters in Go, the event object, verdicts
//	   └─ test_*.go      describe, it ── assert*.go ── report.go
//
// # Why every protected call has a thread of its own
//
// gopher-lua closes the upvalues of all frames of a thread when an error is raised, also of those frames that
// survive because somebody below catches the error: afterwards a function and its closures have separate
// copies of what they shared, without a word. A thread's own upvalues are all that it can close. So whatever
// may be caught (pcall, hooks, test bodies) runs on a helper thread (protect.go), all of whose frames end
// with the error.
//
// # What may end a script
//
// An *Error is a Lua error that nobody caught. A *LimitError is a limit: a hard one (instructions, time,
// memory, output), which nothing in Lua can catch, or an uncaught soft one (a string or a stack too large).
package script
