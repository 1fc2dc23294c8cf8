-- A binary format of one's own: execve asks a Lua function about every file, before #! lines and ELF.
--
-- The function sees what the kernel's formats see: the path, the arguments, the first 256 bytes. It may say that the file
-- is not its own (nil), refuse it with an errno, hand it to an interpreter as a #! line does, or say itself which bytes go
-- where and where to begin. Here a format for flat files (four letters, entry, size, then code and data as they are), one
-- for files named *.greet, and one that loads a real ELF program without the kernel's help.

local m = machine.new{ memory = {frames = 256} }

local function u(s, at, n)                               -- a little-endian number of n bytes at byte at, from 0
  local v = 0
  for i = n, 1, -1 do v = v * 256 + s:byte(at + i) end
  return v
end

m:binfmt("flat", function(f)
  if f.head:sub(1, 4) ~= "FLAT" then return nil end
  local base, entry, size = 0x10000, u(f.head, 4, 4), u(f.head, 8, 4)
  if entry >= f.size then return "EINVAL" end
  return {entry = base + entry, segments = {{address = base, prot = "r-x", offset = 0, file_size = f.size, size = size}}}
end)

m:binfmt("greet", function(f)
  if not f.path:match("%.greet$") then return nil end
  return {interpreter = "/lab/dynamic/pie", args = {"greetings at depth " .. f.depth}}
end)

local mine = 0
m:binfmt("elf-by-hand", function(f)
  if mine == 0 or f.head:sub(1, 4) ~= "\127ELF" then return nil end
  local segments, at, count = {}, u(f.head, 32, 8), u(f.head, 56, 2)
  for i = 0, count - 1 do
    local ph = f.read(at + i * 56, 56)
    if u(ph, 0, 4) == 1 then
      local flags = u(ph, 4, 4)
      segments[#segments + 1] = {
        address = u(ph, 16, 8), offset = u(ph, 8, 8), file_size = u(ph, 32, 8), size = u(ph, 40, 8),
        prot = (flags % 8 >= 4 and "r" or "-") .. (flags % 4 >= 2 and "w" or "-") .. (flags % 2 >= 1 and "x" or "-"),
      }
    end
  end
  return {entry = u(f.head, 24, 8), segments = segments}
end)

local story = {}
m:on({"exec.refuse", "exec.format"}, function(ev)
  story[#story + 1] = string.format("%d %s %s", ev.depth, ev.format, ev.error or "takes it")
end)

local function run(path, argv)
  story = {}
  local p = m:load(path, {argv = argv})
  m:run()
  print(p.stdout)
  return p
end

describe("a format in Lua", function()
  it("loads a flat file: one segment, zeros behind it", function()
    local p = run("formats/hello.flat")
    assert.equals(0, p.status)
    assert.equals("hello from a flat file\n", p.stdout)
    assert.same({"1 elf-by-hand ENOEXEC", "1 greet ENOEXEC", "1 flat takes it"}, story)
    local lines = {}
    for _, a in ipairs(p:maps()) do lines[#lines + 1] = string.format("%x-%x %s", a.start, a.stop, a.prot) end
    assert.equals("10000-11000 r-x", lines[1])
    assert.equals("11000-13000 rwx", lines[2])           -- bss is writable, whatever the segment says
  end)
  it("hands a file to an interpreter, which is looked for again", function()
    local p = run("formats/note.greet", {"note", "last"})
    assert.equals("0: /lab/dynamic/pie\n1: greetings at depth 1\n2: /lab/formats/note.greet\n3: last\n", p.stdout)
    assert.same({"1 elf-by-hand ENOEXEC", "1 greet takes it", "2 elf-by-hand ENOEXEC", "2 greet ENOEXEC",
      "2 flat ENOEXEC", "2 script ENOEXEC", "2 elf64 takes it"}, story)
  end)
  it("loads a real program as the kernel would", function()
    local kernel = run("testdata/programs/sort", {"sort", "32"})
    mine = 1
    local by_hand = run("testdata/programs/sort", {"sort", "32"})
    mine = 0
    assert.equals("1 elf-by-hand takes it", story[1])
    assert.equals(kernel.stdout, by_hand.stdout)
    assert.equals(kernel.status, by_hand.status)
  end)
end)
