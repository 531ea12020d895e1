"""A PostgreSQL server of a benchmark's own: the tests' server, with the care for the disk that a real one takes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.system_tools import find_postgres
from tests.fixtures.postgres import Cluster

OPTIONS = "-c listen_addresses= -c max_connections=60 -c shared_buffers=512MB -c max_wal_size=4GB"
"""The same room that the load gives SQLite: half a gigabyte of pages, and a log that is worked in now and then."""


@contextmanager
def server() -> Iterator[Cluster | None]:
    """The running server, gone afterwards; None where its programs are missing."""
    programs = find_postgres()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(
        prefix="pg-bench-", dir="/tmp", ignore_cleanup_errors=True
    ) as folder:  # a short path for its socket
        cluster = Cluster(programs, Path(folder), OPTIONS)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
