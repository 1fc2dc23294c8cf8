-- The heap and the bss under two kernels.
--
-- Both are anonymous memory, and the heap begins where the bss ends. Under Linux 5.4 the first brk makes them one area, named
-- [heap]; Linux 6.18 keeps them apart. The load tells where each of the two was made, and by which rule.

local function run(profile)
  local m = machine.new{memory = {frames = 256}, loader = {profile = profile}}
  local out = {}
  m:on("load.bss", function(ev) if ev.rule ~= "bss-tail" then out.bss = ev:copy() end end)
  m:on("load.brk", function(ev) out.brk = ev:copy() end)
  m:on("brk", {once = true}, function()
    out.areas = {}
    for _, a in ipairs(m:maps()) do
      if a.stop > out.bss.va and a.start < out.brk.va + 0x100000 then
        out.areas[#out.areas + 1] = string.format("%x-%x %s %s", a.start, a.stop, a.prot, a.name)
      end
    end
  end)
  m:load("testdata/programs/hello-glibc")
  m:run()
  print(profile .. ": " .. table.concat(out.areas, ", "))
  return out
end

describe("a program's bss and its heap", function()
  local now, old = run("linux-6.18"), run("linux-5.4")

  it("lie behind each other", function()
    for _, r in ipairs{now, old} do
      assert.equals(r.brk.va, r.bss.va + r.bss.size)
      assert.equals("brk-bss", r.brk.rule)
    end
  end)
  it("come by other rules", function()
    assert.equals("bss-anon", now.bss.rule)
    assert.equals("bss-program", old.bss.rule)
  end)
  it("stay two areas under 6.18, and are one under 5.4", function()
    assert.same({"4a7000-4ac000 rw- ", "4ac000-4ad000 rw- [heap]"}, now.areas)
    assert.same({"4a7000-4ad000 rw- [heap]"}, old.areas)
  end)
end)
