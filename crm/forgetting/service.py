"""Erasing a lead or contact, with all that is held of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from crm.consent import service as consent
from crm.forgetting import queries
from crm.imports.models import Import
from crm.records.events import RecordChange, RecordsWritten
from crm.records.models import TABLES
from infra.attachments import queries as attachments
from infra.attachments import store
from infra.audit import erasures
from infra.backup.events import Restored
from infra.personal import service as personal
from infra.personal.rules import Fate, Step, Who
from infra.transaction import Work
from infra.wires import wires

ACTION = "privacy.erased"
"""The action in which people are erased: what follows records may leave it alone."""
_KINDS: Mapping[str, str] = {model.__tablename__: kind for kind, model in TABLES.items()}


def forget(work: Work, who: Who, *, again: bool = False) -> int:
    """Erase somebody in an open transaction; how many rows changed. Unless ``again``, nobody writes to them any more.

    Whoever calls asked for permission. It can't be taken back.
    """
    steps = queries.plan(who, queries.parts_of(who))
    count = personal.erase(work, who, steps)
    if not again:
        consent.stop(work, who.addresses, "erasure", work.at)
    tell(work, steps)
    digests = {row["digest"] for step in steps if step.table == queries.IMPORT_FILE for row in step.rows}
    work.after_commit(lambda: _remove(digests))
    return count


def _remove(digests: Collection[str]) -> None:
    """Remove the files of imports, unless somebody hung the same file on something."""
    for digest in set(digests) - attachments.named_digests():
        store.path_of(wires().settings.files_dir, digest).unlink(missing_ok=True)


def tell(work: Work, steps: Sequence[Step]) -> None:
    """Let those who follow records know what these hold now."""
    for step in steps:
        kind = _KINDS.get(step.table)
        if kind is None or step.fate is Fate.DROPPED or not step.changes:
            continue
        before = {row["id"]: row for row in step.rows}
        changes = tuple(
            RecordChange(number, {key: before[number].get(key) for key in values}, dict(values))
            for number, values in step.changes.items()
        )
        work.emit(RecordsWritten(kind, changes))


def follow_restore(_event: Restored, work: Work) -> None:
    """A backup came back and what was erased since was erased again: what is derived from records follows."""
    gone: set[int] = set()
    changed: dict[str, dict[int, Mapping[str, Any]]] = {}
    for each in erasures.listed(wires().settings.files_dir.parent):
        table, _colon, number = each.subject.partition(":")
        gone |= {int(number)} if table == queries.IMPORT_FILE else set()
        if table in _KINDS and not each.gone:
            changed.setdefault(_KINDS[table], {})[int(number)] = each.values
    _remove(set(work.session.scalars(select(Import.digest).where(Import.id.in_(gone)))))
    for kind, rows in changed.items():
        there = work.session.query(TABLES[kind].id).where(TABLES[kind].id.in_(rows))
        changes = tuple(RecordChange(number, dict.fromkeys(rows[number], ""), rows[number]) for (number,) in there)
        if changes:
            work.emit(RecordsWritten(kind, changes))
