#!/bin/sh
# Rebuilds the programs beside this script from their sources. Needs gcc with its 32-bit libraries and musl-gcc (Debian: gcc
# gcc-multilib musl-tools).
# NAME is static with musl; NAME-glibc static with glibc; NAME-pie a static PIE with glibc (Debian's musl-gcc
# links -static-pie as a dynamic program). All are for the x86-64 baseline and keep their symbols.
# NAME32 is static for i386 with glibc; NAME-dyn32 for i386 and dynamic: it needs ld-linux.so.2 and libc.so.6 of the host.
set -eu
cd "$(dirname "$0")"
common='-O2 -g0 -std=gnu11 -Wall -Wextra -mtune=generic -fno-stack-protector -Wl,--build-id=none'
flags="$common -march=x86-64"
flags32="$common -m32 -march=i686"
for src in *.c; do
	name=${src%.c}
	case $name in *32) continue ;; esac
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
	# shellcheck disable=SC2086
	gcc $flags32 -o "$name-dyn32" "$name.c"
done
# shellcheck disable=SC2086
gcc $flags -static-pie -o wordcount-pie wordcount.c
# shellcheck disable=SC2086
gcc $flags32 -static -no-pie -o tour32 tour32.c -lm
# shellcheck disable=SC2086
gcc $flags32 -o tour-dyn32 tour32.c -lm
# Those in asm need no library, and have no sections but what they name. The object's name stands in the symbol
# table: one of gcc's own making would be another one each time.
for src in asm/*.S; do
	name=${src%.S} bits=
	case $name in *32) bits=-m32 ;; esac
	# shellcheck disable=SC2086
	gcc $bits -c -o "$name.o" "$src"
	# shellcheck disable=SC2086
	gcc $bits -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noseparate-code -o "$name" "$name.o"
	rm "$name.o"
done
# Relocatable files, which memlab links itself: stock asks for more relocations than prices, common symbols among them.
for src in objects/*.c; do
	name=${src%.c} how='-fno-pic'
	[ "$name" != objects/stock ] || how='-fPIC -fcommon'
	for bits in 64 32; do
		suffix=
		[ $bits = 64 ] || suffix=32
		# shellcheck disable=SC2086
		gcc -m$bits -c -O1 -g0 -std=gnu11 -Wall -Wextra -ffreestanding -fno-stack-protector -fcf-protection=none $how -o "$name$suffix.o" "$src"
	done
done
strip --strip-debug ./*-glibc ./*-pie ./*32
ls -l | awk '{ n += $5 } END { print n " bytes in all" }'
