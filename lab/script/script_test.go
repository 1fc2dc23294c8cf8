//nolint:dupword // Lua repeats its words
package script

import (
	"bytes"
	"strings"
	"testing"

	"memlab/lab"
)

// runScript runs Lua with the default configuration and returns report, output and error.
func runScript(tb testing.TB, src string, change ...func(*Options)) (*Report, string, error) {
	tb.Helper()
	var out bytes.Buffer
	o := Options{Name: "test.lua", Source: []byte(src), Config: lab.Defaults(), Stdout: &out}
	for _, c := range change {
		c(&o)
	}
	r, err := Run(o)
	return r, out.String(), err
}

// wantOutput runs Lua that must end well and print want.
func wantOutput(t *testing.T, src, want string) {
	t.Helper()
	_, out, err := runScript(t, src)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if out != want {
		t.Errorf("output:\n%s\nwant:\n%s", out, want)
	}
}

// TestGlobals holds the sandbox to a written list of names.
func TestGlobals(t *testing.T) {
	wantOutput(t, `
local names = {}
for k, v in pairs(_G) do
  if type(v) == "table" and v ~= _G then
    local inner = {}
    for n in pairs(v) do inner[#inner + 1] = n end
    table.sort(inner)
    names[#names + 1] = k .. "{" .. table.concat(inner, " ") .. "}"
  else
    names[#names + 1] = k
  end
end
table.sort(names)
print(table.concat(names, "\n"))`, strings.TrimPrefix(`
_G
_VERSION
after_each
assert
before_each
bit{arshift band bnot bor bxor lshift rol ror rshift}
coroutine{create resume running status wrap yield}
describe
error
getmetatable
hex
i32
ipairs
it
load
loadstring
machine{new}
math{abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min modf pi pow rad random randomseed sin sinh sqrt tan tanh}
next
pairs
pcall
pending
print
rawequal
rawget
rawset
s64
select
setmetatable
setup
string{byte char find format gmatch gsub len lower match rep reverse sub upper}
table{concat insert maxn remove sort}
teardown
tonumber
tostring
type
u32
u64
ult
unpack
xpcall
`, "\n"))
}

func TestUpvaluesSurviveCaughtErrors(t *testing.T) {
	wantOutput(t, `
local x = 1
local function inc() x = x + 1 end
pcall(error, "a")
inc() inc()
x = x + 10
inc()
print(x)
local function f()
  local y = 5
  local g = function() y = y + 1 return y end
  pcall(function() error("q") end)
  y = y + 100
  return g()
end
print(f())
local function deep(n)
  local v = n
  local function get() return v end
  local ok = pcall(function() if n == 0 then error("bottom") end deep(n - 1) v = v + 1 error("up") end)
  v = v + 1
  return get(), ok
end
print(deep(20))`, "14\n106\n22\tfalse\n")
}
