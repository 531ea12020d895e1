"""A few of the kills that `benchmarks/crash.py` deals out by the hundred: nothing that was acknowledged is lost."""

import pytest

from benchmarks import crash
from scripts.system_tools import find_postgres
from tests.fixtures.needs import missing


@pytest.mark.slow
def test_what_was_acknowledged_survives_kills_on_sqlite():
    held(crash.on_sqlite(2))


@pytest.mark.slow
@pytest.mark.postgres
def test_what_was_acknowledged_survives_kills_and_a_restart_of_postgresql():
    if find_postgres() is None:
        missing("PostgreSQL", "`make dev` says how to install its programs.")
    held(crash.on_postgres(3))


def held(found):
    assert found.acknowledged > 0
    assert (found.lost, found.sound, found.strange, found.unsealed) == (0, True, 0, 0)
