"""Carrying an erasure out: rows and trail together, the list that restores go by, and the files when all is safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from infra.attachments import queries as attachments
from infra.attachments import store
from infra.attachments.service import KEPT_FILES
from infra.audit import erasures
from infra.audit.erasures import Erasure
from infra.personal.rules import Fate, Step, Who
from infra.transaction import Work
from infra.wires import wires

FILES = "attachment"


def erase(work: Work, who: Who, steps: Sequence[Step]) -> int:
    """Do what was planned; how many rows were changed or removed.

    Neither old nor new values enter the trail: what it held of these rows is forgotten, and it still verifies. The list
    is on the disk before the commit: a restore that knows too much is better than one that knows too little.
    """
    work.session.flush()
    listed = list(_erasures(work, who, steps))
    erasures.apply(work.session, listed)
    work.session.expire_all()
    erasures.remember(wires().settings.files_dir.parent, listed)
    digests = {
        row["digest"] for step in steps if step.table == FILES and step.fate is Fate.DROPPED for row in step.rows
    }
    work.after_commit(lambda: _remove_files(digests))
    return len(listed)


def _erasures(work: Work, who: Who, steps: Iterable[Step]) -> Iterable[Erasure]:
    at = work.at.isoformat()
    for step in steps:
        for number, values in step.changes.items():
            yield Erasure(at, f"{step.table}:{number}", dict(values), gone=step.fate is Fate.DROPPED)
    if who.person_id is not None:
        yield Erasure(at, f"person:{who.person_id}", {}, person_id=who.person_id, whole=True)


def _remove_files(digests: Iterable[str]) -> None:
    """Remove contents that nothing names any more, at once: nobody takes an erasure back."""
    kept = attachments.named_digests() | {each for kept in wires().extras.get(KEPT_FILES, ()) for each in kept()}
    for digest in set(digests) - kept:
        store.path_of(wires().settings.files_dir, digest).unlink(missing_ok=True)
