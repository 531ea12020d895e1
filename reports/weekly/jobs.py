"""The timetable's part: sending the word of the week to whom it concerns."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.access.queries import actor_of
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import Problem
from reports.board import charts as words
from reports.weekly import charts, queries, rules, service


def send_words(actor: Actor, now: datetime) -> str:
    """Send the word that is due, once a person, however often this runs; what failed is tried at the next turn.

    Raises Problem with who got none, after all others did.
    """
    due = rules.due_round(queries.setting(), ZoneInfo(wires().settings.timezone), now)
    if due is None:
        return ""
    done, failed = 0, []
    for person_id in queries.recipients():
        if queries.sent(person_id, due.period):
            continue
        try:
            done += _send(person_id, due.period, actor, now)
        except Problem as problem:
            failed.append(f"{queries.address_of(person_id)}: {problem.message}")
    if failed:
        text = "Words that were not sent and will be tried again: %(which)s"
        raise Problem("weekly.not_sent", text, which=" ".join(failed))
    return f"{done} words" if done else ""


def _send(person_id: int, period: str, actor: Actor, now: datetime) -> bool:
    """Nobody is told of a portfolio without roll-outs."""
    reader = actor_of(person_id)
    board = charts.look(reader, now) if reader else None
    if reader is None or board is None or not board.lines:
        return False
    sentence = words.plain(words.sentence(board))
    return service.send(
        person_id,
        period,
        charts.document(board),
        sentence,
        charts.subject(board),
        charts.text(board, reader.name),
        actor=actor,
        now=now,
    )
