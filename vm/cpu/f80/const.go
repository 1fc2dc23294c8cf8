package f80

// Constant returns the number that FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2 and FLDZ push, by i from 0 to
// 6. They obey the rounding control (SDM Vol. 2, FLD1) and are not said to be inexact.
func (e *Env) Constant(i uint8) F80 {
	// Cut off, and whether the nearest is the next.
	c := [...]struct {
		cut  F80
		next bool
	}{
		{One(), false},
		{F80{0xd49a784bcd1b8afe, bias + 1}, false}, // log2 10
		{F80{0xb8aa3b295c17f0bb, bias}, true},      // log2 e
		{F80{0xc90fdaa22168c234, bias + 1}, true},  // pi
		{F80{0x9a209a84fbcff798, bias - 2}, true},  // log10 2
		{F80{0xb17217f7d1cf79ab, bias - 1}, true},  // ln 2
		{},
	}[i]
	exact := i == 0 || i == 6
	switch m := e.mode(); {
	case exact:
	case m == roundUp, m == roundNearest && c.next:
		c.cut.Man++
	}
	return c.cut
}

// Load finishes the loading of x from single or double precision, see Widen32: a denormal is noted, a
// signalling NaN is invalid and turns quiet.
func (e *Env) Load(x F80, denormal bool) F80 {
	if denormal {
		e.Status |= Denormal
	}
	if x.isSNaN() {
		e.Status |= Invalid
		return x.quiet()
	}
	return x
}
