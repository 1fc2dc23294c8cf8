-- bss against data: what is in the file, and what is only promised.
--
-- Variables with a value stand in the file and are read from it. Variables that begin as zero would only make the file
-- longer: the segment says how many more bytes it has in memory (memory_size - file_size), and the kernel provides
-- zeros. The beginning of the bss lies in the last page of the data, which the loader clears behind the data; the rest is
-- an area without a file, of which no page exists before it is touched.

local m = machine.new{ memory = {frames = 64} }
local p = m:load("testdata/programs/bigbss")

local section, segment = {}, nil
for _, c in ipairs(p:sections()) do section[c.name] = c end
for _, g in ipairs(p:segments()) do
  if g.index == section[".bss"].segment then segment = g end
end
local data, bss = section[".data"], section[".bss"]
local boundary = segment.address + segment.file_size       -- the first byte that is not in the file
local page = boundary - boundary % 4096
local rest = page + 4096                                   -- the first page that is bss only

describe("a program with 16 MiB of zeros", function()
  it("does not carry them in its file", function()
    assert.equals("NOBITS", bss.type)
    assert.is_true(segment.memory_size - segment.file_size >= 16 * 1024 * 1024)
    assert.is_true(segment.file_size < 16 * 1024)
  end)
  it("has the beginning of the bss in the last page of the data", function()
    assert.is_true(data.address < boundary and boundary <= bss.address)
    assert.equals(page, bss.address - bss.address % 4096)
    assert.resident(p, page)                               -- the loader has written zeros behind the data
    assert.is_true(p:page(page).dirty)
    assert.equals(string.rep("\0", rest - boundary), m:peek(boundary, rest - boundary))
  end)
  it("has an area without a file for the rest", function()
    for _, a in ipairs(p:maps()) do
      if a.start == rest then assert.equals("", a.name) end
      if a.start <= page and page < a.stop then assert.matches("bigbss$", a.name) end
    end
    assert.mapped(p, rest, "rw-")
    assert.not_resident(p, rest)
  end)
  it("costs a frame only where it is touched", function()
    local zeroed, read = 0, 0
    local stop = segment.address + segment.memory_size
    m:on("page.zero", {from = rest, to = stop}, function() zeroed = zeroed + 1 end)
    m:on("page.in", {from = rest, to = stop}, function() read = read + 1 end)
    m:run()
    assert.equals(0, p.status)
    assert.is_true(zeroed >= 16 and zeroed < 24, zeroed .. " pages of zeros")
    assert.equals(0, read)
    print(string.format("%d of %d pages of bss were ever made", zeroed, bss.size / 4096))
  end)
end)
