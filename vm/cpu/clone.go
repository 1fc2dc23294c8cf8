package cpu

// Clone is a processor in the same state, for a task that begins where another is: between instructions.
func (c *CPU) Clone() *CPU {
	n := *c
	n.PassBreak, n.raised = false, false
	n.block, n.last, n.unsupported = nil, nil, nil
	n.at, n.limit, n.announced, n.passing = 0, 0, 0, 0
	return &n
}
