package lab

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Format is the setting's value in c as YAML: 4096, 256MiB, 5ms, lru, {tick: 4}. Set reads all but maps
// back from it.
func (s Setting) Format(c *Config) string { return s.format(s.load(c)) }

func (s Setting) format(v any) string {
	switch x := v.(type) {
	case uint64:
		if s.Kind == Size {
			return formatSize(x)
		}
		return strconv.FormatUint(x, 10)
	case time.Duration:
		return formatDuration(x)
	case map[string]int:
		pairs := make([]string, 0, len(x))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			pairs = append(pairs, fmt.Sprintf("%s: %d", k, x[k]))
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	if list, ok := v.([]uint64); ok {
		return formatSizes(list)
	}
	if list, ok := v.([]string); ok {
		quoted := make([]string, len(list))
		for i, text := range list {
			quoted[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// formatSize prints sizes of 64 KiB and more with a unit when that is exact.
func formatSize(n uint64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return strconv.FormatUint(n>>30, 10) + "GiB"
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.FormatUint(n>>20, 10) + "MiB"
	case n >= 64<<10 && n%(1<<10) == 0:
		return strconv.FormatUint(n>>10, 10) + "KiB"
	}
	return strconv.FormatUint(n, 10)
}

// formatDuration is Go's form without its zero tails: 1m0s is 1m.
func formatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// YAML is c as a YAML document, one setting a line, all settings. comment, if not nil, is put behind each,
// aligned.
func (c *Config) YAML(comment func(path string) string) string {
	type line struct{ text, note string }
	var lines []line
	var groups []string
	width := 0
	for _, s := range settings {
		parts := strings.Split(s.Path, ".")
		last := len(parts) - 1
		for i, part := range parts[:last] {
			group := strings.Join(parts[:i+1], ".")
			if !slices.Contains(groups, group) {
				groups = append(groups, group)
				lines = append(lines, line{text: strings.Repeat("  ", i) + part + ":"})
			}
		}
		l := line{text: strings.Repeat("  ", last) + parts[last] + ": " + s.Format(c)}
		if comment != nil {
			l.note = comment(s.Path)
		}
		width = max(width, len(l.text))
		lines = append(lines, l)
	}
	var b strings.Builder
	for _, l := range lines {
		if l.note == "" {
			b.WriteString(l.text + "\n")
			continue
		}
		fmt.Fprintf(&b, "%-*s # %s\n", width, l.text, l.note)
	}
	return b.String()
}
