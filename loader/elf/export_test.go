package elf

// NewSymbols makes a table of given symbols.
func NewSymbols(all []Symbol, sections []Section) *Symbols { return newSymbols(all, sections, nil) }

// Better is the order of preference.
func Better(a, b *Symbol) int { return better(a, b) }
