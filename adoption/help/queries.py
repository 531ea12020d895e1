"""Who needs help and what was offered, as far as one reader may see it; and what followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import select

from accounts.people.models import Person
from adoption.crew import queries as crews
from adoption.crew.rules import Crew, Member
from adoption.effects.queries import Done, effects
from adoption.effects.rules import Effect
from adoption.help.models import AdoptionOffer
from adoption.help.rules import OFFERS, PERSON, By, Gap, Need, about_person, about_teams, needs, parsed, unused
from adoption.measures import queries as measures
from adoption.measures.queries import Reading
from adoption.measures.rules import Wish
from adoption.policy import queries as policy
from adoption.policy.rules import groups, named, whole_is_shown
from crm.counts.rules.windows import Window
from crm.usage import queries as usage
from infra.database import db
from infra.subjects import Subject
from kernel.actor import project_scope
from roadmap.actions import queries as actions
from roadmap.actions.queries import ActionRow
from roadmap.staffing import queries as staffing

DAYS = 28
"""Gaps are those of the last four weeks."""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, whether they lead the roll-out, and when."""

    person_id: int | None
    manages: bool
    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The day in the organisation's zone."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Needy:
    """A group or somebody with gaps, the one that matters most first; ``parts`` are the teams that it joins."""

    about: str
    name: str
    people: int
    needs: tuple[Need, ...]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """Help that was offered: to whom (None: somebody whom the reader does not see), what, and what became of it."""

    id: int
    about: str
    name: str | None
    gap: Gap
    feature: str
    by: str
    at: datetime
    action: ActionRow | None
    effect: Effect | None = None

    @property
    def open(self) -> bool:
        """Whether it waits to be done."""
        return self.action is not None and self.action.state == "open"


@dataclass(frozen=True, slots=True)
class View:
    """All of it. ``shown``: there are enough people to say anything of them; ``live``: since when it is used."""

    crew: Crew
    shown: bool
    live: bool
    teams: Sequence[Needy]
    people: Sequence[Needy]
    offers: Sequence[Offered]

    def open_offer(self, about: str, need: Need) -> Offered | None:
        """What is offered already and not done."""
        return next(
            (e for e in self.offers if e.open and (e.about, e.gap, e.feature) == (about, need.gap, need.feature)), None
        )


def view(project_id: int, look: Look) -> View:
    """Who needs help in a roll-out."""
    crew = crews.crew(project_id)
    seen = named(crew, policy.visible(), look.person_id, manages=look.manages)
    if crew.live_since is None or crew.live_since > look.today:
        return View(crew, whole_is_shown(crew, seen), False, (), (), ())
    whole = Window(max(crew.live_since, look.today - timedelta(days=DAYS)), look.today, look.now, look.zone)
    return read(crew, measures.read(crew, Wish(whole, crew.live_since, live=False)), seen, look)


def read(crew: Crew, reading: Reading, seen: frozenset[int], look: Look) -> View:
    """The same from figures that were read already."""
    opened = usage.by_person(reading.wish.window, crew.ids)
    return View(
        crew,
        whole_is_shown(crew, seen),
        True,
        _teams(crew, reading, seen, opened),
        _people(crew, reading, seen, opened),
        offers(crew, seen, look),
    )


Opened = Mapping[int, Mapping[str, int]]


def _teams(crew: Crew, reading: Reading, seen: frozenset[int], opened: Opened) -> list[Needy]:
    """Teams as far as they may be told apart, the farthest behind first; those without a gap are left out."""
    parts = _parts(crew.members)
    names: dict[int | None, str] = {each.team_id: each.team for each in crew.members}
    found = []
    for keys in groups(parts, seen):
        ids = frozenset().union(*(parts[each] for each in keys))
        missing = needs(reading.of_teams(keys), unused(ids, opened, crew.ids))
        if missing:
            several = tuple(sorted(names[each] for each in keys)) if len(keys) > 1 else ()
            name = "" if several else names[keys[0]]
            found.append(Needy(about_teams(keys), name, len(ids), tuple(missing), several))
    return sorted(found, key=lambda each: -each.needs[0].short)


def _people(crew: Crew, reading: Reading, seen: frozenset[int], opened: Opened) -> list[Needy]:
    found = []
    for each in crew.members:
        if each.id in seen:
            alike = [other.id for other in crew.members if other.roles[:1] == each.roles[:1]]
            missing = needs(reading.of_people([each.id]), unused([each.id], opened, alike))
            if missing:
                found.append(Needy(about_person(each.id), each.name, 1, tuple(missing)))
    return sorted(found, key=lambda each: -each.needs[0].short)


def _parts(members: Iterable[Member]) -> dict[int | None, frozenset[int]]:
    found: dict[int | None, frozenset[int]] = {}
    for each in members:
        found[each.team_id] = found.get(each.team_id, frozenset()) | {each.id}
    return found


def offers(crew: Crew, seen: frozenset[int], look: Look) -> list[Offered]:
    """What was offered in a roll-out, the latest first, with what followed where that may be said."""
    query = (
        select(AdoptionOffer, Person.name)
        .outerjoin(Person, Person.id == AdoptionOffer.offered_by_id)
        .where(AdoptionOffer.project_id == crew.project_id)
        .order_by(AdoptionOffer.id.desc())
    )
    rows = [(row, by or "") for row, by in db.session.execute(query)]
    taken = actions.of_subjects(_subject_key(row.id) for row, _by in rows)
    done = [
        _done(row, row.offered_at.astimezone(look.zone).date(), ended)
        for row, _by in rows
        if (ended := _ended(taken.get(_subject_key(row.id), ()), look.zone))
    ]
    followed = effects(crew, done, look.now, look.zone)
    return [
        Offered(
            row.id, row.about, name_of(crew, row.about, seen), Gap(row.gap), row.feature, by, row.offered_at,
            next(iter(taken.get(_subject_key(row.id), ())), None), followed.get(row.id),
        )
        for row, by in rows
    ]  # fmt: skip


def _done(row: AdoptionOffer, offered: date, ended: date) -> Done:
    kind, numbers = parsed(row.about)
    teams = frozenset() if kind == PERSON else frozenset(each or None for each in numbers)
    return Done(row.id, teams, OFFERS[Gap(row.gap)].kpi, row.feature, offered, ended)


def _ended(found: Sequence[ActionRow], zone: tzinfo) -> date | None:
    """The day on which an offer was done; None for one that is open or was dropped."""
    return next((e.closed_at.astimezone(zone).date() for e in found if e.state == "done" and e.closed_at), None)


def name_of(crew: Crew, about: str, seen: frozenset[int]) -> str | None:
    """Whom an offer is for, None where the reader does not see them by name."""
    kind, numbers = parsed(about)
    if kind == PERSON:
        return next((each.name for each in crew.members if each.id == numbers[0] and each.id in seen), None)
    names = {each.team_id or 0: each.team for each in crew.members}
    return ", ".join(sorted(names[each] for each in numbers if names.get(each)))


def open_ids(project_id: int, about: str, gap: str, feature: str) -> list[int]:
    """The offers of the same help to the same people that are not done yet."""
    query = select(AdoptionOffer.id).where(
        AdoptionOffer.project_id == project_id,
        AdoptionOffer.about == about,
        AdoptionOffer.gap == gap,
        AdoptionOffer.feature == feature,
    )
    ids = list(db.session.scalars(query))
    taken = actions.of_subjects(_subject_key(each) for each in ids)
    return [each for each in ids if any(row.state == "open" for row in taken.get(_subject_key(each), ()))]


def owner(project_id: int, crew: Crew, about: str, gap: Gap) -> int | None:
    """Who takes an offer on: the team's lead, or who coordinates training; None where neither is in the project."""
    kind, numbers = parsed(about)
    of_project = {each.id for each in staffing.people_of(project_id)}
    trainer = next((each.person_id for each in staffing.roles(project_id) if each.key == By.TRAINER), None)
    teams = {each.team_id for each in crew.members if kind == PERSON and each.id == numbers[0]} or set(numbers)
    lead = next((each.id for each in crew.members if each.leads and each.team_id in teams and len(teams) == 1), None)
    wanted = (lead, trainer) if OFFERS[gap].by is By.LEAD else (trainer, lead)
    return next((each for each in wanted if each in of_project), None)


def subject(number: int) -> Subject | None:
    """An offer as its action item sees it; it does not name anybody."""
    row = db.session.get(AdoptionOffer, number)
    if row is None:
        return None
    address = f"/projects/{row.project_id}/adoption/help#offers"
    label = OFFERS[Gap(row.gap)].name % {"feature": row.feature}
    return Subject(_subject_key(number), label, project_scope(row.project_id), address, "adoption.see")


def _subject_key(number: int) -> str:
    return f"help:{number}"
