package script

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// The tests of this file hold gopher-lua to what the sandbox relies on but its documentation does not promise, so that
// an upgrade fails loudly.

// counting is a context that counts how often it is asked.
type counting struct {
	context.Context
	asked int
}

func (c *counting) Done() <-chan struct{} { c.asked++; return nil }

func TestUpstreamAsksOncePerInstruction(t *testing.T) {
	run := func(src string) int {
		ls := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer ls.Close()
		c := &counting{Context: context.Background()}
		ls.SetContext(c)
		if err := ls.DoString(src); err != nil {
			t.Fatal(err)
		}
		return c.asked
	}
	ten, twenty := run("for i = 1, 10 do local x = i end"), run("for i = 1, 20 do local x = i end")
	if per := twenty - ten; per != 20 { // OP_MOVE and OP_FORLOOP, ten times more
		t.Errorf("%d instructions for ten turns of a loop of two", per)
	}
}

func TestUpstreamThreadsNeedNoGoroutine(t *testing.T) {
	ls := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer ls.Close()
	ls.SetContext(&counting{Context: context.Background()})
	before := runtime.NumGoroutine()
	for range 50 {
		ls.NewThread()
	}
	if n := runtime.NumGoroutine(); n != before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

func TestUpstreamSyntaxTree(t *testing.T) {
	chunk, err := parse.Parse(strings.NewReader("return a .. b .. c, 0xffffffffffffffff, f(...)"), "x")
	if err != nil {
		t.Fatal(err)
	}
	ret, ok := chunk[0].(*ast.ReturnStmt)
	if !ok || len(ret.Exprs) != 3 {
		t.Fatalf("%T", chunk[0])
	}
	outer, ok := ret.Exprs[0].(*ast.StringConcatOpExpr)
	if !ok {
		t.Fatalf("%T", ret.Exprs[0])
	}
	if _, ok := outer.Rhs.(*ast.StringConcatOpExpr); !ok {
		t.Error("a chain of .. does not nest to the right")
	}
	if n, ok := ret.Exprs[1].(*ast.NumberExpr); !ok || n.Value != "0xffffffffffffffff" {
		t.Error("a number literal does not keep its text")
	}
}

func TestUpstreamArrayBound(t *testing.T) {
	wantOutput(t, `local t = {} t[2^26] = 1 t[65536] = 2 print(#t, t[2^26], t[65536])`, "0\t1\t2\n")
}

func TestUpstreamPairsInOrder(t *testing.T) {
	wantOutput(t, `
local t = {}
for _, k in ipairs{"z", "y", "x", "a", "b"} do t[k] = 1 end
local s = ""
for k in pairs(t) do s = s .. k end
print(s)`, "zyxab\n")
}

// TestMemoryOvershoot: a script that allocates as fast as it can ends near the limit.
func TestMemoryOvershoot(t *testing.T) {
	if testing.Short() {
		t.Skip("allocates")
	}
	const allowed = 32 << 20
	for _, src := range []string{
		`local t = {} for i = 1, 1e6 do t[i] = {[65535] = 1} end`,
		`local t = {} local s = ("x"):rep(4000000) for i = 1, 1e6 do t[i] = s .. i end`,
		`local t = {} for i = 1, 1e6 do t[i % 60000 + 1] = {i, {i}} end local u = {} for i = 1, 1e8 do u[i] = {} end`,
	} {
		debug.FreeOSMemory()
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		base, peak := sample[0].Value.Uint64(), uint64(0)
		_, _, err := runScript(t, src, func(o *Options) {
			o.Config.Limits.LuaMemory, o.Config.Limits.LuaInstructions = allowed, 0
			o.Expired = func() bool {
				metrics.Read(sample)
				peak = max(peak, sample[0].Value.Uint64())
				return false
			}
		})
		checkEnding(t, err, "memory")
		if peak > base+allowed+64<<20 {
			t.Errorf("%s: grew by %s", src, bytesText(peak-base))
		}
	}
}

func BenchmarkLua(b *testing.B) {
	for name, src := range map[string]string{
		"loop":   `local n = 0 for i = 1, 1e6 do n = n + i % 7 end`,
		"concat": `local s for i = 1, 2e5 do s = "k" .. i end`,
		"pcall":  `for i = 1, 1e5 do pcall(error, "x") end`,
		"state":  ``,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c := small()
				c.Limits.LuaInstructions, c.Limits.LuaMemory = 0, 0
				if _, err := Run(Options{Name: "bench.lua", Source: []byte(src), Config: c}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
