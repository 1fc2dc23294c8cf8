package lab

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/phys"
	"memlab/paging/policy"
	"memlab/paging/tlb"
	"memlab/vm"
)

// Validate checks every setting by itself and then the combinations. The first error is returned, a
// *ConfigError; about a combination it names both settings.
func (c *Config) Validate() error {
	for _, s := range settings {
		if _, err := s.value(s.load(c)); err != nil {
			return &ConfigError{Path: s.Path, Problem: err.Error()}
		}
	}
	for _, rule := range []func(*Config) error{
		memoryFits, waysDivide, tablesFit, windowNeedsHybrid, paramsOfPolicy, paramsOfLoadControl,
		sharesNeedLocal, leastShareFits, replacementNeedsPages,
		allocationAgrees,
	} {
		if err := rule(c); err != nil {
			return err
		}
	}
	return nil
}

func memoryFits(c *Config) error {
	m := c.Machine.Memory
	if hi, total := bits.Mul64(uint64(m.Frames), m.PageSize); hi == 0 && total <= phys.MaxBytes {
		return nil
	}
	return &ConfigError{Path: "machine.memory.frames", Problem: fmt.Sprintf(
		"%d frames of machine.memory.page_size %s are more than %s; allowed with this page size: %d to %d",
		m.Frames, formatSize(m.PageSize), formatSize(phys.MaxBytes), minFrames, phys.MaxBytes/m.PageSize)}
}

func waysDivide(c *Config) error {
	t := c.Machine.TLB
	if err := tlbFits("machine.tlb", t.Entries, t.Ways, t.Policy); err != nil {
		return err
	}
	if t.Second.Entries > 0 && t.Entries == 0 {
		return &ConfigError{
			Path: "machine.tlb.second.entries", Problem: "there is no first level: machine.tlb.entries is 0",
		}
	}
	return tlbFits("machine.tlb.second", t.Second.Entries, t.Second.Ways, t.Second.Policy)
}

func tlbFits(path string, entries, ways int, word string) error {
	if entries == 0 {
		return nil
	}
	if sets := entries / ways; entries%ways != 0 || sets&(sets-1) != 0 {
		return &ConfigError{Path: path + ".ways", Problem: fmt.Sprintf(
			"%d ways do not divide %s.entries %d into a power of two of sets", ways, path, entries)}
	}
	if word == tlb.TreePLRU.String() && ways&(ways-1) != 0 {
		return &ConfigError{Path: path + ".ways", Problem: fmt.Sprintf(
			"%d ways are no power of two, which the tree of %s.policy %s needs", ways, path, word)}
	}
	return nil
}

// tablesFit checks the shape of the page tables.
func tablesFit(c *Config) error {
	t := c.Machine.PageTable
	if t.Kind != radixTable {
		if len(t.Split) > 0 {
			return &ConfigError{
				Path:    splitPath,
				Problem: "it has a meaning only when machine.page_table.kind is radix; it is " + t.Kind,
			}
		}
		return nil
	}
	table := paging.TableConfig{Kind: t.Kind, Levels: t.Levels}
	for _, n := range t.Split {
		table.Split = append(table.Split, int(min(n, math.MaxInt32)))
	}
	if err := table.Check(addr.PageSize(c.Machine.Memory.PageSize)); err != nil {
		path := "machine.page_table.levels"
		if len(t.Split) > 0 {
			path = splitPath
		}
		return &ConfigError{Path: path, Problem: err.Error()}
	}
	return nil
}

// windowNeedsHybrid refuses a window that would be ignored. The default window is as good as none.
func windowNeedsHybrid(c *Config) error {
	l := c.Machine.Loader
	if l.Strategy == hybrid || strconv.Itoa(l.Window) == defaultWindow {
		return nil
	}
	return &ConfigError{Path: "machine.loader.window", Problem: fmt.Sprintf(
		"a window of %d pages has a meaning only when machine.loader.strategy is %s; it is %s",
		l.Window, hybrid, l.Strategy)}
}

// paramsOfPolicy refuses parameters that the chosen policy does not have, and values out of their range.
func paramsOfPolicy(c *Config) error {
	r := c.Machine.Replacement
	err := policy.Check(r.Policy, r.Params, c.Machine.Memory.Frames)
	if err == nil {
		return nil
	}
	return &ConfigError{Path: "machine.replacement.params", Problem: fmt.Sprintf(
		"%v; machine.replacement.policy is %s", err, r.Policy)}
}

// paramsOfLoadControl refuses parameters that the chosen load control does not have.
func paramsOfLoadControl(c *Config) error {
	r := c.Machine.Replacement
	if _, err := vm.LoadParams(r.LoadControl, r.LoadParams); err != nil {
		return &ConfigError{Path: "machine.replacement.load_params", Problem: fmt.Sprintf(
			"%v; machine.replacement.load_control is %s", err, r.LoadControl)}
	}
	return nil
}

// sharesNeedLocal refuses a rule of division that would be ignored.
func sharesNeedLocal(c *Config) error {
	r := c.Machine.Replacement
	if r.Scope == local || r.Shares == "" || r.Shares == paging.ShareRules()[0] {
		return nil
	}
	return &ConfigError{Path: "machine.replacement.shares", Problem: fmt.Sprintf(
		"%s has a meaning only when machine.replacement.scope is %s; it is %s", r.Shares, local, r.Scope)}
}

// leastShareFits refuses a least share that not even one process could have.
func leastShareFits(c *Config) error {
	m := &c.Machine
	if m.Replacement.Scope != local || m.Replacement.MinFrames <= m.Memory.Frames {
		return nil
	}
	return &ConfigError{Path: "machine.replacement.min_frames", Problem: fmt.Sprintf(
		"%d frames are more than machine.memory.frames, %d", m.Replacement.MinFrames, m.Memory.Frames)}
}

// replacementNeedsPages refuses what would be ignored on a machine without pages.
func replacementNeedsPages(c *Config) error {
	m := &c.Machine
	r := &m.Replacement
	if m.Allocation.Scheme == paged {
		return nil
	}
	for _, s := range []struct {
		path, value string
		idle        bool
	}{
		{"scope", r.Scope, r.Scope != local},
		{"load_control", r.LoadControl, r.LoadControl == vm.LoadRules()[0]},
		{"prefetch", strconv.Itoa(r.Prefetch), r.Prefetch == 0},
	} {
		if !s.idle {
			return &ConfigError{Path: "machine.replacement." + s.path, Problem: fmt.Sprintf(
				"%s has a meaning only when machine.allocation.scheme is %s; it is %s",
				s.value, paged, m.Allocation.Scheme)}
		}
	}
	return nil
}
