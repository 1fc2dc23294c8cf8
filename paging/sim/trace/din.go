package trace

import "fmt"

// din is the format of Dinero: LABEL ADDRESS, the rest of the line is a comment. Labels are 0 read, 1 write,
// 2 fetch, 3 unknown, which counts as a read, and 4 flush of the cache, which is no reference.

func parseDin(line []byte, out *[4]Access) (int, error) {
	b := skipBlanks(line)
	if len(b) == 0 {
		return 0, nil
	}
	label := b[0]
	if label < '0' || label > '4' || len(b) < 2 || b[1] != ' ' && b[1] != '\t' {
		return 0, badDin(line)
	}
	v, rest, ok := prefixedHex(skipBlanks(b[1:]))
	if !ok || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' {
		return 0, badDin(line)
	}
	out[0] = Access{Addr: v, Size: 1}
	switch label {
	case '1':
		out[0].Kind = Write
	case '2':
		out[0].Kind = Fetch
	case '4':
		return 0, nil
	}
	return 1, nil
}

func badDin(line []byte) error {
	return fmt.Errorf("%s: must be a label from 0 to 4 and a hexadecimal address", shown(line))
}
