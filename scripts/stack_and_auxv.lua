-- The first stack: what a program finds when it begins.
--
-- execve writes the arguments, the environment and the auxiliary vector onto the new stack, below the strings that they
-- point to. The stack pointer points to argc. From there upwards: argc, the arguments' addresses and a zero, the environment's
-- addresses and a zero, and pairs of numbers (getauxval(3)) by which the kernel tells the C library where things are.

local AT = {NULL = 0, PHDR = 3, PHENT = 4, PHNUM = 5, PAGESZ = 6, BASE = 7, ENTRY = 9, RANDOM = 25, EXECFN = 31}

local m = machine.new{ memory = {frames = 64} }
local written
m:on("load.stack", function(ev) written = ev:copy() end)
local p = m:load("testdata/programs/args", {argv = {"args", "one", "two words"}, env = {"COLOUR=green"}})

local sp = m.cpu.rsp
local at = sp
local function word()
  local w = m:read_u64(at)
  at = at + 8
  return w
end
local function strings()
  local list = {}
  for w in word do
    if w == 0 then return list end
    list[#list + 1] = m:read_cstring(w)
  end
end

local argc, argv, env, auxv = word(), strings(), strings(), {}
repeat
  local key, value = word(), word()
  auxv[key] = value
until key == AT.NULL

print(string.format("%s  argc %d", hex(sp), argc))
for i, s in ipairs(argv) do print(string.format("  argv[%d] %q", i - 1, s)) end
for i, s in ipairs(env) do print(string.format("  envp[%d] %q", i - 1, s)) end

describe("the first stack", function()
  it("begins at the stack pointer, which is a multiple of 16", function()
    assert.equals(written.sp, sp)
    assert.equals(0, sp % 16)
    assert.resident(p, sp)
  end)
  it("has the arguments and the environment", function()
    assert.equals(3, argc)
    assert.same({"args", "one", "two words"}, argv)
    local found
    for _, s in ipairs(env) do found = found or s == "COLOUR=green" end
    assert.is_true(found)
  end)
  it("tells where the program headers are, and the entry", function()
    local first = p:segments()[1]
    assert.equals(56, auxv[AT.PHENT])
    assert.equals(#p:segments(), auxv[AT.PHNUM])
    assert.equals(0, auxv[AT.BASE])                      -- no interpreter
    assert.equals(p.entry, auxv[AT.ENTRY])
    assert.equals(4096, auxv[AT.PAGESZ])
    assert.equals(first.address + m:read_u64(first.address + 32), auxv[AT.PHDR]) -- e_phoff
  end)
  it("has the strings above, and 16 random bytes", function()
    assert.is_true(auxv[AT.RANDOM] > at and auxv[AT.RANDOM] + 16 <= sp + written.size)
    assert.matches("args$", m:read_cstring(auxv[AT.EXECFN]))
  end)
  it("is what the program sees", function()
    m:run()
    assert.matches("^argv%[0%] args\nargv%[1%] one\nargv%[2%] two words\n", p.stdout)
    assert.matches("\nenv COLOUR=green\n", p.stdout)
    assert.is_nil(p.stdout:find("WRONG", 1, true))
  end)
end)
