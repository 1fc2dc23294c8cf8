package lab

import (
	"testing"
	"time"
)

func TestYAML(t *testing.T) {
	c := Defaults()
	c.Machine.Replacement.Params = map[string]int{"b": 2, "a": 1}
	want := `machine:
  memory:
    page_size: 4096           # m
    frames: 16384             # m
    swap: 16384               # m
  allocation:
    scheme: paged
    partitions: []
    fit: first
    queue: single
    coalesce: address
    compaction: never
    heap: 4MiB
    stack: 256KiB
  page_table:
    kind: radix
    levels: 4
    split: []
  tlb:
    entries: 64
    ways: 4
    policy: lru
    asid: true
    lazy: false
    second:
      entries: 0
      ways: 4
      policy: lru
  replacement:
    policy: clock
    scope: global
    params: {a: 1, b: 2}
    shares: equal
    min_frames: 8
    load_control: off
    load_params: {}
    prefetch: 0
  loader:
    strategy: demand
    window: 2
    fault_around: 1
    profile: linux-6.18
    aslr: false
    binfmt: []
  cpu:
    quantum: 20000
    max_instructions: 0
  costs:
    instruction: 1ns
    memory: 100ns
    tlb_hit: 1ns
    disk_read: 5ms
    disk_write: 5ms
  seed: 1
limits:
  lua_instructions: 200000000
  lua_memory: 256MiB
  time: 1m
  output: 1MiB
`
	got := c.YAML(func(path string) string {
		switch path {
		case "machine.memory.page_size", "machine.memory.frames", "machine.memory.swap":
			return "m"
		}
		return ""
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFormatNumbers(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 512: "512", 4096: "4096", 65535: "65535", 65536: "64KiB", 1 << 20: "1MiB", 3 << 30: "3GiB", 1<<20 + 1: "1048577",
	} {
		if got := formatSize(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
		if back, err := parseNumber(want, Size); err != nil || back != n {
			t.Errorf("%s reads as %d, %v", want, back, err)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0s", time.Nanosecond: "1ns", time.Minute: "1m", time.Hour: "1h", time.Hour + time.Second: "1h0m1s",
		90 * time.Second: "1m30s", 10 * time.Minute: "10m", 20 * time.Hour: "20h",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%d: got %s, want %s", d, got, want)
		}
		if back, err := duration(want); err != nil || back != d {
			t.Errorf("%s reads as %d, %v", want, back, err)
		}
	}
}
