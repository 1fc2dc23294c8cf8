package script

// syscallName is a system call's name; "" when its number is not known.
func (m *machine) syscallName(uint64) string { return "" }
