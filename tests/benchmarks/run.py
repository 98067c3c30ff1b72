"""Measure scenarios, each in a process of its own, and keep the results.

python tests/benchmarks/run.py                        every scenario, into .bench/bench.json
python tests/benchmarks/run.py 'attributions/*'       some of them; the others' lines stay as they are
python tests/benchmarks/run.py --against FILE         beside the results of another revision
python tests/benchmarks/run.py --check                the regression check: floors only, exit 1 when one is missed
python tests/benchmarks/run.py --keep                 also write results.json beside this file, and the page made of it
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

from harness import SCENARIOS, check, measure
from page import page, table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BENCH = ROOT / ".bench" / "bench.json"
RESULTS = HERE / "results.json"
PAGE = ROOT / "infra" / "docs" / "benchmarks.md"
TOOLS = {"harness", "page", "run", "conftest"}


def main() -> int:
    """Exit code: 0 done, 1 when the regression check fails or a scenario breaks."""
    asked = _arguments()
    sys.path.insert(0, str(HERE))
    for path in sorted(HERE.glob("*.py")):
        if path.stem not in TOOLS and not path.stem.startswith("test_"):
            importlib.import_module(path.stem)
    patterns = asked.ids or ["*"]
    chosen = [i for i in SCENARIOS if any(fnmatch(i, p) for p in patterns)]
    if not chosen:
        print(f"no scenario is called {' or '.join(patterns)}; there are {', '.join(SCENARIOS)}", file=sys.stderr)
        return 1
    if asked.one:
        return _one(chosen[0], asked)
    if asked.list:
        print("\n".join(chosen))
        return 0
    if asked.check:
        chosen = [i for i in chosen if SCENARIOS[i].floor is not None]
        return max([_apart(i, "--check").returncode for i in chosen], default=0)
    return _all(chosen, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", help="permanent ids or patterns of them")
    parser.add_argument("--pairs", type=int, help="instead of each scenario's own number")
    parser.add_argument("--against", type=Path, metavar="FILE", help="results of another revision to compare with")
    parser.add_argument("--check", action="store_true", help="the regression check alone")
    parser.add_argument("--keep", action="store_true", help="write results.json and the page made of it")
    parser.add_argument("--list", action="store_true", help="print the ids and stop")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(name: str, asked: argparse.Namespace) -> int:
    """In the process of its own: one scenario, its result as JSON on the last line."""
    if asked.check:
        fine, best = check(SCENARIOS[name])
        print(f"{'ok    ' if fine else 'SLOWER'} {name}: {best:.3g}, floor {SCENARIOS[name].floor:g}", flush=True)
        return 0 if fine else 1
    print(json.dumps(measure(SCENARIOS[name], asked.pairs).as_json()), flush=True)
    return 0


def _apart(name: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """A child, so that imports, caches and thread pools of one scenario do not touch the next."""
    command = [sys.executable, str(HERE / "run.py"), name, "--one", *options]
    captured = None if "--check" in options else subprocess.PIPE
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}
    return subprocess.run(command, check=False, text=True, stdout=captured, env={**quiet, **os.environ}, cwd=ROOT)


def _all(chosen: list[str], asked: argparse.Namespace) -> int:
    kept = _read(BENCH)
    broken = []
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        ran = _apart(name, *(["--pairs", str(asked.pairs)] if asked.pairs else []))
        if ran.returncode or not ran.stdout.strip():
            broken.append(name)
            continue
        kept[name] = json.loads(ran.stdout.splitlines()[-1])
        _write(BENCH, [kept[name] for name in SCENARIOS if name in kept])
    results = [kept[name] for name in SCENARIOS if name in kept]
    if asked.keep:
        _write(RESULTS, results)
        PAGE.write_text(page(results), encoding="utf-8")
    against = _read(asked.against) if asked.against else {}
    print(table([r for r in results if r["id"] in chosen], against))
    for name in broken:
        print(f"{name} broke", file=sys.stderr)
    return 1 if broken else 0


def _read(path: Path) -> dict[str, dict[str, object]]:
    if not path.exists():
        return {}
    return {line["id"]: line for line in json.loads(path.read_text(encoding="utf-8"))}


def _write(path: Path, results: list[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
