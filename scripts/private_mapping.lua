-- A private mapping: copy on write.
--
-- The program maps a file privately, reads a byte and forks: parent and child show the same frame. Then the parent writes.
-- The page is present but not writable; the area allows it, so the kernel gives the parent a copy of its own in another
-- frame. The child and the file keep their byte.

local m = machine.new{ memory = {frames = 64} }
local p = m:load("testdata/programs/private")

m:run{until_ = "change"}
local page = m:read_u64("map")

describe("a private mapping of a file", function()
  local shared, broken, fault
  it("shows the file's page as long as it is only read", function()
    local st = p:page(page)
    assert.mapped(p, page, "rw-")
    assert.is_true(st.resident)
    assert.is_false(st.dirty)
    shared = st.frame
    assert.equals("ELF", m:peek(page + 1, 3))
  end)
  it("gets a copy at the first write", function()
    m:on("page.fault", {from = page, to = page + 4096, pid = 1}, function(ev) fault = ev:copy() end)
    m:on("cow.break", {from = page, to = page + 4096, pid = 1}, function(ev) broken = ev:copy() end)
    m:run{until_ = "look"}                               -- change is over
    assert.equals("w", fault.access)
    assert.equals(7, fault.code)                         -- present, write, user
    assert.is_false(fault.major)                         -- nothing was read from the disk
    assert.equals(shared, broken.old_frame)
    assert.equals(1, broken.refs)                        -- the child still shows it
    assert.equals(p:page(page).frame, broken.frame)
    assert.is_true(broken.frame ~= shared)
    assert.equals("!LF", m:peek(page + 1, 3))
    print(string.format("frame %d was both's, frame %d is the parent's", shared, broken.frame))
  end)
  it("leaves the file and the child alone", function()
    m:run()
    assert.equals(0, p.status)
    assert.equals("memory E then !, child's not, file E\n", p.stdout)
  end)
end)
