"""Counting knocks, and turning away who knocks too often."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from infra.knocks import queries
from infra.knocks.models import Knock
from infra.knocks.rules import KEPT, Door
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import TooMany


def knock(door: Door, visitor: str, now: datetime) -> None:
    """Count a knock. Raises TooMany beyond the limit; knocks at the same time are all counted."""
    begins = door.begins(now)
    with transaction(SYSTEM, "door.knocked") as work:
        make: Any = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = make(Knock).values(key=door.key(visitor), begins=begins, times=1)
        again = first.on_conflict_do_update(index_elements=["key", "begins"], set_={"times": Knock.times + 1})
        times = work.session.execute(again.returning(Knock.times)).scalar_one()
        if times == 1:
            work.session.execute(delete(Knock).where(Knock.begins < now - KEPT))
    if times > door.most:
        raise _too_many(door, now)


def refuse(door: Door, visitor: str, now: datetime) -> None:
    """Raise TooMany for a visitor who knocked too often already; counts nothing."""
    if queries.count(door, visitor, now) >= door.most:
        raise _too_many(door, now)


def _too_many(door: Door, now: datetime) -> TooMany:
    minutes = max(1, round((door.ends(now) - now).total_seconds() / 60))
    return TooMany("door.busy", "Too many tries from your address. Try again in %(minutes)s min.", minutes=minutes)
