-- A script through #!: execve finds the program to run by itself.
--
-- A file that begins with #! is no program, but names one. The kernel takes the rest of the line apart, at the first blank
-- only: what follows is one argument, blanks and all. The script's path takes the place of argv[0]. The
-- program so named may be a script again, up to five of them.

local m = machine.new{ memory = {frames = 128} }
local formats, headers = {}, 0
m:on("exec.format", function(ev) formats[#formats + 1] = ev.arg end)
m:on("load.header", function() headers = headers + 1 end)

local function run(path)
  formats, headers = {}, 0
  local p = m:load(path, {argv = {"ignored", "last"}})
  m:run()
  assert.equals(0, p.status)
  print(p.stdout)
  return p
end

describe("a script", function()
  it("is run by the program in its first line", function()
    local p = run("dynamic/greet.sh")
    assert.equals("0: /lab/dynamic/pie\n1: one argument, blanks and all\n2: /lab/dynamic/greet.sh\n3: last\n", p.stdout)
    assert.same({0, 1}, formats)                         -- a script, then an ELF file
    assert.equals(2, headers)                            -- the program's and its dynamic linker's
  end)
  it("may be the interpreter of another", function()
    local p = run("dynamic/twice.sh")
    assert.equals("0: /lab/dynamic/pie\n1: one argument, blanks and all\n2: /lab/dynamic/greet.sh\n" ..
      "3: -x\n4: /lab/dynamic/twice.sh\n5: last\n", p.stdout)
    assert.same({0, 0, 1}, formats)
  end)
  it("is not what is in memory: the program is", function()
    local found
    for _, a in ipairs(m:maps()) do
      found = found or a.name == "/lab/dynamic/pie"
      assert.is_nil(a.name:find(".sh", 1, true))
    end
    assert.is_true(found)
  end)
end)
