-- Thrashing, and its cure.
--
-- Each copy of a program needs some 20 frames. With more copies more of the processor is used, as one computes while
-- another waits for the disk; until they do not fit into memory together. Then each takes away the pages that another
-- needs next, all wait for the disk, and nearly nothing is computed any more (Denning, AFIPS FJCC 1968). Load control
-- suspends whole processes until the others fit, and lets all have their turn.

local function run(copies, control)
  local m = machine.new{
    memory = {frames = 48, swap = 1024}, replacement = {policy = "lru", load_control = control},
  }
  for _ = 1, copies do
    m:load("testdata/programs/sweep", {argv = {"sweep", "12", "4000"}})
  end
  m:run()
  m:check()
  return m.stats
end

local use = {}
print("copies  load control   major faults   seconds  CPU use  suspended")
for _, control in ipairs{"off", "working_set", "pff"} do
  use[control] = {}
  for _, copies in ipairs{1, 2, 4, 8} do
    local s = run(copies, control)
    use[control][copies] = s
    print(string.format("%6d  %-12s  %13d  %8.2f  %5.2f %%  %9d", copies, control, s.faults.major,
      s.simulated_ns / 1e9, 100 * s.cpu_use, s.load_control.suspended))
  end
end

describe("more programs than memory can hold", function()
  it("raise CPU use at first", function()
    assert.is_true(use.off[2].cpu_use > use.off[1].cpu_use)
  end)
  it("then thrash: the processor has nothing to do", function()
    assert.is_true(use.off[8].cpu_use < 0.01)
    assert.is_true(use.off[8].faults.major > 1000 * use.off[4].faults.major)
  end)
  it("do not when working sets decide how many run", function()
    assert.is_true(use.working_set[8].cpu_use > 0.4)
    assert.is_true(use.working_set[8].faults.major < 150)
    assert.equals(use.working_set[8].load_control.suspended, use.working_set[8].load_control.resumed)
  end)
  it("hardly do when the frequency of page faults decides", function()
    assert.is_true(use.pff[8].cpu_use > 0.2)
    assert.is_true(use.pff[8].faults.major < 300)
  end)
  it("compute the same, fast or slow", function()
    assert.equals(use.off[8].instructions, use.working_set[8].instructions)
    assert.equals(use.off[8].instructions, use.pff[8].instructions)
  end)
end)
