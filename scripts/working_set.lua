-- A working set larger than memory: the loop that LRU hates.
--
-- The program sweeps over 40 pages again and again. With frames for all of them it faults once a page. With a few
-- frames less, LRU always evicts the page that is needed next: every touch faults, and every eviction writes a dirty
-- page to swap. Random replacement, which knows nothing, does better.

local pages, rounds = 40, 10

local function sweep(policy, frames)
  local m = machine.new{ memory = {frames = frames, swap = 256}, replacement = {policy = policy} }
  local p = m:load("testdata/programs/sweep", {argv = {"sweep", tostring(pages), tostring(rounds)}})
  m:run()
  assert.equals(0, p.status)
  return m.stats, p.stdout
end

local roomy, output = sweep("lru", 64)
local tight = {}
print("policy  frames  faults  write-backs")
print(string.format("%-6s  %6d  %6d  %11d", "lru", 64, roomy.faults.total, roomy.write_backs))
for _, policy in ipairs{"lru", "fifo", "clock", "random"} do
  local stats, text = sweep(policy, 32)
  tight[policy] = stats
  assert.equals(output, text)
  print(string.format("%-6s  %6d  %6d  %11d", policy, 32, stats.faults.total, stats.write_backs))
end

describe("a loop over more pages than frames", function()
  it("costs one fault a page while it fits", function()
    assert.is_true(roomy.faults.zero <= pages + 6)
    assert.equals(0, roomy.evictions)
  end)
  it("costs LRU a fault for nearly every touch when it does not", function()
    assert.is_true(tight.lru.faults.total > 0.9 * pages * rounds)
  end)
  it("writes every page back on its way out", function()
    assert.is_true(tight.lru.write_backs > 0.8 * pages * (rounds - 1))
  end)
  it("is better served by chance", function()
    assert.is_true(tight.random.faults.total < tight.lru.faults.total)
  end)
end)
