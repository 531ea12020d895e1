"""How the product opens SQLite: an acknowledged write survives a power cut, and a reference leads somewhere."""

import sqlite3

from infra.database import _set_manners

FULL = 2


def test_a_commit_waits_for_the_disk_and_references_are_checked(tmp_path):
    connection = sqlite3.connect(tmp_path / "own.db")
    _set_manners(connection, None)
    told = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "journal_mode", "foreign_keys")
    }
    connection.close()
    assert told == {"synchronous": FULL, "journal_mode": "wal", "foreign_keys": 1}
