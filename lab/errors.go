package lab

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ConfigError says which setting is wrong, where, and what is allowed, in one line.
type ConfigError struct {
	File    string // a file, environment variable or option; "": a program set it
	Line    int    // of File, from 1; 0: not known
	Column  int    // from 1; 0: not known
	Path    string // the setting; "": Problem names it
	Problem string
}

// Error is "FILE:LINE:COLUMN: path: problem", without the parts that are not known.
func (e *ConfigError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ":")
		if e.Line > 0 {
			fmt.Fprintf(&b, "%d:", e.Line)
		}
		if e.Column > 0 {
			fmt.Fprintf(&b, "%d:", e.Column)
		}
		b.WriteByte(' ')
	}
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Problem)
	return oneLine(b.String())
}

// oneLine writes control characters, which keys of hostile files may have, as escapes.
func oneLine(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unknownKey is about a key that the group path does not have.
func unknownKey(path, key string) *ConfigError {
	keys := keysOf(path)
	where := ""
	if path != "" {
		where = " in " + path
	}
	hint := didYouMean(key, keys)
	if hint == "" {
		hint = "; known keys: " + strings.Join(keys, ", ")
	}
	return &ConfigError{Problem: "unknown key " + show(key) + where + hint}
}

// unknownPath is about a dotted path that names no setting. A path that ends right but starts wrong, or is
// only the last word of one ("frames=64"), is answered with the whole path.
func unknownPath(path string) *ConfigError {
	if isGroup(path) {
		return groupAsValue(path)
	}
	known := make([]string, len(settings))
	last := path[strings.LastIndex(path, ".")+1:]
	for i, s := range settings {
		known[i] = s.Path
		if last != "" && strings.HasSuffix(s.Path, "."+last) {
			problem := fmt.Sprintf("unknown setting %s; did you mean %q?", show(path), s.Path)
			return &ConfigError{Problem: problem}
		}
	}
	parts := strings.Split(path, ".")
	group := ""
	for len(parts) > 1 && isGroup(join(group, parts[0])) {
		group, parts = join(group, parts[0]), parts[1:]
	}
	hint := didYouMean(path, known)
	switch near, ok := Suggest(parts[0], keysOf(group)); {
	case group == "" || len(parts) > 1:
	case ok:
		hint = fmt.Sprintf("; did you mean %q?", join(group, near))
	default:
		hint = "; known keys in " + group + ": " + strings.Join(keysOf(group), ", ")
	}
	if hint == "" {
		hint = "; `memlab config` lists all"
	}
	return &ConfigError{Problem: "unknown setting " + show(path) + hint}
}

func groupAsValue(path string) *ConfigError {
	return &ConfigError{Path: path, Problem: "is a group of settings, not a value; its keys: " +
		strings.Join(keysOf(path), ", ")}
}

// located returns a copy of err that carries a position, when it is a ConfigError without one.
func located(err error, file string, line, column int) error {
	var ce *ConfigError
	if !errors.As(err, &ce) || ce.File != "" {
		return err
	}
	at := *ce
	at.File, at.Line, at.Column = file, line, column
	return &at
}

// didYouMean is `; did you mean "frames"?`, or nothing when no candidate is near.
func didYouMean(word string, candidates []string) string {
	if s, ok := Suggest(word, candidates); ok {
		return fmt.Sprintf("; did you mean %q?", s)
	}
	return ""
}

// Suggest finds the candidate that word was most likely meant to be: the nearest by edit distance, if it is
// near (a third of its letters, at least 1, may differ). Equally near candidates are taken in their order.
func Suggest(word string, candidates []string) (string, bool) {
	const longest = 128 // the distance costs len × len
	if len(word) == 0 || len(word) > longest {
		return "", false
	}
	best, found := "", false
	least := 0
	for _, c := range candidates {
		d := distance(strings.ToLower(word), strings.ToLower(c))
		if d <= max(1, len(c)/3) && (!found || d < least) {
			best, least, found = c, d, true
		}
	}
	return best, found
}

// distance is the edit distance of two words: insertions, deletions, replacements, and swaps of neighbours
// (optimal string alignment), since swapped letters are the commonest slip.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d := slices.Min([]int{rows[i-1][j] + 1, rows[i][j-1] + 1, rows[i-1][j-1] + change})
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
