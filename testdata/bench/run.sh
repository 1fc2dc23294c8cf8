#!/bin/sh
# Prints how fast memlab executes real programs beside qemu-user and the host itself: guest MIPS, slow-down against
# native, and start-up. Needs gcc and musl-gcc to build the guests (Debian: gcc musl-tools), qemu-x86_64 for its row
# (qemu-user), python3 and go. Further options go to bench.py: ./run.sh --reps 9 --kind glibc-static
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-${TMPDIR:-/tmp}/memlab-bench}
mkdir -p "$out"
[ -x "$out/guests/musl-static/stream" ] || OUT="$out/guests" "$here/build-guests.sh" >&2
(cd "$here/../.." && go build -o "$out/memlab" ./cmd/memlab)
QEMU=${QEMU-$(command -v qemu-x86_64 || true)}
export QEMU GUESTS="$out/guests" MEMLAB="$out/memlab exec --frames 16384 --" GOMAXPROCS=1 PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/bench.py" "$@"
