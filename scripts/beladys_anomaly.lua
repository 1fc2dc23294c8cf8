-- Belady's anomaly: more memory, more faults.
--
-- Under FIFO a program can fault more often with one frame more (Belady, Nelson and Shedler, CACM 12(6), 1969). The
-- program touches blocks of pages in the paper's order; its own code and stack need frames too, and the anomaly survives.
-- Under LRU, a stack algorithm, it cannot happen.

local function faults(policy, frames)
  local m = machine.new{ memory = {frames = frames, swap = 64}, replacement = {policy = policy} }
  m:load("testdata/programs/belady")
  m:run()
  return m.stats.faults.loads
end

local fifo, lru = {}, {}
print("frames    fifo     lru")
for frames = 14, 24 do
  fifo[frames], lru[frames] = faults("fifo", frames), faults("lru", frames)
  print(string.format("%6d  %6d  %6d%s", frames, fifo[frames], lru[frames],
    fifo[frames - 1] and fifo[frames] > fifo[frames - 1] and "   <- more frames, more faults" or ""))
end

describe("Belady's anomaly on a real program", function()
  it("happens under FIFO between 17 and 18 frames", function()
    assert.is_true(fifo[18] > fifo[17])
  end)
  it("never happens under LRU", function()
    for frames = 15, 24 do
      assert.is_true(lru[frames] <= lru[frames - 1], "LRU faults more with " .. frames .. " frames")
    end
  end)
end)
