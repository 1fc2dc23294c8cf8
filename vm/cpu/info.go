package cpu

import (
	"strconv"
	"strings"
)

// Info is /proc/cpuinfo of the one processor that there is: what CPUID says, in words
// (arch/x86/kernel/cpu/proc.c).
func Info() string {
	signature := cpuidLeaf(1, 0)
	family, model := signature.a>>8&0xf, signature.a>>4&0xf|signature.a>>12&0xf0
	var name strings.Builder
	for part := range uint32(3) {
		l := brand(part)
		for _, w := range [...]uint32{l.a, l.b, l.c, l.d} {
			name.Write([]byte{byte(w), byte(w >> 8), byte(w >> 16), byte(w >> 24)})
		}
	}
	const yes = "yes"
	var b strings.Builder
	for _, r := range [][2]string{
		{"processor\t", "0"},
		{"vendor_id\t", "GenuineIntel"},
		{"cpu family\t", strconv.FormatUint(uint64(family), 10)},
		{"model\t\t", strconv.FormatUint(uint64(model), 10)},
		{"model name\t", strings.TrimRight(name.String(), "\x00")},
		{"stepping\t", strconv.FormatUint(uint64(signature.a&0xf), 10)},
		{"cpu MHz\t\t", "1000.000"},
		{"cache size\t", "8192 KB"},
		{"physical id\t", "0"},
		{"siblings\t", "1"},
		{"core id\t\t", "0"},
		{"cpu cores\t", "1"},
		{"apicid\t\t", "0"},
		{"initial apicid\t", "0"},
		{"fpu\t\t", yes},
		{"fpu_exception\t", yes},
		{"cpuid level\t", strconv.FormatUint(uint64(cpuidLeaf(0, 0).a), 10)},
		{"wp\t\t", yes},
		{"flags\t\t", strings.Join(flagNames(), " ")},
		{"bogomips\t", "2000.00"},
		{"clflush size\t", strconv.FormatUint(uint64(signature.b>>8&0xff*8), 10)},
		{"cache_alignment\t", "64"},
		{"address sizes\t", "48 bits physical, 48 bits virtual"},
		{"power management", ""},
	} {
		b.WriteString(r[0] + ":")
		if r[1] != "" {
			b.WriteString(" " + r[1])
		}
		b.WriteString("\n")
	}
	return b.String() + "\n"
}

// flagNames are the features that CPUID promises, under the names of arch/x86/include/asm/cpufeatures.h.
func flagNames() []string {
	words := []struct {
		value uint32
		names string // by bit; - has no name here
	}{
		{
			cpuidLeaf(1, 0).d,
			"fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush - dts " +
				"acpi mmx fxsr sse sse2 ss ht tm ia64 pbe",
		},
		{
			cpuidLeaf(0x80000001, 0).d,
			"- - - - - - - - - - - syscall - - - - - - - - nx - mmxext - - fxsr_opt pdpe1gb rdtscp - lm",
		},
		{
			cpuidLeaf(1, 0).c,
			"pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm - " +
				"pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx " +
				"f16c rdrand hypervisor",
		},
		{cpuidLeaf(0x80000001, 0).c, "lahf_lm"},
		{cpuidLeaf(7, 0).b, "fsgsbase"},
	}
	var out []string
	for _, w := range words {
		for bit, name := range strings.Fields(w.names) {
			if name != "-" && w.value>>bit&1 != 0 {
				out = append(out, name)
			}
		}
	}
	return out
}
