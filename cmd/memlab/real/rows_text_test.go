//go:build linux && amd64

package real_test

var text = []row{
	{name: "gawk", frames: 60, swap: 160, wide: true, argv: words("gawk -f report.awk sales.csv")},
	{name: "mawk", frames: 30, swap: 80, argv: words("mawk -f report.awk sales.csv")},
	{name: "gawk words", frames: 120, swap: 160, argv: []string{"gawk", `{ for (i = 1; i <= NF; i++) n[tolower($i)]++ } END { PROCINFO["sorted_in"] = "@val_num_desc"; for (w in n) if (c++ < 5) print w, n[w]; print strftime("%Y", 0, 1), gensub(/(a)(b)/, "\\2\\1", "g", "abab") }`, gpl3}},
	{name: "sed", frames: 30, swap: 60, argv: words("sed -f edit.sed " + gpl3)},
	{name: "sed -i", frames: 20, swap: 80, argv: sh("sed -i.bak -E 's/^(.)(.*)$/\\2\\1/' old.txt; cat old.txt old.txt.bak; sed -n '/three/,/five/{=;p}' new.txt")},
	{name: "grep -r", frames: 20, swap: 160, argv: sh("grep -rn page tree | sort; grep -c . " + gpl3 + "; grep -oE '[A-Z]{6,}' " + gpl3 + " | sort -u | head")},
	{name: "grep -P", frames: 8, swap: 60, wide: true, argv: words("grep -nP (?<=free\\s)software\\b.*$ " + gpl3)},
	{name: "grep none", frames: 15, swap: 30, argv: words("grep -i nothing-of-this tree/a.txt /no/such")},
	{name: "diff", frames: 4, swap: 40, argv: words("diff -u --label a --label b old.txt new.txt")},
	{name: "diff -r", frames: 15, swap: 80, argv: sh("cp -r tree t2; echo more >>t2/a.txt; rm t2/b.txt; diff -r tree t2; diff -y -W 40 old.txt new.txt; sdiff -s -w 40 old.txt new.txt"), needs: []string{"diff"}},
	{name: "patch", frames: 8, swap: 80, argv: sh("patch --no-backup-if-mismatch <change.patch && cmp old.txt new.txt && patch -R <change.patch && cat old.txt"), needs: []string{"patch"}},
	{name: "cmp", frames: 4, swap: 40, argv: words("cmp -l old.txt new.txt")},
	{name: "find", frames: 10, swap: 60, argv: words("find tree . -maxdepth 2 ( -name *.txt -o -type d ) -size -20 -newermt 2020-01-01 -printf %p:%s:%y:%T@:%m\\n")},
	{name: "find -exec", frames: 8, swap: 80, argv: words("find tree -name *.txt -exec wc -l {} + -o -name conf.ini -exec cat {} ;")},
	{name: "file", frames: 40, swap: 1280, argv: words("file /bin/ls old.txt data.json script.sh small.c tree sales.csv /dev/null")},
	{name: "xxd dc", frames: 5, swap: 120, argv: sh("xxd -l 48 /bin/ls; xxd -p -l 8 /bin/ls | xxd -r -p | xxd"), needs: []string{"xxd"}},
	{name: "bc", frames: 15, swap: 60, wide: true, argv: words("bc -lq"), stdin: "scale=40; 4*a(1)\n2^200\ndefine f(n) { if (n < 2) return 1; return n * f(n-1) }\nf(30)\nsqrt(2)\nfor (i = 0; i < 3; i++) i^3\nobase=16; 48879\n"},
	{name: "jq", frames: 240, swap: 5120, wide: true, argv: words("jq -S -r [.machines[]|select(.frames>20)|{name,n:(.policies|length),swap}]|sort_by(.swap),length data.json")},
	{name: "jq -c", frames: 320, swap: 5120, argv: []string{"jq", "-c", `.machines | map({(.name): .frames}) | add, (to_entries[] | select(.value > 100) | .key), @base64 "x\(.tiny)"`, "data.json"}},
	{name: "vim", frames: 40, swap: 160, argv: sh("vim -es -u NONE -i NONE -S edit.vim new.txt; echo $?; cat vim.out"), needs: []string{"vim"}},
}

var archives = []row{
	{name: "gzip", frames: 40, swap: 240, wide: true, argv: sh("gzip -9 -n <" + gpl3 + " | tee z | gunzip | cmp - " + gpl3 + " && md5sum z; gzip -lv z 2>&1 | wc -l"), needs: []string{"gzip"}},
	{name: "gzip file", frames: 20, swap: 80, argv: sh("gzip -n numbers.txt old.txt && ls *.gz && zcat numbers.txt.gz | tail -n 1; gunzip old.txt.gz && cat old.txt; echo junk | gunzip; echo $?"), needs: []string{"gzip"}},
	{name: "bzip2", frames: 60, swap: 320, argv: sh("bzip2 <" + gpl3 + " | tee z | bunzip2 | cmp - " + gpl3 + " && md5sum z"), needs: []string{"bzip2"}},
	{name: "xz", frames: 160, swap: 960, argv: sh("xz -1 -T1 <" + gpl3 + " | tee z | xz -d | cmp - " + gpl3 + " && md5sum z"), needs: []string{"xz"}},
	{name: "zstd", frames: 30, swap: 640, argv: sh("zstd -q -3 <" + gpl3 + " | tee z | zstd -dq | cmp - " + gpl3 + " && md5sum z"), needs: []string{"zstd"}},
	{name: "zstd -T2", frames: 160, swap: 320, argv: sh("zstd -q -T2 --long=20 /bin/ls -o l.zst && zstd -tq l.zst && md5sum l.zst"), needs: []string{"zstd"}},
	{name: "tar", frames: 30, swap: 60, wide: true, argv: sh("tar -cf t.tar --sort=name --owner=0 --group=0 --mtime=@0 tree && md5sum t.tar && tar -tvf t.tar && mkdir out && tar -xf t.tar -C out && diff -r tree out/tree && echo same"), needs: []string{"tar", "diff"}},
	{name: "tar -z", frames: 60, swap: 240, argv: sh("tar -C / -czf t.tgz usr/share/common-licenses && tar -tzf t.tgz | sort | head -n 4; tar -xzOf t.tgz usr/share/common-licenses/BSD | md5sum"), needs: []string{"tar", "gzip"}},
	{name: "zip", frames: 15, swap: 480, argv: sh("zip -q -X -r t.zip tree && unzip -l t.zip | tail -n 1 && unzip -p t.zip tree/a.txt && unzip -q -t t.zip"), needs: []string{"zip", "unzip"}},
	{name: "openssl dgst", frames: 60, swap: 240, wide: true, argv: words("openssl dgst -sha3-256 " + gpl3)},
	{name: "openssl enc", frames: 120, swap: 320, argv: sh("openssl enc -aes-256-cbc -pbkdf2 -iter 10 -S 0102030405060708 -pass pass:x -in old.txt -out e && md5sum e && openssl enc -d -aes-256-cbc -pbkdf2 -iter 10 -S 0102030405060708 -pass pass:x -in e; openssl sha1 old.txt"), needs: []string{"openssl"}},
}

var languages = []row{
	{name: "lua", frames: 40, swap: 160, wide: true, argv: words("lua5.4 bench.lua")},
	{name: "lua stdin", frames: 10, swap: 60, argv: words("lua5.4 -"), stdin: "print(_VERSION, #io.read('a'))\nos.exit(7)"},
	{name: "sqlite3", frames: 120, swap: 80, wide: true, argv: []string{"sqlite3", "shop.db", ".read shop.sql"}},
	{name: "sqlite3 again", frames: 160, swap: 240, argv: sh("sqlite3 shop.db <shop.sql >/dev/null 2>&1; sqlite3 shop.db 'SELECT region, count(*) FROM sale GROUP BY 1' .schema; ls shop.db*; sqlite3 shop.db .dump | md5sum"), needs: []string{"sqlite3"}},
	{name: "python", frames: 960, swap: 960, argv: words("/usr/bin/python3 standard.py")},
	{name: "python -c", frames: 480, swap: 960, argv: []string{"/usr/bin/python3", "-c", "import json, re, hashlib; print(json.dumps({'a': [1, 2.5, None]}), re.sub('(a+)', r'<\\1>', 'baab'), hashlib.sha256(b'page').hexdigest())"}},
	{name: "python -S", frames: 160, swap: 640, argv: []string{"/usr/bin/python3", "-I", "-S", "-c", "print(sum(i * i for i in range(1000)), 2 ** 100)"}},
	{name: "python threads", frames: 480, swap: 640, wide: true, argv: words("/usr/bin/python3 threads.py")},
	{name: "python subprocess", frames: 640, swap: 960, wide: true, argv: words("/usr/bin/python3 processes.py")},
	{name: "python error", frames: 320, swap: 640, argv: []string{"/usr/bin/python3", "-c", "import os\ndef f(): return os.listdir('/no/such')\nf()"}},
	{name: "python multiprocessing", frames: 960, swap: 4800, argv: []string{"/usr/bin/python3", "-c", "import multiprocessing as m\n" +
		"def work(q, l, v):\n with l: v.value += q.get()\n" +
		"c = m.get_context('fork'); q, l, v = c.SimpleQueue(), c.Lock(), c.Value('i', 0)\n" +
		"ps = [c.Process(target=work, args=(q, l, v)) for _ in range(3)]\n[p.start() for p in ps]\n[q.put(i + 5) for i in range(3)]\n" +
		"[p.join() for p in ps]\nprint(v.value, [p.exitcode for p in ps])"}},
	{name: "python asyncio", frames: 800, swap: 4800, argv: []string{"/usr/bin/python3", "-c", "import asyncio\n" +
		"async def a(n):\n await asyncio.sleep(n / 500)\n return n\n" +
		"async def main():\n print(await asyncio.gather(a(3), a(1), a(2)))\n" +
		" s = await asyncio.start_server(lambda r, w: w.close(), '127.0.0.1')\n" +
		" r, w = await asyncio.open_connection(*s.sockets[0].getsockname())\n print(await r.read())\n s.close()\n" +
		"asyncio.run(main())"}},
	{name: "python mmap", frames: 480, swap: 960, argv: []string{"/usr/bin/python3", "-c", "import mmap, os\nf = open('numbers.txt', 'r+b'); m = mmap.mmap(f.fileno(), 0); m[:5] = b'HELLO'; m.flush(); print(m.find(b'\\n'), open('numbers.txt').readline())\n" +
		"s = mmap.mmap(-1, 4096)\nif os.fork() == 0:\n s[:3] = b'kid'; os._exit(0)\nos.wait(); print(s[:3])"}},
	{name: "perl", frames: 320, swap: 960, wide: true, argv: words("perl text.pl")},
	{name: "perl -ne", frames: 40, swap: 160, argv: []string{"perl", "-F,", "-lane", `$s{$F[1]} += $F[3]; END { printf "%s %.2f\n", $_, $s{$_} for sort keys %s }`, "sales.csv"}},
	{name: "tcl", frames: 80, swap: 240, argv: words("tclsh words.tcl")},
	{name: "node", wide: true, argv: words("node async.js")},
}

var compilers = []row{
	{name: "gcc -E", frames: 160, swap: 960, argv: words("gcc -E -DLOUD small.c")},
	{name: "gcc -E defines", frames: 120, swap: 960, argv: words("gcc -E -dM -x c /dev/null")},
	{name: "gcc -S", frames: 240, swap: 1280, wide: true, argv: words("gcc -O1 -S -o - alone.c")},
	{name: "gcc error", frames: 120, swap: 960, argv: words("gcc -c -x c -"), stdin: "int main(void) { return undeclared; }\n"},
	{name: "as", frames: 120, swap: 3840, wide: true, argv: sh("as -o alone.o alone.s && objdump -d alone.o && nm alone.o && size alone.o"), needs: []string{"as"}},
	{name: "gcc", frames: 640, swap: 960, argv: sh("gcc -o small small.c && ./small one; strip small && readelf -h small | grep Type"), needs: []string{"gcc"}},
	{name: "c++", frames: 40, swap: 640, wide: true, argv: sh("./things; echo $?"), build: words("g++ -O1 -pthread -o things things.cc")},
	{name: "c++ static", frames: 30, swap: 640, wide: true, argv: sh("./things; echo $?"), build: words("g++ -O1 -static -pthread -o things things.cc")},
	{name: "go static", frames: 40, swap: 480, wide: true, argv: words("./goroutines"), build: []string{"sh", "-c", "mkdir -p m && cp goroutines.go.txt m/main.go && go build -ldflags=-R=0x4000 -o goroutines m/main.go && rm -r m"}},
}

// i386 are 32-bit programs; Debian's gcc-multilib builds and runs them.
var i386 = []row{
	{name: "i386 static", frames: 15, swap: 500, wide: true, argv: words("./words32 numbers.txt"), build: words("gcc -m32 -static -o words32 words32.c -lm"), bits32: true, needs: []string{libc32}},
	{name: "i386 dynamic", frames: 15, swap: 500, wide: true, argv: words("./words32 numbers.txt"), build: words("gcc -m32 -O2 -o words32 words32.c -lm"), bits32: true, needs: []string{libc32}},
	{name: "i386 error", frames: 10, swap: 80, argv: words("./words32 /no/such"), build: words("gcc -m32 -O1 -no-pie -o words32 words32.c -lm"), bits32: true, needs: []string{libc32}},
	{name: "i386 hello", frames: 15, swap: 120, argv: sh("./small | cat; ./small 1 2; echo $?"), build: words("gcc -m32 -o small small.c"), bits32: true, needs: []string{libc32}},
}

// libc32 is the C library that 32-bit programs are linked with.
const libc32 = "/usr/lib32/libc.a"

// pagers are the user-level pagers of testdata/programs: they map another program's pages themselves, from a SIGSEGV
// handler (see pager.h there). One target is linked with the host's glibc.
var pagers = []row{
	{name: "apager", frames: 20, swap: 160, argv: words("./apager paged-hello"), ours: []string{"apager", "paged-hello"}},
	{name: "apager glibc", frames: 30, swap: 400, argv: words("./apager target a b"), ours: []string{"apager"}, build: pagedTarget},
	{name: "dpager", frames: 20, swap: 200, argv: words("./dpager paged-sort 16"), ours: []string{"dpager", "paged-sort"}},
	{name: "dpager glibc", frames: 30, swap: 400, argv: words("./dpager target a b"), ours: []string{"dpager"}, build: pagedTarget},
	{name: "hpager", frames: 20, swap: 200, argv: words("./hpager paged-bigbss"), ours: []string{"hpager", "paged-bigbss"}},
	{name: "hpager glibc", frames: 30, swap: 400, argv: words("./hpager target a b"), ours: []string{"hpager"}, build: pagedTarget},
}

// pagedTarget builds a program that lies where the pagers do not.
var pagedTarget = words("gcc -static -no-pie -Wl,-Ttext-segment=0x10000000 -o target small.c")

var developers = []row{
	{name: "make", frames: 40, swap: 120, wide: true, argv: words("make")},
	{name: "make -j", frames: 60, swap: 120, argv: words("make -j 3 -k total missing")},
	{name: "git", frames: 160, swap: 160, wide: true, argv: sh(`export GIT_AUTHOR_DATE=1700000000\ +0000 GIT_COMMITTER_DATE=1700000000\ +0000
git init -q -b main r && cd r && git config user.email a@b.c && git config user.name A && cp ../old.txt f && git add f &&
git commit -q -m first && cp ../new.txt f && git diff --stat && git commit -q -a -m second && git log --oneline --stat && git checkout -q -b side HEAD~1 &&
echo x >g && git add g && git commit -q -m third && git merge -q -m joined main && git log --graph --format='%h %s' && git status -s && git fsck && git gc -q && git show --stat HEAD~1`), needs: []string{"git"}},
}
