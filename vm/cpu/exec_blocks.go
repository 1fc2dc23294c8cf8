package cpu

import "memlab/vm/x86"

// jumpTo goes from op, the last of its block, to the block at RIP, if that may be entered from here.
func (c *CPU) jumpTo(op *x86.Op) *Block {
	ahead := c.RIP - c.Regs[x86.RBlock]
	if (c.RIP^c.Regs[x86.RBlock])>>(c.MMU.Shift&63) != 0 {
		return c.across(op)
	}
	to := c.cache.recall(c.RIP)
	begun := c.base + uint64(op.N) + 1
	if to == nil || to.Dropped || to.split || to.at != c.block.at+ahead || to.mode32 != c.Mode32 ||
		c.limit == 0 || begun > c.linkEnd {
		return nil
	}
	c.enterBlock(to, begun)
	return to
}

// across is jumpTo where RIP lies in another page: it does what runFast does then, if all is as usual.
// Where it is not, or RIP lies in the running block's page, it returns nil, and nothing has happened.
func (c *CPU) across(op *x86.Op) *Block {
	m := c.MMU
	begun := c.base + uint64(op.N) + 1
	if c.limit == 0 || begun > c.linkEnd || c.noting || c.Mode32 && c.RIP>>32 != 0 {
		return nil
	}
	page := c.RIP >> (m.Shift & 63)
	line := &m.Fetches[page%lines]
	if page == c.page || c.RIP-line.Start > m.Mask {
		return nil
	}
	to := c.blockAt(m.Base(line) + c.RIP&m.Mask)
	if to.split {
		return nil
	}
	c.last = op
	c.depart()
	c.page = page
	m.Turn()
	c.enterBlock(to, begun)
	return to
}

// enterBlock makes the block at RIP the running one; begun instructions have run before.
func (c *CPU) enterBlock(b *Block, begun uint64) {
	c.base, c.block = begun, b
	c.Regs[x86.RBlock] = c.RIP
}
