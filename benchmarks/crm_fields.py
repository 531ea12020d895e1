"""A list of 100,000 leads by fields of one's own: filtered by a choice, sorted by it, searched for words in a text.

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
SITE = "x_site"
WISHES: tuple[tuple[str, dict[str, list[str]]], ...] = (
    ("filtered by an own choice that 100 of 100,000 have", {KEY: ["castle"]}),
    ("filtered by an own choice that a third of 100,000 have", {KEY: ["office"]}),
    ("sorted by an own choice among 100,000", {"sort": [KEY]}),
    ("sorted by an own text among 100,000, the last first", {"sort": [f"-{SITE}"]}),
    ("searched for a word of an own text that 100 of 100,000 have", {"q": ["lighthouse"]}),
    ("searched for a word of an own text that a third of 100,000 have", {"q": ["harbour"]}),
)
"""What a page of the list is asked for."""


def main() -> list[Figure]:
    """Wall time of a filtered page, its count included: 95 of 100 pages answer within it."""
    app = application(thrown_away())
    with app.app_context():
        migrate.upgrade(db.engine, place("migrations"))
        what = FieldData("Property type", "choice", choices="Castle\nOffice\nPlant\nWarehouse")
        fields.add("lead", what, actor=SYSTEM)
        fields.add("lead", FieldData("Site", "text"), actor=SYSTEM)
        rows = [
            {
                "last_name": f"Lead {number}",
                "created_at": NOW - timedelta(minutes=number),
                SITE: _site(number),
                KEY: "castle" if number % RARE == 0 else CHOICES[number % len(CHOICES)],
            }
            for number in range(LEADS)
        ]
        with transaction(SYSTEM, "record.created", at=NOW) as work:
            create_many(work, "lead", rows, now=NOW, origin="imported")
        return [Figure(f"Leads {said}, p95", _page(wish), "ms", TARGET_MS) for said, wish in WISHES]


def _site(number: int) -> str:
    """Words that few, a third, or nobody else have."""
    street = f"Street {number * 7919 % LEADS}"
    return f"Lighthouse, {street}" if number % RARE == 0 else f"Harbour, {street}" if number % 3 == 1 else street


def _page(wanted: dict[str, list[str]]) -> float:
    access, subject, zone = Access(None, everything=True), OBJECTS["lead"], ZoneInfo("UTC")
    spec = lists.spec_of(access, subject, NOW, zone)
    wish, times = parse(spec, wanted), []
    if wish.messages:
        raise ValueError(wish.messages[0].text)
    for _turn in range(AGAIN):
        started = time.perf_counter()
        lists.source(access, subject).page(spec, wish, zone)
        times.append((time.perf_counter() - started) * 1000)
    return percentile(times, 95)


if __name__ == "__main__":
    run(main)
