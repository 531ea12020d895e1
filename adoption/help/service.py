"""Offering help: a row that says to whom and why, and an action item for whoever takes it on."""

from __future__ import annotations

from dataclasses import dataclass

from adoption.crew import queries as crews
from adoption.crew.rules import Crew
from adoption.help import queries, rules
from adoption.help.models import AdoptionOffer
from adoption.help.queries import Look
from adoption.policy import queries as policy
from adoption.policy.rules import groups, named
from crm.usage.rules import LABELS
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken
from roadmap.actions import service as actions
from roadmap.actions.rules import ActionData
from roadmap.projects import service as projects

UNDOABLE = {"adoption.offered": "adoption.edit"}
"""What can be taken back, and the permission that this needs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be offered: to whom, for which gap, and the feature where one is to be shown."""

    about: str
    gap: str
    feature: str = ""


def offer(project_id: int, wanted: Wanted, *, actor: Actor, look: Look) -> tuple[int, Work]:
    """Offer help; the number of the action item. Raises RuleBroken for unknown people and for what is offered now."""
    with transaction(actor, "adoption.offered") as work:
        projects.opened(work, project_id)
        crew = crews.crew(project_id)
        one = rules.check_gap(wanted.gap)
        _check_feature(one, wanted.feature)
        ids = _people(crew, wanted.about, look)
        if queries.open_ids(project_id, wanted.about, wanted.gap, wanted.feature):
            raise RuleBroken("help.offered", "This is offered already, and not done yet.", field="about")
        row = AdoptionOffer(
            project_id=project_id, about=wanted.about, gap=wanted.gap, feature=wanted.feature, people=len(ids),
            offered_at=look.now, offered_by_id=actor.id,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        data = ActionData(
            _title(crew, one, wanted),
            one.details,
            queries.owner(project_id, crew, wanted.about, one.gap),
            rules.due(one, look.today),
            f"help:{row.id}",
        )
        return actions.add_action(project_id, data, actor=actor, now=look.now)[0], work


def _check_feature(one: rules.Offer, feature: str) -> None:
    if (one.gap is rules.Gap.UNUSED) != bool(feature) or (feature and feature not in LABELS):
        raise RuleBroken("help.feature", "Choose what is to be offered from the list.", field="feature")


def _people(crew: Crew, about: str, look: Look) -> frozenset[int]:
    """The people whom an offer is for: a group as the reader may see it, or somebody whom they see by name."""
    kind, numbers = rules.parsed(about)
    seen = named(crew, policy.visible(), look.person_id, manages=look.manages)
    if kind == rules.PERSON:
        found = frozenset(numbers) & seen
    else:
        parts: dict[int | None, frozenset[int]] = {}
        for each in crew.members:
            parts[each.team_id] = parts.get(each.team_id, frozenset()) | {each.id}
        shown = {rules.about_teams(keys): keys for keys in groups(parts, seen)}
        found = frozenset().union(*(parts[each] for each in shown.get(about, ())))
    if not found:
        raise RuleBroken("help.about", "Choose a team or somebody from the list.", field="about")
    return found


def _title(crew: Crew, one: rules.Offer, wanted: Wanted) -> str:
    """What the action item is called: it names a team, never a person, since everybody in the project reads it."""
    offered = one.name % {"feature": LABELS.get(wanted.feature, "")}
    kind, numbers = rules.parsed(wanted.about)
    if kind == rules.PERSON:
        team = next((each.team for each in crew.members if each.id == numbers[0]), "")
        return f"Help for one person of {team}: {offered}" if team else f"Help for one person: {offered}"
    return f"Help for {queries.name_of(crew, wanted.about, frozenset()) or 'people in no team'}: {offered}"
