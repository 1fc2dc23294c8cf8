//nolint:dupword // Lua repeats its words
package script

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"memlab/lab"
)

// attack is one script of a class that a sandbox must contain, and how it must end: "" well, "error" as an
// *Error, otherwise the kind of the *LimitError.
type attack struct{ name, src, want string }

// attacks are at least one script of every class of things that a hostile scenario can try.
func attacks() []attack {
	return []attack{
		// Names that are not there.
		{"os", `os.execute("true")`, "error"},
		{"io", `io.open("/etc/passwd")`, "error"},
		{"no names", `for _, n in ipairs{"os","io","debug","package","require","module","dofile","loadfile","collectgarbage",
			"getfenv","setfenv","newproxy","_printregs","channel","gcinfo"} do assert(_G[n] == nil, n) end
			assert(string.dump == nil and string.gfind == nil and table.foreach == nil)`, ""},
		{"hidden names", `local g = 0 for k in pairs(_G) do assert(not k:find("%z")) g = g + 1 end
			assert(_G["\0concat"] == nil and _G["\0words"] == nil)`, ""},

		// Loops that never end.
		{"while", `while true do end`, "instructions"},
		{"goto", `::a:: goto a`, "instructions"},
		{"repeat", `repeat local x = 1 until false`, "instructions"},
		{"callback", `string.gsub(("x"):rep(100), ".", function() while true do end end)`, "instructions"},
		{"comparator", `table.sort({3,2,1}, function() while true do end end)`, "instructions"},
		{"iterator", `for x in function() return 1 end do end`, "instructions"},
		{"__tostring", `print(setmetatable({}, {__tostring = function() while true do end end}))`, "instructions"},
		{"__index", `local t = setmetatable({}, {__index = function() while true do end end}) print(t.x)`, "instructions"},
		{"coroutines draw on one budget", `while true do coroutine.wrap(function() for i = 1, 1000 do end end)() end`, "instructions"},

		// Catching the limit.
		{"pcall", `while true do pcall(function() while true do end end) end`, "instructions"},
		{"pcall nested", `local function f() while true do pcall(f) end end f()`, "instructions"},
		{"xpcall handler", `local function h() while true do end end while true do xpcall(function() error("x") end, h) end`, "instructions"},
		{"wrap", `while true do pcall(coroutine.wrap(function() while true do end end)) end`, "instructions"},
		{"resume", `while true do coroutine.resume(coroutine.create(function() while true do end end)) end`, "instructions"},
		{"sort and gsub", `while true do pcall(table.sort, {2,1}, function() pcall(string.gsub, "aa", "a", function() while true do end end) end) end`, "instructions"},
		{"has_error", `while true do assert.has_error(function() while true do end end) end`, "instructions"},

		// Coroutines.
		{"many coroutines", `local t = {} for i = 1, 1e5 do t[i] = coroutine.create(function() end) end`, "coroutines"},
		{"nested coroutines", `local function f(n) return coroutine.wrap(function() f(n + 1) end)() end f(1)`, "coroutine depth"},
		{"mutual resume", `local a, b
			a = coroutine.create(function() return coroutine.resume(b) end)
			b = coroutine.create(function() return coroutine.resume(a) end)
			local ok, ok2, ok3, msg = coroutine.resume(a)
			assert(ok and ok2 and ok3 == false and msg == "cannot resume normal coroutine", tostring(msg))`, ""},
		{"self resume", `local co co = coroutine.create(function() return coroutine.resume(co) end)
			local ok, ok2, msg = coroutine.resume(co)
			assert(ok and ok2 == false and msg == "cannot resume running coroutine")`, ""},
		{"yield outside", `coroutine.yield(1)`, "error"},
		{"yield across pcall", `local co = coroutine.create(function() pcall(coroutine.yield) error("over") end)
			local ok, msg = coroutine.resume(co) assert(not ok and msg:find("over"), msg)`, ""},
		{"yield across sort", `local co = coroutine.wrap(function() table.sort({3,2,1}, function(a, b) coroutine.yield() end) end)
			local ok, msg = pcall(co) assert(not ok and msg:find("yield across"), msg)`, ""},
		{"yield across metamethod", `local t = setmetatable({}, {__index = function() return coroutine.yield(7) end})
			for i = 1, 20 do pcall(coroutine.wrap(function() local x = t.y return x end)) end
			local co = coroutine.create(function() return 1 end)
			assert(coroutine.resume(co))`, ""},
		{"yield across iterator", `for i = 1, 20 do
			local co = coroutine.create(function() for x in function() return coroutine.yield(1) end do end end)
			for j = 1, 3 do coroutine.resume(co) end end
			local f = coroutine.wrap(function() coroutine.yield(5) end) assert(f() == 5)`, ""},
		{"error in wrap", `for i = 1, 50 do local ok = pcall(coroutine.wrap(function() error("x") end)) assert(not ok) end
			assert(coroutine.running() == nil)`, ""},

		// Strings.
		{"rep", `local s = ("x"):rep(1e9)`, "string"},
		{"rep overflow", `local s = ("xx"):rep(2^62)`, "string"},
		{"doubling", `local s = "x" while true do s = s .. s end`, "string"},
		{"doubling with numbers", `local s = "x" for i = 1, 100 do s = s .. 1 .. s end`, "string"},
		{"concat", `local t = {} for i = 1, 5000 do t[i] = ("x"):rep(4096) end table.concat(t)`, "string"},
		{"format width", `string.format("%999999999d", 1)`, "error"},
		{"format precision", `string.format("%.999999999f", 1)`, "error"},
		{"format %s", `local s = ("x"):rep(2^21) string.format("%s%s%s", s, s, s)`, "string"},
		{"replacement", `(("x"):rep(1e6)):gsub("x", ("y"):rep(1e4))`, "string"},
		{"concat of many", `local s = ("x"):rep(2^21) local t = s .. s .. s .. s`, "string"},
		{"caught", `local ok, msg = pcall(string.rep, "x", 1e9) assert(not ok and msg:find("limit: string"))`, ""},

		// Tables.
		{"append", `local t = {} local i = 1 while true do t[i] = {} i = i + 1 end`, "memory"},
		{"high index", `local t = {} for i = 1, 1e6 do t[i] = {[60000] = 1} end`, "memory"},
		{"one high index", `local t = {} t[2^26 - 1] = 1 t[2^31] = 1 t[-5] = 2`, ""},
		{"key churn", `local t = {} local i = 0 while true do i = i + 1 t["k" .. i] = i t["k" .. i] = nil end`, "memory"},
		{"insert in front", `local t = {} for i = 1, 1e6 do table.insert(t, 1, i) end`, "instructions"},
		{"long list", `local t = {} for i = 1, 70000 do table.insert(t, i) end`, "list"},
		{"closures", `local t = {} local n = 0 local function add() n = n + 1 t["x" .. n] = function() return n end end while true do add() end`, "memory"},
		{"strings kept", `local t = {} for i = 1, 1e6 do t[i] = ("x"):rep(1e6) .. i end`, "memory"},

		// Patterns.
		{"backtracking", `(("a"):rep(60)):find((".-"):rep(20) .. "b")`, "instructions"},
		{"backtracking star", `(("a"):rep(3000)):find("a*a*a*a*a*b")`, "instructions"},
		{"deep pattern", `(("a"):rep(1000)):find(("a?"):rep(1000) .. ("a"):rep(1000))`, "pattern"},
		{"deep captures", `(("x"):rep(1000)):find(("("):rep(1000))`, "error"},
		{"many levels", `(("x"):rep(1000)):find(("x*"):rep(500))`, "pattern"},
		{"quadratic gsub", `(("x"):rep(200000)):gsub("x", "y") for w in (("x"):rep(200000)):gmatch("x") do end`, ""},
		{"quadratic find", `(("a"):rep(200000)):find(".-b")`, "instructions"},
		{"balance", `(("("):rep(100000)):find("%b()")`, "instructions"},
		{"malformed", `for _, p in ipairs{"%", "[", "[a", "[%", "(", "%b", "%bx", "%f", "%1", "[^", "[]", "(()", "%9", ".)"} do
			assert(not pcall(string.find, "aaa(", p), p) end`, ""},

		// Source.
		{"brackets", `assert(not load("return " .. ("("):rep(10000) .. "1" .. (")"):rep(10000)))`, ""},
		{"operators", `assert(not load("return 1" .. ("+1"):rep(10000)))`, ""},
		{"unary", `assert(not load("return " .. ("- "):rep(10000) .. "1"))`, ""},
		{"concat chain", `assert(not load("return 'a'" .. ("..'a'"):rep(10000)))`, ""},
		{"blocks", `assert(not load(("do "):rep(10000) .. ("end "):rep(10000)))`, ""},
		{"functions", `assert(not load(("return function() "):rep(5000) .. ("end "):rep(5000)))`, ""},
		{"elseif", `assert(not load("if a then " .. ("elseif a then "):rep(5000) .. " end"))`, ""},
		{"calls", `assert(not load("f" .. ("()"):rep(10000)))`, ""},
		{"fields", `assert(not load("return a" .. (".a"):rep(10000)))`, ""},
		{"tables", `assert(not load("return " .. ("{"):rep(10000) .. ("}"):rep(10000)))`, ""},
		{"locals", `local t = {} for i = 1, 5000 do t[i] = "local a" .. i .. "=" .. i end assert(not load(table.concat(t, "\n")))`, ""},
		{"constants", `local t = {} for i = 1, 20000 do t[i] = "x=" .. i end load(table.concat(t, "\n"))`, ""},
		{"too long", `load(("x = 1 "):rep(50000))()`, "error"},
		{"reader", `load(function() return "x = 1 " end)`, "error"},
		{"bytecode", `assert(not load("\27Lua\0\0\0"))`, ""},

		// Recursion.
		{"calls deep", `local function f() return 1 + f() end f()`, "stack"},
		{"pcall deep", `local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()`, "stack"},
		{"__index deep", `local t t = setmetatable({}, {__index = function(_, k) return t[k] + 1 end}) print(t.x)`, "stack"},
		{"tostring deep", `local t t = setmetatable({}, {__tostring = function() return tostring(t) end}) print(t)`, "stack"},
		{"gsub deep", `local function f(s) return (s:gsub(".", f)) end f("x")`, "stack"},
		{"sort deep", `local function f() table.sort({2,1}, f) end f()`, "stack"},
		{"describe deep", `local function f() describe("x", f) end f()`, "stack"},

		// Registry.
		{"unpack", `local t = {} for i = 1, 60000 do t[i] = i end print(select("#", unpack(t)))`, "values"},
		{"unpack range", `unpack({}, 1, 2^30)`, "values"},
		{"unpack wrap", `unpack({}, -2^53, 2^53)`, "values"},
		{"byte", `(("x"):rep(1e6)):byte(1, -1)`, "values"},
		{"growing varargs", `local function f(...) return f(1, ...) end f()`, "registry"},
		{"varargs doubling", `local function f(...) return f(..., ...) end local function g(...) local a, b = ... return g(a, b, ...) end g(1, 2)`, "registry"},
		{"registry caught", `local function f(...) return f(1, 2, 3, ...) end for i = 1, 3 do assert(not pcall(f)) end print("on")`, ""},

		// Sort with a comparator that is no order.
		{"inconsistent", `local t = {} for i = 1, 1000 do t[i] = i % 7 end table.sort(t, function() return true end)`, ""},
		{"mutating", `local t = {} for i = 1, 1000 do t[i] = i % 7 end table.sort(t, function(a, b) t[1] = nil t[#t + 1] = 3 return a < b end)`, ""},
		{"raising", `table.sort({1,2,3}, function() error("no") end)`, "error"},
		{"nil holes", `table.sort({1, nil, 3, "x"})`, "error"},

		// Metatables.
		{"string metatable", `assert(getmetatable("") == "locked") string.rep = nil assert(("x"):rep(3) == "xxx")`, ""},
		{"host metatables", `assert(getmetatable(u64"0xffffffffffffffff") == "locked" and getmetatable(assert) == "locked")`, ""},
		{"setmetatable string", `setmetatable("", {})`, "error"},
		{"setmetatable number", `setmetatable(1, {})`, "error"},
		{"setmetatable function", `setmetatable(print, {})`, "error"},
		{"setmetatable userdata", `setmetatable(u64"0xffffffffffffffff", {})`, "error"},
		{"protected", `setmetatable(setmetatable({}, {__metatable = 1}), {})`, "error"},
		{"gc", `setmetatable({}, {__gc = function() while true do end end})`, ""},

		// Error values.
		{"huge error", `error(("x"):rep(1e6))`, "error"},
		{"error with __tostring", `error(setmetatable({}, {__tostring = function() while true do end end}))`, "error"},
		{"error nil", `error(nil)`, "error"},
		{"error in handler", `assert(not xpcall(error, function() error("again") end))`, ""},

		// Output.
		{"flood", `while true do print(("x"):rep(1000)) end`, "output"},
		{"flood caught", `while true do pcall(print, ("x"):rep(1000)) end`, "output"},

		// memlab's own doors.
		{"bad machine", `machine.new{memory = {frames = "x"}}`, "error"},
		{"hooks in a loop", `local m = machine.new() while true do m:on("exit", print) end`, "instructions"},
		{"counters in a loop", `local m = machine.new() while true do m:count("exit") end`, "instructions"},
		{"machines in a loop", `while true do machine.new{memory = {frames = 8}} end`, "machines"},
		{"huge machine", `machine.new{memory = {frames = 1048576, page_size = 65536}}`, "error"},
		{"recursive table", `local t = {} t.memory = t machine.new(t)`, "error"},
		{"tests in a loop", `for i = 1, 1e6 do it("x" .. i, function() end) end`, "tests"},
		{"test that loops", `it("x", function() while true do pcall(function() while true do end end) end end)`, "instructions"},
	}
}

// small are limits that a test reaches fast.
func small() lab.Config {
	c := lab.Defaults()
	c.Limits.LuaInstructions = 3_000_000
	c.Limits.LuaMemory = 48 << 20
	c.Limits.Output = 64 << 10
	return c
}

func TestAttacks(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			_, out, err := runScript(t, a.src, func(o *Options) {
				o.Config = small()
				if a.want == "coroutines" {
					o.Config.Limits.LuaMemory = 256 << 20
				}
				if a.want == "memory" {
					o.Config.Limits.LuaInstructions = 100_000_000
				}
			})
			if len(out) > 64<<10 {
				t.Errorf("%d bytes of output", len(out))
			}
			checkEnding(t, err, a.want)
		})
	}
	// The goroutine of a subtest may still be about to end when Run returns.
	for range 1_000_000 {
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	wantOutput(t, `print(("a"):rep(3), string.format("%d", 7), #{1,2})`, "aaa\t7\t2\n") // nothing of it is left
}

func checkEnding(t *testing.T, err error, want string) {
	t.Helper()
	var limit *LimitError
	var script *Error
	switch {
	case err == nil:
		if want != "" {
			t.Errorf("ended well, want %s", want)
		}
	case errors.As(err, &limit):
		if limit.Kind != want {
			t.Errorf("limit %q, want %q: %v", limit.Kind, want, err)
		}
		if limit.Line == 0 {
			t.Errorf("no line: %v", err)
		}
	case errors.As(err, &script):
		if want != "error" {
			t.Errorf("error %v, want %q", err, want)
		}
		if script.Line == 0 || len(err.Error()) > 2*maxMessage {
			t.Errorf("line %d, %d bytes: %v", script.Line, len(err.Error()), err)
		}
	default:
		t.Errorf("an error of type %T: %v", err, err)
	}
	if err != nil && (strings.Contains(err.Error(), "runtime error") || strings.Contains(err.Error(), "goroutine")) {
		t.Errorf("Go shows through: %v", err)
	}
}

// TestTimeLimit has a clock that strikes after some looks.
func TestTimeLimit(t *testing.T) {
	for _, src := range []string{
		`while true do end`,
		`while true do pcall(function() while true do end end) end`,
		`(("a"):rep(3000)):find("a*a*a*a*a*b")`,
		`it("loops", function() while true do end end)`,
	} {
		looks := 0
		_, _, err := runScript(t, src, func(o *Options) {
			o.Expired = func() bool { looks++; return looks > 2000 }
		})
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Kind != "time" || looks > 2001 {
			t.Errorf("%s: %v after %d looks", src, err, looks)
		}
	}
}

func TestNothingLeaksFromScriptToScript(t *testing.T) {
	_, _, err := runScript(t, `string.rep = nil; table.insert = nil; pcall = nil; _G.print = nil; math.randomseed(7)`)
	if err != nil {
		t.Fatal(err)
	}
	const src = `print(type(string.rep), type(table.insert), type(pcall), math.random(1000000))`
	_, first, _ := runScript(t, src)
	_, second, _ := runScript(t, src)
	if first != second || !strings.HasPrefix(first, "function\tfunction\tfunction\t") {
		t.Errorf("%q, then %q", first, second)
	}
}

func FuzzSource(f *testing.F) {
	for _, a := range attacks() {
		f.Add(a.src)
	}
	f.Add("local x <const> = 1")
	f.Add("return ... ")
	f.Add("x = 0xffffffffffffffffff")
	f.Fuzz(func(t *testing.T, src string) {
		c := small()
		c.Limits.LuaInstructions, c.Limits.LuaMemory = 50_000, 32<<20
		_, err := Run(Options{Name: "fuzz.lua", Source: []byte(src), Config: c})
		if err != nil && strings.Contains(err.Error(), "runtime error") {
			t.Errorf("Go shows through: %v", err)
		}
	})
}
