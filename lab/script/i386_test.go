package script

import (
	"strings"
	"testing"
)

// TestI386: system calls of i386 have i386's names, numbers and registers in hooks, and m.cpu shows what 32-bit code has.
func TestI386(t *testing.T) {
	out := passes(t, `
local m = machine.new()
local p = m:load("asm/segments32")
local first
m:on("syscall.enter", {once = true}, function(ev) first = ev:copy() end)
local codes = {}
m:on("syscall.exit", function(ev) if ev.name == "set_thread_area" and ev.errno then codes[#codes + 1] = ev.errno end end)
m:run{steps = 12}
print(first.name, first.nr, #first.args)
m.cpu.ecx = 0x123456789
assert.equals(0x23456789, m.cpu.ecx)
assert.equals(0x23456789, m.cpu.rcx)
assert.equals(m.cpu.rip, m.cpu.eip)
for _, r in ipairs{"eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp"} do m.cpu[r] = 7 end
print(m.cpu)
local again = machine.new()
local q = again:load("asm/segments32")
again:on("syscall.exit", function(ev) if ev.name == "set_thread_area" and ev.errno then codes[#codes + 1] = ev.errno end end)
again:run()
assert.equals("ok\n", q.stdout)
print(table.concat(codes, " "))`)
	want := "sigaltstack\t186\t6\n" +
		"eax 00000007  ebx 00000007  ecx 00000007  edx 00000007\n" +
		"esi 00000007  edi 00000007  ebp 00000007  esp 00000007\n"
	if !strings.HasPrefix(out, want) || !strings.HasSuffix(out, "\n3 22\n") {
		t.Errorf("output %q", out)
	}
}
