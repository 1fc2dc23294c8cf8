package script

import (
	"fmt"

	"memlab/lab"
)

// Bounds that are not settings: they keep single operations small, so that the settings can be checked
// between them.
const (
	maxString     = 4 << 20   // bytes of one string
	maxSource     = 128 << 10 // bytes of one chunk
	maxNesting    = 100       // blocks and brackets in source
	maxRun        = 200       // operators and suffixes of one expression
	maxArray      = 1 << 16   // a table's array part; gopher-lua fills it up to any key below
	maxUnpack     = 7999      // values of one unpack
	maxCoroutines = 4096      // that are not dead
	maxResume     = 64        // coroutines resumed within one another
	maxProtect    = 150       // protected calls within one another
	maxMatch      = 200       // depth of a pattern match
	maxMachines   = 64        // a script
	maxPeek       = 1 << 20   // bytes of one m:peek
	maxMessage    = 1 << 10   // bytes of an error message
	callStack     = 200       // frames of a thread
	maxRegistry   = 1 << 15   // values on a thread's stack: long argument lists cost time in square
	checkEvery    = 64        // instructions between two looks at time and memory (see budget.go)
)

// LimitError says that a script used up more than it may.
type LimitError struct {
	Kind    string `json:"kind"` // "instructions", "time", "memory", "output", "string", "stack", …
	File    string `json:"file"`
	Line    int    `json:"line"` // 0: not known
	Used    string `json:"used"`
	Allowed string `json:"allowed"`
	Raise   string `json:"raise"` // how to allow more; "": cannot be raised
}

// Error is one line: FILE:LINE: limit: KIND: used, allowed, how to raise it.
func (e *LimitError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return where + ": " + e.text()
}

func (e *LimitError) text() string {
	t := fmt.Sprintf("limit: %s: used %s, allowed %s", e.Kind, e.Used, e.Allowed)
	if e.Raise != "" {
		t += "; raise it with " + e.Raise
	}
	return t
}

// setting is how a limit of lab.Limits is raised.
func setting(path, example string) string { return "--set limits." + path + "=" + example }

// noLimits is what 0 in every field means.
func noLimits(l lab.Limits) lab.Limits {
	if l.LuaInstructions == 0 {
		l.LuaInstructions = 1 << 62
	}
	if l.LuaMemory == 0 {
		l.LuaMemory = 1 << 62
	}
	if l.Output == 0 {
		l.Output = 1 << 62
	}
	return l
}
