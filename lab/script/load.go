package script

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// load compiles a chunk. Parser and compiler of gopher-lua recurse as deep as the source nests and take more
// than linear time over nested blocks, so the source is measured first. An error is a *Error with the line.
func (s *state) load(src, name string) (*lua.LFunction, error) {
	if len(src) > maxSource {
		s.soft = &LimitError{
			Kind: "source", File: name,
			Used: bytesText(uint64(len(src))), Allowed: bytesText(maxSource),
		}
		return nil, s.soft
	}
	s.charge(len(src))
	src = skipShebang(src)
	if err := measure(src, name); err != nil {
		if limit, ok := errors.AsType[*LimitError](err); ok {
			s.soft = limit
		}
		return nil, err
	}
	chunk, err := parse.Parse(strings.NewReader(src), name)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	r := rewriter{name: name}
	if chunk, err = r.chunk(chunk); err != nil {
		return nil, err
	}
	proto, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, compileError(name, err)
	}
	// The chunk is a function that takes what the rewriter needs and returns the function that the source is.
	consts := s.L.NewTable()
	for i, v := range r.words {
		consts.RawSetInt(i+1, s.word(v))
	}
	got, lerr := s.protect(s.L.NewFunctionFromProto(proto), s.concat, consts)
	if lerr != nil {
		return nil, lerr
	}
	fn, ok := got[0].(*lua.LFunction)
	if !ok {
		return nil, &Error{File: name, Message: "the chunk did not compile to a function"}
	}
	return fn, nil
}

// skipShebang blanks a first line that begins with #, as the standalone Lua does.
func skipShebang(src string) string {
	if !strings.HasPrefix(src, "#") {
		return src
	}
	_, rest, _ := strings.Cut(src, "\n")
	return "\n" + rest
}

func syntaxError(name string, err error) error {
	var pe *parse.Error
	if !errors.As(err, &pe) {
		return &Error{File: name, Message: clip(err.Error())}
	}
	msg := strings.TrimSpace(pe.Message)
	if msg == "syntax error" && pe.Pos.Line != parse.EOF {
		msg = fmt.Sprintf("syntax error near %q", pe.Token)
	}
	if pe.Pos.Line == parse.EOF {
		msg += " at the end of the file"
		if strings.HasPrefix(msg, "syntax error") {
			msg += ": something is not closed with 'end' or a bracket"
		}
		return &Error{File: name, Message: msg}
	}
	return &Error{File: name, Line: pe.Pos.Line, Message: clip(msg)}
}

func compileError(name string, err error) error {
	if ce, ok := errors.AsType[*lua.CompileError](err); ok {
		return &Error{File: name, Line: ce.Line, Message: clip(ce.Message)}
	}
	return &Error{File: name, Message: clip(err.Error())}
}

// scan measures the nesting of a chunk without recursion.
type scan struct {
	open []opener // brackets and blocks
	run  int      // operators and suffixes of the expression at hand
	last int      // the token before
}

// opener is an open bracket or block: what to take back when it closes.
type opener struct {
	weight int // 1, and 1 for each elseif: they nest in the syntax tree
	run    int // of the expression around it
}

// measure refuses source that nests deeper than the parser and compiler should recurse.
func measure(src, name string) error {
	sc := parse.NewScanner(strings.NewReader(src), name)
	var lx parse.Lexer
	var m scan
	depth := 0
	for {
		tok, err := sc.Scan(&lx)
		if err != nil {
			return syntaxError(name, err)
		}
		if tok.Type == parse.EOF {
			return nil
		}
		depth += m.token(tok.Type)
		what, allowed := "", 0
		switch {
		case depth > maxNesting:
			what, allowed = "nesting of the source", maxNesting
		case m.run > maxRun:
			what, allowed = "length of an expression", maxRun
		}
		if what != "" {
			return &LimitError{
				Kind: what, File: name, Line: tok.Pos.Line,
				Used: itoa(allowed + 1), Allowed: itoa(allowed),
			}
		}
		lx.PrevTokenType = tok.Type
	}
}

// token accounts for one token and returns by how much the depth changes.
func (m *scan) token(t int) int {
	prev := m.last
	m.last = t
	switch t {
	case '(', '[', '{':
		m.open = append(m.open, opener{1, m.run + 1})
		m.run = 0
		return 1
	case parse.TFunction, parse.TIf, parse.TDo, parse.TRepeat:
		m.open = append(m.open, opener{1, m.run})
		m.run = 0
		return 1
	case parse.TElseIf:
		m.run = 0
		if n := len(m.open); n > 0 {
			m.open[n-1].weight++
		}
		return 1
	case ')', ']', '}', parse.TEnd, parse.TUntil:
		return -m.close(t == parse.TUntil)
	case parse.TIdent:
		if endsOperand(prev) {
			m.run = 0 // a new statement
		}
	case '+', '-', '*', '/', '%', '^', '#', '.', ':', '<', '>', parse.T2Comma, parse.TAnd, parse.TOr,
		parse.TNot,
		parse.TEqeq, parse.TNeq, parse.TLte, parse.TGte, parse.TString:
		m.run++
	case parse.TNumber, parse.TTrue, parse.TFalse, parse.TNil, parse.T3Comma:
	default:
		m.run = 0 // a separator or a keyword of a statement
	}
	return 0
}

func (m *scan) close(until bool) int {
	n := len(m.open)
	if n == 0 {
		return 0 // the parser will complain
	}
	o := m.open[n-1]
	m.open = m.open[:n-1]
	m.run = o.run
	if until {
		m.run = 0
	}
	return o.weight
}

func endsOperand(t int) bool {
	switch t {
	case parse.TIdent, parse.TNumber, parse.TString, parse.TTrue, parse.TFalse, parse.TNil, parse.T3Comma,
		parse.TEnd, ')', ']', '}':
		return true
	}
	return false
}
