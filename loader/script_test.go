package loader

import (
	"strings"
	"testing"
)

func TestParseShebang(t *testing.T) {
	long := strings.Repeat("p", 251)
	for _, c := range []struct {
		name, text string
		want       shebang
		bad        string
	}{
		{"plain", "#!/bin/sh\n", shebang{interp: "/bin/sh"}, ""},
		{"blanks", "#! \t/bin/sh \t\nrest", shebang{interp: "/bin/sh"}, ""},
		{"argument", "#!/bin/sh  -x  y  \n", shebang{"/bin/sh", "-x  y", true}, ""},
		{"no newline", "#!/bin/sh -x", shebang{"/bin/sh", "-x", true}, ""},
		{"carriage return", "#!/bin/sh\r\n", shebang{interp: "/bin/sh\r"}, ""},
		{"nul ends the path", "#!/bin/sh\x00more\n", shebang{interp: "/bin/sh"}, ""},
		{"nul ends the argument", "#!/bin/sh a\x00b\n", shebang{"/bin/sh", "a", true}, ""},
		{"blank at the end of the file", "#!/bin/sh ", shebang{"/bin/sh", "", true}, ""},
		{"only #!", "#!", shebang{}, ""},
		{"newline", "#!\n", shebang{}, "the #! line names no interpreter"},
		{"blanks only", "#! \t \n", shebang{}, "the #! line names no interpreter"},
		{"buffer of blanks", "#!" + strings.Repeat(" ", 300), shebang{}, "the #! line names no interpreter"},
		{"253", "#!/" + long + "p\n", shebang{interp: "/" + long + "p"}, ""},
		{
			"254", "#!/" + long + "pp\n",
			shebang{},
			"the #! line's interpreter does not end within the first 256 bytes",
		},
		{"cut argument", "#!/" + long[:200] + " " + long, shebang{"/" + long[:200], long[:51], true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := make([]byte, headSize)
			copy(head, c.text)
			got, bad := parseShebang(head)
			if got != c.want || bad != c.bad {
				t.Errorf("got %+v %q, want %+v %q", got, bad, c.want, c.bad)
			}
		})
	}
}

func FuzzShebang(f *testing.F) {
	f.Add([]byte("/bin/sh -x\n"))
	f.Add([]byte(" \t"))
	f.Add([]byte{0, '\n'})
	f.Fuzz(func(t *testing.T, data []byte) {
		head := make([]byte, headSize)
		copy(head, "#!")
		copy(head[2:], data)
		s, bad := parseShebang(head)
		if bad == "" && strings.ContainsAny(s.interp, " \t\n\x00") {
			t.Errorf("interpreter %q", s.interp)
		}
		if strings.ContainsRune(s.arg, 0) || !s.hasArg && s.arg != "" {
			t.Errorf("argument %q, %v", s.arg, s.hasArg)
		}
	})
}
