"""Bringing a file in: kept as a draft, mapped, checked, run in batches, and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.imports import queries
from crm.imports.models import Import, ImportProblem
from crm.intake import service as intake
from crm.intake.rules import mapping as maps
from crm.intake.rules.mapping import FileMap
from crm.intake.rules.reading import Outcome, questions, settled, shown
from crm.objects.rules.catalogue import OBJECTS
from infra import sheets
from infra.attachments import store
from infra.database import db
from infra.sheets import Sheet
from infra.transaction import Work, transaction
from infra.undo import undo
from infra.wires import wires
from infra.words import sentence_of
from kernel.actor import SYSTEM, Actor
from kernel.errors import Conflict, NotFound, Problem, RuleBroken

UNDOABLE = {"import.ran": "crm.use", "import.dropped": "crm.use"}
"""What can be taken back: by whoever did it, batch by batch, the last one first."""
BATCH = 1000
LARGEST = 50 * 1024 * 1024
AT_ONCE = 2000
"""A file with more rows is brought in by the timetable, so that nobody waits for a page."""
DRAFTS_KEPT = timedelta(days=7)
SILENCE = timedelta(minutes=5)
"""After so long without a batch an import is taken up by another process; a batch takes seconds."""
DRAFT, WAITING, RUNNING, DONE, FAILED, TAKEN_BACK = "draft", "waiting", "running", "done", "failed", "taken back"
DRY_RUN, FULL = "dry-run", "full"
MODES: Mapping[str, str] = {DRY_RUN: "Check only", FULL: "Bring in"}


class _TakenUpError(Conflict):
    """Another process goes on with the import."""


def keep_draft(kind: str, name: str, content: bytes, *, actor: Actor, now: datetime, origin: str = "imported") -> int:
    """Keep a file to be brought in; its number. Raises Refused, RuleBroken for what can't be read as a table."""
    access, subject = access_of(actor), OBJECTS[kind]
    demand(access, access_rules.IMPORT, subject)
    sheet = sheets.read(content)
    _check_heads(sheet)
    columns = samples(sheet)
    guessed = settled(subject, maps.guess(subject, sheet.heads), columns)
    stored = store.put(wires().settings.files_dir, BytesIO(content), LARGEST, now)
    with transaction(actor, "import.kept") as work:
        row = Import(
            object=kind,
            file_name=name[:200] or f"{subject.plural}.csv",
            digest=stored.digest,
            size=stored.size,
            encoding=sheet.encoding,
            delimiter=sheet.delimiter,
            mapping=maps.written(guessed),
            origin=origin,
            person_id=actor.id,
            created_at=now,
            rows=len(sheet.rows) - 1,
        )
        work.session.add(row)
        work.session.flush()
    return row.id


def set_mapping(import_id: int, document: object, *, actor: Actor) -> None:
    """Say what the columns mean. Raises NotFound, RuleBroken."""
    with transaction(actor, "import.mapped"):
        row = _draft(actor, import_id)
        subject = OBJECTS[row.object]
        mapping = maps.read(document, subject, sheet_of(row).heads)
        maps.check(mapping, subject)
        row.mapping = maps.written(mapping)


def start(import_id: int, mode: str, *, actor: Actor, now: datetime) -> str:
    """Bring a file in, or check it; a large one waits for the timetable. Gives the state that it is in then."""
    if mode not in MODES:
        raise RuleBroken("imports.mode", "Choose to check or to bring in.", field="mode")
    with transaction(actor, "import.started") as work:
        row = _draft(actor, import_id)
        work.session.refresh(row, with_for_update=True)  # whoever pressed twice waits here, and then it is no draft
        _refuse_begun(row)
        demand(access_of(actor), access_rules.IMPORT, OBJECTS[row.object])
        _refuse_doubts(row)
        row.mode, row.state, row.started_at = mode, WAITING, now
    if row.rows <= AT_ONCE:
        perform(import_id, actor=actor, now=now)
    return row.state


def _refuse_doubts(row: Import) -> None:
    """A mapping has to work, and where a column can be read in two ways somebody has to say which."""
    subject, mapping = OBJECTS[row.object], mapping_of(row)
    maps.check(mapping, subject)
    for each in questions(subject, mapping, samples(sheet_of(row))):
        raise RuleBroken(
            "imports.ambiguous",
            "“%(sample)s” in the column “%(column)s” can be read in two ways. Say which: %(formats)s.",
            sample=each.sample,
            column=each.column,
            formats=", ".join(each.formats),
        )


def perform(import_id: int, *, actor: Actor, now: datetime) -> None:
    """Read the whole file in batches, each safe before the next; a dry run writes no record.

    One that was broken off, because its process was killed, goes on behind its last safe batch.
    """
    row = _claim(import_id, actor, now)
    if row is None:
        return
    try:
        _perform(row, actor, now)
    except _TakenUpError:
        return
    except Problem as problem:
        _fail(row, problem, actor, now)
    except Exception:
        broken = RuleBroken("imports.broken", "Something went wrong here. What came in before can be taken back.")
        _fail(row, broken, actor, now)
        raise


def _fail(row: Import, why: Problem, actor: Actor, now: datetime) -> None:
    with transaction(actor, "import.failed"):
        row.state, row.message, row.finished_at = FAILED, sentence_of(why), now


def drop(import_id: int, *, actor: Actor) -> Work:
    """Throw a draft away."""
    with transaction(actor, "import.dropped") as work:
        work.session.delete(_draft(actor, import_id))
    return work


def take_back(import_id: int, *, actor: Actor) -> None:
    """Undo an import, its last batch first. Raises Conflict where something was built on it since."""
    row = queries.get(access_of(actor), import_id)
    if row.state not in (DONE, FAILED) or not row.transactions:
        raise RuleBroken("imports.not_done", "There is nothing to take back.")
    for number in reversed(list(row.transactions)):
        undo(number, actor=actor)
        with transaction(actor, "import.taken_back"):
            row.transactions = [each for each in row.transactions if each != number]
            if not row.transactions:
                row.state = TAKEN_BACK


def prune_drafts(actor: Actor, now: datetime) -> int:
    """Forget drafts that nobody went on with for a week; how many."""
    with transaction(actor, "imports.pruned") as work:
        old = (Import.state == DRAFT, Import.created_at < now - DRAFTS_KEPT)
        return work.bulk_delete(Import, old)


def rejected_rows(row: Import) -> tuple[list[str], list[list[Any]]]:
    """The rows that were not taken over, as the file had them, with their number and what is wrong: heads and rows."""
    sheet, wrong = sheet_of(row), dict[int, list[str]]()
    for each in queries.problems(row.id):
        wrong.setdefault(each.row, []).append(f"{each.column}: {each.sentence}" if each.column else each.sentence)
    rows = [
        [*(shown(cell) for cell in cells.values()), number, " ".join(wrong[number])]
        for number, cells in sheet.records()
        if number in wrong
    ]
    return [*sheet.heads, "row", "what is wrong"], rows


def sheet_of(row: Import) -> Sheet:
    """The file of an import. Raises NotFound where it is kept no more."""
    path = store.path_of(wires().settings.files_dir, row.digest)
    if not path.exists():
        raise NotFound("The file of this import is kept no more.")
    return sheets.read(path.read_bytes(), encoding=row.encoding or None, delimiter=row.delimiter or None)


def mapping_of(row: Import) -> FileMap:
    """The mapping of an import."""
    heads = [head for part in ("key", "columns", "values") for head in row.mapping.get(part, ())]
    return maps.read(row.mapping, OBJECTS[row.object], heads)


def samples(sheet: Sheet) -> dict[str, list[Any]]:
    """The cells of each column."""
    found: dict[str, list[Any]] = {head: [] for head in sheet.heads}
    for _number, cells in sheet.records():
        for head, cell in cells.items():
            found[head].append(cell)
    return found


def abandon(import_id: int, *, now: datetime) -> None:
    """End an import whose author may not sign in any more: nobody else answers for what it writes."""
    with transaction(SYSTEM, "import.failed") as work:
        row = work.session.get_one(Import, import_id)
        gone = RuleBroken("imports.author_gone", "Whoever asked for it may not sign in any more. Start it anew.")
        row.state, row.message, row.finished_at = FAILED, sentence_of(gone), now


def _claim(import_id: int, actor: Actor, now: datetime) -> Import | None:
    with transaction(actor, "import.begun") as work:
        row = work.session.get(Import, import_id, populate_existing=True, with_for_update=True)
        if row is None or not (row.state == WAITING or _is_silent(row, now)):
            return None
        if row.state == WAITING:
            work.session.execute(delete(ImportProblem).where(ImportProblem.import_id == import_id))
            row.read = row.created = row.updated = row.unchanged = row.rejected = 0
        row.state, row.beat_at = RUNNING, now
    return row


def _is_silent(row: Import, now: datetime) -> bool:
    return row.state == RUNNING and (row.beat_at is None or row.beat_at < now - SILENCE)


def _perform(row: Import, actor: Actor, now: datetime) -> None:
    run = intake.prepared(mapping_of(row), actor=actor, now=now, origin=row.origin)
    done, beat = row.read, now
    for rows in _batches(sheet_of(row)):
        if done >= len(rows):
            intake.pass_over(run, rows)
            done -= len(rows)
            continue
        with transaction(actor, "import.ran") as work:
            _hold(work, row, beat)
            batch = intake.decide(run, rows)
            if row.mode == FULL:
                intake.write(work, run, batch)
                row.transactions = [*row.transactions, work.transaction_id]
            _count(work, row, batch)
            row.beat_at = beat = wires().clock()
    with transaction(actor, "import.finished") as work:
        _hold(work, row, beat)
        row.state, row.finished_at = (DONE if row.mode == FULL else DRAFT), wires().clock()
        work.note("import.finished", subject=f"crm_import:{row.id}", label=row.file_name, scope="crm", rows=row.read)


def _hold(work: Work, row: Import, beat: datetime) -> None:
    """Make sure that nobody has taken the import up meanwhile, and that nobody does before the batch is safe."""
    work.session.refresh(row, with_for_update=True)
    if row.state != RUNNING or row.beat_at != beat:
        raise _TakenUpError("imports.taken_up", "Another process has taken this import up.")


def _batches(sheet: Sheet) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    found: list[tuple[int, dict[str, Any]]] = []
    for each in sheet.records():
        found.append(each)
        if len(found) == BATCH:
            yield found
            found = []
    if found:
        yield found


def _count(work: Work, row: Import, batch: intake.Batch) -> None:
    counts = batch.tally.counts
    row.read += batch.tally.read
    row.created += counts[Outcome.CREATED]
    row.updated += counts[Outcome.UPDATED]
    row.unchanged += counts[Outcome.UNCHANGED]
    row.rejected += counts[Outcome.REJECTED]
    if batch.problems:
        work.session.execute(
            insert(ImportProblem),
            [
                {
                    "import_id": row.id,
                    "row": each.row,
                    "column": each.column[:200],
                    "value": each.value[:200],
                    "sentence": each.sentence[:500],
                }
                for each in batch.problems
            ],
        )


def _check_heads(sheet: Sheet) -> None:
    heads = [head.strip() for head in sheet.heads]
    if not sheet.rows[1:]:
        raise RuleBroken("imports.empty", "The file has a first row and nothing below it.", field="file")
    twice = sorted({head for head in heads if heads.count(head) > 1})
    if not all(heads):
        raise RuleBroken(
            "imports.no_head",
            "The first row has to name each column; column %(number)d has no name.",
            field="file",
            number=heads.index("") + 1,
        )
    if twice:
        raise RuleBroken("imports.head_twice", "Two columns are called “%(head)s”.", field="file", head=twice[0])


def _draft(actor: Actor, import_id: int) -> Import:
    row = queries.get(access_of(actor), import_id)
    _refuse_begun(row)
    return row


def _refuse_begun(row: Import) -> None:
    if row.state not in (DRAFT, FAILED):
        raise RuleBroken("imports.under_way", "This file is brought in already.")


def waiting(now: datetime) -> list[tuple[int, int | None]]:
    """The imports that wait for the timetable, or were broken off, each with who asked for it."""
    silent = and_(Import.state == RUNNING, or_(Import.beat_at.is_(None), Import.beat_at < now - SILENCE))
    query = select(Import.id, Import.person_id).where(or_(Import.state == WAITING, silent)).order_by(Import.id)
    return [(row.id, row.person_id) for row in db.session.execute(query)]
