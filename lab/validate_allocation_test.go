package lab

import "testing"

// TestAllocationAgrees: what a scheme would ignore or cannot have is refused by name.
func TestAllocationAgrees(t *testing.T) {
	const path = "machine.allocation."
	for _, c := range []struct {
		set  map[string]any
		want string // "": accepted
	}{
		{map[string]any{"scheme": "direct"}, ""},
		{map[string]any{"scheme": "fixed", "fit": "best", "queue": "each", "partitions": "64K,128K"}, ""},
		{map[string]any{"scheme": "dynamic", "fit": "next", "coalesce": "off", "compaction": "on_failure"}, ""},
		{map[string]any{"scheme": "dynamic", "fit": "buddy"}, ""},
		{map[string]any{"scheme": "segmented", "fit": "worst", "compaction": "on_failure"}, ""},
		{map[string]any{"partitions": "64K"}, path + "partitions: partitions of given sizes have a meaning only under " +
			"fixed; machine.allocation.scheme is paged"},
		{map[string]any{"scheme": "fixed", "fit": "next"}, path + "fit: next is not allowed; allowed: first, best; " +
			"machine.allocation.scheme is fixed"},
		{map[string]any{"scheme": "segmented", "fit": "buddy"}, path + "fit: a segment in a buddy block cannot grow or be " +
			"cut; allowed: first, best, worst, next; machine.allocation.scheme is segmented"},
		{map[string]any{"scheme": "direct", "fit": "best"}, path + "fit: best has no meaning; " +
			"machine.allocation.scheme is direct"},
		{map[string]any{"scheme": "dynamic", "queue": "each"}, path + "queue: each has no meaning; " +
			"machine.allocation.scheme is dynamic"},
		{map[string]any{"scheme": "fixed", "coalesce": "off"}, path + "coalesce: off has no meaning; " +
			"machine.allocation.scheme is fixed"},
		{map[string]any{"scheme": "dynamic", "fit": "buddy", "compaction": "on_failure"}, path + "compaction: on_failure " +
			"has no meaning: blocks cannot be moved; machine.allocation.scheme is dynamic"},
		{map[string]any{"scheme": "fixed", "partitions": "64K,1000"}, path + "partitions: size 2, 1000, is not a multiple " +
			"of 4096"},
		{map[string]any{"scheme": "fixed", "partitions": "32MiB,33MiB"}, path + "partitions: the first 2 sizes are more " +
			"than the memory of 64MiB"},
	} {
		cfg := Defaults()
		if err := cfg.SetTree("machine.allocation", c.set); err != nil {
			t.Errorf("%v: %v", c.set, err)
			continue
		}
		got := ""
		if err := cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v:\ngot  %s\nwant %s", c.set, got, c.want)
		}
	}
	cfg := Defaults()
	cfg.Machine.Allocation.Scheme, cfg.Machine.Memory.PageSize = "dynamic", 8192
	want := "machine.memory.page_size: 8192 is not allowed when machine.allocation.scheme is dynamic; allowed: up to 4096"
	if err := cfg.Validate(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
