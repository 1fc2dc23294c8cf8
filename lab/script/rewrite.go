package script

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// The rewriter changes two things of a parsed chunk.
//
// "a..b" becomes a call of the guarded concatenation, because the VM's own instruction can double a string
// thirty times before anybody looks. Integer literals from 2^53 on become u64 constants, because a float64
// would lose bits or be NaN. The guard and the constants reach the code as two locals around the chunk whose
// names no source can spell; the chunk becomes
//
//	return function(...) <the source> end
type rewriter struct {
	name  string
	words []uint64 // constants, from index 1 of the table
	err   error
}

const (
	concatName = "\x00concat"
	wordsName  = "\x00words"
)

func (r *rewriter) chunk(body []ast.Stmt) ([]ast.Stmt, error) {
	r.stmts(body)
	if r.err != nil {
		return nil, r.err
	}
	last := 1
	if n := len(body); n > 0 {
		last = max(body[n-1].LastLine(), body[n-1].Line(), 1)
	}
	inner := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: true}, Stmts: body}
	at(inner, 1, last)
	names := &ast.LocalAssignStmt{
		Names: []string{concatName, wordsName},
		Exprs: []ast.Expr{at(&ast.Comma3Expr{}, 1, 1)},
	}
	at(names, 1, 1)
	ret := at(&ast.ReturnStmt{Exprs: []ast.Expr{inner}}, last, last)
	return []ast.Stmt{names, ret}, nil
}

// at sets the lines of a node that the rewriter made.
func at[T ast.PositionHolder](n T, line, last int) T {
	n.SetLine(line)
	n.SetLastLine(last)
	return n
}

func (r *rewriter) stmts(list []ast.Stmt) {
	for _, st := range list {
		r.stmt(st)
	}
}

func (r *rewriter) stmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		r.exprs(st.Lhs)
		r.exprs(st.Rhs)
	case *ast.LocalAssignStmt:
		r.exprs(st.Exprs)
	case *ast.FuncCallStmt:
		r.expr(&st.Expr)
	case *ast.DoBlockStmt:
		r.stmts(st.Stmts)
	case *ast.WhileStmt:
		r.expr(&st.Condition)
		r.stmts(st.Stmts)
	case *ast.RepeatStmt:
		r.stmts(st.Stmts)
		r.expr(&st.Condition)
	case *ast.IfStmt:
		r.expr(&st.Condition)
		r.stmts(st.Then)
		r.stmts(st.Else)
	case *ast.NumberForStmt:
		r.expr(&st.Init)
		r.expr(&st.Limit)
		r.expr(&st.Step)
		r.stmts(st.Stmts)
	case *ast.GenericForStmt:
		r.exprs(st.Exprs)
		r.stmts(st.Stmts)
	case *ast.FuncDefStmt:
		r.expr(&st.Name.Func)
		r.expr(&st.Name.Receiver)
		r.stmts(st.Func.Stmts)
	case *ast.ReturnStmt:
		r.exprs(st.Exprs)
	}
}

func (r *rewriter) exprs(list []ast.Expr) {
	for i := range list {
		r.expr(&list[i])
	}
}

func (r *rewriter) expr(p *ast.Expr) {
	switch e := (*p).(type) {
	case *ast.NumberExpr:
		*p = r.number(e)
	case *ast.StringConcatOpExpr:
		*p = r.concat(e)
	case *ast.AttrGetExpr:
		r.expr(&e.Object)
		r.expr(&e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			r.expr(&f.Key)
			r.expr(&f.Value)
		}
	case *ast.FuncCallExpr:
		r.expr(&e.Func)
		r.expr(&e.Receiver)
		r.exprs(e.Args)
	case *ast.LogicalOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.RelationalOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.expr(&e.Expr)
	case *ast.UnaryNotOpExpr:
		r.expr(&e.Expr)
	case *ast.UnaryLenOpExpr:
		r.expr(&e.Expr)
	case *ast.FunctionExpr:
		r.stmts(e.Stmts)
	}
}

// concat turns a chain a..b..c, which nests to the right, into one call.
func (r *rewriter) concat(e *ast.StringConcatOpExpr) ast.Expr {
	call := &ast.FuncCallExpr{
		Func:      at(&ast.IdentExpr{Value: concatName}, e.Line(), e.LastLine()),
		AdjustRet: true,
	}
	at(call, e.Line(), e.LastLine())
	var rest ast.Expr = e
	for {
		c, ok := rest.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		call.Args = append(call.Args, c.Lhs)
		rest = c.Rhs
	}
	call.Args = append(call.Args, rest)
	r.exprs(call.Args)
	oneValue(call.Args[len(call.Args)-1])
	return call
}

// oneValue cuts a last operand to its first value, as an operator does and an argument does not.
func oneValue(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
}

// number checks a literal. Those with a point or an exponent stay what they are.
func (r *rewriter) number(e *ast.NumberExpr) ast.Expr {
	text := strings.ToLower(e.Value)
	hex := strings.HasPrefix(text, "0x")
	if !hex && strings.ContainsAny(text, ".e") {
		return e
	}
	digits, base := text, 10
	if hex {
		digits, base = text[2:], 16
	}
	v, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err != nil && r.err == nil:
		r.err = &Error{
			File: r.name, Line: e.Line(),
			Message: fmt.Sprintf("number %s does not fit into 64 bits", clip(e.Value)),
		}
		return e
	case v < 1<<53:
		e.Value = strconv.FormatUint(v, 10)
		return e
	}
	r.words = append(r.words, v)
	get := &ast.AttrGetExpr{
		Object: at(&ast.IdentExpr{Value: wordsName}, e.Line(), e.LastLine()),
		Key:    at(&ast.NumberExpr{Value: strconv.Itoa(len(r.words))}, e.Line(), e.LastLine()),
	}
	return at(get, e.Line(), e.LastLine())
}
