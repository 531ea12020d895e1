"""How long the access file of somebody with 5,000 records takes, among 50,000 activities of others, and the erasure.

Run: python -m benchmarks.privacy
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.crm_load import NOW, application
from benchmarks.harness import Figure, run
from crm.forgetting import queries as forgetting
from crm.forgetting import service as forgetter
from crm.records import service as records
from desk.privacy import charts, queries
from infra import migrate
from infra.audit.queries import verify
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from web.places import place

RECORDS, OTHERS = 5000, 50_000
TARGET_S = 5.0
_A_BATCH = 5000


def _activities(contact: int, count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        at = NOW - timedelta(minutes=number + 1)
        said = f"Ines Maertens asked about machine {number}. " * 3
        yield {"name": f"Call {number}", "kind": "call", "description": said, "contact_id": contact, "occurred_at": at}


def _fill() -> int:
    """Somebody of whom much is known, and somebody else with ten times as much; the number of the first."""
    with transaction(SYSTEM, "record.created", at=NOW) as work:
        named = [
            {"first_name": "Ines", "last_name": "Maertens", "email": "ines@example.org", "owner_id": None},
            {"last_name": "Somebody else", "email": "else@example.org", "owner_id": None},
        ]
        somebody, other = records.create_many(work, "contact", named, now=NOW, origin="entered")
        records.create_many(work, "activity", list(_activities(somebody, RECORDS)), now=NOW, origin="entered")
    for _batch in range(OTHERS // _A_BATCH):
        with transaction(SYSTEM, "record.created", at=NOW) as work:
            records.create_many(work, "activity", list(_activities(other, _A_BATCH)), now=NOW, origin="entered")
    return somebody


def _seconds(since: float) -> float:
    return time.perf_counter() - since


def measured() -> Iterator[Figure]:
    """Fill, make the file, erase, verify; each once, in wall time."""
    somebody = _fill()
    whose = queries.who(f"crm_contact:{somebody}")
    began = time.perf_counter()
    made = charts.archive(whose, queries.held(whose), NOW)
    yield Figure(f"access file of a person with {made.rows:,} rows (wall)", _seconds(began), "s", TARGET_S)
    yield Figure("size of that file", len(made.content) / 1e6, "MB")
    began = time.perf_counter()
    with transaction(SYSTEM, forgetter.ACTION, at=NOW) as work:
        count = forgetter.forget(work, forgetting.who("contact", somebody))
    yield Figure(f"erasing that person, {count:,} rows and their trail (wall)", _seconds(began), "s")
    began = time.perf_counter()
    if not verify().sound:
        sys.exit("The trail does not verify after the erasure.")
    yield Figure("verifying the trail afterwards (wall)", _seconds(began), "s")


def main() -> list[Figure]:
    """The figures of a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
        with app.test_request_context():
            migrate.upgrade(db.engine, place("migrations"))
            figures = list(measured())
            db.session.remove()
            db.engine.dispose()
        return figures


if __name__ == "__main__":
    run(main)
