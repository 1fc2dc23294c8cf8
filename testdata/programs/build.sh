#!/bin/sh
# Rebuilds the programs beside this script from their sources. Needs gcc and musl-gcc (Debian: gcc musl-tools).
# NAME is static with musl; NAME-glibc static with glibc; NAME-pie a static PIE with glibc (Debian's musl-gcc
# links -static-pie as a dynamic program). All are for the x86-64 baseline and keep their symbols.
set -eu
cd "$(dirname "$0")"
flags='-O2 -g0 -std=gnu11 -Wall -Wextra -march=x86-64 -mtune=generic -fno-stack-protector -Wl,--build-id=none'
for src in *.c; do
	name=${src%.c}
	more=
	# Two segments instead of four: what page rounding wastes is then less than one page of 4 KiB.
	[ "$name" != matrix ] || more='-Wl,-z,noseparate-code -Wl,-z,norelro'
	# shellcheck disable=SC2086
	musl-gcc $flags $more -static -no-pie -o "$name" "$src"
done
# What the pagers run lies where they do not.
for name in hello sort bigbss nullderef; do
	# shellcheck disable=SC2086
	musl-gcc $flags -Wl,-Ttext-segment=0x10000000 -static -no-pie -o "paged-$name" "$name.c"
done
for name in hello sort; do
	# shellcheck disable=SC2086
	gcc $flags -static -no-pie -o "$name-glibc" "$name.c"
done
# shellcheck disable=SC2086
gcc $flags -static-pie -o wordcount-pie wordcount.c
# Those in asm need no library, and have no sections but what they name.
for src in asm/*.S; do
	gcc -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noseparate-code -o "${src%.S}" "$src"
done
strip --strip-debug ./*-glibc ./*-pie
ls -l | awk '{ n += $5 } END { print n " bytes in all" }'
