-- Whose page goes? Global and local replacement.
--
-- A small program multiplies matrices while a large one sweeps over 200 pages. Under global replacement the large one,
-- which faults all the time, also takes the frames of the small one. Under local replacement it takes only its own, and
-- the small one is left in peace with its share. What the shares are is a rule of its own.

local function pair(replacement, nice)
  replacement.policy = "fifo"
  local m = machine.new{ memory = {frames = 64, swap = 512}, replacement = replacement }
  local small = m:load("testdata/programs/matrix", {argv = {"matrix", "40"}, nice = nice})
  local large = m:load("testdata/programs/sweep", {argv = {"sweep", "200", "4"}})
  local shares = {small.share, large.share}
  m:run()
  m:check()
  assert.equals(0, small.status)
  assert.equals(0, large.status)
  return {small = small.faults, large = large.faults, shares = shares}
end

local global = pair{scope = "global"}
local equal = pair{scope = "local", shares = "equal"}
local bysize = pair{scope = "local", shares = "proportional"}
local nicer = pair({scope = "local", shares = "priority"}, 10)

print("scope   shares         frames    faults: small   large")
for _, row in ipairs{{"global", "-", global}, {"local", "equal", equal}, {"local", "proportional", bysize},
    {"local", "priority", nicer}} do
  local r = row[3]
  print(string.format("%-6s  %-12s  %3d %3d  %15d  %6d", row[1], row[2], r.shares[1], r.shares[2], r.small.total,
    r.large.total))
end

describe("local replacement", function()
  it("protects the small program from the large one", function()
    assert.is_true(equal.small.total < global.small.total)
  end)
  it("divides frames alike, by size, or by niceness", function()
    assert.equals(equal.shares[1], equal.shares[2])
    assert.is_true(bysize.shares[1] < bysize.shares[2])
    assert.is_true(nicer.shares[1] < nicer.shares[2])
  end)
  it("lets the nicer program fault more", function()
    assert.is_true(nicer.small.total > equal.small.total)
  end)
end)
