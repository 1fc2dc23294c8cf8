//go:build linux && amd64

package real_test

var text = []row{
	{name: "gawk", argv: words("gawk -f report.awk sales.csv")},
	{name: "mawk", argv: words("mawk -f report.awk sales.csv")},
	{name: "gawk words", argv: []string{"gawk", `{ for (i = 1; i <= NF; i++) n[tolower($i)]++ } END { PROCINFO["sorted_in"] = "@val_num_desc"; for (w in n) if (c++ < 5) print w, n[w]; print strftime("%Y", 0, 1), gensub(/(a)(b)/, "\\2\\1", "g", "abab") }`, gpl3}},
	{name: "sed", argv: words("sed -f edit.sed " + gpl3)},
	{name: "sed -i", argv: sh("sed -i.bak -E 's/^(.)(.*)$/\\2\\1/' old.txt; cat old.txt old.txt.bak; sed -n '/three/,/five/{=;p}' new.txt")},
	{name: "grep -r", argv: sh("grep -rn page tree | sort; grep -c . " + gpl3 + "; grep -oE '[A-Z]{6,}' " + gpl3 + " | sort -u | head")},
	{name: "grep -P", argv: words("grep -nP (?<=free\\s)software\\b.*$ " + gpl3)},
	{name: "grep none", argv: words("grep -i nothing-of-this tree/a.txt /no/such")},
	{name: "diff", argv: words("diff -u --label a --label b old.txt new.txt")},
	{name: "diff -r", argv: sh("cp -r tree t2; echo more >>t2/a.txt; rm t2/b.txt; diff -r tree t2; diff -y -W 40 old.txt new.txt; sdiff -s -w 40 old.txt new.txt"), needs: []string{"diff"}},
	{name: "patch", argv: sh("patch --no-backup-if-mismatch <change.patch && cmp old.txt new.txt && patch -R <change.patch && cat old.txt"), needs: []string{"patch"}},
	{name: "cmp", argv: words("cmp -l old.txt new.txt")},
	{name: "find", argv: words("find tree . -maxdepth 2 ( -name *.txt -o -type d ) -size -20 -newermt 2020-01-01 -printf %p:%s:%y:%T@:%m\\n")},
	{name: "find -exec", argv: words("find tree -name *.txt -exec wc -l {} + -o -name conf.ini -exec cat {} ;")},
	{name: "file", argv: words("file /bin/ls old.txt data.json script.sh small.c tree sales.csv /dev/null")},
	{name: "xxd dc", argv: sh("xxd -l 48 /bin/ls; xxd -p -l 8 /bin/ls | xxd -r -p | xxd"), needs: []string{"xxd"}},
	{name: "bc", argv: words("bc -lq"), stdin: "scale=40; 4*a(1)\n2^200\ndefine f(n) { if (n < 2) return 1; return n * f(n-1) }\nf(30)\nsqrt(2)\nfor (i = 0; i < 3; i++) i^3\nobase=16; 48879\n"},
	{name: "jq", argv: words("jq -S -r [.machines[]|select(.frames>20)|{name,n:(.policies|length),swap}]|sort_by(.swap),length data.json")},
	{name: "jq -c", argv: []string{"jq", "-c", `.machines | map({(.name): .frames}) | add, (to_entries[] | select(.value > 100) | .key), @base64 "x\(.tiny)"`, "data.json"}},
	{name: "vim", argv: sh("vim -es -u NONE -i NONE -S edit.vim new.txt; echo $?; cat vim.out"), needs: []string{"vim"}},
}

var archives = []row{
	{name: "gzip", argv: sh("gzip -9 -n <" + gpl3 + " | tee z | gunzip | cmp - " + gpl3 + " && md5sum z; gzip -lv z 2>&1 | wc -l"), needs: []string{"gzip"}},
	{name: "gzip file", argv: sh("gzip -n numbers.txt old.txt && ls *.gz && zcat numbers.txt.gz | tail -n 1; gunzip old.txt.gz && cat old.txt; echo junk | gunzip; echo $?"), needs: []string{"gzip"}},
	{name: "bzip2", argv: sh("bzip2 <" + gpl3 + " | tee z | bunzip2 | cmp - " + gpl3 + " && md5sum z"), needs: []string{"bzip2"}},
	{name: "xz", argv: sh("xz -1 -T1 <" + gpl3 + " | tee z | xz -d | cmp - " + gpl3 + " && md5sum z"), needs: []string{"xz"}},
	{name: "zstd", argv: sh("zstd -q -3 <" + gpl3 + " | tee z | zstd -dq | cmp - " + gpl3 + " && md5sum z"), needs: []string{"zstd"}},
	{name: "zstd -T2", argv: sh("zstd -q -T2 --long=20 /bin/ls -o l.zst && zstd -tq l.zst && md5sum l.zst"), needs: []string{"zstd"}},
	{name: "tar", argv: sh("tar -cf t.tar --sort=name --owner=0 --group=0 --mtime=@0 tree && md5sum t.tar && tar -tvf t.tar && mkdir out && tar -xf t.tar -C out && diff -r tree out/tree && echo same"), needs: []string{"tar", "diff"}},
	{name: "tar -z", argv: sh("tar -C / -czf t.tgz usr/share/common-licenses && tar -tzf t.tgz | sort | head -n 4; tar -xzOf t.tgz usr/share/common-licenses/BSD | md5sum"), needs: []string{"tar", "gzip"}},
	{name: "zip", argv: sh("zip -q -X -r t.zip tree && unzip -l t.zip | tail -n 1 && unzip -p t.zip tree/a.txt && unzip -q -t t.zip"), needs: []string{"zip", "unzip"}},
	{name: "openssl dgst", argv: words("openssl dgst -sha3-256 " + gpl3)},
	{name: "openssl enc", argv: sh("openssl enc -aes-256-cbc -pbkdf2 -iter 10 -S 0102030405060708 -pass pass:x -in old.txt -out e && md5sum e && openssl enc -d -aes-256-cbc -pbkdf2 -iter 10 -S 0102030405060708 -pass pass:x -in e; openssl sha1 old.txt"), needs: []string{"openssl"}},
}

var languages = []row{
	{name: "lua", argv: words("lua5.4 bench.lua")},
	{name: "lua stdin", argv: words("lua5.4 -"), stdin: "print(_VERSION, #io.read('a'))\nos.exit(7)"},
	{name: "sqlite3", argv: []string{"sqlite3", "shop.db", ".read shop.sql"}},
	{name: "sqlite3 again", argv: sh("sqlite3 shop.db <shop.sql >/dev/null 2>&1; sqlite3 shop.db 'SELECT region, count(*) FROM sale GROUP BY 1' .schema; ls shop.db*; sqlite3 shop.db .dump | md5sum"), needs: []string{"sqlite3"}},
	{name: "python", argv: words("/usr/bin/python3 standard.py")},
	{name: "python -c", argv: []string{"/usr/bin/python3", "-c", "import json, re, hashlib; print(json.dumps({'a': [1, 2.5, None]}), re.sub('(a+)', r'<\\1>', 'baab'), hashlib.sha256(b'page').hexdigest())"}},
	{name: "python -S", argv: []string{"/usr/bin/python3", "-I", "-S", "-c", "print(sum(i * i for i in range(1000)), 2 ** 100)"}},
	{name: "python threads", argv: words("/usr/bin/python3 threads.py")},
	{name: "python subprocess", argv: words("/usr/bin/python3 processes.py")},
	{name: "python error", argv: []string{"/usr/bin/python3", "-c", "import os\ndef f(): return os.listdir('/no/such')\nf()"}},
	{name: "python multiprocessing", argv: []string{"/usr/bin/python3", "-c", "import multiprocessing as m, asyncio, concurrent.futures as f\n" +
		"def sq(x): return x * x\nif __name__ == '__main__':\n p = m.get_context('fork').Pool(2); print(p.map(sq, range(8))); p.close(); p.join()\n" +
		" print(sum(f.ThreadPoolExecutor(3).map(sq, range(20))))\n" +
		" async def a(n): await asyncio.sleep(n / 500); return n\n async def main(): print(await asyncio.gather(a(3), a(1), a(2)))\n asyncio.run(main())"}},
	{name: "python mmap", argv: []string{"/usr/bin/python3", "-c", "import mmap, os\nf = open('numbers.txt', 'r+b'); m = mmap.mmap(f.fileno(), 0); m[:5] = b'HELLO'; m.flush(); print(m.find(b'\\n'), open('numbers.txt').readline())\n" +
		"s = mmap.mmap(-1, 4096)\nif os.fork() == 0:\n s[:3] = b'kid'; os._exit(0)\nos.wait(); print(s[:3])"}},
	{name: "perl", argv: words("perl text.pl")},
	{name: "perl -ne", argv: []string{"perl", "-F,", "-lane", `$s{$F[1]} += $F[3]; END { printf "%s %.2f\n", $_, $s{$_} for sort keys %s }`, "sales.csv"}},
	{name: "tcl", argv: words("tclsh words.tcl")},
	{name: "node", argv: words("node async.js")},
}

var compilers = []row{
	{name: "gcc -E", argv: words("gcc -E -DLOUD small.c")},
	{name: "gcc -E defines", argv: words("gcc -E -dM -x c /dev/null")},
	{name: "gcc -S", argv: words("gcc -O1 -S -o - alone.c")},
	{name: "gcc error", argv: words("gcc -c -x c -"), stdin: "int main(void) { return undeclared; }\n"},
	{name: "as", argv: sh("as -o alone.o alone.s && objdump -d alone.o && nm alone.o && size alone.o"), needs: []string{"as"}},
	{name: "gcc", argv: sh("gcc -o small small.c && ./small one; strip small && readelf -h small | grep Type"), needs: []string{"gcc"}},
	{name: "c++", argv: sh("./things; echo $?"), build: words("g++ -O1 -pthread -o things things.cc")},
	{name: "c++ static", argv: sh("./things; echo $?"), build: words("g++ -O1 -static -pthread -o things things.cc")},
	{name: "go static", argv: words("./goroutines"), build: []string{"sh", "-c", "mkdir -p m && cp goroutines.go.txt m/main.go && go build -ldflags=-R=0x4000 -o goroutines m/main.go && rm -r m"}},
}

// i386 are 32-bit programs; Debian's gcc-multilib builds and runs them.
var i386 = []row{
	{name: "i386 static", argv: words("./words32 numbers.txt"), build: words("gcc -m32 -static -o words32 words32.c -lm"), needs: []string{libc32}},
	{name: "i386 dynamic", argv: words("./words32 numbers.txt"), build: words("gcc -m32 -O2 -o words32 words32.c -lm"), needs: []string{libc32}},
	{name: "i386 error", argv: words("./words32 /no/such"), build: words("gcc -m32 -O1 -no-pie -o words32 words32.c -lm"), needs: []string{libc32}},
	{name: "i386 hello", argv: sh("./small | cat; ./small 1 2; echo $?"), build: words("gcc -m32 -o small small.c"), needs: []string{libc32}},
}

// libc32 is the C library that 32-bit programs are linked with.
const libc32 = "/usr/lib32/libc.a"

var developers = []row{
	{name: "make", argv: words("make")},
	{name: "make -j", argv: words("make -j 3 -k total missing")},
	{name: "git", argv: sh(`export GIT_AUTHOR_DATE=1700000000\ +0000 GIT_COMMITTER_DATE=1700000000\ +0000
git init -q -b main r && cd r && git config user.email a@b.c && git config user.name A && cp ../old.txt f && git add f &&
git commit -q -m first && cp ../new.txt f && git diff --stat && git commit -q -a -m second && git log --oneline --stat && git checkout -q -b side HEAD~1 &&
echo x >g && git add g && git commit -q -m third && git merge -q -m joined main && git log --graph --format='%h %s' && git status -s && git fsck && git gc -q && git show --stat HEAD~1`), needs: []string{"git"}},
}
