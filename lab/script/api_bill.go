package script

import lua "github.com/yuin/gopher-lua"

// bill is m:bill.
func (s *state) bill(ls *lua.LState) int {
	b := machineArg(ls).vm.Bill()
	t := s.L.NewTable()
	for _, f := range []struct {
		name  string
		value uint64
	}{
		{"instructions", b.Instructions},
		{"time_ns", b.SimulatedNS},
		{"busy_ns", b.BusyNS},
		{nameFaults, b.Faults},
		{nameMajor, b.Major},
		{"minor", b.Minor},
		{"bytes_read", b.BytesRead},
		{"bytes_swapped", b.BytesSwapped},
		{"ahead", b.Ahead},
		{nameResident, uint64(b.Resident)},
		{"peak", uint64(b.Peak)},
	} {
		t.RawSetString(f.name, s.word(f.value))
	}
	ls.Push(t)
	return 1
}

// curve is m:curve.
func (s *state) curve(ls *lua.LState) int {
	t := s.L.NewTable()
	for i, p := range machineArg(ls).vm.Curve() {
		row := s.L.NewTable()
		row.RawSetString("instructions", s.word(p.Instructions))
		row.RawSetString("faults", s.word(p.Faults))
		row.RawSetString("bytes_read", s.word(p.BytesRead))
		row.RawSetString(nameResident, s.word(uint64(p.Resident)))
		t.RawSetInt(i+1, row)
	}
	ls.Push(t)
	return 1
}
