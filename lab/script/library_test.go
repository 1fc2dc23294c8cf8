//nolint:dupword // Lua repeats its words
package script

import (
	"strings"
	"testing"
)

// TestLibrary holds our own library functions to the manual of Lua 5.1: each line is an expression and its
// value.
func TestLibrary(t *testing.T) {
	for line := range strings.SplitSeq(strings.TrimSpace(`
("hello"):sub(2, -2)                                  | ell
("hello"):sub(-100, 100)                              | hello
("hello"):sub(4, 2)                                   | 
("hello"):byte(1, 3)                                  | 104	101	108
("hello"):byte(10)                                    | 
string.char(72, 105)                                  | Hi
("ab"):rep(3)                                         | ababab
("ab"):rep(-1)                                        | 
("héllo"):upper()                                     | HéLLO
("abc"):reverse()                                     | cba
#"a\0b"                                               | 3
("hello world"):find("o w")                           | 5	7
("hello world"):find("l+")                            | 3	4
("hello"):find("l", 1, true)                          | 3	3
("hello"):find("xyz")                                 | nil
("hello"):find("")                                    | 1	0
("hello"):find("", 10)                                | nil
("hello"):find("", 6)                                 | 6	5
("a.b"):find(".", 2, true)                            | 2	2
("key = value"):match("^(%w+)%s*=%s*(%w+)$")          | key	value
("key = value"):match("%w+", 4)                       | value
("2026-01-02"):match("(%d+)-(%d+)-(%d+)")             | 2026	01	02
("hello"):match("()ll()")                             | 3	5
("THE (quick) fox"):find("%((%a+)%)")                 | 5	11	quick
("f(a(b)c)d"):match("%b()")                           | (a(b)c)
("THE (quick) fox"):gsub("%f[%a]%a+", "W")            | W (W) W	3
("hello"):match("(h)(.)%2")                           | nil
("abab"):match("(a)(b)%1%2")                          | a	b
("hello world"):gsub("o", "0", 1)                     | hell0 world	1
("hello"):gsub("", "-")                               | -h-e-l-l-o-	6
("abc"):gsub("%w", "%0%0")                            | aabbcc	3
("abc"):gsub("(%w)", "<%1>")                          | <a><b><c>	3
("$name is $age"):gsub("%$(%w+)", {name = "x", age = 3}) | x is 3	2
("abc"):gsub("b", function() return nil end)          | abc	1
("abc"):gsub("^a", "x")                               | xbc	1
("aaa"):gsub("^a", "x")                               | xaa	1
("x"):gsub(".*", "y")                                 | yy	2
("[]"):match("[]]")                                   | ]
("a-z"):match("[a%-z]+")                              | a-z
("b]"):match("[^]]")                                  | b
("0x1F"):match("%x+", 3)                              | 1F
("a\0b"):match("%z") == "\0"                          | true
("aXb"):match("%u")                                   | X
("äb"):match("%a")                                    | b
(".-"):match("%p%p")                                  | .-
("aaab"):match("a-b")                                 | aaab
("ac"):match("ab?c")                                  | ac
string.format("%5d|%-5d|%05d|%+d", 42, 42, 42, 42)    |    42|42   |00042|+42
string.format("%x %X %#x %o", 255, 255, 255, 8)       | ff FF 0xff 10
string.format("%x", -1)                               | ffffffffffffffff
string.format("%d", -7.9)                             | -7
string.format("%5.2f|%e|%g|%g", 3.14159, 12345.678, 1e20, 0.0001) |  3.14|1.234568e+04|1e+20|0.0001
string.format("%g %g %g", 100000, 1000000, 1e-5)      | 100000 1e+06 1e-05
string.format("%.3d|%8.3d", 5, 5)                     | 005|     005
string.format("%c%c", 72, 105)                        | Hi
string.format("%q", 'a"b\\c')                         | "a\"b\\c"
string.format("%s %s %s", 1, true, nil)               | 1 true nil
string.format("%.2s|%5s|%-5s|", "hello", "hi", "hi")  | he|   hi|hi   |
string.format("%%")                                   | %
string.format("%u", 42)                               | 42
string.format("%x", u64"0xffffffff80000000")          | ffffffff80000000
string.format("%d", u64"0xffffffffffffffff")          | 18446744073709551615
string.format("%f", 1/0)                              | inf
string.format("%5.1f", -0.04)                         |  -0.0
1e15, 1e14, 123456789012345, 2^53, 0.1, -0, 1/3       | 1000000000000000	100000000000000	123456789012345	9007199254740992	0.1	-0	0.33333333333333
1/0, -1/0, math.huge                                  | inf	-inf	inf
tostring(0/0):gsub("-", "")                           | nan	0
"a" .. 1 .. 2.5 .. "b"                                | a12.5b
1 .. 2                                                | 12
(function() return "x", "y" end)() .. "z"             | xz
"z" .. (function() return "x", "y" end)()             | zx
tonumber("10"), tonumber("0x10"), tonumber("1e5"), tonumber("  7  ") | 10	16	100000	7
tonumber("z", 36), tonumber("ff", 16), tonumber("8", 8) | 35	255	nil
tonumber(""), tonumber("1_0"), tonumber("0x"), tonumber("inf"), tonumber("nan"), tonumber({}) | nil	nil	nil	nil	nil	nil
tonumber("-5"), tonumber("-0x10"), tonumber(".5"), tonumber("5.") | -5	-16	0.5	5
table.concat({1, 2, "x"}, ", ")                       | 1, 2, x
table.concat({1, 2, 3}, "-", 2, 3)                    | 2-3
table.concat({})                                      | 
(function() local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return table.concat(t, " ") end)() | 0 1 2 3
(function() local t = {1, 2, 3} return table.remove(t, 1), table.remove(t), #t, table.remove({}) end)() | 1	3	1	nil
(function() local t = {3, 1, 2} table.sort(t) return unpack(t) end)() | 1	2	3
(function() local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return unpack(t) end)() | 3	2	1
table.maxn({[3] = 1, [7.5] = 2, x = 1})               | 7.5
select("#", unpack({1, nil, 3}, 1, 3))                | 3
select(2, "a", "b", "c")                              | b	c
#{n = 1, 2, 3}                                        | 2
pcall(error, {1}) == false                            | true
pcall(error)                                          | false	nil
xpcall(function() error("x", 0) end, function(e) return e .. "!" end) | false	x!
pcall(function() error("x", 0) end)                   | false	x
pcall(function() return 1, 2 end)                     | true	1	2
(load("return ..."))(7)                               | 7
load("x =")                                           | nil	loaded text: syntax error at the end of the file: something is not closed with 'end' or a bracket
load("x = = 1")                                       | nil	loaded text:1: syntax error near "="
0x10, 0xff, 010                                       | 16	255	10
math.floor(-1.5), math.max(1, 3, 2), math.fmod(7, 3)  | -2	3	1
pcall(function() math.random(0) end)                                | false	test.lua:1: math.random: the interval is empty or too large
type(print), type(nil), type({}), type(u64"0xffffffffffffffff") | function	nil	table	userdata
coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end)(1) | 2
`), "\n") {
		expr, want, _ := strings.Cut(line, " | ")
		want = strings.TrimSuffix(want, " ")
		_, out, err := runScript(t, "print("+expr+")")
		if got := strings.TrimSuffix(out, "\n"); err != nil || got != want {
			t.Errorf("%s\n got %q (%v)\nwant %q", expr, got, err, want)
		}
	}
}

func TestWords(t *testing.T) {
	wantOutput(t, `
local big = 0xffffffff80000000
print(big, type(big), big == u64"0xffffffff80000000", big + 8, big - 0xffffffff80000000)
print(u64"0xffffffffffffffff" + 1, u64"0xffffffffffffffff" * 2, -u64"0xffffffffffffffff")
print(u64(5), type(u64(5)), u64(-1), s64(u64(-1)), u32(-1), i32(0xffffffff))
print(0xffffffffffffffff / 16, 0xffffffffffffffff % 16, 9007199254740992, 9007199254740991)
print(0x8000000000000000 < 0xffffffffffffffff, 0x8000000000000000 <= 0x8000000000000000, ult(1, 0xffffffffffffffff), ult(big, 1))
local t = {[big] = "found"}
print(t[0xffffffff80000000], t[big + 0])
print(hex(4096), hex(-1), hex(5, 4), "at " .. big .. "!")
print(bit.band(0xff, 0x0f), bit.bor(1, 2, 4), bit.bxor(0xff, 0x0f), bit.bnot(0))
print(bit.lshift(1, 63), bit.rshift(big, 60), bit.arshift(big, 60), bit.rol(1, 65), bit.ror(1, 1), bit.lshift(1, 64))
for _, bad in ipairs{0.5, 1/0, 0/0, 2^64, -2^64, "x", "0x", "", true} do
  local ok, msg = pcall(u64, bad)
  print(ok, (msg:gsub("^.-: ", "")))
end
print(pcall(u64))
print(select(2, pcall(function() return big / 0 end)))
print(1e18 == 10^18, 1.5e300 > 1)
`, strings.TrimPrefix(`
0xffffffff80000000	userdata	true	0xffffffff80000008	0
0	0xfffffffffffffffe	1
5	number	0xffffffffffffffff	-1	4294967295	-1
0xfffffffffffffff	15	0x20000000000000	9007199254740991
true	true	true	false
found	found
0x1000	0xffffffffffffffff	0x0005	at 0xffffffff80000000!
15	7	240	0xffffffffffffffff
0x8000000000000000	15	0xffffffffffffffff	2	0x8000000000000000	0
false	bad argument #1 (0.5 is not a whole number)
false	bad argument #1 (inf is not a whole number)
false	bad argument #1 (nan is not a whole number)
false	bad argument #1 (1.844674407371e+19 does not fit into 64 bits)
false	bad argument #1 (-1.844674407371e+19 does not fit into 64 bits)
false	bad argument #1 ("x" is not an integer of 64 bits)
false	bad argument #1 ("0x" is not an integer of 64 bits)
false	bad argument #1 ("" is not an integer of 64 bits)
false	bad argument #1 (number or u64 expected, got boolean)
false	bad argument #1 (value expected)
test.lua:18: a u64 cannot be divided by zero
true	true
`, "\n"))
	_, _, err := runScript(t, "local a\nlocal x = 0x10000000000000000")
	if err == nil || err.Error() != "test.lua:2: number 0x10000000000000000 does not fit into 64 bits" {
		t.Errorf("a literal of 65 bits: %v", err)
	}
}

// TestWordsAreInterned: the same word is the same userdata, and words that nobody holds go away.
func TestWordsAreInterned(t *testing.T) {
	wantOutput(t, `
local base = 0xffff800000000000
for i = 1, 20000 do local w = base + i assert(w == base + i) end
local t = {}
for i = 1, 1000 do t[base + i] = i end
for i = 1, 1000 do assert(t[base + i] == i) end
print("ok")`, "ok\n")
}

func TestErrorsNameTheLine(t *testing.T) {
	for src, want := range map[string]string{
		"\n\nerror('boom')":      "test.lua:3: boom",
		"local x = nil\nx.y = 1": "test.lua:2: attempt to index a non-table object(nil) with key 'y'",
		"\n\n\nlocal x = = 1":    `test.lua:4: syntax error near "="`,
		"\nif true then":         "test.lua: syntax error at the end of the file: something is not closed with 'end' or a bracket",
		"\nlocal s = 'abc":       "test.lua: unterminated string at the end of the file",
		"error({1})":             "test.lua:1: an error value that is not text: table: #1",
		"error('a\\27[31mb')":    `test.lua:1: a\x1b[31mb`,
		"\nassert(false, 'no')":  "test.lua:2: no",
		"\nassert(1 == 2)":       "test.lua:2: assertion failed!",
		"local f = function()\nerror('x')\nend\npcall(f)\nf()": "test.lua:2: x",
		"goto nowhere": "test.lua:1: no visible label 'nowhere' for <goto> at line 1",
	} {
		_, _, err := runScript(t, src)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", src, err, want)
		}
	}
}
