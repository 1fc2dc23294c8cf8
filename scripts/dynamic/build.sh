#!/bin/sh
# Rebuilds the programs beside this script, which run in the guest only: their interpreters lie below /lab, where a scenario of
# the folder above sees this one. Needs gcc and musl-gcc (Debian: gcc musl-tools); ld-musl-x86_64.so.1 is Debian's build of
# musl 1.2.3 as it is (COPYRIGHT.musl).
set -eu
cd "$(dirname "$0")"
common='-O1 -g0 -std=gnu11 -Wall -Wextra -march=x86-64 -mtune=generic -fno-stack-protector -fcf-protection=none'
common="$common -fno-asynchronous-unwind-tables -Wl,--build-id=none"
free="$common -ffreestanding -nostdlib"
style='-Wl,--hash-style=sysv -Wl,-z,lazy -Wl,-z,norelro'
# shellcheck disable=SC2086
{
	gcc $free -mgeneral-regs-only -fPIC -fvisibility=hidden -fno-builtin -fno-tree-loop-distribute-patterns -shared \
		-Wl,-e,_start -Wl,-Bsymbolic -Wl,--hash-style=sysv -o ld-lab.so ld.c
	gcc $free $style -fPIC -shared -Wl,-soname,libtext.so -o libtext.so text.c
	gcc $free $style -fPIC -shared -Wl,-soname,libcount.so -o libcount.so count.c -L. -ltext
	gcc $free $style -fno-pie -no-pie -Wl,-I,/lab/dynamic/ld-lab.so -Wl,-rpath,'/lab/nothing:$ORIGIN' \
		-Wl,--enable-new-dtags -o lazy lazy.c -L. -lcount -ltext
	musl-gcc $common -fPIE -pie -Wl,-I,/lab/dynamic/ld-musl-x86_64.so.1 -o pie pie.c
}
