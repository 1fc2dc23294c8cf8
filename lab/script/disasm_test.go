package script

import "testing"

func TestDisasm(t *testing.T) {
	out := passes(t, `
local m = machine.new{memory = {frames = 64}}
local p = m:load("nullderef")
local before = m.stats.faults.total
local list = m:disasm("main", 3)
assert.equals(before, m.stats.faults.total) -- nothing was touched
assert.equals(3, #list)
assert.equals(p:symbol("main"), list[1].addr)
assert.equals("4883ec08", list[1].bytes)
assert.equals("sub rsp, 0x8", list[1].text)
assert.equals("main", list[1].symbol)
assert.equals("main+0x4", list[2].symbol)
assert.equals(10, #p:disasm(p.entry))
assert.equals(0, #m:disasm("main", 0))
print(list)
print(m:disasm("main+0x12", 2)[2])
print(m:disasm("main+0x12", 1))
local ok, e = pcall(m.disasm, m, 16)
assert.is_false(ok)
assert.matches("nothing is mapped", e)
`)
	want := "0x401030 <main>: sub rsp, 0x8\n0x401034 <main+0x4>: mov esi, 0x3\n0x401039 <main+0x9>: lea rdi, [rip+0x3fc0] # 0x405000\n" +
		"0x401047 <main+0x17>: mov rdi, qword ptr [rip+0x5f8a] # 0x406fd8 <stdout>\n" +
		"0x401042 <main+0x12>: call 0x401690 <printf>\n"
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

func TestBacktrace(t *testing.T) {
	out := passes(t, `
local m = machine.new()
local p = m:load("nullderef")
m:run{until_ = "printf"}
print(m:backtrace())
assert.equals(2, #p:backtrace(2))
local seen
m:on("page.fault", function(ev) if ev.va == 0 then seen = tostring(p:backtrace(1)) end end)
m:run()
assert.equals("#0 0x401053 main+0x23", seen)
local b = p:backtrace()
assert.equals("main", b[1].symbol)
assert.equals(0x23, b[1].offset)
assert.equals(0x401053, b[1].addr)
assert.matches("backtrace:\n    #0 0x401053 main%+0x23\n", p.report)
print(b[2])`)
	want := "#0 0x401690 printf\n#1 0x401047 main+0x17\n#2 0x40142a libc_start_main_stage2+0x2a\n#3 0x401073 _start+0x16\n" +
		"#1 0x40142a libc_start_main_stage2+0x2a\n"
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

func TestRegistersPrint(t *testing.T) {
	out := passes(t, `
local m = machine.new()
local p = m:load("nullderef")
m:run{until_ = "main"}
m.cpu.rax, m.cpu.r15, m.cpu.rflags = 0x123456789abcdef, 7, 0x2c3
for _, r in ipairs{"rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "fs_base"} do m.cpu[r] = 0 end
print(m.cpu)
print(m.cpu.flags)
assert.is_true(m.cpu.flags.ZF)
assert.is_false(m.cpu.flags.OF)
assert.is_false((pcall(function() return m.cpu.flags.XF end)))
assert.is_false((pcall(function() m.cpu.flags = 1 end)))`)
	want := `rax 0123456789abcdef  rbx 0000000000000000  rcx 0000000000000000  rdx 0000000000000000
rsi 0000000000000000  rdi 0000000000000000  rbp 0000000000000000  rsp 0000000000000000
r8  0000000000000000  r9  0000000000000000  r10 0000000000000000  r11 0000000000000000
r12 0000000000000000  r13 0000000000000000  r14 0000000000000000  r15 0000000000000007
rip 0000000000401030 <main>
rflags 0x2c3 [CF ZF SF]  fs_base 0x0  gs_base 0x0
CF ZF SF
`
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}
