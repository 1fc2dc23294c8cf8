package trace

import (
	"strings"
	"testing"
)

// fuzz reads anything as that format: no panic, no hang, no more entries than the text can hold.
func fuzz(f *testing.F, format string, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, _, err := Open(strings.NewReader(string(b)), Options{Format: format})
		if err != nil {
			return
		}
		buf := make([]Access, 64)
		for n := 0; n < 1<<16; {
			k, err := r.Read(buf)
			for _, a := range buf[:k] {
				if a.Size == 0 || a.Kind > Drop || a.Addr+uint64(a.Size)-1 < a.Addr {
					t.Fatalf("%+v", a)
				}
			}
			if n += k; err != nil {
				if s := err.Error(); strings.Contains(s, "\n") {
					t.Fatalf("an error of several lines: %q", s)
				}
				return
			}
			if k == 0 {
				t.Fatal("neither an entry nor an error")
			}
		}
	})
}

func FuzzLackey(f *testing.F)    { fuzz(f, "lackey", "I  00401000,8\n L 00403000,4\n M 1,1", "==1==\n") }
func FuzzDin(f *testing.F)       { fuzz(f, "din", "2 20a8f2 x\n0 408ed4\n4 0\n") }
func FuzzMemsim(f *testing.F)    { fuzz(f, "memsim", "0041f7a0 R\n0x13f5e2c0 W\n") }
func FuzzAddress(f *testing.F)   { fuzz(f, "address", "s 0x1fffff50 1\nl 0x1fffff58 12\n") }
func FuzzPinatrace(f *testing.F) { fuzz(f, "pinatrace", "0x7f31: R 0x7ffd\n#eof\n") }
func FuzzMOSS(f *testing.F)      { fuzz(f, "moss", "READ hex 10\nwrite bin 101 // x\nREAD random\n") }

func FuzzView(f *testing.F) {
	fuzz(f, "drmemtrace-view", "1 1: W0.T1 read 8 byte(s) @ 0x10 by PC 0x1\n")
}

func FuzzDrmemtrace(f *testing.F) {
	fuzz(f, "drmemtrace", dr(25, 0, 3)+dr(24, 4, 9)+dr(10, 3, 0x1000)+dr(17, 2, 0x0205)+dr(0, 8, 64))
}
func FuzzOracle(f *testing.F) { fuzz(f, "oracleGeneral", oracle(7)+oracle(9)) }
func FuzzU64(f *testing.F)    { fuzz(f, "u64", le(1, 1<<63)) }
func FuzzCSV(f *testing.F)    { fuzz(f, "csv", "1,7,4096\n2,x,4096\n") }
func FuzzARC(f *testing.F)    { fuzz(f, "arc", "10 3 0 1\n5 18446744073709551610 0 2\n") }
func FuzzLIRS(f *testing.F)   { fuzz(f, "lirs", "1\n*\n2\n") }
func FuzzTxt(f *testing.F)    { fuzz(f, "txt", "1\nabc\n") }
func FuzzOwn(f *testing.F) {
	fuzz(f, "memlab", "MLTRACE\x01\x01\x22\x80\x40\x07\x01", "MLTRACE\x01\x80\x20\xf0\x02\xff\xff\xff\xff\xff\xff\xff\xff\x01\x07\x00")
}

func FuzzDetect(f *testing.F) {
	fuzz(f, "", "I  1,1\n", "MLTRACE\x01\x01\x07\x00", "1f8b", "\x1f\x8b\x08")
}
