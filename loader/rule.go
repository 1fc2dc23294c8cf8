package loader

// Rule is what decided a step of execve, or stopped it: events carry it as a number, a failure's Error names
// it. The zero Rule is none.
type Rule uint8

// String is the rule's name: "later-fixed". No rule has the empty name.
func (r Rule) String() string { return r.row().name }

// Text is the rule in one sentence.
func (r Rule) Text() string { return r.row().text }

// Function is the function of Linux in which the rule stands: "elf_load".
func (r Rule) Function() string { return r.row().function }

// Rules are all rules, in the order of the kernel's work.
func Rules() []Rule {
	all := make([]Rule, 0, len(ruleTable)-1)
	for r := NoRule + 1; int(r) < len(ruleTable); r++ {
		all = append(all, r)
	}
	return all
}

func (r Rule) row() ruleRow {
	if int(r) < len(ruleTable) {
		return ruleTable[r]
	}
	return ruleRow{name: unknown}
}

// unknown names what has no name.
const unknown = "unknown"

// ruleRow describes a rule.
type ruleRow struct{ name, function, text string }

// The rules before the point of no return: a failure is an errno.
const (
	NoRule Rule = iota

	RulePath     // exec.check
	RuleStrings  // exec.check; and E2BIG
	RuleString   // E2BIG
	RulePointers // E2BIG
	RuleStack    // E2BIG
	RuleNoArgs   // exec.check
	RuleNoOpen   // errno of open
	RuleHead     // errno of read
	RuleAsked    // exec.refuse: of a format that is not the loader's own
	RuleTaken    // exec.format
	RuleAnswer   // a format's errno
	RuleDepth    // ELOOP
	RuleExecFD   // ENOEXEC

	RuleScriptMagic
	RuleScriptLine
	RuleScript
	RuleInterpPath

	RuleMagic
	RuleMachine
	RuleType
	RulePhEntSize
	RulePhNum
	RulePhTable
	RuleHeader
	RuleOwn
	RuleInterpSize
	RuleInterpOffset
	RuleInterpBytes
	RuleInterpNUL
	RuleInterpHead
	RuleInterpELF
	RuleInterpHeader
	RuleRoom
)

// The rules from the point of no return on: a failure is SIGSEGV.
const (
	RuleCommit Rule = iota + RuleRoom + 1

	RuleStackNX
	RuleStackX
	RuleStackDefault
	RuleStackStrings

	RuleExecBase
	RulePIEBase
	RulePIEAlign
	RuleStaticPIE
	RuleStaticPIEAlign
	RuleStaticPIEBSS
	RuleInterpBase
	RuleInterpHint
	RuleInterpFixed
	RuleHuge
	RuleRandom
	RuleTotal
	RuleGiveBack

	RuleFirstNoReplace
	RuleFirstFixed
	RuleFirstFree
	RuleLaterFixed
	RuleNoFile
	RuleNeighbours
	RulePastEOF
	RuleReadExec
	RuleCongruent
	RuleFileRange
	RuleFileSize
	RuleBelowTask

	RuleTail
	RuleTailKept
	RuleTailFault
	RuleBSS
	RuleBSSExec
	RuleBSSProgram

	RuleInterpType
	RuleBaseIsBias
	RuleEntry

	RuleVdso
	RuleVdsoStack
	RulePageZero
	RulePageZeroRefused

	RuleTables
	RuleArgsGone
	RuleBrk
	RuleBrkBase
	RuleBrkRandom
	RuleRegs
	RuleStartInterp
	RuleStartProgram
)
