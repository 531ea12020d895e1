"""What a queue and a canned answer may be."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from crm.queues.rules import Audience
from kernel.errors import RuleBroken

NAME_LIMIT, TEXT_LIMIT, ANSWER_LIMIT, ADDRESS_LIMIT = 120, 2_000, 10_000, 254
MOST = 200
AUDIENCES: tuple[tuple[str, str], ...] = (
    (Audience.CUSTOMERS.value, "Customers"),
    (Audience.ROLL_OUT.value, "Colleagues, or the people of a roll-out"),
)
PLACES = ("{requester}", "{agent}", "{ticket}", "{subject}")
"""What a canned answer may name: each is filled in when it is used."""


@dataclass(frozen=True, slots=True)
class QueueData:
    """A queue as a form gives it."""

    name: str
    description: str = ""
    team_id: int | None = None
    audience: str = Audience.CUSTOMERS.value
    address: str = ""
    acknowledges: bool = True
    acknowledgement: str = ""


@dataclass(frozen=True, slots=True)
class AnswerData:
    """A canned answer as a form gives it."""

    name: str
    body: str
    queue_id: int | None = None


def check_queue(data: QueueData, names: Collection[str], addresses: Collection[str]) -> QueueData:
    """A queue that may be kept; ``names`` and ``addresses`` are those of the others. Raises RuleBroken."""
    name, address = _name(data.name, names), data.address.strip().lower()
    _fits("description", data.description, TEXT_LIMIT)
    if data.audience not in dict(AUDIENCES):
        raise RuleBroken("crm.queue_audience", "Choose whose tickets wait here.", field="audience")
    if address and not (_ADDRESS.fullmatch(address) and len(address) <= ADDRESS_LIMIT):
        raise RuleBroken("crm.queue_address", "Write an address such as help@example.org.", field="address")
    if address and address in addresses:
        raise RuleBroken("crm.queue_address", "Another queue has this address already.", field="address")
    words = data.acknowledgement.replace("\r\n", "\n").strip()
    _fits("acknowledgement", words, TEXT_LIMIT)
    return QueueData(name, data.description.strip(), data.team_id, data.audience, address, data.acknowledges, words)


_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


def check_answer(data: AnswerData, names: Collection[str]) -> AnswerData:
    """A canned answer that may be kept; ``names`` are those of the others. Raises RuleBroken."""
    name, body = _name(data.name, names), data.body.replace("\r\n", "\n").strip()
    if not body:
        raise RuleBroken("crm.canned_body", "Write the answer.", field="body")
    _fits("body", body, ANSWER_LIMIT)
    return AnswerData(name, body, data.queue_id)


def _name(text: str, taken: Collection[str]) -> str:
    name = " ".join(text.split())
    if not name:
        raise RuleBroken("crm.desk_name", "Give it a name.", field="name")
    _fits("name", name, NAME_LIMIT)
    if name.casefold() in {each.casefold() for each in taken}:
        raise RuleBroken("crm.desk_name", "There is one with this name already.", field="name")
    return name


def _fits(field: str, text: str, limit: int) -> None:
    if len(text) > limit:
        sentence = "That has %(length)d characters; at most %(limit)d fit."
        raise RuleBroken("crm.too_long", sentence, field=field, length=len(text), limit=limit)


def key_of(name: str, taken: Collection[str]) -> str:
    """A key that no other queue has.

    >>> key_of("Orders & delivery", {"orders-delivery"})
    'orders-delivery-2'
    """
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "queue"
    number = next(each for each in range(1, MOST + 2) if (stem if each == 1 else f"{stem}-{each}") not in taken)
    return stem if number == 1 else f"{stem}-{number}"
