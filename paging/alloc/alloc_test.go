package alloc_test

import (
	"fmt"
	"testing"

	"memlab/paging/alloc"
	"memlab/paging/alloc/alloctest"
)

// TestAllocators runs the suite on every allocator with every combination of its choices.
func TestAllocators(t *testing.T) {
	for fit := alloc.FirstFit; fit <= alloc.NextFit; fit++ {
		for order := alloc.ByAddress; order <= alloc.Back; order++ {
			for join := alloc.JoinAddress; join <= alloc.JoinNone; join++ {
				for _, header := range []uint64{0, 8} {
					c := alloc.DynamicConfig{
						Base: 1000, Size: 2048, Header: header, Align: header / 2,
						Fit: fit, Order: order, Coalesce: join,
					}
					t.Run(fmt.Sprintf("dynamic %d %d %d %d", fit, order, join, header), func(t *testing.T) {
						alloctest.Run(t, func() (alloc.Allocator, error) { return alloc.NewDynamic(c) },
							alloctest.Options{Apart: join != alloc.JoinAddress})
					})
				}
			}
		}
	}
	for _, parts := range [][]uint64{alloc.EqualPartitions(8, 128), {64, 512, 128, 64, 128, 1024}} {
		for fit := alloc.FirstFit; fit <= alloc.BestFit; fit++ {
			t.Run(fmt.Sprintf("fixed %d %d", len(parts), fit), func(t *testing.T) {
				alloctest.Run(t, func() (alloc.Allocator, error) {
					return alloc.NewFixed(alloc.FixedConfig{Base: 4096, Partitions: parts, Fit: fit})
				}, alloctest.Options{})
			})
		}
	}
	for _, c := range []alloc.BuddyConfig{
		{Units: 1024, Unit: 1, MaxOrder: 10},
		{Base: 4096, Units: 1000, Unit: 4, MaxOrder: 6},
		{Units: 64, Unit: 16, MaxOrder: 0},
	} {
		t.Run(fmt.Sprintf("buddy %d", c.MaxOrder), func(t *testing.T) {
			alloctest.Run(t, func() (alloc.Allocator, error) { return alloc.NewBuddy(c) }, alloctest.Options{})
		})
	}
}

// TestQueuePerSize checks the one rule in which a Fixed refuses what is free: a small job waits for its own.
func TestQueuePerSize(t *testing.T) {
	f, err := alloc.NewFixed(alloc.FixedConfig{
		Partitions: []uint64{100, 50, 200, 50}, Queueing: alloc.QueuePerSize,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		size  uint64
		start int // -1: waits
	}{{40, 100}, {50, 350}, {30, -1}, {51, 0}, {60, -1}, {101, 150}, {201, -1}} {
		b, err := f.Alloc(c.size)
		if c.start < 0 && err == nil || c.start >= 0 && (err != nil || b.Start != uint64(c.start)) {
			t.Errorf("%d: Alloc(%d) gave %+v, %v", i, c.size, b, err)
		}
	}
	_, err = f.Alloc(201)
	if want := "no room for 201 bytes: more than can ever be given"; err == nil || err.Error() != want {
		t.Errorf("error %v, should be %s", err, want)
	}
}

func TestConfigs(t *testing.T) {
	for _, c := range []alloc.DynamicConfig{
		{}, {Base: 1<<64 - 1, Size: 2}, {Size: 1, Fit: 4}, {Size: 1, Order: 5}, {Size: 1, Coalesce: 3},
	} {
		if _, err := alloc.NewDynamic(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
	for _, c := range []alloc.FixedConfig{
		{},
		{Partitions: []uint64{4, 0}},
		{Base: 1 << 63, Partitions: []uint64{1 << 63, 1}},
		{Partitions: []uint64{1}, Fit: alloc.WorstFit},
		{Partitions: []uint64{1}, Queueing: 2},
	} {
		if _, err := alloc.NewFixed(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
	for _, c := range []alloc.BuddyConfig{
		{},
		{Units: 1, Unit: 3},
		{Units: 1, Unit: 1, MaxOrder: 49},
		{Units: 1, Unit: 1, MaxOrder: -1},
		{Units: 1 << 40, Unit: 1 << 40},
		{Units: 1 << 40, Unit: 1},
		{Base: 1, Units: 1 << 63, Unit: 2, MaxOrder: 48},
	} {
		if _, err := alloc.NewBuddy(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
