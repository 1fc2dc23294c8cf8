package paging

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/table"
	"memlab/paging/tlb"
)

// TableConfig says which page tables a machine has.
type TableConfig struct {
	Kind   string // radix (also ""), linear, inverted
	Levels int    // of radix tables, 1 to 5
	Split  []int  // bits of each level of radix tables, the first level first; nil: evenly
}

// The kinds of page tables.
const (
	radix    = "radix"
	linear   = "linear"
	inverted = "inverted"
)

// mostNodeBits bounds one level of a tree: a node of 2^22 entries takes 32 MiB.
const mostNodeBits = 22

// setTables checks c and prepares for tables of the kind.
func (p *Pager) setTables(c TableConfig) error {
	if c.Kind == "" {
		c.Kind = radix
	}
	p.tables = c
	switch c.Kind {
	case radix:
		return c.Check(p.Mem.Size())
	case linear:
		return nil
	case inverted:
		var ok bool
		if p.hashed, ok = table.NewHashed(p.Mem); !ok {
			return errNoTables
		}
		return nil
	}
	return fmt.Errorf("page table kind %q: must be one of radix, linear, inverted", c.Kind)
}

// Check says what is wrong with radix tables of this shape for pages of that size.
func (c TableConfig) Check(size addr.PageSize) error {
	_, err := c.widths(size.Shift())
	return err
}

// widths are the bits of each level of radix tables, the first level first, for pages of 2^shift bytes.
func (c TableConfig) widths(shift uint) ([]uint, error) {
	if len(c.Split) == 0 {
		if c.Levels < table.MinLevels || c.Levels > table.MaxLevels {
			return nil, fmt.Errorf("page tables of %d levels: must have %d to %d",
				c.Levels, table.MinLevels, table.MaxLevels)
		}
		return c.fit(table.Split(1<<shift, c.Levels), shift)
	}
	widths := make([]uint, len(c.Split))
	for i, n := range c.Split {
		widths[i] = uint(max(n, 0))
	}
	return c.fit(widths, shift)
}

// fit checks that widths make up a page number.
func (c TableConfig) fit(widths []uint, shift uint) ([]uint, error) {
	sum := uint(0)
	for _, n := range widths {
		if n < 1 || n > mostNodeBits {
			return nil, fmt.Errorf("page tables with levels of %v bits: each must have 1 to %d; "+
				"more levels make them smaller",
				widths, mostNodeBits)
		}
		sum += n
	}
	if len(widths) > table.MaxLevels || sum != table.VirtualBits-shift {
		return nil, fmt.Errorf("page tables with levels of %v bits: must be at most %d levels and %d bits "+
			"together, which the offset of %d bits leaves of %d",
			widths, table.MaxLevels, table.VirtualBits-shift, shift, table.VirtualBits)
	}
	return widths, nil
}

// giveTable gives s an empty table; false if there is no memory for it.
func (p *Pager) giveTable(s *AddressSpace) bool {
	switch p.tables.Kind {
	case linear:
		t, ok := table.NewLinear(p.Mem)
		s.table = t
		return ok
	case inverted:
		t, ok := table.NewInverted(p.hashed, s.ID)
		s.table = t
		return ok
	default:
		widths, err := p.tables.widths(p.Mem.Size().Shift())
		if err != nil {
			return false
		}
		t, ok := table.NewRadix(p.Mem, widths)
		s.table, s.tree = t, t
		return ok
	}
}

// FullTable is the size in bytes of a whole linear table, of which only pieces are held; 0 for other kinds.
func (p *Pager) FullTable() uint64 {
	if p.tables.Kind != linear {
		return 0
	}
	return 8 << (table.VirtualBits - p.Mem.Size().Shift())
}

// TLBConfig says what TLB a machine has.
type TLBConfig struct {
	Entries int // 0: none
	Ways    int
	Policy  string // lru (also ""), fifo, random, bit_plru, tree_plru
	Second  *TLBConfig
}

// setTLB makes the TLB, and the second level behind it.
func (m *MMU) setTLB(c TLBConfig, seed uint64) (err error) {
	if m.tlb, err = c.make(seed); err != nil {
		return err
	}
	m.quick = m.tlb != nil && m.tlb.Plain() && c.Second == nil
	if c.Second == nil {
		return nil
	}
	if m.second, err = c.Second.make(seed ^ 1<<63); err != nil {
		return fmt.Errorf("second level: %w", err)
	}
	if m.second != nil && m.tlb == nil {
		return fmt.Errorf("TLB of %d entries with a second level of %d: there is no first one",
			c.Entries, c.Second.Entries)
	}
	return nil
}

func (c TLBConfig) make(seed uint64) (*tlb.TLB, error) {
	if c.Entries == 0 {
		return nil, nil //nolint:nilnil // no TLB
	}
	p := tlb.LRU
	if c.Policy != "" {
		var err error
		if p, err = tlb.PolicyOf(c.Policy); err != nil {
			return nil, err
		}
	}
	return tlb.New(c.Entries, c.Ways, p, seed)
}
