package pyrandom

import (
	"bufio"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"strconv"
	"testing"
)

// The recorded draws of Python agree to the last bit.
func TestCases(t *testing.T) {
	f, err := os.Open("testdata/pyrandom.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows := 0
	for s := bufio.NewScanner(f); s.Scan(); rows++ {
		var row struct {
			ID       string
			Input    struct{ Seed json.Number }
			Expected struct {
				First8 []string
				Nth    string `json:"nth_1999"`
				Pages  []int  `json:"pages_maxpage10"`
			}
		}
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		seed, _ := new(big.Int).SetString(row.Input.Seed.String(), 10)
		source := NewBig(seed)
		draws := make([]float64, 2000)
		pages := make([]int, 10)
		for i := range draws {
			draws[i] = source.Float64()
			if i < len(pages) {
				pages[i] = int(10 * draws[i])
			}
		}
		for i, want := range row.Expected.First8 {
			if draws[i] != parse(t, want) {
				t.Errorf("%s: draw %d is %x, want %s", row.ID, i, draws[i], want)
			}
		}
		if draws[1999] != parse(t, row.Expected.Nth) {
			t.Errorf("%s: draw 1999 is %x, want %s", row.ID, draws[1999], row.Expected.Nth)
		}
		if !slices.Equal(pages, row.Expected.Pages) {
			t.Errorf("%s: pages %v, want %v", row.ID, pages, row.Expected.Pages)
		}
	}
	if rows != 9 {
		t.Errorf("%d rows, want 9", rows)
	}
}

func parse(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Words of python3: random.seed(n); random.getrandbits(32).
func TestSeeds(t *testing.T) {
	for _, tt := range []struct {
		seed  string
		words []uint32
	}{
		{"0", []uint32{3626764237, 1654615998, 3255389356}},
		{"-7", []uint32{1390851128, 4071050724, 647892279}},
		{"4294967296", []uint32{485306839, 1508871100, 1794561286}},
		{"18446744073709551615", []uint32{93740670, 1068495656, 1452108352}},
		{"-1267650600228229401496703193031", []uint32{939304654, 256504856, 362356395}},
		{"100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007", []uint32{3589654180, 3616407699, 3128219951}},
	} {
		seed, ok := new(big.Int).SetString(tt.seed, 10)
		if !ok {
			t.Fatal(tt.seed)
		}
		s := NewBig(seed)
		for i, want := range tt.words {
			if got := s.Uint32(); got != want {
				t.Errorf("seed %s: word %d is %d, want %d", tt.seed, i, got, want)
			}
		}
	}
	long := NewBig(new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 32*630), big.NewInt(5))) // longer than the state
	for i, want := range []uint32{2478959392, 3814760332, 3083974373} {
		if got := long.Uint32(); got != want {
			t.Errorf("seed 2^20160+5: word %d is %d, want %d", i, got, want)
		}
	}
	if a, b := New(-7).Float64(), New(7).Float64(); a != b {
		t.Errorf("seed -7 gives %v, seed 7 %v", a, b)
	}
}

func BenchmarkFloat64(b *testing.B) {
	s := New(1)
	for b.Loop() {
		s.Float64()
	}
}
