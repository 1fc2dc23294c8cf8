-- Sections and segments: what the linker wrote, and what the loader reads of it.
--
-- A file describes itself twice. Sections are for linkers and debuggers: .text, .data, .bss, symbol tables. Segments are
-- for execve: which bytes of the file belong at which addresses, with which rights. The loader never looks at a section;
-- each that is needed at run time lies in one LOAD segment, and each segment becomes an area.

local m = machine.new{ memory = {frames = 64} }
local loaded = {}
m:on("load.segment", function(ev) loaded[#loaded + 1] = ev:copy() end)
local p = m:load("testdata/programs/sort", {argv = {"sort", "32"}})

local segments, sections, loads = p:segments(), {}, {}
for _, g in ipairs(segments) do
  if g.type == "LOAD" then loads[#loads + 1] = g end
end
print("segment      address   prot  sections")
for _, g in ipairs(loads) do
  local names = {}
  for _, c in ipairs(p:sections()) do
    sections[c.name] = c
    if c.segment == g.index then names[#names + 1] = c.name end
  end
  print(string.format("%7d %12s    %s  %s", g.index, hex(g.address), g.prot, table.concat(names, " ")))
end

local function area(address)
  for _, a in ipairs(p:maps()) do
    if a.start <= address and address < a.stop then return a end
  end
end

describe("a static program", function()
  it("is loaded by its LOAD segments, in their order", function()
    assert.equals(#loads, #loaded)
    for i, g in ipairs(loads) do
      assert.equals(g.address, loaded[i].va)
      assert.equals(g.memory_size, loaded[i].size)
      assert.equals(g.file_size, loaded[i].file_size)
      assert.equals(g.offset, loaded[i].offset)
      assert.equals(g.prot, loaded[i].prot)
    end
  end)
  it("has an area for each, rounded to pages, with the segment's rights", function()
    for _, g in ipairs(loads) do
      local a = area(g.address)
      assert.equals(g.prot, a.prot)
      assert.equals(g.address - g.address % 4096, a.start)
      assert.equals(g.offset - g.offset % 4096, a.offset)
    end
  end)
  it("has code, constants and variables in different ones", function()
    assert.equals("r-x", area(sections[".text"].address).prot)
    assert.equals("r--", area(sections[".rodata"].address).prot)
    assert.equals("rw-", area(sections[".data"].address).prot)
    assert.equals("rw-", area(sections[".bss"].address).prot)
    assert.equals(sections[".data"].segment, sections[".bss"].segment)
  end)
  it("leaves in the file what only debuggers want", function()
    for _, name in ipairs{".symtab", ".strtab", ".shstrtab"} do
      assert.is_nil(sections[name].address)
      assert.is_nil(sections[name].segment)
    end
  end)
  it("runs", function()
    m:run()
    assert.equals(0, p.status)
  end)
end)
