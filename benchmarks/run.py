"""All figures in one table, beside their peers, their goals, and what was measured before.

    python -m benchmarks.run [--quick] [--only NAME ...] [--keep]

Each script runs in a process of its own, one after the other. A figure whose ratio (without a peer:
whose value) is worse by more than a quarter than the one kept in `figures.json` is marked; the exit
status is 1 then. `--quick` takes shorter texts and fewer rounds, `--only` the scripts named, and
`--keep` puts the new figures in the place of those kept; commit them with the README.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict

from benchmarks.figures import HEAD, Figure, keep, read_kept, row_of

SCRIPTS = (
    "keystroke",
    "encode",
    "frame",
    "scrolling",
    "pathological",
    "scrub",
    "start",
    "neighbors",
    "map_frames",
    "train_bpe",
    "training_replay",
    "training_frames",
    "bigram",
)


def figures_of(script: str, quick: bool) -> Iterator[Figure]:
    """What a script finds in a process of its own, each figure as soon as it is there."""
    command = [sys.executable, "-m", "benchmarks.run", "--child", "--only", script]
    command += ["--quick"] if quick else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("{"):  # a script may print other things
                yield Figure(**json.loads(line))
    if child.returncode:
        print(f"| {script} | failed, status {child.returncode} | | | | |", flush=True)


def tell(script: str, quick: bool) -> None:
    """In the child: a figure a line."""
    for figure in importlib.import_module(f"benchmarks.{script}").figures(quick):
        print(json.dumps(asdict(figure)), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="All figures in one table.")
    parser.add_argument("--quick", action="store_true", help="shorter texts and fewer rounds")
    parser.add_argument("--only", nargs="+", choices=SCRIPTS, default=SCRIPTS, metavar="NAME")
    parser.add_argument("--keep", action="store_true", help="keep the figures in figures.json")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        tell(chosen.only[0], chosen.quick)
        return 0
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}\n\n{HEAD}")
    kept, found = read_kept(), []
    for script in chosen.only:
        for figure in figures_of(script, chosen.quick):
            print(row_of(figure, kept.get(figure.name)), flush=True)
            found.append(figure)
    worse = [f for f in found if f.name in kept and f.is_worse_than(kept[f.name].figure)]
    missed = [f for f in found if f.reached is False]
    print(f"\n{len(found)} figures, {len(missed)} short of their goal, {len(worse)} worse.")
    if chosen.keep:
        keep(found)
    return 1 if worse else 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
