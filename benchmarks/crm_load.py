"""A CRM of any size, loaded through the audited bulk door: how long it takes, how large it gets, what memory it needs.

At scale 1 it has 100,000 contacts, 50,000 opportunities and 1,000,000 activities of 200 people in 24 teams over two
years. `benchmarks.crm` loads it and measures pages and figures on it.

Run: python -m benchmarks.crm_load [--scale 0.01] [--into FOLDER] [--database URL]
"""

from __future__ import annotations

import argparse
import atexit
import gc
import logging
import resource
import shutil
import sqlite3
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import event, func, select

from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.teams import service as teams
from benchmarks import demo
from benchmarks.harness import Figure, run
from crm.access import service as access
from crm.counts import service as counts
from crm.objects.rules.choices import LEAD_STATUSES
from crm.records import queries, service
from crm.records.models import TABLES, OpportunityLine
from infra import migrate
from infra.audit.models import AuditEntry
from infra.audit.sealing import seal
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from web.app import create_app
from web.clock import morning_of
from web.demo.crm import words
from web.places import place
from web.settings import read

FULL: Mapping[str, int] = {
    "account": 20_000,
    "contact": 100_000,
    "campaign": 40,
    "lead": 40_000,
    "opportunity": 50_000,
    "activity": 1_000_000,
}
"""Records at scale 1."""
PEOPLE, TEAMS, FEWEST = 200, 24, 14
WEEKS = 104
AT_ONCE = 20_000
"""Records of one action: twice as many take 20 MB more and no less time."""
TARGET_S = 300
NOW = morning_of(demo.DAY)
FOLDER = "CRM_BENCH_DATA"
ROOM = ("cache_size=-600000", "wal_autocheckpoint=50000")
"""Half a gigabyte of pages, and a log of up to 200 MB before it is worked in: as an operator sets for a large load."""
ROLES = ("sales-manager", *["sales-representative"] * 5, "marketing-specialist", "service-agent")
"""What the people of a team are, in turn."""


@dataclass
class Market:
    """What was loaded so far: numbers by object, and the people who own it."""

    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311  # test data
    people: list[int] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)
    products: list[int] = field(default_factory=list)
    numbers: dict[str, array[int]] = field(default_factory=dict)
    homes: array[int] = field(default_factory=lambda: array("l"))

    def one(self, kind: str) -> int:
        """Any record of an object."""
        return self.chance.choice(self.numbers[kind])

    def owner(self) -> int:
        """Somebody; a few have much more than others."""
        return self.people[int(len(self.people) * self.chance.random() ** 1.6)]

    def moment(self) -> datetime:
        """A moment in office hours of the two years, on a working day, more often of late."""
        week = int(WEEKS * (1 - self.chance.random() ** 1.3))
        back = timedelta(weeks=WEEKS - week, days=-self.chance.randrange(5), minutes=-self.chance.randrange(480))
        return min(NOW - back, NOW - timedelta(hours=30))


def main() -> list[Figure]:
    """Load, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    folder = options.into or thrown_away()
    folder.mkdir(parents=True, exist_ok=True)
    return figures(folder, options.database, options.scale)


def figures(folder: Path, database: str, scale: float) -> list[Figure]:
    """Load, and measure time, size and memory; the memory is that of the process, which has to be a fresh one."""
    begun, worked = time.perf_counter(), time.process_time()
    total = sum(load(folder, scale, database).values())
    seconds = time.perf_counter() - begun
    worked = time.process_time() - worked
    size = sum(file.stat().st_size for file in folder.glob("launch90.db*")) / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    where = "PostgreSQL" if database else "SQLite"
    target = TARGET_S * scale if scale >= 1 else None
    return [
        Figure(f"{total:,} records loaded into {where}, with their trail (wall)", seconds, "s", target),
        Figure("of it processor time of the loader", worked, "s"),
        Figure("records a second", total / seconds, "1/s"),
        *([Figure("size of the database", size, "MB")] if size else []),
        Figure("memory of the loader", memory, "MB"),
    ]


def application(folder: Path, database: str = "") -> Flask:
    """The application on a loaded CRM, on the morning of its day, without a line in the log for each request."""
    settings = {"ROADMAP_DATA_DIR": str(folder), "ROADMAP_DATABASE_URL": database, "ROADMAP_SECRET_KEY": "x" * 40}
    app = create_app(read(settings), lambda: NOW)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return app


def thrown_away() -> Path:
    """A folder that is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="crm-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def load(folder: Path, scale: float, database: str = "") -> dict[str, int]:
    """Fill a new database; how many records of each object."""
    app = application(folder, database)
    gc.disable()  # millions of objects, and none of them in a cycle: `_fill` looks once an action, when they are gone
    with app.app_context(), app.test_request_context():
        event.listen(db.engine, "connect", _with_room)
        migrate.upgrade(db.engine, place("migrations"))
        market = Market(stages=[each.id for each in queries.stages()])
        market.people = _people(max(FEWEST, round(PEOPLE * min(1, scale**0.5))))
        market.products = _products()
        for kind, count in FULL.items():
            _fill(market, kind, max(8, round(count * scale)))
        while seal():
            pass
        counts.rebuild(SYSTEM, NOW)
        records = {kind: db.session.scalar(select(func.count()).select_from(TABLES[kind])) or 0 for kind in FULL}
        entries = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
        db.session.remove()
        db.engine.dispose()
    if entries < sum(records.values()):
        raise RuntimeError("There are records without an entry in the trail.")
    return records


def _with_room(connection: object, _record: object) -> None:
    """A load fills indexes everywhere: with room for them SQLite neither reads nor writes a page again and again."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in ROOM:
            connection.execute(f"PRAGMA {pragma}")


def _people(count: int) -> list[int]:
    """People in teams below one team, with the roles of their teams; an executive and an administrator besides."""
    numbers = [_person(f"Seller {number}", f"seller{number}@bench.example") for number in range(1, count + 1)]
    top, _work = teams.add_team("Whole company", actor=SYSTEM)
    below = [teams.add_team(f"Team {number}", top, actor=SYSTEM)[0] for number in range(1, max(4, count * 3 // 25) + 1)]
    for place_, number in enumerate(numbers):
        team, turn = below[place_ % len(below)], place_ // len(below)
        teams.put(number, team, leads=turn == 0, actor=SYSTEM)
        access.give_role(number, ROLES[turn % len(ROLES)], actor=SYSTEM)
    access.give_role(_person("Executive", "executive@bench.example"), "executive", actor=SYSTEM)
    access.give_role(_person("Administrator", "crm@bench.example"), "crm-administrator", actor=SYSTEM)
    return numbers


def _person(name: str, address: str) -> int:
    return people.add_person(PersonData(name, address), now=NOW - timedelta(weeks=WEEKS + 1), actor=SYSTEM)


def _products() -> list[int]:
    rows = [{"name": name, "line": line, "price": Decimal(price)} for name, line, price in words.PRODUCTS]
    with transaction(SYSTEM, "record.created") as work:
        return service.create_many(work, "product", rows, now=NOW, origin="entered")


def _fill(market: Market, kind: str, count: int) -> None:
    numbers, done = market.numbers.setdefault(kind, array("l")), 0
    while done < count:
        rows = [_MAKERS[kind](market) for _ in range(min(AT_ONCE, count - done))]
        with transaction(SYSTEM, "record.created") as work:
            made = service.create_many(work, kind, rows, now=NOW, origin="entered")
            if kind == "opportunity":
                work.bulk_insert(OpportunityLine, list(_lines(market, made)))
        done += len(made)
        if kind != "activity":  # nothing hangs on a million of them
            numbers.extend(made)
        if kind == "contact":
            market.homes.extend(row["account_id"] for row in rows)
        db.session.expunge_all()
        gc.collect()


def _account(market: Market) -> dict[str, Any]:
    chance, number = market.chance, len(market.numbers["account"]) + market.chance.randrange(10**6)
    trade = chance.choice(list(words.TRADES))
    land = chance.choice(words.LANDS)
    return {
        "name": f"{chance.choice(words.STEMS)} {words.TRADES[trade][0]} {number}",
        "kind": chance.choice(("prospect", "customer", "customer", "partner")),
        "industry": trade,
        "region": land.region,
        "country": land.code,
        "city": chance.choice(land.cities),
        "phone": f"{land.phone.rstrip('#')[:9]}{chance.randrange(100, 1000)}",
        "website": f"https://www.account{number}.example",
        "employees": chance.randrange(5, 4000),
        **_kept(market),
    }


def _contact(market: Market) -> dict[str, Any]:
    chance, land = market.chance, market.chance.choice(words.LANDS)
    first, last = chance.choice(land.first), chance.choice(land.last)
    number = chance.randrange(10**7)
    return {
        "first_name": first,
        "last_name": f"{last}{chance.choice(('', '', 'sen', 'man', 'by'))}",
        "account_id": market.one("account"),
        "title": chance.choice(words.TITLES),
        "email": f"contact{number}@account{number % 9973}.example",
        "phone": f"+4532{number:07}"[:11],
        "city": chance.choice(land.cities),
        "country": land.code,
        **_kept(market),
    }


def _campaign(market: Market) -> dict[str, Any]:
    starts = market.moment().date()
    return {"name": f"Campaign {len(market.numbers['campaign'])}", "kind": "mail", "starts_on": starts, **_kept(market)}


def _lead(market: Market) -> dict[str, Any]:
    chance, kept, land = market.chance, _kept(market), market.chance.choice(words.LANDS)
    status = chance.choices([key for key, _label in LEAD_STATUSES], (10, 20, 20, 12, 22, 16))[0]
    at = min(kept["created_at"] + timedelta(days=chance.randrange(1, 30)), NOW)
    marks = {"mql": ("mql_at",), "sql": ("mql_at", "sql_at"), "converted": ("mql_at", "sql_at", "converted_at")}
    return {
        "first_name": chance.choice(land.first),
        "last_name": chance.choice(land.last),
        "company": f"{chance.choice(words.STEMS)} {chance.randrange(9999)}",
        "email": f"lead{chance.randrange(10**7)}@lead.example",
        "status": status,
        "source": chance.choice(("web", "web", "event", "mail", "referral", "partner")),
        "region": land.region,
        "country": land.code,
        "campaign_id": market.one("campaign") if chance.random() < 0.4 else None,  # noqa: PLR2004  # of five two
        **dict.fromkeys(marks.get(status, ()), at),
        **kept,
    }


def _opportunity(market: Market) -> dict[str, Any]:
    chance, kept = market.chance, _kept(market)
    at, place_ = kept["created_at"], chance.randrange(len(market.numbers["contact"]))
    ends = chance.choices(range(len(market.stages)), (6, 6, 6, 6, 6, 30, 40))[0]
    path = [*market.stages[: min(ends, 4) + 1], *market.stages[ends : ends + 1]][: ends + 1 if ends < 5 else 6]  # noqa: PLR2004  # five stages are open
    passed = [(stage, min(at + timedelta(days=9 * step), NOW)) for step, stage in enumerate(path)]
    closed = passed[-1][1] if ends >= 5 else None  # noqa: PLR2004  # won and lost
    return {
        "name": f"{chance.choice(words.PRODUCTS)[1]} for {chance.choice(words.STEMS)} {chance.randrange(9999)}",
        "account_id": market.homes[place_],
        "contact_id": market.numbers["contact"][place_],
        "stage_id": passed[-1][0],
        "passed": passed,
        "closed_at": closed,
        "lost_reason": "price" if market.stages[ends] == market.stages[-1] else "",
        "amount": Decimal(chance.randrange(500, 250_000)),
        "closes_on": closed.date() if closed else (NOW + timedelta(days=chance.randrange(-20, 120))).date(),
        "product_line": chance.choice(words.PRODUCTS)[1],
        "campaign_id": market.one("campaign") if chance.random() < 0.2 else None,  # noqa: PLR2004  # one of five
        **kept,
    }


def _lines(market: Market, deals: list[int]) -> Iterator[dict[str, Any]]:
    for deal in deals[::2]:
        which = market.chance.randrange(len(market.products))
        yield {
            "opportunity_id": deal,
            "product_id": market.products[which],
            "name": words.PRODUCTS[which][0],
            "quantity": Decimal(market.chance.randrange(1, 6)),
            "price": Decimal(words.PRODUCTS[which][2]),
        }


def _activity(market: Market) -> dict[str, Any]:
    chance, at = market.chance, market.moment()
    late = chance.randrange(3, 180) if chance.random() < 0.87 else chance.randrange(1600, 6000)  # noqa: PLR2004  # in time
    kind = chance.choice(("call", "call", "email", "email", "meeting", "task"))
    place_ = chance.randrange(len(market.numbers["contact"]))
    row = {
        "name": chance.choice(words.SUBJECTS[kind]),
        "kind": kind,
        "minutes": chance.randrange(5, 90),
        "outcome": chance.choice(words.OUTCOMES),
        "owner_id": market.owner(),
        "created_at": min(at + timedelta(minutes=late), NOW),
        "occurred_at": at,
        "state": "done",
        "account_id": market.homes[place_],
        "contact_id": market.numbers["contact"][place_],
    }
    if chance.random() < 0.02:  # noqa: PLR2004  # a few lie ahead
        due = NOW + timedelta(days=chance.randrange(-3, 30), minutes=chance.randrange(400))
        row |= {"state": "planned", "occurred_at": None, "due_at": due}
    if (draw := chance.random()) < 0.5:  # noqa: PLR2004  # half belong to a deal or a lead
        kind = "opportunity" if draw < 0.35 else "lead"  # noqa: PLR2004  # mostly a deal
        row[f"{kind}_id"] = market.one(kind)
    return row


def _kept(market: Market) -> dict[str, Any]:
    at = market.moment()
    return {"owner_id": market.owner(), "created_at": at, "changed_at": at}


_MAKERS: Mapping[str, Callable[[Market], dict[str, Any]]] = {
    "account": _account,
    "contact": _contact,
    "campaign": _campaign,
    "lead": _lead,
    "opportunity": _opportunity,
    "activity": _activity,
}

if __name__ == "__main__":
    run(main)
