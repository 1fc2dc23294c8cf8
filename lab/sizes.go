package lab

import (
	"errors"
	"fmt"
	"strings"
)

// maxSizes bounds a list of sizes.
const maxSizes = 4096

// sizeList is a list of sizes: as text with commas, or as a list of what a Size may be.
func sizeList(v any) ([]uint64, error) {
	var items []any
	switch x := v.(type) {
	case nil:
	case string:
		text := strings.TrimSuffix(strings.TrimPrefix(x, "["), "]")
		for item := range strings.SplitSeq(text, ",") {
			if text != "" {
				items = append(items, strings.TrimSpace(item))
			}
		}
	case []uint64:
		for _, n := range x {
			items = append(items, n)
		}
	case []any:
		items = x
	case map[string]any: // a Lua table without entries
		if len(x) > 0 {
			return nil, fmt.Errorf("%s is not a list of sizes", show(v))
		}
	default:
		return nil, fmt.Errorf("%s is not a list of sizes", show(v))
	}
	if len(items) > maxSizes {
		return nil, fmt.Errorf("%d sizes: at most %d are allowed", len(items), maxSizes)
	}
	var out []uint64
	for i, item := range items {
		n, err := wholeNumber(item, Size)
		if err == nil && n == 0 {
			err = errors.New("0 is not allowed; allowed: 1 and more")
		}
		if err != nil {
			return nil, fmt.Errorf("size %d: %w", i+1, err)
		}
		out = append(out, n)
	}
	return out, nil
}

// formatSizes is the list as YAML.
func formatSizes(list []uint64) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = formatSize(n)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
