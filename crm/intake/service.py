"""What becomes of the rows of a file: decided without writing, then written in one transaction with the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.access.rules import Access
from crm.intake import queries
from crm.intake.models import SourceKey
from crm.intake.queries import Lookup
from crm.intake.rules import mapping as maps
from crm.intake.rules.mapping import FileMap
from crm.intake.rules.reading import Outcome, RowProblem, RowRead, Tally, read_row
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.parsing.rules import Hints
from crm.records import queries as records
from crm.records import service as writing
from crm.records.service import Maker
from crm.values import queries as values_there
from infra.transaction import Work
from infra.wires import wires
from infra.words import sentence_of
from kernel.actor import Actor
from kernel.errors import Problem, RuleBroken
from kernel.permission import Facts


@dataclass(slots=True)
class Batch:
    """Rows on their way: what will be created, changed, left as it is and rejected."""

    tally: Tally = field(default_factory=Tally)
    problems: list[RowProblem] = field(default_factory=list)
    creates: list[tuple[RowRead, dict[str, Any]]] = field(default_factory=list)
    changes: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def reject(self, row: RowRead, *problems: RowProblem) -> None:
        """Give a row back."""
        self.tally.add(Outcome.REJECTED)
        self.problems += problems or row.problems


@dataclass(frozen=True, slots=True)
class Run:
    """What all batches of one import share. ``seen`` are the keys met so far, each with its row."""

    access: Access
    actor: Actor
    subject: ObjectType
    mapping: FileMap
    lookup: Lookup
    hints: Hints
    now: datetime
    origin: str
    maker: Maker
    seen: dict[str, int] = field(default_factory=dict)


def prepared(mapping: FileMap, *, actor: Actor, now: datetime, origin: str) -> Run:
    """All that the batches of a file share."""
    access, subject = access_of(actor), OBJECTS[mapping.object]
    lookup = Lookup(access)
    hints = Hints(zone=ZoneInfo(wires().settings.timezone), find=lookup.find)
    maker = Maker(subject.key, actor=actor, now=now, origin=origin)
    return Run(access, actor, subject, mapping, lookup, hints, now, origin, maker)


def decide(run: Run, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Batch:
    """What becomes of some rows, without writing anything."""
    batch, read = Batch(), _read(run, rows)
    known = queries.by_key(run.subject.key, (each.key for each in read))
    there = queries.rows_of(run.access, run.subject, known.values())
    away = queries.gone(run.subject.key, set(known.values()) - set(there))
    for each in read:
        number = known.get(each.key, 0)
        hidden = number > 0 and number not in there and number not in away
        _decide(run, batch, each, there.get(number), hidden=hidden)
    _reject_taken(run, batch)
    return batch


def _reject_taken(run: Run, batch: Batch) -> None:
    """Give back new rows with a value that only one record may hold and another holds already."""
    taken = values_there.taken(run.subject, [values for _row, values in batch.creates], ())
    for at in sorted(taken, reverse=True):
        row, _values = batch.creates.pop(at)
        batch.tally.add(Outcome.CREATED, -1)
        batch.reject(row, _of_problem(run, row, taken[at]))


def pass_over(run: Run, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Take note of the keys of rows that an earlier attempt has dealt with."""
    for each in _read(run, rows):
        if each.key and not each.problems:
            run.seen.setdefault(each.key, each.number)


def _read(run: Run, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[RowRead]:
    run.lookup.prepare(run.subject, run.mapping, (cells for _number, cells in rows))
    return [read_row(run.subject, run.mapping, number, cells, run.hints, sentence_of) for number, cells in rows]


def write(work: Work, run: Run, batch: Batch) -> None:
    """Write what was decided, and remember which record each key is."""
    kind = run.subject.key
    made = writing.create_many(work, kind, [values for _row, values in batch.creates], now=run.now, origin=run.origin)
    writing.change_many(work, kind, batch.changes, now=run.now)
    keys = [(row.key, number) for (row, _values), number in zip(batch.creates, made, strict=True) if row.key]
    if keys:
        taken = (SourceKey.object == kind, SourceKey.key.in_([key for key, _number in keys]))
        work.session.execute(delete(SourceKey).where(*taken))
        rows = [{"object": kind, "key": key, "record_id": number} for key, number in keys]
        work.session.execute(insert(SourceKey), rows)


def _decide(run: Run, batch: Batch, row: RowRead, record: Any, *, hidden: bool) -> None:
    if row.problems:
        return batch.reject(row)
    first = run.seen.setdefault(row.key, row.number) if row.key else row.number
    if first != row.number:
        return batch.reject(row, _of_key(run, row, TWICE, first=first))
    if hidden:
        return batch.reject(row, _of_key(run, row, TAKEN))
    try:
        if record is None:
            batch.creates.append((row, _new(run, row)))
            return batch.tally.add(Outcome.CREATED)
        return _decide_known(run, batch, row, record)
    except Problem as problem:
        return batch.reject(row, _of_problem(run, row, problem))


def _of_problem(run: Run, row: RowRead, problem: Problem) -> RowProblem:
    column = next((head for head, each in run.mapping.taken.items() if each.to == problem.field), "")
    return RowProblem(row.number, column, "", sentence_of(problem))


def _decide_known(run: Run, batch: Batch, row: RowRead, record: Any) -> None:
    access, subject = run.access, run.subject
    facts = records.facts(access, access_rules.EDIT, subject, record)
    demand(access, access_rules.EDIT, subject, facts)
    _check_fields(run, row, access_rules.fields_written(access, subject, facts))
    values = {key: value for key, value in row.values.items() if key not in _ONCE}
    if run.maker.would_change(record, values):
        batch.changes.append((record, values))
        batch.tally.add(Outcome.UPDATED)
    else:
        batch.tally.add(Outcome.UNCHANGED)


NOON = time(12)
"""When a deal of a file ended that says the day only."""
_ONCE = frozenset({"created_at", "closed_at"})
"""What a file says of a new record only: the past of one that is here already is known better here."""


def _new(run: Run, row: RowRead) -> dict[str, Any]:
    values = {key: value for key, value in row.values.items() if not (key in _ONCE and value is None)}
    _check_fields(run, row, access_rules.fields_written(run.access, run.subject, action=access_rules.CREATE))
    full = run.maker.whole(values)
    if full.get("closed_at") == full["created_at"] and "closed_at" not in values and full.get("closes_on"):
        values["closed_at"] = datetime.combine(full["closes_on"], NOON, run.hints.zone)
    whose = Facts(
        access_rules.shared_as_own(run.access, full.get("owner_id"), shared=False),
        in_team=full.get("team_id") is not None and full.get("team_id") == run.access.team_id,
        in_team_below=full.get("team_id") in run.access.below,
    )
    demand(run.access, access_rules.IMPORT, run.subject, whose)
    return values


def _check_fields(run: Run, row: RowRead, allowed: frozenset[str]) -> None:
    for key in row.values:
        if key not in allowed and key not in _ONCE:
            label = maps.fields_for_files(run.subject)[key].label
            raise RuleBroken("imports.field", "You may not fill in “%(label)s”.", field=key, label=label)


TWICE = "Row %(first)d has the same key. Keep one of the two, or give this one a key of its own."
TAKEN = (
    "This key belongs to an earlier row, whose record you may not change. Give this one a key of its own, or let a CRM "
    "administrator bring it in."
)
"""No more is said of that record: what one may not see has neither number nor name."""


def _of_key(run: Run, row: RowRead, sentence: str, first: int = 0) -> RowProblem:
    """What is wrong with the key of a row, with the columns that it stands in."""
    said = sentence_of(RuleBroken("imports.row", sentence, first=first))
    return RowProblem(row.number, ", ".join(run.mapping.key), row.key, said)
