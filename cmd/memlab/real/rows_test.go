//go:build linux && amd64

package real_test

import (
	"slices"
	"strings"
)

// rows are all tables.
func rows() []row {
	return slices.Concat(coreutils, shells, text, archives, languages, compilers, i386, pagers, developers)
}

// words is a command line without quoting.
func words(line string) []string { return strings.Fields(line) }

// sh has a command line run by the host's /bin/sh, which is dash on Debian.
func sh(line string) []string { return []string{"sh", "-c", line} }

// gpl3 is a text that every Debian system has.
const gpl3 = "/usr/share/common-licenses/GPL-3"

// poem is a standard input.
const poem = "the page that is not there\nis fetched with little fuss;\na frame is found, a bit is set,\nand no one tells the bus.\n"

var coreutils = []row{
	{name: "ls -l", frames: 10, swap: 60, wide: true, argv: words("ls -l --time-style=+%s /etc/apt .")},
	{name: "ls -laRF", frames: 5, swap: 60, argv: words("ls -laRF --time-style=+%s --full-time tree")},
	{name: "ls missing", frames: 4, swap: 60, argv: words("ls tree /no/such")},
	{name: "cat", frames: 4, swap: 40, argv: words("cat -n new.txt - old.txt"), stdin: poem},
	{name: "cat big", frames: 4, swap: 80, wide: true, argv: words("cat /bin/ls")},
	{name: "wc", frames: 15, swap: 30, argv: words("wc numbers.txt sales.csv " + gpl3)},
	{name: "sort -n", frames: 15, swap: 40, wide: true, argv: words("sort -n numbers.txt")},
	{name: "sort -t", frames: 10, swap: 40, argv: words("sort -t, -k2,2 -k4,4nr -u sales.csv")},
	{name: "sort -R", frames: 15, swap: 60, argv: words("sort --parallel=4 -S 64K -r " + gpl3)},
	{name: "uniq", frames: 15, swap: 240, argv: sh("cut -d, -f2,3 sales.csv | sort | uniq -c | sort -rn | head")},
	{name: "head tail", frames: 5, swap: 60, argv: sh("head -n 5 numbers.txt; tail -n +395 numbers.txt; tail -c 20 sales.csv")},
	{name: "tr", frames: 4, swap: 30, argv: words("tr -cs a-z \\n"), stdin: poem},
	{name: "tee", frames: 10, swap: 80, argv: sh("tee a b >/dev/null; cat a b; rm a; ls"), stdin: poem},
	{name: "paste join", frames: 5, swap: 120, argv: sh("paste -d: old.txt new.txt; join -t, -1 2 -2 1 -o 1.1,2.2 sales.csv - | head -n 3"), stdin: "south,warm\n"},
	{name: "comm", frames: 8, swap: 120, argv: sh("sort old.txt >o; sort new.txt | comm -13 o -")},
	{name: "cp mv rm", frames: 15, swap: 120, wide: true, argv: sh("cp -rp tree copy && mv copy/a.txt copy/z && rm -r copy/deep && mkdir -p x/y && rmdir x/y && ls -lR --time-style=+%s copy x")},
	{name: "ln stat", frames: 15, swap: 60, argv: sh("ln -s tree/a.txt link; ln old.txt hard; readlink -f link; stat -c '%n %s %h %F %a' link hard old.txt; stat -c %Y hard; cat link")},
	{name: "du df", frames: 10, swap: 60, argv: sh("du -b --apparent-size tree; truncate -s 1M sparse; du -b sparse; stat -c %s sparse")},
	{name: "md5sum", frames: 4, swap: 40, argv: words("md5sum " + gpl3 + " numbers.txt")},
	{name: "sha256sum", frames: 4, swap: 40, wide: true, argv: words("sha256sum " + gpl3 + " numbers.txt")},
	{name: "sha512sum -c", frames: 5, swap: 80, argv: sh("sha512sum numbers.txt old.txt >sums; echo x >>old.txt; sha512sum -c sums")},
	{name: "cksum b2sum", frames: 8, swap: 60, argv: sh("cksum sales.csv; b2sum sales.csv; sum sales.csv")},
	{name: "base64", frames: 10, swap: 160, argv: sh("base64 /bin/true | tee b | tail -n 2; base64 -d b | cmp - /bin/true && echo same")},
	{name: "od", frames: 5, swap: 60, argv: sh("od -A x -t x1z -N 64 /bin/ls; od -t d4 -N 16 /bin/ls")},
	{name: "seq factor", frames: 8, swap: 120, argv: sh("seq -w 8 2 14; seq 1000000007 1000000012 | factor; seq 0 .25 1")},
	{name: "expr test", frames: 5, swap: 80, argv: sh("expr 6 \\* 7; expr length memory; test -d tree && echo dir; [ -s /dev/null ] || echo empty")},
	{name: "date", frames: 4, swap: 30, argv: words("date -u -d @1700000000 +%FT%T")},
	{name: "printf", frames: 4, swap: 30, argv: words("printf %5d|%-5s|%x|%.3f\\n 42 ab 255 3.14159")},
	{name: "split", frames: 10, swap: 80, argv: sh("split -l 100 -d numbers.txt part. && wc -l part.*; csplit -s sales.csv /50,/ /90,/ && wc -c xx*")},
	{name: "dd", frames: 8, swap: 120, argv: sh("dd if=/bin/ls of=piece bs=1000 skip=3 count=7 status=none && cksum piece; dd if=/dev/zero bs=64k count=4 status=none | wc -c")},
	{name: "env id", frames: 10, swap: 60, argv: sh("env -i A=1 env; id -u; basename /a/b.c .c; dirname /a/b; nproc --all >/dev/null; echo $?")},
	{name: "chmod touch", frames: 15, swap: 80, argv: sh("chmod 640 old.txt; touch -d @1600000000 new.txt; ls -l --time-style=+%s old.txt new.txt; umask 077; mkdir d; stat -c %a d")},
	{name: "fold fmt", frames: 20, swap: 120, argv: sh("fold -sw 40 " + gpl3 + " | head -n 20; fmt -w 50 " + gpl3 + " | tail -n 5; nl new.txt; tac old.txt; rev old.txt; expand tree/a.txt")},
	{name: "timeout", frames: 10, swap: 80, argv: sh("timeout 0.05 sleep 60; echo $?; timeout -s KILL 0.05 sleep 60; echo $?; timeout 60 false; echo $?")},
	{name: "yes", frames: 8, swap: 120, argv: sh("yes page | head -n 1000 | md5sum")},
	{name: "mkfifo", frames: 8, swap: 80, wide: true, argv: sh("mkfifo f; cat old.txt >f & cat f; wait; mktemp -u x.XXXX | wc -c")},
	{name: "nice", frames: 15, swap: 120, argv: sh("nice -n 5 nice; nice | cat; nohup echo kept 2>&1; stdbuf -oL echo line; numfmt --to=iec 123456789; pr -l 12 -h head -D 2024 old.txt | head -n 9; pathchk -p a/b; realpath tree/../tree/deep")},
	{name: "install", frames: 40, swap: 60, argv: sh("install -m 750 -D old.txt x/y/z; stat -c '%a %s' x/y/z; cp -l new.txt l; cp --reflink=auto -u new.txt l2; mv -T x w; rm -rf w; ls -1; sync; link l l3; unlink l; ls l*; ptx -w 30 old.txt | head -n 3")},
	{name: "shuf", frames: 5, swap: 120, argv: sh("shuf --random-source=/bin/ls -i 1-20 | tr '\\n' ' '; printf 'a z\\nz c\\n' | tsort")},
}

var shells = []row{
	{name: "dash", frames: 30, swap: 120, wide: true, argv: words("dash script.sh")},
	{name: "bash script", frames: 60, swap: 120, argv: words("bash --norc script.sh")},
	{name: "busybox sh", frames: 30, swap: 120, wide: true, argv: words("busybox sh script.sh"), needs: []string{"busybox"}},
	{name: "dash stdin", frames: 4, swap: 40, argv: words("dash -s one two"), stdin: "echo $# $2\nread x\nthe line that is read\necho \"[$x]\"; exit 4\n"},
	{name: "bash", frames: 40, swap: 240, wide: true, argv: words("bash --norc arrays.bash")},
	{name: "bash -c", frames: 20, swap: 160, argv: []string{"bash", "--norc", "-c", `a=(x y z); for i in "${!a[@]}"; do echo "$i=${a[i]}"; done; paste <(seq 3) <(printf '%s\n' "${a[@]}"); cat <<<"here"; exit 3`}},
	{name: "bash jobs", frames: 20, swap: 160, argv: []string{"bash", "--norc", "-c", `set -m; sleep 60 & jobs; kill %1; wait %1; echo $?; set +m; for i in 1 2 3; do (exit $i) & p[i]=$!; done; for i in 1 2 3; do wait ${p[i]}; echo $?; done; f() { trap 'echo returned' RETURN; }; f; jobs`}},
	{name: "bash fib", frames: 120, swap: 160, argv: []string{"bash", "--norc", "-c", `f() { (($1 < 2)) && { echo $1; return; }; echo $(($(f $(($1 - 1))) + $(f $(($1 - 2))))); }; f 7; for ((i = 0; i < 3000; i++)); do ((s += i * i)); done; echo $s`}},
	{name: "busybox", frames: 40, swap: 240, argv: sh("busybox seq 5 | busybox tac | busybox awk '{s += $1; print s}'; busybox ls -l tree | busybox wc -l; busybox md5sum old.txt; busybox vi --help 2>&1 | busybox head -n 1"), needs: []string{"busybox"}},
	{name: "sh processes", frames: 30, swap: 160, wide: true, argv: sh("i=0; while [ $i -lt 40 ]; do (exit $i) | cat & wait $!; i=$((i + 1)); done; echo $i; (trap '' TERM; kill -TERM $(sh -c 'echo $PPID'); echo alive); kill -0 $$ && echo here")},
	{name: "xargs", frames: 30, swap: 160, argv: sh("find tree -type f -print0 | sort -z | xargs -0 -n 1 -P 2 wc -c | sort; seq 10 | xargs -n 3 echo")},
}
