-- Demand paging: the first fetch brings the first page in.
--
-- A product of two matrices in 24 frames: what is not touched is never read, and what does not fit is not loaded twice.

local m = machine.new{ memory = {frames = 24}, replacement = {policy = "clock"} }
local p = m:load("testdata/programs/matrix", {argv = {"matrix", "64"}, strategy = "demand"})
describe("demand paging", function()
  it("brings the entry page in on the first fetch", {points = 2}, function()
    local first
    m:on("page.fault", {once = true}, function(ev) first = ev:copy() end)
    m:run{ until_ = "main" }
    assert.equals(p.entry_page, first.page)
    assert.mapped(p, "main", "r-x")
  end)
  it("stays under 40 major faults", function()
    m:run()
    assert.faults(m):major_at_most(40)
    assert.fragmentation(m):internal_at_most(4095)
  end)
end)
