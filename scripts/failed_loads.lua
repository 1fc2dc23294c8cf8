-- How a load fails: an errno before the point of no return, SIGSEGV after it, and always a rule that was not met.
--
-- Up to exec.commit nothing has changed, and execve returns an errno to whoever called it. Behind it the old program is gone:
-- nobody is left to whom an errno could be returned, and the kernel kills. Formats in Lua make the files that are needed.

local m = machine.new{ memory = {frames = 64} }
local committed, failure
m:on("exec.*", function(ev)
  if ev.kind == "exec.start" then committed, failure = false, nil end
  if ev.kind == "exec.commit" then committed = true end
  if ev.kind == "exec.fail" then failure = ev:copy() end
end)

local function attempt(path)
  local ok, message = pcall(function() m:load(path) end)
  assert.is_false(ok)
  print(string.format("%-8s %-16s %s", failure.error, failure.rule, message:match(": (.*)$")))
  return failure
end

describe("a load that fails", function()
  it("may not execute the file", function()
    local f = attempt("dynamic/pie.c")
    assert.same({"EACCES", "path", false}, {f.error, f.rule, f.fatal})
  end)
  it("finds no format that knows the file", function()
    local f = attempt("formats/hello.flat")
    assert.same({"ENOEXEC", "magic", false}, {f.error, f.rule, f.fatal})
    assert.is_false(committed)
  end)
  it("is refused by a format", function()
    m:binfmt("no", function(f) if f.path:match("%.greet$") then return "EACCES" end end)
    local f = attempt("formats/note.greet")
    assert.same({"EACCES", "answer", false}, {f.error, f.rule, f.fatal})
    assert.is_false(committed)
  end)
  it("goes in a circle", function()
    m:binfmt("circle", function(f) if f.path:match("hello%.flat$") then return {interpreter = "/lab/formats/hello.flat"} end end)
    local f = attempt("formats/hello.flat")
    assert.same({"ELOOP", "depth", false}, {f.error, f.rule, f.fatal})
  end)
  it("is killed when its first segment lies over the stack", function()
    m:binfmt("on-stack", function(f)
      if not f.path:match("hello%.flat$") then return nil end
      return {entry = 0x7fffffffd000, segments = {{address = 0x7fffffffd000, prot = "r-x", offset = 0}}}
    end)
    local f = attempt("formats/hello.flat")
    assert.same({"EEXIST", "first-noreplace", true}, {f.error, f.rule, f.fatal})
    assert.is_true(committed)
  end)
end)
