package lab

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"memlab/paging/policy"
)

// maxExact is the largest whole number below which every float64 is exact. A Lua number beyond it may not
// be the one that was written.
const maxExact = 1 << 53

// maxParams bounds a map setting.
const maxParams = 64

// wholeNumber reads a number that is not negative.
func wholeNumber(v any, kind Kind) (uint64, error) {
	switch n := v.(type) {
	case string:
		return parseNumber(n, kind)
	case int:
		return notNegative(int64(n))
	case int64:
		return notNegative(n)
	case uint64:
		return n, nil
	case float64:
		if n != math.Trunc(n) || math.IsInf(n, 0) || math.IsNaN(n) {
			return 0, fmt.Errorf("%s is not a whole number", show(v))
		}
		if math.Abs(n) > maxExact {
			return 0, fmt.Errorf(
				"%s is beyond 2^53, where Lua numbers are not exact: write it as a string", show(v))
		}
		return notNegative(int64(n))
	}
	return 0, fmt.Errorf("%s is not a number", show(v))
}

func notNegative(n int64) (uint64, error) {
	if n < 0 {
		return 0, fmt.Errorf("%d is negative", n)
	}
	return uint64(n), nil
}

// suffixes are the multipliers of a kind, long ones first. Sizes are in powers of 1024, as memory is;
// counts are not. "KB" is neither here nor there and is refused.
func suffixes(kind Kind) ([]string, []uint64) {
	if kind == Size {
		return []string{"KiB", "MiB", "GiB", "K", "M", "G"},
			[]uint64{1 << 10, 1 << 20, 1 << 30, 1 << 10, 1 << 20, 1 << 30}
	}
	return []string{"k", "K", "M", "G"}, []uint64{1e3, 1e3, 1e6, 1e9}
}

// parseNumber reads decimal or 0x text with an optional suffix. Leading zeros are refused: YAML reads 010
// as 8, a person as 10.
func parseNumber(text string, kind Kind) (uint64, error) {
	digits, factor := text, uint64(1)
	names, factors := suffixes(kind)
	for i, name := range names {
		if d, ok := strings.CutSuffix(text, name); ok {
			digits, factor = d, factors[i]
			break
		}
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "0x"); ok {
		digits, base = hex, 16
	} else if len(digits) > 1 && digits[0] == '0' {
		return 0, fmt.Errorf("%s starts with a zero, which some read as octal: write it without", show(text))
	}
	n, err := strconv.ParseUint(digits, base, 64)
	hi, product := bits.Mul64(n, factor)
	switch {
	case errors.Is(err, strconv.ErrRange), hi != 0:
		return 0, fmt.Errorf("%s is too large", show(text))
	case err != nil && kind == Size:
		return 0, fmt.Errorf("%s is not a size such as 4096, 64K or 1MiB", show(text))
	case err != nil:
		return 0, fmt.Errorf("%s is not a whole number", show(text))
	}
	return product, nil
}

// duration reads a time.Duration, text with a unit, or a plain 0.
func duration(v any) (time.Duration, error) {
	switch d := v.(type) {
	case time.Duration:
		return d, nil
	case string:
		if v, err := time.ParseDuration(d); err == nil {
			return v, nil
		}
		if _, err := strconv.ParseFloat(d, 64); err == nil {
			return 0, fmt.Errorf("%s has no unit", show(d))
		}
		return 0, fmt.Errorf("%s is not a duration", show(d))
	}
	n, err := wholeNumber(v, Int)
	if err != nil {
		return 0, fmt.Errorf("%s is not a duration", show(v))
	}
	if n != 0 {
		return 0, fmt.Errorf("%s has no unit", show(v))
	}
	return 0, nil
}

// paramMap reads a map setting: a Go or Lua map, or text a=1,b=2.
func paramMap(v any) (map[string]int, error) {
	pairs := make(map[string]any)
	switch m := v.(type) {
	case map[string]int:
		for k, n := range m {
			pairs[k] = n
		}
	case map[string]any:
		maps.Copy(pairs, m)
	case string:
		for pair := range strings.SplitSeq(m, ",") {
			k, n, ok := strings.Cut(pair, "=")
			if !ok && m != "" {
				return nil, fmt.Errorf("%s is not NAME=NUMBER", show(pair))
			}
			k = strings.TrimSpace(k)
			if _, twice := pairs[k]; twice {
				return nil, fmt.Errorf("%s comes twice", show(k))
			}
			if ok {
				pairs[k] = strings.TrimSpace(n)
			}
		}
	default:
		return nil, fmt.Errorf("%s is not a map of names to whole numbers", show(v))
	}
	if len(pairs) > maxParams {
		return nil, fmt.Errorf("%d entries; allowed: at most %d", len(pairs), maxParams)
	}
	out := make(map[string]int, len(pairs))
	for _, k := range slices.Sorted(maps.Keys(pairs)) {
		n, err := paramValue(pairs[k])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		if !isName(k) {
			return nil, fmt.Errorf("%s is not a name: letters, digits and _, a letter first", show(k))
		}
		name := strings.ToLower(k)
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%s comes twice", name)
		}
		out[name] = n
	}
	return out, nil
}

// paramValue reads one entry of a map setting. A word that a parameter of a replacement policy can have
// stands for its number.
func paramValue(v any) (int, error) {
	if word, ok := v.(string); ok {
		if n, ok := policy.Word(word); ok {
			return n, nil
		}
	}
	n, err := wholeNumber(v, Int)
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt32 {
		return 0, fmt.Errorf("%s is too large; allowed: 0 to %d", show(v), math.MaxInt32)
	}
	return int(n), nil
}

func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

// show prints a value in a message: text quoted, so that a message stays one line, and cut when it is long.
func show(v any) string {
	const most = 60
	switch x := v.(type) {
	case nil:
		return "nothing"
	case string:
		if len(x) > most {
			n := most
			for n > 0 && !utf8.RuneStart(x[n]) {
				n--
			}
			return strconv.Quote(x[:n]) + "..."
		}
		return strconv.Quote(x)
	case bool, int, int64, uint64, time.Duration:
		return fmt.Sprint(x)
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	case []any:
		return "a list"
	case map[string]any, map[string]int:
		return "a table"
	}
	return fmt.Sprintf("a Go %T", v)
}

// ParseSize reads a size in bytes as settings of kind Size take it: 4096, 64K, 64KiB, 1MiB.
func ParseSize(text string) (uint64, error) { return parseNumber(text, Size) }
