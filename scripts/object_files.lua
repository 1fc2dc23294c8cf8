-- Object files: linked in memory, relocation by relocation.
--
-- Two .o files that the compiler has left, each with holes where it did not know an address. Linking places their sections,
-- finds each symbol in the other object, and fills the holes: every one by a formula of S (the symbol), A (the addend),
-- P (the place) and, for what goes through the global offset table, G and GOT. Then their functions are called.

local m = machine.new{ memory = {frames = 64} }
local p, link = m:link{"testdata/programs/objects/stock.o", "testdata/programs/objects/prices.o"}

local function relocation(symbol, section)
  for _, r in ipairs(link.relocations) do
    if r.symbol == symbol and r.section == (section or r.section) then return r end
  end
end

describe("two objects that are linked", function()
  it("have their sections together, by rights", function()
    local prots = {}
    for _, c in ipairs(link.sections) do
      if c.size > 0 and prots[#prots] ~= c.prot then prots[#prots + 1] = c.prot end
    end
    assert.same({"r-x", "r--", "rw-"}, prots)
    assert.mapped(p, "worth", "r-x")
    assert.mapped(p, "prices", "r--")
    assert.mapped(p, "stock", "rw-")
  end)

  it("call each other by a distance", function()
    local r = relocation("name_of")
    assert.equals("R_X86_64_PLT32", r.type)
    assert.equals("L + A - P", r.formula)
    assert.equals(p:symbol("name_of"), r.value)
    assert.equals(-4, r.addend)                            -- the processor counts from behind the place
    assert.equals(r.value - 4 - r.place, r.after)
    assert.equals(r.after, p:read_i32(r.place))
    print(r.section .. " of " .. r.object .. ": " .. r.formula .. " = " .. r.terms)
  end)

  it("reach data through a slot of the global offset table", function()
    local r = relocation("prices")
    assert.equals("R_X86_64_REX_GOTPCRELX", r.type)
    assert.equals("G + GOT + A - P", r.formula)
    assert.equals(p:symbol("prices"), p:read_u64(r.slot))
  end)

  it("hold addresses of their own", function()
    local r = relocation(".rodata.str1.1")
    assert.equals("R_X86_64_64", r.type)
    assert.equals("nail", p:cstring(p:read_u64(r.place)))
  end)

  it("have 0 for a weak symbol that nobody defines", function()
    assert.equals(0, relocation("discount").value)
  end)
end)

describe("their functions", function()
  it("can be called", function()
    assert.equals(0, p:call("worth"))
    assert.equals(1, p:call("put", 1, 2))
    assert.equals(2, p:call("put", 2, 1))
    assert.equals(2 * 50 + 700, p:call("worth"))
    assert.equals(p:symbol("stock") + 8, p:read_u64("last"))
    assert.equals(1.5, p:call("mean", {double = 1}, {double = 2}, {returns = "double"}))
  end)

  it("take text, on the stack", function()
    assert.equals(6, p:call("length", 1))
    assert.equals(2, p:call("find", "saw"))
    assert.equals(-1, p:call("find", "rake", {returns = "int"}))
  end)

  it("cannot write to what is constant", function()
    local value, why = p:call("spoil")
    assert.is_nil(value)
    assert.matches("SIGSEGV", why)
    print(why)
  end)
end)
