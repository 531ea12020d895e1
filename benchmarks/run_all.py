"""Runs every benchmark of this folder, prints the figures and writes them to RESULTS.md with machine and day."""

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from benchmarks.harness import Figure, number, show

FOLDER = Path(__file__).parent
NEED_A_FOLDER = {"adoption", "crm_duplicates", "crm_kpis", "crm_load", "crm_pages", "crm_reports"}
"""Run by `crm`, which loads what they measure, or by hand."""
NOT_BENCHMARKS = {"__init__", "harness", "run_all"} | NEED_A_FOLDER


def benchmarks(folder: Path = FOLDER) -> list[str]:
    """Return the names of the files that measure something, in order."""
    return sorted(file.stem for file in folder.glob("*.py") if file.stem not in NOT_BENCHMARKS)


def load(name: str) -> Callable[[], object] | None:
    """Return a benchmark's `main`; None for a file that only helps others."""
    main: Callable[[], object] | None = getattr(importlib.import_module(f"benchmarks.{name}"), "main", None)
    return main


def run(name: str) -> list[Figure] | None:
    """Run one benchmark and print its figures; None for a file that only helps others.

    Raises:
        TypeError: its `main` does not return figures.
    """
    measure = load(name)
    if measure is None:
        return None
    print(f"\n{name}")
    sys.argv = [name]  # what was typed is for run_all
    figures = measure()
    if not isinstance(figures, list):
        raise TypeError(f"benchmarks/{name}.py: main() has to return a list of Figure (benchmarks/harness.py).")
    return show(figures)


def machine() -> str:
    """Describe the machine in one line: processor, cores, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; "
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((row.split(":", 1)[1].strip() for row in lines if row.startswith("model name")), platform.machine())


def report(results: dict[str, list[Figure]], day: date, where: str) -> str:
    """Write all figures as a page, one table a benchmark."""
    return "\n".join(
        ["# Figures", "", f"Measured on {day.isoformat()} by `make bench`. {where}.", *_tables(results), ""]
    )


def _tables(results: dict[str, list[Figure]]) -> Iterator[str]:
    for name, figures in results.items():
        yield f"\n## {name.replace('_', ' ').capitalize()}\n"
        yield "| what | measured | target | |\n| --- | ---: | ---: | --- |"
        yield from (_row(figure) for figure in figures)


def _row(figure: Figure) -> str:
    sign = "at most" if figure.better == "lower" else "at least"
    target = "" if figure.target is None else f"{sign} {number(figure.target)} {figure.unit}"
    verdict = {True: "reached", False: "**missed**", None: ""}[figure.reached]
    return f"| {figure.name} | {number(figure.value)} {figure.unit} | {target} | {verdict} |"


def main(arguments: list[str]) -> int:
    """Run all, or those named; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="the day of the measurement")
    parser.add_argument("names", nargs="*", help="only these benchmarks; RESULTS.md stays as it is then")
    options = parser.parse_args(arguments)
    results = {name: figures for name in options.names or benchmarks() if (figures := run(name)) is not None}
    if not options.names:
        (FOLDER / "RESULTS.md").write_text(report(results, options.date, machine()), encoding="utf-8")
    return int(any(figure.reached is False for figures in results.values() for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
