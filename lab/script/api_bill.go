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
