-- Loading strategies: all at once, page by page, or a few pages a fault.
--
-- The same program three times. Eager loading takes no fault for the program's own pages, but reads pages that nobody
-- will use; demand loading reads only what is touched and pays a fault for each; hybrid lies between. The bill is taken
-- before the first instruction, at main, at every fault, and at the exit.

local function bill(strategy)
  local m = machine.new{
    memory = {frames = 64}, replacement = {policy = "lru"}, loader = {strategy = strategy, window = strategy == "hybrid" and 4 or nil},
  }
  local p = m:load("testdata/programs/wordcount", {argv = {"wordcount", "/lab/first_faults.lua"}})
  local curve = {m:bill()}
  m:on("page.fault", function() curve[#curve + 1] = m:bill() end)
  m:run{until_ = "main"}
  local main = m:bill()
  m:run()
  assert.equals(0, p.status)
  local exit = m:bill()
  curve[#curve + 1] = exit
  return {strategy = strategy, output = p.stdout, start = curve[1], main = main, exit = exit, curve = curve}
end

local function row(b, when)
  local c = b[when]
  print(string.format("%-8s %-6s %8d %8d %12d %8d %9d", b.strategy, when, c.faults, c.major, c.bytes_read, c.ahead, c.resident))
end

describe("one program, loaded three ways", function()
  local eager, demand, hybrid = bill("eager"), bill("demand"), bill("hybrid")

  print(string.format("%-8s %-6s %8s %8s %12s %8s %9s", "strategy", "at", "faults", "major", "bytes read", "ahead", "resident"))
  for _, b in ipairs{eager, demand, hybrid} do
    row(b, "start") row(b, "main") row(b, "exit")
  end
  for _, b in ipairs{eager, demand, hybrid} do
    local points = {}
    for i, c in ipairs(b.curve) do points[i] = c.resident end
    print("resident pages, " .. b.strategy .. ": " .. table.concat(points, " "))
  end

  it("prints the same", function()
    assert.equals(demand.output, eager.output)
    assert.equals(demand.output, hybrid.output)
  end)
  it("faults least when everything is there before the start", function()
    assert.is_true(eager.exit.faults < hybrid.exit.faults)
    assert.is_true(hybrid.exit.faults < demand.exit.faults)
    assert.is_true(eager.main.faults < demand.main.faults)
  end)
  it("reads most before the start when it is eager", function()
    assert.is_true(eager.start.bytes_read > hybrid.start.bytes_read)
    assert.is_true(hybrid.start.bytes_read >= demand.start.bytes_read)
  end)
  it("reads least when pages come on demand", function()
    assert.is_true(demand.exit.bytes_read <= hybrid.exit.bytes_read)
    assert.is_true(demand.exit.bytes_read <= eager.exit.bytes_read)
    assert.equals(0, demand.exit.ahead)
  end)
  it("takes more frames the more it loads ahead", function()
    assert.is_true(demand.exit.peak <= hybrid.exit.peak)
    assert.is_true(demand.exit.peak <= eager.exit.peak)
  end)
  it("only grows while there are frames enough", function()
    for _, b in ipairs{eager, demand, hybrid} do
      for i = 2, #b.curve do
        assert.is_true(b.curve[i].resident >= b.curve[i - 1].resident)
        assert.is_true(b.curve[i].time_ns >= b.curve[i - 1].time_ns)
      end
    end
  end)
end)
