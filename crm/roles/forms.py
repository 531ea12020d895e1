"""What the pages of roles, people and invariants send, as values of the rules."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from crm.access import rules as access
from crm.invariants.rules import Invariant
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.roles.rules import Level, Matrix, Row
from kernel.errors import RuleBroken
from kernel.permission import Visibility
from kernel.rownumbers import row_number_or_none

Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a person is to be: roles, team, whether they lead it, whether their open records come along."""

    roles: frozenset[str]
    team_id: int | None
    leads: bool
    follow: bool


def matrix(sent: Sent) -> Matrix:
    """The matrix that was typed. Raises RuleBroken for a value that is none of the choices."""
    functions = frozenset(sent.getlist("function")) & frozenset(access.FUNCTIONS)
    return Matrix({key: _row(sent, subject) for key, subject in OBJECTS.items()}, functions)


def _row(sent: Sent, subject: ObjectType) -> Row:
    reach = {action: _reach(sent, f"{subject.key}.{action}") for action in access.ACTIONS}
    return Row(reach, {each.key: _level(sent, f"{subject.key}.{each.key}.level") for each in subject.fields})


def _reach(sent: Sent, name: str) -> Visibility | None:
    value = sent.get(name, "")
    if value == "0":
        return None
    if value not in {str(int(each)) for each in Visibility}:
        raise RuleBroken(
            "crm.reach", "Choose how far this reaches: none, own, team, team and below, or all.", field=name
        )
    return Visibility(int(value))


def _level(sent: Sent, name: str) -> Level:
    value = sent.get(name, "")
    if value not in set(Level):
        raise RuleBroken("crm.level", "Choose hide, read or write for every field.", field=name)
    return Level(value)


def placement(sent: Sent) -> Placement:
    """The roles and the team that were chosen. Raises RuleBroken for a team that is no number."""
    asked = sent.get("team", "")
    team = row_number_or_none(asked)
    if asked and team is None:
        raise RuleBroken("crm.team", "Choose one of the teams, or none.", field="team")
    return Placement(
        frozenset(sent.getlist("role")),
        team,
        leads=bool(sent.get("leads")),
        follow=sent.get("follow") == "yes",
    )


def invariant(sent: Sent) -> Invariant:
    """The invariant that was typed; ``what`` is object and action in one."""
    subject, _, action = sent.get("what", "").partition(".")
    field = sent.get("field", "").partition(".")
    inside = field[2] if field[0] == subject else field[0] and "?"
    return Invariant("", sent.get("role", ""), subject, action, inside, sent.get("sentence", ""))
