package script

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// flat is a file of a format that nobody knows: it ends with status 42.
const flat = "FLAT\xbf\x2a\x00\x00\x00\xb8\x3c\x00\x00\x00\x0f\x05"

// flatFiles resolves any name in a tree with /flat.
func flatFiles(o *Options) {
	tree := fstest.MapFS{"flat": {Data: []byte(flat), Mode: 0o755}}
	o.Verify = true
	o.Resolve = func(name string) (string, fs.FS, error) { return "/" + name, tree, nil }
}

// onFlat runs a scenario that must pass, with /flat as its only file.
func onFlat(t *testing.T, src string) {
	t.Helper()
	r, _, err := runScript(t, src, flatFiles)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed {
		var b strings.Builder
		if err := r.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		t.Fatal(b.String())
	}
}

func TestBinfmt(t *testing.T) {
	onFlat(t, `
local m = machine.new{memory = {frames = 32}}
local seen, tell = nil, nil
m:binfmt("flat", function(f)
  seen = {path = f.path, size = f.size, depth = f.depth, argv = f.argv, head = #f.head, all = f.read(0, 100),
    tail = f:read(14, 9), beyond = f.read(100, 1)}
  tell = f
  return {entry = 0x10004, segments = {{address = 0x10000, prot = "r-x", bytes = f.read(0, f.size)},
    {address = 0x20000, prot = "rw-", size = 0x2000}}}
end)
local asked, story = 0, {}
m:binfmt("later", function() asked = asked + 1 end)
m:on("*", function(ev)
  if ev.kind:match("^exec%.") or ev.kind == "load.header" then story[#story + 1] = ev.kind .. " " .. (ev.rule or "-") end
end)
local p = m:load("flat", {argv = {"a", "b"}})
assert.equals(1, asked)
assert.same({path = "/flat", size = 16, depth = 1, argv = {"a", "b"}, head = 256, all = "FLAT\191\42\0\0\0\184\60\0\0\0\15\5",
  tail = "\15\5", beyond = ""}, seen)
assert.same({"exec.start -", "exec.check path", "exec.check strings", "exec.refuse not-mine", "exec.format taken",
  "load.header own-image", "exec.commit no-return"}, story)
assert.has_error(function() tell.read(0, 1) end, "while its format is asked only")
assert.mapped(p, 0x10000, "r-x")
assert.mapped(p, 0x21fff, "rw-")
assert.equals("exited", (m:run()))
assert.equals(42, p.status)
`)
}

// TestBinfmtWrong: every wrong answer is an error that says what is wrong, and with which rule.
func TestBinfmtWrong(t *testing.T) {
	for _, c := range []struct{ answer, want string }{
		{`42`, "nothing, an errno's name or a table expected, got a number"},
		{`"EWHAT"`, `"EWHAT" is not the name of an errno of execve; it has EPERM, `},
		{`{}`, "entry is missing"},
		{`{entry = 0}`, "neither an interpreter nor segments"},
		{`{entry = 0, segments = {}}`, "has 0 segments, must have 1 to 1170 (rule phnum: "},
		{`{entry = 0, segments = 1}`, "segments must be a list, got a number"},
		{`{entry = 0, segments = {1}}`, "segments[1] must be a table, got a number"},
		{`{entry = -1, segments = {}}`, "entry must be a whole number from 0 on, got -1"},
		{`{entry = 0, bits = 16, segments = {}}`, "bits must be 64 or 32, got 16"},
		{`{interpreter = ""}`, "interpreter is empty (rule interp-path: "},
		{`{interpreter = 1}`, "interpreter must be text, got a number"},
		{`{interpreter = "/x", args = {{}}}`, "args[1] must be text, got a table"},
		{`{interpreter = "/x", arg = {}}`, `unknown field "arg"; did you mean "args"?`},
		{`{interpreter = "/x", open = 1}`, "open must be true or false, got a number"},
		{`{entry = 0, segments = {{prot = "r-x", size = 1}}}`, "segments[1].address is missing"},
		{`{entry = 0, segments = {{address = 0x10000, prot = "rx", size = 1}}}`, `segments[1].prot must be like "r-x", got "rx"`},
		{`{entry = 0, segments = {{address = 0x10000, prot = "r-x"}}}`, "segment 1: has no size (rule total-size: "},
		{
			`{entry = 0, segments = {{address = 0x10001, prot = "r-x", offset = 0}}}`,
			"segment 1: offset 0x0 and address 0x10001 differ within their pages (rule congruent: ",
		},
		{
			`{entry = 0, segments = {{address = 0x10000, prot = "r-x", offset = 0, file_size = 8, size = 4}}}`,
			"segment 1: 8 bytes of content exceed its size of 4 (rule sizes: ",
		},
		{
			`{entry = 0, segments = {{address = 0x7ffffffff000, prot = "r-x", size = 1}}}`,
			"segment 1: 1 bytes at 0x7ffffffff000 end above 0x7ffffffff000 (rule task-size: ",
		},
		{
			`{entry = 0, bits = 32, segments = {{address = 0xffffe000, prot = "r-x", size = 1}}}`,
			"segment 1: 1 bytes at 0xffffe000 end above 0xffffe000 (rule task-size: ",
		},
		{
			`{entry = 0x800000000000, segments = {{address = 0x10000, prot = "r-x", size = 1}}}`,
			"the entry 0x800000000000 is not below 0x7ffffffff000 (rule entry: ",
		},
		{
			`{entry = 0, segments = {{address = 0x10000, prot = "r-x", bytes = "x", offset = 1}}}`,
			`unknown field "segments[1].offset"`,
		},
		{`error("broken")`, "broken"},
		{`f.read(0, 2^21)`, "file.read: 2097152 bytes: at most 1048576 at once"},
		{`f.read(-1, 1) and nil`, ""},
	} {
		t.Run(c.answer, func(t *testing.T) {
			_, _, err := runScript(t, `machine.new():binfmt("odd", function(f) return `+c.answer+` end)
local m = machine.new()
m:binfmt("odd", function(f) return `+c.answer+` end)
m:load("flat")`, flatFiles)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	onFlat(t, `
local m = machine.new()
assert.has_error(function() m:binfmt("x") end, "a function expected")
assert.has_error(function() m:binfmt("", print) end, "the name must have 1 to 64 bytes")
m:binfmt("x", function() end)
assert.has_error(function() m:binfmt("x", function() end) end, 'there is a format "x" already')
for i = 2, 64 do m:binfmt("x" .. i, function() end) end
assert.has_error(function() m:binfmt("y", function() end) end, "has 64 formats already")`)
}

// TestBinfmtEnds: an errno and a circle end the load, and the story says why.
func TestBinfmtEnds(t *testing.T) {
	onFlat(t, `
for _, c in ipairs{
  {function() return "EPERM" end, "EPERM", "answer"},
  {function() return "ENOEXEC" end, "ENOEXEC", "magic"},
  {function() return {interpreter = "/flat"} end, "ELOOP", "depth"},
  {function() return {interpreter = "/none"} end, "ENOENT", "open"},
} do
  local m = machine.new()
  m:binfmt("c", c[1])
  local failed
  m:on("exec.fail", {once = true}, function(ev) failed = ev end)
  assert.has_error(function() m:load("flat") end, c[2])
  assert.same({c[2], c[3], false}, {failed.error, failed.rule, failed.fatal})
  assert.is_true(m:check())
end`)
}

func TestPredict(t *testing.T) {
	passes(t, `
local function run(predict, strategy)
  local m = machine.new{memory = {frames = 64}}
  local p = m:load("sort", {argv = {"sort", "64"}, strategy = strategy or "hybrid", window = 1, predict = predict})
  m:run()
  assert.equals(0, p.status)
  assert.is_true(m:check())
  return m:bill(), m, p
end
local told = {}
local none, m = run(function(t)
  told[#told + 1] = {page = t.page, number = t.number, major = t.major, access = t.access, seen = #t.history}
  assert.is_true(t.area.first <= t.page and t.page <= t.area.last)
  assert.is_true(t.image.first <= t.image.last)
  assert.equals(t.page, math.floor(t.address / 4096))
end)
local demand = run(nil, "demand")
assert.equals(demand.faults, none.faults)
assert.equals(0, none.ahead)
assert.equals(0, told[1].seen)
assert.equals(16, told[#told].seen)
assert.is_true(told[1].major)
local window = run(function() return 3 end)
assert.is_true(window.faults < none.faults and window.ahead > 0)
local same = run(function(t) local l = {} for i = t.page + 1, math.min(t.page + 3, t.area.last) do l[#l + 1] = i end return l end)
assert.same(window, same)
local curve = m:curve()
assert.equals(none.resident, curve[#curve].resident)
assert.equals(none.bytes_read, curve[#curve].bytes_read)
for i = 2, #curve do
  assert.is_true(curve[i].instructions >= curve[i - 1].instructions and curve[i].faults >= curve[i - 1].faults)
end
`)
}

func TestPredictWrong(t *testing.T) {
	for _, c := range []struct{ options, want string }{
		{`predict = 1`, "m:load: predict must be a function, got number"},
		{`predict = function() end, strategy = "demand"`, "a predictor needs strategy hybrid, not demand"},
		{`predict = function() return -1 end`, "predict: a number of pages, a list of pages or nothing expected, got -1"},
		{`predict = function() return true end`, "predict: a number of pages, a list of pages or nothing expected, got true"},
		{`predict = function() return 1e6 end`, "predict: 1000000 pages for one fault: at most 65536"},
		{`predict = function() return {1} end`, "predict: entry 1: nothing is mapped at page 0x1"},
		{`predict = function() return {"main"} end`, "predict: entry 1: a page's number expected, got main"},
		{`predict = function() return {2^60} end`, "predict: entry 1: nothing is mapped at page 0x1000000000000000"},
		{`predict = function() error("oh") end`, "oh"},
	} {
		t.Run(c.options, func(t *testing.T) {
			strategy := `strategy = "hybrid", `
			if strings.Contains(c.options, "strategy") {
				strategy = ""
			}
			_, _, err := runScript(t, `local m = machine.new{memory = {frames = 64}}
m:load("hello", {`+strategy+c.options+`})
m:run()`, programs(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
