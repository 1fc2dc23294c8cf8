package trace

import (
	"bytes"
	"fmt"
)

// parseView reads the text of DynamoRIO's drmemtrace view tool:
//
//	3  2: W0.T111 ifetch 3 byte(s) @ 0x00401000 48 89 e7 mov %rsp -> %rdi
//	4  2: W0.T111 read   8 byte(s) @ 0x7ffc0010 by PC 0x00401003
//	1  0: W0.T111 <marker: version 3>
//
// Markers and what the tool says besides are skipped: a line is an access if it has "byte(s) @ 0x". Threads
// are not told apart, for they share their pages.
func parseView(line []byte, out *[4]Access) (int, error) {
	const mark = " byte(s) @ "
	before, behind, found := bytes.Cut(line, []byte(mark))
	if !found {
		return 0, nil
	}
	words := bytes.Fields(before)
	if len(words) < 2 {
		return 0, badView(line)
	}
	a := Access{}
	switch string(words[len(words)-2]) {
	case "ifetch", "non-fetched":
		a.Kind = Fetch
	case "read":
	case "write":
		a.Kind = Write
	default:
		return 0, nil // prefetches and flushes of the cache
	}
	size, rest, ok := decimal(words[len(words)-1])
	if !ok || len(rest) != 0 {
		return 0, badView(line)
	}
	if a.Addr, _, ok = prefixedHex(behind); !ok {
		return 0, badView(line)
	}
	if err := a.sized(size); err != nil {
		return 0, err
	}
	out[0] = a
	return 1, nil
}

func badView(line []byte) error {
	return fmt.Errorf("%s: must be as \"… read 8 byte(s) @ 0x7ffc0010 …\"", shown(line))
}
