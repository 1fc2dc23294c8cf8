local m = machine.new{ memory = {frames = 64} }
local p = m:load("testdata/programs/matrix", {argv={"matrix","8"}})
for _, g in ipairs(p:segments()) do print(g.index, g.type, hex(g.offset), hex(g.address), hex(g.file_size), hex(g.memory_size), g.prot) end
for _, c in ipairs(p:sections()) do print(c.name, c.type, c.address and hex(c.address), c.size, c.flags, c.segment) end
print(p:maps())
m:run{until_="main"}
print(p:maps())
for _,a in ipairs(p:maps()) do for va=a.start,a.stop-1,4096 do local g=p:page(va) if g.resident then print(hex(va), g.frame, g.prot, g.dirty) end end end
m:run()
for _,a in ipairs(p:maps()) do for va=a.start,a.stop-1,4096 do local g=p:page(va) if g.resident then print(hex(va), g.frame, g.prot, g.dirty) end end end
local m = machine.new{ memory = {frames = 64} }
local p = m:load("testdata/programs/bigbss")
print(p:maps())
for _, c in ipairs(p:sections()) do print(c.name, c.type, c.address and hex(c.address), c.size, c.flags, c.segment) end
local m = machine.new{ memory = {frames = 64} }
m:on({"page.fault","cow.break","page.in","page.zero"}, {from=0x7ffff7f00000,to=0x7ffff7fff000}, function(ev) print(ev, ev.kind=="page.fault" and ev.cause) end)
m:on({"exec.*","load.*"}, function(ev) print(ev) end)
local p = m:load("testdata/programs/private")
m:run()
print(p.stdout)
local p = m:load("dynamic/twice.sh", {argv={"x","y"}})
m:run() print(p.stdout, p.status)
print(p:maps())
