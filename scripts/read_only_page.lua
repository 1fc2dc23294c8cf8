-- A write to a read-only page: how a page fault becomes SIGSEGV.
--
-- The constant's page is mapped r--. Reading it brings it in; the write finds it present, but forbidden: the processor
-- raises a page fault with the error code's P and W bits set, the kernel finds that the area does not allow it, and the
-- program dies of SIGSEGV with status 139, as in a shell.

local m = machine.new{ memory = {frames = 32} }
local p = m:load("testdata/programs/rowrite")

describe("a write to a constant", function()
  local last, signal
  m:on("page.fault", function(ev) last = ev:copy() end)
  m:on("signal", function(ev) signal = ev:copy() end)

  it("is refused", function()
    assert.mapped(p, "text", "r--")
    m:run()
    assert.equals("before the write: constant\n", p.stdout)
    assert.equals(139, p.status)
    assert.equals(11, p.signal)
  end)

  it("was a protection fault on a resident page", function()
    assert.equals(p:symbol("text"), last.va)
    assert.equals("w", last.access)
    assert.equals(7, last.code) -- present, write, user
    assert.resident(p, "text")
    assert.is_false(p:page("text").dirty)
    assert.memory(p, "text", "constant")
  end)

  it("became SIGSEGV with SEGV_ACCERR", function()
    assert.equals(11, signal.signo)
    assert.equals(2, signal.si_code)
    assert.equals(p:symbol("text"), signal.va)
    assert.equals("main", (p:lookup(m.cpu.rip)))
    print(p.report)
  end)
end)
