"""The CRM at 10,000 activities and at 1,000,000: loading, pages, figures, memory, and how each grows. Both databases.

    python -m benchmarks.crm [--only sqlite|postgresql]

BENCH_SCALE=0.02 makes it short: the large one then has 20,000 activities. CRM_BENCH_DATA names a folder that
`benchmarks.crm_load` filled, which stands for the large one on SQLite. Every part has a process of its own, so that
its memory is its own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from benchmarks import adoption, crm_kpis, crm_load, crm_pages
from benchmarks.harness import Figure, run
from benchmarks.postgres import server
from tests.fixtures.postgres import Cluster

SMALL = 0.01
SCALE = "BENCH_SCALE"
Place = tuple[Path, str]
"""A data folder, and the address of the database where it is not a file in there."""


def main() -> list[Figure]:
    """All figures, SQLite first; PostgreSQL where its programs are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    only, scale = parser.parse_args().only, float(os.environ.get(SCALE, "1"))
    figures: list[Figure] = []
    if only != "postgresql":
        figures += _sizes("SQLite", scale, None)
    if only != "sqlite":
        with server() as cluster:
            figures += _sizes("PostgreSQL", scale, cluster) if cluster else []
    return figures


def _sizes(database: str, scale: float, cluster: Cluster | None) -> list[Figure]:
    """The figures of the small and of the large one, and how many times the small one's the large one's are."""
    small = _one(SMALL, cluster, "")
    large = _one(scale, cluster, os.environ.get(crm_load.FOLDER, "") if cluster is None else "")
    before = {each.name: each.value for each in small}
    growth = [
        Figure(f"{each.name}: large by small", each.value / before[each.name], "times")
        for each in large
        if each.unit == "ms" and before.get(each.name)
    ]
    named = [(f"{scale:g}", large), (f"{SMALL:g}", small), ("growth", growth)]
    return [replace(each, name=f"{database} {size}: {each.name}") for size, figures in named for each in figures]


def _one(scale: float, cluster: Cluster | None, filled: str) -> list[Figure]:
    with _places(cluster, filled) as place:
        figures = [] if filled else _alone(crm_load.figures, place, scale)
        return [
            *figures,
            *_alone(crm_pages.figures, place),
            *_alone(crm_kpis.figures, place),
            *_alone(adoption.figures, place),
        ]


@contextmanager
def _places(cluster: Cluster | None, filled: str) -> Iterator[Place]:
    with (
        tempfile.TemporaryDirectory(prefix="crm-bench-") as folder,
        cluster.database() if cluster else nullcontext("") as url,
    ):
        yield Path(filled or folder), url


def _alone(measure: Callable[..., list[Figure]], place: Place, *more: float) -> list[Figure]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *place, *more).result()


if __name__ == "__main__":
    run(main)
