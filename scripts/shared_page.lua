-- One page of a file in two segments: mapped twice.
--
-- Segments need not begin on page boundaries. Where one ends and the next begins within a page of the file, execve maps that
-- page for both, at two addresses and with different rights. Both show the file, until something is written to the
-- second: from then on that one is the process's own.

local m = machine.new{ memory = {frames = 64} }
local p = m:load("testdata/programs/bigbss")

local loads = {}
for _, g in ipairs(p:segments()) do
  if g.type == "LOAD" then loads[#loads + 1] = g end
end

-- the last page of the constants and the first of the variables
local constants, variables = loads[#loads - 1], loads[#loads]
local page = variables.offset - variables.offset % 4096
local low = constants.address - constants.offset + page
local high = variables.address - variables.offset + page

describe("the page between two segments", function()
  it("holds the end of one and the beginning of the other", function()
    assert.is_true(constants.offset < page and page < constants.offset + constants.file_size)
    assert.is_true(constants.offset + constants.file_size <= variables.offset)
    print(string.format("file page %s is mapped at %s and at %s", hex(page), hex(low), hex(high)))
  end)
  it("is mapped at two addresses, with the rights of each", function()
    assert.is_true(low ~= high)
    assert.mapped(p, low, "r--")
    assert.mapped(p, high, "rw-")
    local offsets = {}
    for _, a in ipairs(p:maps()) do
      for _, address in ipairs{low, high} do
        if a.start <= address and address < a.stop then
          offsets[#offsets + 1] = a.offset + address - a.start
        end
      end
    end
    assert.same({page, page}, offsets)
  end)
  it("has the same bytes at both", function()
    assert.equals(m:peek(low, 4096), m:peek(high, 4096))
  end)
  it("is two pages once a variable has changed", function()
    local first = variables.address
    m:write_u8(first, 0xA5)
    assert.equals(0xA5, m:read_u8(first))
    assert.is_true(m:read_u8(first - high + low) ~= 0xA5)
  end)
end)
