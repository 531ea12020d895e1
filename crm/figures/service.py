"""Defining series, entering and correcting values with their proof, and taking them in from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import func, select

from crm.figures import queries, rules
from crm.figures.models import FigureSeries, FigureValue
from crm.figures.rules import Entry, SeriesData
from infra.attachments import service as attachments
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {
    "figures.defined": "crm.enter_figures",
    "figures.altered": "crm.enter_figures",
    "figures.entered": "crm.enter_figures",
    "figures.imported": "crm.enter_figures",
}
"""What can be taken back, and the permission that this needs."""


def define(data: SeriesData, *, actor: Actor) -> tuple[int, Work]:
    """Begin a series; its number. Raises RuleBroken."""
    wanted = rules.check_series(data)
    with transaction(actor, "figures.defined") as work:
        _check_name(wanted.name)
        row = FigureSeries(
            name=wanted.name,
            unit=wanted.unit,
            source=wanted.source,
            period=wanted.period,
            owner_id=_owner(wanted.owner_id),
            ended=wanted.ended,
        )
        work.session.add(row)
        work.session.flush()
    return row.id, work


def alter(series_id: int, data: SeriesData, *, actor: Actor) -> Work:
    """Say something else about a series. Raises NotFound, RuleBroken: days don't become weeks once there are values."""
    wanted = rules.check_series(data)
    with transaction(actor, "figures.altered") as work:
        row = queries.series(series_id)
        _check_name(wanted.name, series_id)
        if wanted.period != row.period and db.session.scalar(
            select(FigureValue.id).where(FigureValue.series_id == series_id).limit(1)
        ):
            raise RuleBroken(
                "figures.period_fixed", "There are values already: end this series and begin another.", field="period"
            )
        row.name, row.unit, row.source, row.period = wanted.name, wanted.unit, wanted.source, wanted.period
        row.owner_id, row.ended = _owner(wanted.owner_id), wanted.ended
    return work


def enter(
    series_id: int,
    entry: Entry,
    proof: str,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    file: tuple[str, BinaryIO] | None = None,
) -> tuple[int, Work]:
    """Keep a value with its proof; how many are new or corrected. A correction keeps what stood there.

    Raises NotFound, RuleBroken, TooLarge.
    """
    if not proof.strip() and file is None:
        raise RuleBroken(
            "figures.proof", "Say where the figure stands: a note, a link or a file that shows it.", field="proof"
        )
    with transaction(actor, "figures.entered", at=now) as work:
        made = _keep(work, series_id, [entry], proof, actor, now, today)
        if file is not None:
            day = rules.check_day(queries.series(series_id).period, entry.day, today)
            holding = made[0] if made else queries.holding(series_id, [day])[day]
            attachments.add_file(f"{queries.KIND}:{holding.id}", file[0], file[1], actor=actor)
    return len(made), work


def take_in(
    series_id: int, entries: Sequence[Entry], proof: str, *, actor: Actor, now: datetime, today: date
) -> tuple[int, Work]:
    """Keep what a file says, all or nothing; how many are new or corrected. Raises NotFound, RuleBroken."""
    if not proof.strip():
        raise RuleBroken("figures.proof", "Say where the file comes from.", field="proof")
    with transaction(actor, "figures.imported", at=now) as work:
        made = _keep(work, series_id, entries, proof, actor, now, today)
    return len(made), work


def _keep(
    work: Work, series_id: int, entries: Sequence[Entry], proof: str, actor: Actor, now: datetime, today: date
) -> list[FigureValue]:
    """The rows that are new; what they correct says when it went."""
    row = _held(work, series_id)
    said = proof.strip()
    if len(said) > rules.PROOF:
        raise RuleBroken("figures.long", "At most %(most)d characters fit.", field="proof", most=rules.PROOF)
    wanted = {rules.check_day(row.period, each.day, today): each.value for each in entries}
    holding, made = queries.holding(series_id, list(wanted)), []
    for day, value in wanted.items():
        before = holding.get(day)
        if before is not None and before.value == value and said in ("", before.proof):
            continue
        if before is not None:
            before.replaced_at = now
        made.append(FigureValue(series_id=series_id, day=day, value=value, proof=said, by_id=actor.id, entered_at=now))
    work.session.add_all(made)
    work.session.flush()
    return made


def _held(work: Work, series_id: int) -> FigureSeries:
    """The series, held so that two people never both correct the same value. Raises NotFound, RuleBroken."""
    work.session.execute(select(FigureSeries.id).where(FigureSeries.id == series_id).with_for_update())
    row = queries.series(series_id)
    if row.ended:
        raise RuleBroken("figures.ended", "This series has ended; open it again to enter more.", field="day")
    return row


def _check_name(name: str, own: int | None = None) -> None:
    query = select(FigureSeries.id).where(func.lower(FigureSeries.name) == name.lower(), FigureSeries.id != (own or 0))
    if db.session.scalar(query.limit(1)) is not None:
        raise RuleBroken("figures.name_taken", "There is a series of this name already.", field="name")


def _owner(person_id: int | None) -> int | None:
    if person_id is not None and person_id not in dict(queries.owners()):
        raise RuleBroken("figures.owner", "Choose somebody who uses the CRM.", field="owner_id")
    return person_id
