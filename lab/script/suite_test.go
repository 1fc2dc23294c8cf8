//nolint:dupword // Lua repeats its words
package script

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestSuite runs one scenario with every outcome and holds the whole text report to a golden.
func TestSuite(t *testing.T) {
	r, out, err := runScript(t, `
print("reading")
before_each(function() print("  file before") end)
after_each(function() print("  file after") end)
describe("outer", function()
  setup(function() print(" setup") end)
  teardown(function() print(" teardown") end)
  before_each(function() print("  outer before") end)
  it("passes", {points = 2}, function() print("   body 1") assert.equals(1, 1) end)
  describe("inner", function()
    after_each(function() print("  inner after") end)
    it("fails", {points = 3}, function()
      assert.equals(4096, 5)
    end)
    it("raises", function() local x = nil; return x.y end)
  end)
  it("needs one that failed", {requires = "fails"}, function() end)
  it("needs one that passed", {requires = {"outer passes"}, points = 0.5, hidden = true}, function() end)
  pending("later")
  it("gives up", function() pending("no swap here") end)
end)
it("last", function() assert.same({a = {1, 2}}, {a = {1, 3}}, "with a message") end)
print("read")`)
	if err != nil {
		t.Fatal(err)
	}
	const wantOut = `reading
read
 setup
  file before
  outer before
   body 1
  file after
  file before
  outer before
  inner after
  file after
  file before
  outer before
  inner after
  file after
  file before
  outer before
  file after
  file before
  outer before
  file after
 teardown
  file before
  file after
`
	if out != wantOut {
		t.Errorf("order:\n%s\nwant:\n%s", out, wantOut)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	const want = `ok      outer › passes (2/2)
FAIL    outer › inner › fails (0/3)
        test.lua:13: equal values expected
        expected: 4096 (0x1000)
        actual:   5
ERROR   outer › inner › raises
        test.lua:15: attempt to index a non-table object(nil) with key 'y'
        test.lua:15
FAIL    outer › needs one that failed
        test.lua:17: requires "fails", which has not passed
ok      outer › needs one that passed (0.5/0.5)
pending outer › later
pending outer › gives up
        test.lua:20: no swap here
FAIL    last
        test.lua:22: with a message
        expected: {a = {1, 2}}
        actual:   {a = {1, 3}}
2 passed, 3 failed, 1 errors, 2 pending; 2.5 of 5.5 points
`
	if text.String() != want {
		t.Errorf("report:\n%s\nwant:\n%s", text.String(), want)
	}
	if r.Passed {
		t.Error("a suite with failures passed")
	}
}

func TestReportJSON(t *testing.T) {
	r, _, err := runScript(t, `it("a", {points = 1}, function() assert.equals(1, 2) end)`)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "schema": "memlab.report/v1",
  "scenario": "test.lua",
  "passed": false,
  "tests": [
    {
      "name": [
        "a"
      ],
      "status": "failed",
      "points": 1,
      "earned": 0,
      "line": 1,
      "message": "equal values expected",
      "expected": "1",
      "actual": "2",
      "traceback": "in memlab's 'equals'\ntest.lua:1"
    }
  ],
  "points": 1,
  "earned": 0,
  "machines": []
}
`
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}

// TestAssertions: each line is an assertion and the message with which it fails; nothing where it holds.
func TestAssertions(t *testing.T) {
	for line := range strings.SplitSeq(strings.TrimSpace(`
assert(1)
assert(1, "x")
assert(nil)                                     | assertion failed!
assert(false, "why")                            | why
assert.equals(1, 1)
assert.equal("a", "a")
assert.is.equal(1, 1)
assert.are.equal(1, 1)
assert.equals(1, 2)                             | equal values expected / 1 / 2
assert.equals("a", "b", "names")                | names / "a" / "b"
assert.equals({}, {})                           | equal values expected / {} / {}
assert.equals(u64"0xffffffffffffffff", u64"0xffffffffffffffff")
assert.not_equal(1, 2)
assert.is_not.equal(1, 2)
assert.is_not_equal(1, 2)
assert.are_not.equals(1, 2)
assert.not_equal(1, 1)                          | not equals expected / anything else / 1
assert.same({1, {2}}, {1, {2}})
assert.same({1, {2}}, {1, {3}})                 | the same contents expected / {1, {2}} / {1, {3}}
assert.same({a = 1}, {a = 1, b = 2})            | the same contents expected / {a = 1} / {a = 1, b = 2}
assert.is_not.same({}, {1})
assert.is_true(true)
assert.is_true(1)                               | true expected / true / 1
assert.is_false(false)
assert.is_false(nil)                            | false expected / false / nil
assert.is_nil(nil)
assert.is_nil(0)                                | nil expected / nil / 0
assert.is_not_nil(0)
assert.not_nil(nil)                             | not nil expected / anything else / nil
assert.truthy(0)
assert.falsy(nil)
assert.is_truthy(nil)                           | a true value expected / a true value / nil
assert.near(10, 10.5, 0.5)
assert.near(10, 11, 0.5)                        | near values expected / 10 ± 0.5 / 11
assert.greater_than(2, 1)
assert.greater(1, 1)                            | a value above the bound expected / above 1 / 1
assert.less_than(1, 2)
assert.at_least(2, 2)
assert.at_most(3, 2)                            | a value at most the bound expected / at most 2 / 3
assert.greater_than(u64"0xffffffffffffffff", u64"0xfffffffffffffffe")
assert.less_than(1, u64"0xfffffffffffffffe")
assert.at_most(0/0, 1)                          | a value at most the bound expected / at most 1 / nan
assert.matches("^a+$", "aaa")
assert.matches("^a+$", "aab")                   | a match expected / a match of "^a+$" / "aab"
assert.has_error(function() error("boom") end)
assert.has_error(function() error("boom") end, "oom")
assert.has.error(function() error("boom") end)
assert.has_error(function() end)                | an error expected / an error / no error
assert.has_error(function() error("a") end, "b") | another error expected / an error with "b" in its message / the error "test.lua:1: a"
assert.has_no_error(function() end)
assert.has_no.errors(function() end)
assert.has_no_error(function() error("a") end)  | not error expected / anything else / the error "test.lua:1: a"
assert.is_number(1)
assert.is_table("x")                            | a table expected / a table / "x"
assert.equls(1, 1)                              | !there is no assertion "equls"; did you mean "equals"?
assert.is_not.faults(1)                         | !assert.faults has no negated form
`), "\n") {
		src, want, _ := strings.Cut(line, " | ")
		src, want = strings.TrimSpace(src), strings.TrimSpace(want)
		r, _, err := runScript(t, src)
		got := ""
		if r.Failure != nil {
			got = r.Failure.Message
			if r.Failure.Expected != "" {
				got += " / " + r.Failure.Expected + " / " + r.Failure.Actual
			}
		} else if err != nil {
			got = "!" + strings.TrimPrefix(err.Error(), "test.lua:1: ")
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", src, got, want)
		}
		if (err == nil) != r.Passed {
			t.Errorf("%s: passed %v, error %v", src, r.Passed, err)
		}
	}
}

func TestDefinitionErrors(t *testing.T) {
	for src, want := range map[string]string{
		`it("x", function() it("y", function() end) end)`:       "it cannot be used inside a test",
		`it("x", function() describe("y", function() end) end)`: "describe cannot be used inside a test",
	} {
		r, _, err := runScript(t, src)
		if err != nil || len(r.Tests) != 1 || r.Tests[0].Message != want {
			t.Errorf("%s: %+v, %v", src, r.Tests, err)
		}
	}
	for src, want := range map[string]string{
		`it("x")`:                                 "test.lua:1: bad argument #2 to it (function expected, got nil)",
		`it("x", {point = 2}, function() end)`:    `test.lua:1: it: unknown option "point"; did you mean "points"?`,
		`it("x", {points = "2"}, function() end)`: "test.lua:1: it: points must be a number from 0 on",
	} {
		_, _, err := runScript(t, src)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", src, err, want)
		}
	}
}

func TestSetupFailure(t *testing.T) {
	r, out, err := runScript(t, `
describe("g", function()
  setup(function() error("no disk") end)
  teardown(function() print("teardown") end)
  it("a", function() print("a") end)
  it("b", function() print("b") end)
end)
describe("h", function()
  after_each(function() error("messy") end)
  it("c", function() end)
end)`)
	if err != nil || out != "" {
		t.Fatalf("%q, %v", out, err)
	}
	for i, want := range []string{"setup: no disk", "setup: no disk", "after_each: messy"} {
		if r.Tests[i].Status != Errored || r.Tests[i].Message != want {
			t.Errorf("test %d: %s %q, want %q", i, r.Tests[i].Status, r.Tests[i].Message, want)
		}
	}
}

func TestCaughtFailure(t *testing.T) {
	wantOutput(t, `
local ok, f = pcall(assert.equals, 1, 2)
print(ok, f.message, f.expected, f.actual)
print("caught: " .. f)
print(tostring(select(2, pcall(assert.is_true, nil))))`, `false	equal values expected	1	2
caught: equal values expected
expected: 1
actual:   2
true expected
expected: true
actual:   nil
`)
}
