#!/bin/sh
# Assembles sse_insns.s and prints each instruction's bytes and text: sh sse_insns.sh > sse_insns.txt
set -e
cd "$(dirname "$0")"
obj=$(mktemp)
as -msyntax=intel -mnaked-reg --listing-lhs-width=4 -aln=/dev/stdout -o "$obj" sse_insns.s |
	awk -F'\t' '$1 ~ /^ *[0-9]+ [0-9a-f][0-9a-f][0-9a-f][0-9a-f] / {
		sub(/^ *[0-9]+ [0-9a-f]+ /, "", $1); gsub(/ /, "", $1); print $1 "\t" $NF }'
rm -f "$obj"
