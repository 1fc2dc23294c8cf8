package errno

import "testing"

//nolint:errorlint // the very value is asked for
func TestText(t *testing.T) {
	for _, tt := range []struct {
		e          Errno
		name, text string
	}{
		{ENOENT, "ENOENT", "no such file or directory (ENOENT)"},
		{EAGAIN, "EAGAIN", "resource temporarily unavailable (EAGAIN)"},
		{EDEADLK, "EDEADLK", "resource deadlock avoided (EDEADLK)"},
		{EOPNOTSUPP, "EOPNOTSUPP", "operation not supported (EOPNOTSUPP)"},
		{41, "41", "error 41"},
		{-5, "-5", "error -5"},
		{100000, "100000", "error 100000"},
	} {
		if tt.e.Name() != tt.name || tt.e.Error() != tt.text {
			t.Errorf("%d: %s, %s", int(tt.e), tt.e.Name(), tt.e.Error())
		}
	}
	if OK.Err() != nil || ENOENT.Err() != error(ENOENT) {
		t.Error("Err")
	}
}
