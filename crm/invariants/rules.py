"""What must never become possible: rows of role, object, action and field, held against the sum of a person's roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kernel.permission import Grant, decide

SENTENCE_LENGTH = 200
REASON_LENGTH = 300
_ADMINISTRATOR = "crm-administrator"


@dataclass(frozen=True, slots=True)
class Invariant:
    """Whoever holds ``role`` (empty: anybody) must not be able to do ``action`` on ``object``, nor on ``field`` of it.

    ``unless`` is a role whose holders are free of it. ``object`` ``function`` makes the action a function.
    """

    key: str
    role: str
    object: str
    action: str
    field: str
    sentence: str
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A person, or a role by itself, with the roles held and all grants that these add up to."""

    name: str
    roles: frozenset[str]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """Somebody could do what nobody should, and the roles that let them."""

    invariant: Invariant
    who: str
    by: tuple[str, ...]


SHIPPED: tuple[Invariant, ...] = (
    Invariant(
        "representative-contacts",
        "sales-representative",
        "contact",
        "export",
        "",
        "No sales representative exports contacts.",
    ),
    Invariant(
        "representative-leads", "sales-representative", "lead", "export", "", "No sales representative exports leads."
    ),
    Invariant("agent-contacts", "service-agent", "contact", "export", "", "No service agent exports contacts."),
    Invariant(
        "birth-dates",
        "",
        "contact",
        "see",
        "birth_date",
        "Only CRM administrators read birth dates.",
        unless=_ADMINISTRATOR,
    ),
)
"""What holds from the start, until somebody lifts it with a reason."""


def breaches(invariants: Iterable[Invariant], holdings: Iterable[Holding]) -> Iterator[Breach]:
    """Everybody who could do what an invariant rules out.

    >>> rule = Invariant("x", "rep", "contact", "export", "", "No representative exports contacts.")
    >>> both = Holding("Ann", frozenset({"rep", "marketing"}), (Grant("marketing", "contact", "export"),))
    >>> [(each.who, each.by) for each in breaches([rule], [both])]
    [('Ann', ('marketing',))]
    """
    listed = list(holdings)
    for each in invariants:
        for holding in listed:
            if not _is_about(each, holding):
                continue
            by = {grant.role for grant in holding.grants if _allows(grant, each)}
            if by:
                yield Breach(each, holding.name, tuple(sorted(by)))


def _allows(grant: Grant, invariant: Invariant) -> bool:
    """Grants never add up, so whoever may do it may do it by one of them alone."""
    name = f"{invariant.object}.{invariant.action}"
    return decide((grant,), name, None, None, field=invariant.field or None).yes


def _is_about(invariant: Invariant, holding: Holding) -> bool:
    if invariant.unless and invariant.unless in holding.roles:
        return False
    return not invariant.role or invariant.role in holding.roles
