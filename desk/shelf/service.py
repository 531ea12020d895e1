"""Writing to the shelf: save a roll-out as a template, write a new version, share, put away, take in from files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy import func, select

from desk.shelf import queries, rules, seed
from desk.shelf.models import OwnTemplate, OwnTemplateVersion
from desk.shelf.queries import administers
from desk.shelf.rules import check_head, check_text, key_of, may_edit
from desk.shelf.rules.grants import NOTE_LIMIT
from desk.template.queries import TemplateInvalid
from desk.template.rules import Document, Problem, elements
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Conflict, Refused, RuleBroken

UNDOABLE = {
    "template.shared": "template.edit",
    "template.put_away": "template.edit",
    "template.changed": "template.edit",
}
MOST_BYTES, MOST_FILES = 2_000_000, 200
"""What an archive may hold once it is unpacked."""
Sections = Mapping[str, Any]


def save_project(
    project_id: int, name: str, description: str, note: str, *, into: str = "", actor: Actor, now: datetime
) -> tuple[str, seed.Harvest]:
    """Save a roll-out as a new template, or as the next version of the template ``into``.

    Returns its key and what was harvested. Raises RuleBroken, NotFound, Refused; then nothing is stored.
    """
    with transaction(actor, "template.saved") as work:
        row = _mine(into, actor) if into else _new(name, description, actor, now, work)
        found = seed.harvest(project_id, row.key, row.name, row.description, _next(row), work)
        _add_version(row, found.sections, note, actor, now, work)
        work.note("template.harvested", subject=f"own_template:{row.id}", label=row.name, project=project_id)
        return row.key, found


def write(key: str, section: str, text: str, base: int, note: str, *, actor: Actor, now: datetime) -> int:
    """Write a new version with one section from YAML text; the number of the version.

    ``base`` is the version that was edited. Raises TemplateInvalid with every mistake, Conflict when somebody wrote a
    newer one meanwhile, Refused.
    """
    name = f"{section}.yaml"
    documents, problems = rules.from_files({name: text})
    problems += rules.strays(documents, section)
    with transaction(actor, "template.written") as work:
        row = _mine(key, actor)
        if _next(row) - 1 != base:
            text = "Somebody wrote version %(number)s meanwhile. Compare, then save again."
            raise Conflict("template.newer", text, number=_next(row) - 1)
        others = {other: value for other, value in queries.sections(key).items() if other != section}
        documents = [*documents, Document("the other sections", others)]
        return _add_version(row, _valid(documents, problems, row.key), note, actor, now, work)


def restore(key: str, number: int, *, actor: Actor, now: datetime) -> int:
    """Make an older version the newest again; the number of the new version."""
    with transaction(actor, "template.restored") as work:
        row = _mine(key, actor)
        return _add_version(row, queries.sections(key, number), f"As version {number}", actor, now, work)


def take_in(files: Mapping[str, str], name: str, *, actor: Actor, now: datetime) -> str:
    """A template of one's own from files; its key. Raises TemplateInvalid with file, line and field of each mistake."""
    documents, problems = rules.from_files(files)
    sections = dict(_valid(documents, problems, name))
    head = sections["template"]
    with transaction(actor, "template.taken_in") as work:
        row = _new(name or head["name"], head["description"], actor, now, work)
        sections["template"] = {**head, "key": row.key, "name": row.name, "version": 1}
        _add_version(row, sections, "", actor, now, work)
        return row.key


def change(key: str, name: str, description: str, *, actor: Actor) -> Work:
    """Another name or description. Raises RuleBroken, Refused."""
    name, description = check_head(name, description)
    with transaction(actor, "template.changed") as work:
        row = _mine(key, actor)
        row.name, row.description = name, description
    return work


def share(key: str, *, shared: bool, actor: Actor) -> Work:
    """Open a template to everybody who starts roll-outs, or close it again."""
    with transaction(actor, "template.shared") as work:
        _mine(key, actor).shared = shared
    return work


def put_away(key: str, *, away: bool, actor: Actor, now: datetime) -> Work:
    """Take a template off the shelf, or put it back; roll-outs that came from it stay as they are."""
    with transaction(actor, "template.put_away") as work:
        _mine(key, actor).archived_at = now if away else None
    return work


def unpack(content: bytes, file_name: str) -> dict[str, str]:
    """The YAML files of an archive, or the one file itself. Raises RuleBroken for what is neither, or too much."""
    if zipfile.is_zipfile(BytesIO(content)):
        return _unzipped(content)
    try:
        return {file_name or "template.yaml": content.decode("utf-8-sig")}
    except UnicodeDecodeError as error:
        text = "The file is neither a ZIP archive nor text in UTF-8. Send what “Export” gave you, or a YAML file."
        raise RuleBroken("template.file", text, field="file") from error


def _unzipped(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        wanted = [each for each in archive.infolist() if each.filename.endswith((".yaml", ".yml"))]
        if not wanted or len(wanted) > MOST_FILES or sum(each.file_size for each in wanted) > MOST_BYTES:
            raise RuleBroken(
                "template.archive",
                "An archive holds 1 to %(files)s YAML files of %(size)s MB together; this one does not.",
                field="file",
                files=MOST_FILES,
                size=MOST_BYTES // 1_000_000,
            )
        try:
            return {each.filename: archive.open(each).read(MOST_BYTES + 1)[:MOST_BYTES].decode() for each in wanted}
        except (
            UnicodeDecodeError,
            zipfile.BadZipFile,
            RuntimeError,
        ) as error:  # locked, or packed in a way unknown here
            text = "The archive can't be read: it is damaged, locked, or not text in UTF-8."
            raise RuleBroken("template.archive_unreadable", text, field="file") from error


def packed(files: Mapping[str, str]) -> bytes:
    """YAML files as one archive, the same bytes for the same files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def _valid(documents: Sequence[Document], problems: list[Problem], name: str) -> Sections:
    if not problems:
        _template, problems = queries.read(list(documents), name)
    if problems:
        raise TemplateInvalid(problems)
    return rules.merged(documents)


def _new(name: str, description: str, actor: Actor, now: datetime, work: Work) -> OwnTemplate:
    name, description = check_head(name, description)
    taken = frozenset([*work.session.scalars(select(OwnTemplate.key)), *queries.names()])
    row = OwnTemplate(
        key=key_of(name, taken), name=name, description=description, owner_id=actor.id, shared=False, created_at=now
    )
    work.session.add(row)
    work.session.flush()
    return row


def _mine(key: str, actor: Actor) -> OwnTemplate:
    row = queries.own(key)
    queries.card(key, actor)
    if not may_edit(row.owner_id, actor.id, administers=administers(actor)):
        raise Refused("Only its owner and administrators change a template. Save a copy of your own instead.")
    return row


def _next(row: OwnTemplate) -> int:
    newest = select(func.max(OwnTemplateVersion.number)).where(OwnTemplateVersion.template_id == row.id)
    return (db.session.scalar(newest) or 0) + 1


def _add_version(row: OwnTemplate, sections: Sections, note: str, actor: Actor, now: datetime, work: Work) -> int:
    number = _next(row)
    kept = {**sections, "template": {**sections["template"], "key": row.key, "version": number}}
    template, problems = queries.read([Document("template.yaml", kept)], row.key)
    if template is None or problems:
        raise TemplateInvalid(problems)
    work.session.add(
        OwnTemplateVersion(
            template_id=row.id,
            number=number,
            made_at=now,
            made_by=actor.name,
            note=check_text("note", note, NOTE_LIMIT),
            elements=len(elements(template)),
            sections=kept,
        )
    )
    work.session.flush()
    return number
