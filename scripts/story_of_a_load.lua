-- The story of one load: every step of execve in the order of the kernel's work, and the rule that decided it.
--
-- A program behind an interpreter: the path and the strings are checked, formats are asked until one takes the file, then
-- comes the point of no return. After it the program is mapped (base, segments, bss), then its dynamic linker, vdso, stack,
-- heap and registers. Each event names its rule; `text` is the step in one line, `rule_text` the rule in a sentence.

local m = machine.new{ memory = {frames = 128} }
local story = {}
m:on({"exec.*", "load.*"}, function(ev)
  print(ev.text)
  story[#story + 1] = ev:copy()
end)
m:load("dynamic/greet.sh", {argv = {"greet.sh", "you"}})

local function only(kind, test)
  local out = {}
  for _, ev in ipairs(story) do
    if ev.kind == kind and (not test or test(ev)) then out[#out + 1] = ev end
  end
  return out
end

describe("the load of a PIE behind a script", function()
  it("goes through the kernel's steps in order", function()
    local kinds, last = {}, nil
    for _, ev in ipairs(story) do
      if ev.kind ~= last then kinds[#kinds + 1] = ev.kind end
      last = ev.kind
    end
    assert.equals("exec.start exec.check exec.format exec.refuse exec.format load.header exec.commit load.args load.base " ..
      "load.segment load.bss load.base load.segment load.bss load.interp load.special load.stack load.brk load.regs " ..
      "load.done", table.concat(kinds, " "))
  end)
  it("names the files that it came to", function()
    local formats = only("exec.format")
    assert.same({"/lab/dynamic/greet.sh", "/lab/dynamic/pie"}, {formats[1].path, formats[2].path})
    assert.same({"script", "elf64"}, {formats[1].format, formats[2].format})
    assert.same({1, 2}, {formats[1].depth, formats[2].depth})
  end)
  it("puts the program where ELF_ET_DYN_BASE says, the linker where there is room", function()
    local base = only("load.base")
    assert.equals("pie-base", base[1].rule)
    assert.equals(0x555555554000, base[1].va)
    assert.equals("interp-search", base[2].rule)
    assert.is_true(base[2].interpreter)
  end)
  it("lets only the first segment be in nobody's way", function()
    local segments = only("load.segment", function(ev) return not ev.interpreter end)
    assert.equals("first-noreplace", segments[1].rule)
    for i = 2, #segments do assert.equals("later-fixed", segments[i].rule) end
  end)
  it("clears the tail of the data segment's page: the bss begins there", function()
    local tail = only("load.bss", function(ev) return not ev.interpreter end)[1]
    assert.equals("bss-tail", tail.rule)
    assert.equals("padzero", tail.rule_function)
    assert.equals(0, (tail.va + tail.size) % 4096)
    assert.equals("rw-", tail.prot)
  end)
  it("has a sentence for each rule", function()
    for _, ev in ipairs(story) do
      if ev.kind ~= "exec.start" then assert.is_true(#ev.rule_text > 20) end
    end
  end)
  it("starts in the interpreter", function()
    assert.equals("start-interp", only("load.done")[1].rule)
    assert.equals(m.cpu.rip, only("load.regs")[1].ip)
    assert.equals(m.cpu.rsp, only("load.regs")[1].sp)
  end)
end)
