"""Telling people what concerns them, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.notices import queries
from accounts.notices.models import Notice
from accounts.notices.rules import KINDS
from infra.database import insert_new
from infra.transaction import Work

_LABEL = 300


def tell(
    work: Work,
    kind: str,
    people: Iterable[int | None],
    *,
    subject: str,
    label: str,
    scope: str,
    once: str = "",
    **params: str | int,
) -> None:
    """Leave a notice for each person who signs in, wants this kind and is not the author: two statements in all.

    ``subject`` is what it leads to, as `infra.subjects` knows it; ``params`` fill the kind's sentence. The same
    ``once`` reaches a person once. Raises ValueError for a kind that nobody listed.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of notice {kind!r}.")
    wanted = {person_id for person_id in people if person_id is not None} - {work.actor.id}
    ways = queries.ways_of(kind, wanted) if wanted else {}
    shared = {
        "kind": kind,
        "subject": subject,
        "label": label[:_LABEL],
        "scope": scope,
        "params": params,
        "author": work.actor.name,
        "transaction_id": work.transaction_id,
        "at": work.at,
    }
    rows = [
        shared
        | {"person_id": person_id, "once": f"{once}:{person_id}" if once else None}
        | {"in_app": way.in_app, "mail": way.mail.value}
        for person_id, way in ways.items()
        if not way.off
    ]
    insert_new(work.session, Notice, rows, unique="once")
