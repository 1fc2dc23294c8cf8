package linux

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has what /proc and /sys tell of the machine.

// systemFiles are the files of /proc that belong to no process.
func (k *Kernel) systemFiles() textFiles {
	constant := func(name, text string) textFile {
		return textFile{name, 0o444, func() string { return text + "\n" }}
	}
	return textFiles{
		{"cmdline", 0o444, func() string { return "\n" }},
		{"cpuinfo", 0o444, func() string { return k.cfg.CPUInfo }},
		constant("devices", "Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:"),
		constant("filesystems", "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\toverlay"),
		{"loadavg", 0o444, k.loadavg},
		{"meminfo", 0o444, k.meminfo},
		{"stat", 0o444, k.cpuStat},
		{"swaps", 0o444, k.swaps},
		constant("sys/fs/file-max", "9223372036854775807"),
		constant("sys/fs/nr_open", strconv.Itoa(maxFiles)),
		constant("sys/fs/pipe-max-size", "1048576"),
		constant("sys/kernel/cap_last_cap", "40"),
		constant("sys/kernel/domainname", "(none)"),
		constant("sys/kernel/hostname", k.cfg.Hostname),
		constant("sys/kernel/ngroups_max", "65536"),
		constant("sys/kernel/osrelease", k.cfg.Release),
		constant("sys/kernel/ostype", "Linux"),
		constant("sys/kernel/overflowgid", "65534"),
		constant("sys/kernel/overflowuid", "65534"),
		constant("sys/kernel/pid_max", "4194304"),
		constant("sys/kernel/random/boot_id", k.uuid(k.cfg.Seed^bootSalt)),
		constant("sys/kernel/random/entropy_avail", "256"),
		{"sys/kernel/random/uuid", 0o444, func() string { return k.uuid(k.random.Next()) + "\n" }},
		constant("sys/kernel/randomize_va_space", "0"),
		constant("sys/kernel/threads-max", "8192"),
		constant("sys/kernel/version", kernelVersion),
		constant("sys/net/core/somaxconn", "4096"),
		constant("sys/vm/max_map_count", "65530"),
		constant("sys/vm/mmap_min_addr", "65536"),
		constant("sys/vm/overcommit_memory", "0"),
		constant("sys/vm/overcommit_ratio", "50"),
		constant("sys/vm/swappiness", "60"),
		{"uptime", 0o444, k.uptime},
		constant("version", "Linux version "+k.cfg.Release+" (memlab@memlab) "+kernelVersion),
	}
}

// kernelVersion is uname's version.
const kernelVersion = "#1 SMP PREEMPT_DYNAMIC"

// bootSalt keeps the machine's id apart from what else is made of the seed.
const bootSalt = 0x626f6f745f6964

// uuid is a random UUID (RFC 9562, version 4) made from a seed.
func (k *Kernel) uuid(seed uint64) string {
	var b [16]byte
	r := SplitMix{State: seed}
	r.Fill(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// running counts the tasks that do not wait: the one that asks is among them.
func (k *Kernel) running() int {
	n := 0
	for _, t := range k.ring {
		if t.waiting == nil {
			n++
		}
	}
	return max(n, 1)
}

func (k *Kernel) loadavg() string {
	return fmt.Sprintf("0.00 0.00 0.00 %d/%d %d\n", k.running(), len(k.ring), k.lastPID)
}

// busy is how long the processor has run programs, in simulated nanoseconds; idle how long all have slept.
func (k *Kernel) busy() uint64 {
	now := k.cfg.Clock.Now()
	return now - min(now, k.idle)
}

func (k *Kernel) uptime() string {
	up, idle := ticks(k.cfg.Clock.Now()), ticks(k.idle)
	return fmt.Sprintf("%d.%02d %d.%02d\n", up/100, up%100, idle/100, idle%100)
}

func (k *Kernel) cpuStat() string {
	var b strings.Builder
	for _, name := range []string{"cpu ", "cpu0"} {
		fmt.Fprintf(&b, "%s %d 0 0 %d 0 0 0 0 0 0\n", name, ticks(k.busy()), ticks(k.idle))
	}
	fmt.Fprintf(&b,
		"intr 0\nctxt 0\nbtime %d\nprocesses %d\nprocs_running %d\nprocs_blocked 0\nsoftirq 0\n",
		k.cfg.Epoch, k.tasks, k.running())
	return b.String()
}

func (k *Kernel) ram() RAM {
	if k.cfg.RAM == nil {
		return RAM{}
	}
	return k.cfg.RAM()
}

// meminfo is /proc/meminfo. What a simulated machine has no notion of is 0.
func (k *Kernel) meminfo() string {
	r := k.ram()
	used := r.Total - r.Free
	anon := used - min(used, r.Cached+r.Mapped)
	var b strings.Builder
	sizeRows(&b, "%-16s%s\n", []sizeRow{
		{"MemTotal", r.Total},
		{"MemFree", r.Free},
		{"MemAvailable", r.Free + r.Cached},
		{"Buffers", 0},
		{"Cached", r.Cached + r.Mapped},
		{"SwapCached", 0},
		{"Active", anon},
		{"Inactive", r.Cached + r.Mapped},
		{"SwapTotal", r.SwapTotal},
		{"SwapFree", r.SwapFree},
		{"Dirty", 0},
		{"Writeback", 0},
		{"AnonPages", anon},
		{"Mapped", r.Mapped},
		{"Shmem", 0},
		{"Slab", 0},
		{"SReclaimable", 0},
		{"SUnreclaim", 0},
		{"KernelStack", 0},
		{"PageTables", r.Tables},
		{"CommitLimit", r.SwapTotal + r.Total/2},
		{"Committed_AS", anon},
	})
	return b.String()
}

func (k *Kernel) swaps() string {
	r := k.ram()
	s := "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
	if r.SwapTotal > 0 {
		s += fmt.Sprintf("%-40s%s\t%d\t\t%d\t\t%d\n", "/dev/swap", "partition", r.SwapTotal>>10,
			(r.SwapTotal-r.SwapFree)>>10, -2)
	}
	return s
}

// mounts is /proc/PID/mounts.
func (k *Kernel) mounts() string {
	var b strings.Builder
	for _, m := range k.cfg.Files.Mounts() {
		fmt.Fprintf(&b, "%s %s %s rw,noatime 0 0\n", m.Source, m.At, m.Type)
	}
	return b.String()
}

// mountinfo is /proc/PID/mountinfo.
func (k *Kernel) mountinfo() string {
	var b strings.Builder
	for _, m := range k.cfg.Files.Mounts() {
		fmt.Fprintf(&b, "%d %d %d:%d / %s rw,noatime - %s %s rw\n", m.ID, m.Parent, m.Dev>>8, m.Dev&0xff,
			m.At, m.Type,
			m.Source)
	}
	return b.String()
}

// sysFiles are the files of /sys that programs look for.
func (k *Kernel) sysFiles() textFiles {
	constant := func(name, text string) textFile {
		return textFile{name, 0o444, func() string { return text + "\n" }}
	}
	return textFiles{
		constant("devices/system/cpu/kernel_max", "0"),
		constant("devices/system/cpu/offline", ""),
		constant("devices/system/cpu/online", "0"),
		constant("devices/system/cpu/possible", "0"),
		constant("devices/system/cpu/present", "0"),
		constant("devices/system/cpu/cpu0/topology/core_id", "0"),
		constant("devices/system/cpu/cpu0/topology/physical_package_id", "0"),
		constant("devices/system/cpu/cpu0/topology/thread_siblings", "1"),
		constant("devices/system/cpu/cpu0/topology/core_siblings", "1"),
		constant("devices/system/node/online", "0"),
		constant("devices/system/node/possible", "0"),
		constant("kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise madvise [never]"),
		constant("kernel/mm/transparent_hugepage/enabled", "always madvise [never]"),
		constant("kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152"),
		constant("kernel/mm/transparent_hugepage/shmem_enabled",
			"always within_size advise [never] deny force"),
	}
}

// mountTrees makes /proc and /sys.
func (k *Kernel) mountTrees() errno.Errno {
	start := time.Unix(k.cfg.Epoch, 0)
	proc := &madeTree{(&procFS{k}).look, start}
	if e := k.cfg.Files.Mount("/proc", proc, vfs.MountVolatile); e != errno.OK {
		return e
	}
	sys := &madeTree{func(name string) *procEntry { return k.sysFiles().find(name) }, start}
	return k.cfg.Files.Mount("/sys", sys, vfs.MountVolatile)
}
