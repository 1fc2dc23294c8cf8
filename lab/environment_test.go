package lab

import (
	"slices"
	"testing"
)

func TestGuestEnv(t *testing.T) {
	got := GuestEnv("A=1", "HOME=/root", "A=2", "B=x=y")
	want := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C", "A=2", "B=x=y",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
