#!/bin/sh
# Assembles sse_insns.s and prints each instruction's bytes and text: sh sse_insns.sh > sse_insns.txt
set -e
cd "$(dirname "$0")"
obj=$(mktemp)
as -msyntax=intel -mnaked-reg --listing-lhs-width=4 -aln=/dev/stdout -o "$obj" sse_insns.s |
	awk '$2 ~ /^[0-9a-f][0-9a-f][0-9a-f][0-9a-f]$/ { bytes = $3; $1 = $2 = $3 = ""; sub(/^ +/, ""); print bytes "\t" $0 }'
rm -f "$obj"
