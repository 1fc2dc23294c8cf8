-- Loading strategies: all at once, page by page, or a few pages a fault.
--
-- The same program three times. Eager loading takes no fault for the program's own pages, but reads pages that nobody
-- will use; demand loading reads only what is touched and pays a fault for each; hybrid lies between.

local function bill(strategy)
  local m = machine.new{
    memory = {frames = 64}, replacement = {policy = "lru"}, loader = {strategy = strategy, window = strategy == "hybrid" and 4 or nil},
  }
  local p = m:load("testdata/programs/wordcount", {argv = {"wordcount", "/lab/first_faults.lua"}})
  m:run{until_ = "main"}
  local at_main = m.stats.faults.total
  m:run()
  assert.equals(0, p.status)
  local s = m.stats
  return {
    strategy = strategy, output = p.stdout, at_main = at_main, faults = s.faults.total, major = s.faults.major,
    read = s.pages_in.file, ahead = s.pages_in.ahead, peak = s.frames.peak,
  }
end

describe("one program, loaded three ways", function()
  local eager, demand, hybrid = bill("eager"), bill("demand"), bill("hybrid")

  print(string.format("%-8s %10s %8s %8s %12s %8s %8s", "strategy", "at main", "faults", "major", "pages read", "ahead", "frames"))
  for _, b in ipairs{eager, demand, hybrid} do
    print(string.format("%-8s %10d %8d %8d %12d %8d %8d", b.strategy, b.at_main, b.faults, b.major, b.read, b.ahead, b.peak))
  end

  it("prints the same", function()
    assert.equals(demand.output, eager.output)
    assert.equals(demand.output, hybrid.output)
  end)
  it("faults least when everything is there before the start", function()
    assert.is_true(eager.faults < hybrid.faults)
    assert.is_true(hybrid.faults < demand.faults)
  end)
  it("reads least when pages come on demand", function()
    assert.is_true(demand.read <= hybrid.read)
    assert.is_true(demand.read <= eager.read)
    assert.equals(0, demand.ahead)
  end)
  it("takes more frames the more it loads ahead", function()
    assert.is_true(demand.peak <= hybrid.peak)
    assert.is_true(demand.peak <= eager.peak)
  end)
end)
