"""What may be written for a report: texts of a sane length, up to three decisions, recipients that can get mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.people.rules import clean_email
from kernel.errors import RuleBroken
from reports.issued.rules.framing import Decision

COMMENT_LIMIT = 4_000
WHAT_LIMIT, WHY_LIMIT, WHO_LIMIT = 160, 160, 80
DECISIONS = 3
ADDRESSES = 40
REASON_LIMIT = 500
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DraftData:
    """What the manager wrote; ``people`` are numbers of people of the project."""

    comment: str = ""
    internal_note: str = ""
    decisions: tuple[Decision, ...] = ()
    people: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()


def read_addresses(typed: str) -> tuple[str, ...]:
    """The e-mail addresses in a text, one a line or with commas between; each once. Raises RuleBroken.

    >>> read_addresses("Ann@partner.example, bo@partner.example; ann@PARTNER.example")
    ('ann@partner.example', 'bo@partner.example')
    """
    pieces = [each for each in re.split(r"[\s,;]+", typed) if each]
    wrong = [each[:60] for each in pieces if not _address(each)]
    if wrong:
        text = "Not an e-mail address: %(wrong)s. Write them like name@company.example, one a line."
        raise RuleBroken("report.address", text, field="addresses", wrong=", ".join(wrong[:_SHOWN]))
    found = dict.fromkeys(map(_address, pieces))
    if len(found) > ADDRESSES:
        text = "At most %(most)s addresses fit; for more people use a share link."
        raise RuleBroken("report.addresses", text, field="addresses", most=ADDRESSES)
    return tuple(found)


def _address(typed: str) -> str:
    try:
        return clean_email(typed) or ""
    except RuleBroken:
        return ""


def check_draft(data: DraftData, members: Iterable[int]) -> None:
    """Raise RuleBroken for a text that is too long, a decision without words or somebody who is not of the project."""
    _check_length("comment", data.comment, COMMENT_LIMIT)
    _check_length("internal_note", data.internal_note, COMMENT_LIMIT)
    if len(data.decisions) > DECISIONS:
        raise RuleBroken("report.decisions", "At most three decisions fit on the first page.", field="decisions")
    if set(data.people) - set(members):
        raise RuleBroken("report.people", "Choose people of this project.", field="people")


def check_reason(reason: str) -> str:
    """The reason of a correction; raises RuleBroken without one."""
    if not reason.strip():
        text = "Say what was wrong: readers of the old report will be told."
        raise RuleBroken("report.reason", text, field="reason")
    _check_length("reason", reason, REASON_LIMIT)
    return reason.strip()


def read_decisions(rows: Sequence[tuple[str, str, str, date | None]]) -> tuple[Decision, ...]:
    """The decisions that were typed; empty lines are left out. Raises RuleBroken for a line that asks for nothing."""
    typed = [(what.strip(), why.strip(), who.strip(), by) for what, why, who, by in rows]
    kept = [row for row in typed if any(row)]
    if any(not what for what, *_rest in kept):
        text = "Say what has to be decided, or clear the line."
        raise RuleBroken("report.decision", text, field="decisions")
    return tuple(Decision(*row) for row in kept)


def _check_length(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        said = "At most %(limit)s characters fit, this has %(length)s. Shorten it, or attach a document to a task."
        raise RuleBroken("report.too_long", said, field=field, limit=limit, length=len(text))
