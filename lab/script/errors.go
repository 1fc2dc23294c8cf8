package script

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Error is a Lua error that nobody caught, or source that does not compile.
type Error struct {
	File      string
	Line      int // 0: not known
	Message   string
	Traceback string // a line for each Lua function that was running, innermost first; "": none
	PC        uint64 // where the guest was when a hook failed; 0: no guest was running
	Symbol    string // the same as symbol+offset; "": not known

	value   lua.LValue // what was thrown
	failure *failure   // of an assertion
}

// Error is one line: FILE:LINE: message.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		b.WriteString(":" + strconv.Itoa(e.Line))
	}
	b.WriteString(": " + e.Message)
	if e.PC != 0 {
		fmt.Fprintf(&b, " (guest at %#x", e.PC)
		if e.Symbol != "" {
			b.WriteString(" " + e.Symbol)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// clip bounds the length of a message and makes it printable.
func clip(text string) string {
	if len(text) > maxMessage {
		text = text[:maxMessage] + "…"
	}
	return printable(text)
}

// printable escapes control bytes other than newline and tab, so that a script cannot steer a terminal.
func printable(text string) string {
	clean := true
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			clean = false
			break
		}
	}
	if clean && !strings.Contains(text, "\u009b") {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			fmt.Fprintf(&b, `\x%02x`, c)
			continue
		}
		b.WriteByte(c)
	}
	return strings.ReplaceAll(b.String(), "\u009b", `\u009b`)
}

// position is the "file:line: " that gopher-lua puts before a message.
func position(text, file string) (line int, rest string, ok bool) {
	after, found := strings.CutPrefix(text, file+":")
	if !found {
		return 0, text, false
	}
	digits, rest, found := strings.Cut(after, ":")
	n, err := strconv.Atoi(digits)
	if !found || err != nil {
		return 0, text, false
	}
	return n, strings.TrimPrefix(rest, " "), true
}

// fromLua makes an *Error of what a protected call caught.
func (s *state) fromLua(err error) *Error {
	e := &Error{File: s.opt.Name}
	api, ok := err.(*lua.ApiError) //nolint:errorlint // PCall returns it as it is
	if !ok {
		e.Message = clip(err.Error())
		return e
	}
	if o := s.origin; o != nil && api.Object == o.thrown() {
		// Thrown by a hook or the machine: it knows the guest's position.
		again := *o
		again.Traceback = join(o.Traceback, traceback(api.StackTrace))
		return &again
	}
	e.value = api.Object
	e.Traceback = traceback(api.StackTrace)
	switch v := api.Object.(type) {
	case lua.LString:
		var found bool
		if e.Line, e.Message, found = position(string(v), e.File); !found {
			e.Message = string(v)
		}
		e.Message = clip(e.Message)
	case *lua.LUserData:
		e.Message = clip(s.plain(v))
		if f, isFailure := v.Value.(*failure); isFailure {
			e.failure, e.Message, e.Line = f, f.Message, f.Line
		}
	default:
		e.Message = "an error value that is not text: " + clip(s.plain(v))
	}
	if e.Line == 0 {
		e.Line = firstLine(e.Traceback, e.File)
	}
	return e
}

// traceback brings gopher-lua's stack trace into memlab's form: Lua frames and named host functions only.
func traceback(trace string) string {
	var out []string
	for line := range strings.SplitSeq(trace, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line == "stack traceback:" || strings.HasPrefix(line,
			"[G]: ?") || line == "(tailcall): ?" {
			continue
		}
		line = strings.Replace(line, "[G]: in function", "in memlab's", 1)
		// the lowest frame of a helper thread is not always that
		line = strings.TrimSuffix(line, ": in main chunk")
		out = append(out, printable(hostAddress.ReplaceAllString(line, "?")))
	}
	return strings.Join(out, "\n")
}

// hostAddress is how Go prints a pointer.
var hostAddress = regexp.MustCompile(`0x[0-9a-f]{8,}`)

func firstLine(trace, file string) int {
	for l := range strings.SplitSeq(trace, "\n") {
		if n, _, ok := position(l+":", file); ok {
			return n
		}
	}
	return 0
}

// ending turns what ended the script into what Run returns: the limit if it was one.
func (s *state) ending(err error) error {
	if s.budget.spent != nil {
		return s.budget.spent
	}
	e, ok := err.(*Error) //nolint:errorlint // nobody wraps them in here
	if !ok {
		return err
	}
	if s.soft != nil && e.Message == s.soft.text() {
		limit := *s.soft
		limit.Line = e.Line
		return &limit
	}
	for _, l := range []struct{ text, kind, allowed string }{
		{"stack overflow", "stack", strconv.Itoa(callStack) + " calls"},
		{"registry overflow", "registry", strconv.Itoa(maxRegistry) + " values"},
	} {
		if e.Message == l.text {
			return &LimitError{
				Kind: l.kind, File: e.File, Line: e.Line, Used: "all of it",
				Allowed: l.allowed,
			}
		}
	}
	return e
}
