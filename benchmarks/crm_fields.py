"""Filtering a list of 100,000 leads by a field of one's own: a choice that few have, and one that a third has.

python -m benchmarks.crm_fields
"""

from __future__ import annotations

import time
from datetime import timedelta
from zoneinfo import ZoneInfo

from benchmarks.crm_load import NOW, application, thrown_away
from benchmarks.harness import Figure, percentile, run
from crm.access.rules import Access
from crm.fields import service as fields
from crm.fields.rules import FieldData
from crm.lists import queries as lists
from crm.objects.rules.catalogue import OBJECTS
from crm.records.service import create_many
from infra import migrate
from infra.database import db
from infra.lists.rules import parse
from infra.transaction import transaction
from kernel.actor import SYSTEM
from web.places import place

LEADS, AGAIN, TARGET_MS, RARE = 100_000, 30, 150, 1000
KEY, CHOICES = "x_property_type", ("office", "warehouse", "plant")


def main() -> list[Figure]:
    """Wall time of a filtered page, its count included: 95 of 100 pages answer within it."""
    app = application(thrown_away())
    with app.app_context():
        migrate.upgrade(db.engine, place("migrations"))
        what = FieldData("Property type", "choice", choices="Castle\nOffice\nPlant\nWarehouse")
        fields.add("lead", what, actor=SYSTEM)
        rows = [
            {
                "last_name": f"Lead {number}",
                "created_at": NOW - timedelta(minutes=number),
                KEY: "castle" if number % RARE == 0 else CHOICES[number % len(CHOICES)],
            }
            for number in range(LEADS)
        ]
        with transaction(SYSTEM, "record.created", at=NOW) as work:
            create_many(work, "lead", rows, now=NOW, origin="imported")
        return [
            Figure(f"Leads filtered by a choice that {said} of 100,000 have, p95", _page(value), "ms", TARGET_MS)
            for value, said in (("castle", "100"), ("office", "a third"))
        ]


def _page(value: str) -> float:
    access, subject, zone = Access(None, everything=True), OBJECTS["lead"], ZoneInfo("UTC")
    spec = lists.spec_of(access, subject, NOW, zone)
    wish, times = parse(spec, {KEY: [value]}), []
    for _turn in range(AGAIN):
        started = time.perf_counter()
        lists.source(access, subject).page(spec, wish, zone)
        times.append((time.perf_counter() - started) * 1000)
    return percentile(times, 95)


if __name__ == "__main__":
    run(main)
