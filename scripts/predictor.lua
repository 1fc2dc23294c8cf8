-- Hybrid loading with a predictor: which pages come in with the one of a fault is a Lua function's answer.
--
-- A window brings in the pages behind the fault, wanted or not. A predictor knows more: here one that looks at the faults so
-- far and goes on ahead only where the program walks from page to page. It should fault less than demand loading and read
-- less than a wide window. Each strategy's bill, and its resident pages over time, are drawn beside each other.

local function walking(t)                                -- two faults in a row on the way up: four pages more
  local before = t.history[#t.history]
  if before and t.page > before and t.page - before <= 5 then return 4 end
end

local function run(name, strategy, window, predict)
  local m = machine.new{memory = {frames = 256}, loader = {strategy = strategy, window = window}}
  local p = m:load("testdata/programs/wordcount", {argv = {"wordcount", "/lab/predictor.lua"}, predict = predict})
  m:run()
  assert.equals(0, p.status)
  local b, curve = m:bill(), m:curve()
  print(string.format("%-10s %3d faults, %7d bytes read, %2d pages ahead, %3d resident at the end", name, b.faults,
    b.bytes_read, b.ahead, b.resident))
  local points = {}
  for i, c in ipairs(curve) do points[i] = c.resident end
  print("           resident: " .. table.concat(points, " "))
  return {bill = b, curve = curve, output = p.stdout}
end

describe("a predictor", function()
  local demand = run("demand", "demand")
  local window = run("window 8", "hybrid", 8)
  local asked = 0
  local clever = run("predictor", "hybrid", nil, function(t)
    asked = asked + 1
    assert.is_true(t.area.first <= t.page and t.page <= t.area.last)
    return walking(t)
  end)

  it("changes when pages come, not what the program does", function()
    assert.equals(demand.output, window.output)
    assert.equals(demand.output, clever.output)
  end)
  it("is asked about every fault that brings a page in", function()
    assert.is_true(asked > 0 and asked <= clever.bill.faults)
  end)
  it("saves faults against demand loading", function()
    assert.is_true(clever.bill.faults < demand.bill.faults)
    assert.is_true(clever.bill.ahead > 0)
  end)
  it("brings in less for nothing than the window", function()
    assert.is_true(clever.bill.resident <= window.bill.resident)
  end)
  it("has a curve that ends with the bill", function()
    for _, r in ipairs{demand, window, clever} do
      local last = r.curve[#r.curve]
      assert.equals(r.bill.resident, last.resident)
      assert.equals(r.bill.faults, last.faults)
      assert.equals(r.bill.instructions, last.instructions)
    end
  end)
end)
