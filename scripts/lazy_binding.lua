-- Lazy binding: a call through PLT and GOT, before and after it is bound.
--
-- A program calls a function of a library through a stub of its own, which jumps through a slot of the global offset
-- table. At first the slot leads back into the stub, which asks the dynamic linker for the function; the linker writes the
-- address into the slot, and from then on the call takes one jump more than a direct one. The linker is
-- dynamic/ld.c, which is small enough to be read beside this; glibc's does the same.

local story = {}
local function tell(format, ...) story[#story + 1] = string.format(format, ...) end
local function base(path) return (path or "?"):match("[^/]*$") end

local m = machine.new{ memory = {frames = 64} }
local searched, begun, bound = {}, {}, {}
m:on("link.search", function(ev)
  tell("search  %s (%s)%s", ev.path, ev.why, ev.errno and ": no such file" or "")
end)
m:on("link.map", function(ev) tell("map     %s at %s", base(ev.object), hex(ev.base)) end)
m:on("link.bind", function(ev)
  if ev.copied then
    tell("copy    %s of %s: %d bytes", ev.symbol, base(ev.object), ev.size)
    return
  end
  tell("bind    %s of %s: %s%s", ev.symbol, base(ev.object), hex(ev.value), ev.lazy and ", for later" or " in " .. base(ev.to))
  if not ev.lazy and ev.plt then bound[#bound + 1] = ev.symbol end
end)
m:on("link.init", function(ev)
  tell("%s  %s", ev.how:match("fini") and "ends  " or "begins", base(ev.object))
  begun[#begun + 1] = (ev.how:match("fini") and "-" or "+") .. base(ev.object)
end)

local p = m:load("dynamic/lazy")

local function slot(name)
  for _, g in ipairs(p:plt("lazy")) do
    if g.symbol == name then return g end
  end
end

describe("a program that is bound lazily", function()
  it("has no link map before its linker has run", function()
    local map, why = p:link_map()
    assert.is_nil(map)
    assert.matches("not made its link map", why)
  end)

  it("has its libraries at main, breadth first", function()
    m:run{until_ = "main"}
    local names = {}
    for i, o in ipairs(p:link_map()) do names[i] = base(o.path) end
    assert.same({"lazy", "libcount.so", "libtext.so"}, names)
    assert.equals("consistent", p:link_map().state)
    assert.same({"libcount.so", "libtext.so"}, p:link_map()[1].needed)
  end)

  it("found them by DT_RUNPATH, at the second try", function()
    local s = p:searches()
    assert.equals("/lab/nothing/libcount.so", s[1].path)
    assert.equals(2, s[1].errno)
    assert.equals("/lab/dynamic/libcount.so", s[2].path)
    assert.is_nil(s[2].errno)
    assert.equals("DT_RUNPATH", s[2].why)
  end)

  it("calls its stub's second half at first", function()
    local g = slot("count")
    assert.equals("lazy", g.state)
    assert.equals(g.stub, g.value)
    assert.matches("/libcount.so$", g.to)
    assert.mapped(p, g.stub, "r-x")
  end)

  it("goes straight to the function once it has been called", function()
    local target = slot("count").target
    m:run{until_ = target}                       -- in count, for the first time: the linker has just jumped here
    assert.equals("bound", slot("count").state)
    assert.equals(target, slot("count").value)
    local before = #bound
    m:step()
    m:run{until_ = target}                       -- and for the second: nobody was asked
    for i = before + 1, #bound do assert.is_true(bound[i] ~= "count") end
  end)

  it("takes the first of two definitions, and none for a weak one", function()
    assert.matches("/libcount.so$", p:resolve("who").object)
    assert.is_nil((p:resolve("nowhere")))
    for _, g in ipairs(p:got("lazy")) do
      if g.symbol == "nowhere" then assert.equals("zero", g.state) end
    end
  end)

  it("has a copy of the library's variable, which the library uses too", function()
    local copies = {}
    for _, g in ipairs(p:got("lazy")) do
      if g.copied then copies[g.symbol] = g end
    end
    assert.matches("/libcount.so$", copies.counter.to)
    local inside
    for _, g in ipairs(p:got("libcount.so")) do
      if g.symbol == "counter" then inside = g end
    end
    assert.equals(copies.counter.address, inside.value)
  end)

  it("begins its libraries before itself, and ends in reverse", function()
    assert.equals("exited", (m:run()))
    assert.equals(0, p.status)
    assert.same({"+libtext.so", "+libcount.so", "+lazy", "-lazy", "-libcount.so", "-libtext.so"}, begun)
    assert.equals("libtext begins\nlibcount begins\nlazy begins\nlibcount\nlibcount\nlazy ends\nlibcount ends\nlibtext ends\n",
      p.stdout)
  end)
end)

describe("the same program with LD_BIND_NOW", function()
  it("has every slot bound at main", function()
    local m = machine.new{ memory = {frames = 64} }
    local p = m:load("dynamic/lazy", {env = {"LD_BIND_NOW=1"}})
    m:run{until_ = "main"}
    for _, g in ipairs(p:plt()) do assert.equals("bound", g.state) end
    m:run()
    assert.equals(0, p.status)
  end)
end)

after_each(function()
  for _, line in ipairs(story) do print(line) end
  story = {}
end)
