package lab

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"memlab/loader"
)

// binfmtOffset is the key of an entry that is a number.
const binfmtOffset = "offset"

// binfmtKeys are the keys of an entry of binfmt_misc.
//
//nolint:gochecknoglobals // a constant table
var binfmtKeys = []string{"name", "magic", "mask", binfmtOffset, "extension", "interpreter", "flags"}

// binfmtList is a list of entries in the kernel's form, each checked. It may be given as text, one entry a
// line, or as a list of texts and of maps with binfmtKeys.
func binfmtList(v any) ([]string, error) {
	var items []any
	switch x := v.(type) {
	case nil:
	case string:
		if x == "[]" { // as an empty list is written
			return binfmtList(nil)
		}
		for line := range strings.SplitSeq(x, "\n") {
			if line != "" {
				items = append(items, line)
			}
		}
	case []string:
		for _, s := range x {
			items = append(items, s)
		}
	case []any:
		items = x
	case map[string]any: // a Lua table without entries
		if len(x) > 0 {
			return nil, errors.New("is not a list of entries")
		}
	default:
		return nil, fmt.Errorf("%s is not a list of entries", show(v))
	}
	var out []string
	for i, item := range items {
		text, ok := item.(string)
		if m, isMap := item.(map[string]any); isMap {
			var err error
			if text, err = binfmtText(m); err != nil {
				return nil, fmt.Errorf("entry %d: %w", i+1, err)
			}
			ok = true
		}
		if !ok {
			return nil, fmt.Errorf("entry %d: %s is neither a text nor a table", i+1, show(item))
		}
		if _, err := loader.ParseMisc(text); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		out = append(out, text)
	}
	return out, nil
}

// binfmtText is a table as the kernel's text, with a separator that no field holds.
func binfmtText(m map[string]any) (string, error) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(binfmtKeys, key) {
			return "", fmt.Errorf("unknown key %s%s", show(key), didYouMean(key, binfmtKeys))
		}
	}
	field := func(key string) string {
		if v, ok := m[key]; ok {
			return fmt.Sprint(v)
		}
		return ""
	}
	kind, what := "M", field("magic")
	if _, byName := m["extension"]; byName {
		if what != "" || field("mask") != "" {
			return "", errors.New("extension and magic exclude each other")
		}
		kind, what = "E", field("extension")
	}
	parts := []string{
		field("name"), kind, field(binfmtOffset), what, field("mask"), field("interpreter"), field("flags"),
	}
	for _, sep := range []string{":", "|", ",", ";", "!", "~", "^"} {
		if !strings.Contains(strings.Join(parts, ""), sep) {
			return sep + strings.Join(parts, sep), nil
		}
	}
	return "", errors.New("the fields hold every character that could separate them")
}
