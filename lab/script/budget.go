package script

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strconv"
	"time"

	"memlab/lab"
)

// budget is what a script may still use. It is the context of the script's Lua threads, because gopher-lua
// asks a context's Done once for each instruction: that is the only place where a Lua loop can be stopped.
// Done answers nil until the budget is spent, so nobody waits on it and coroutines need no goroutine.
//
// Every checkEvery instructions time and memory are looked at as well. One instruction can allocate a table
// of maxArray entries (1 MiB), so 64 of them can overshoot the memory limit by some 50 MiB; looking costs
// half a microsecond, some ten percent.
type budget struct {
	limits  lab.Limits
	expired func() bool
	where   func() (file string, line int)

	left    int64  // instructions until the next look
	granted int64  // what left was set to
	used    uint64 // instructions up to the last look
	base    uint64 // bytes of heap that are not the script's
	sample  []metrics.Sample

	spent  *LimitError // not nil: over
	closed chan struct{}
}

func newBudget(limits lab.Limits, expired func() bool, where func() (string, int)) *budget {
	b := &budget{limits: noLimits(limits), expired: expired, where: where, closed: make(chan struct{})}
	b.sample = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	b.left, b.granted = checkEvery, checkEvery
	close(b.closed)
	runtime.GC() // so that the base holds what lives, not what the embedder left to collect
	b.base = b.heap()
	return b
}

// Done takes one instruction off the budget.
func (b *budget) Done() <-chan struct{} {
	b.left--
	if b.left > 0 {
		return nil
	}
	return b.look()
}

// charge takes n instructions' worth of library work off the budget and reports whether any is left.
func (b *budget) charge(n int) bool {
	b.left -= int64(n)
	return b.left > 0 || b.look() == nil
}

// look accounts for the instructions since the last look and tests every limit.
func (b *budget) look() <-chan struct{} {
	b.used += uint64(b.granted - b.left)
	b.left, b.granted = checkEvery, checkEvery
	if b.spent == nil {
		b.test()
	}
	if b.spent != nil {
		b.left, b.granted = 0, 0
		return b.closed
	}
	return nil
}

func (b *budget) test() {
	l := &b.limits
	if b.used > l.LuaInstructions {
		b.end("instructions", strconv.FormatUint(b.used, 10), strconv.FormatUint(l.LuaInstructions, 10),
			setting("lua_instructions", "1G"))
		return
	}
	if b.expired != nil && b.expired() {
		b.timeUp()
		return
	}
	if b.heap() <= b.base || b.heap()-b.base <= l.LuaMemory {
		return
	}
	runtime.GC() // most of it may be garbage
	if h := b.heap(); h > b.base && h-b.base > l.LuaMemory {
		b.end("memory", bytesText(h-b.base), bytesText(l.LuaMemory), setting("lua_memory", "1GiB"))
	}
}

// timeUp ends the script because its clock says so.
func (b *budget) timeUp() {
	allowed := "no more"
	if b.limits.Time > 0 {
		allowed = b.limits.Time.String()
	}
	b.end("time", "all of it", allowed, setting("time", "300s"))
}

// end spends the budget.
func (b *budget) end(kind, used, allowed, raise string) {
	if b.spent != nil {
		return
	}
	file, line := b.where()
	b.spent = &LimitError{Kind: kind, File: file, Line: line, Used: used, Allowed: allowed, Raise: raise}
	b.left, b.granted = 0, 0
}

// host adds to the base what a host function has allocated on the script's behalf but not as the script's
// memory, as a machine's frames.
func (b *budget) host(bytes uint64) { b.base += bytes }

func (b *budget) heap() uint64 {
	metrics.Read(b.sample)
	if b.sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return b.sample[0].Value.Uint64()
}

// Err says why Done is closed.
func (b *budget) Err() error {
	if b.spent == nil {
		return nil
	}
	return b.spent
}

// Deadline and Value are there because context.Context wants them.
func (b *budget) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value has nothing to tell.
func (b *budget) Value(any) any { return nil }

var _ context.Context = (*budget)(nil)

// bytesText is a size for people: "64.0 MiB".
func bytesText(n uint64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
