#!/usr/bin/env python3
"""Makes counts.json: how many instructions each guest of each kind executes, as memlab counts them.

  GUESTS=DIR MEMLAB='memlab exec' ./count.py > counts.json

A guest is run for one and for two units of iterations; the difference is what a unit costs, the rest its start. A
repeated string instruction counts once, as processors count. The slow-downs do not depend on the counts.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

UNITS = {"sieve": 4, "matmul": 4, "quicksort": 1, "sha256": 16, "chase": 256, "stream": 8}


def instructions(command, guest, iterations):
    with tempfile.TemporaryDirectory() as folder:
        stats = os.path.join(folder, "stats.json")
        subprocess.run([*command, "--stats-file", stats, "--", guest, str(iterations)],
                       check=True, stdout=subprocess.DEVNULL)
        with open(stats) as f:
            return json.load(f)["instructions"]


def main():
    command = shlex.split(os.environ["MEMLAB"])
    out = {}
    for kind in sorted(os.listdir(os.environ["GUESTS"])):
        out[kind] = {}
        for name, unit in UNITS.items():
            guest = os.path.join(os.environ["GUESTS"], kind, name)
            one, two = (instructions(command, guest, n * unit) for n in (1, 2))
            print(kind, name, one, two, file=sys.stderr)
            out[kind][name] = {
                "iterations_per_unit": unit, "per_iteration": (two - one) / unit,
                "startup": float(2 * one - two), "per_unit": float(two - one),
            }
    json.dump(out, sys.stdout, indent=1)
    print()


sys.exit(main())
