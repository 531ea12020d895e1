"""Deeds counted from the records as they are, and all that a reader may see of what is recognised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import chain
from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from accounts.teams.models import Team
from adoption.crew import queries as crews
from adoption.crew.rules import Crew, Member
from adoption.help.models import AdoptionOffer
from adoption.policy import queries as policy
from adoption.policy.rules import Visible
from adoption.praise import rules
from adoption.praise.models import RecognitionOptOut, RecognitionReward, RecognitionSetting
from adoption.praise.rules import NOTHING, Badge, Deed, Done, Place, Score
from crm.access.queries import access_of
from crm.counts import queries as counts
from crm.counts.queries import Scope
from crm.counts.rules.windows import WEEK, Window, monday
from crm.merging.models import Merge
from crm.quality.models import RecordQuality
from crm.quality.rules import whole
from crm.records.models import TABLES, Account, Lead, Opportunity, StageChange
from crm.records.queries import stages
from infra.database import db
from infra.memo import remembered
from infra.subjects import Subject
from kernel.actor import SYSTEM, project_scope
from roadmap.actions.models import ActionItem

RECORDS = ("lead", "account", "contact", "opportunity")
MADE_HERE = ("entered", "converted")
"""Where deals come from that were made in this CRM."""
OWN_MAKE = timedelta(days=7)
"""Two records that somebody made themself within so many days are no find when they are merged."""
LONGEST = timedelta(days=366)
Counted = dict[tuple[Deed, int, date], list[int]]


@dataclass(frozen=True, slots=True)
class Setting:
    """Whether a roll-out recognises, and whether people stand on its board by name."""

    active: bool = False
    named: bool = False


@remembered
def setting(project_id: int) -> Setting:
    """What was chosen for a roll-out; off as long as nobody chose."""
    row = db.session.scalars(select(RecognitionSetting).where(RecognitionSetting.project_id == project_id)).first()
    return Setting() if row is None else Setting(row.active, row.named)


@remembered
def out() -> frozenset[int]:
    """Who wants no part in it."""
    return frozenset(db.session.scalars(select(RecognitionOptOut.person_id)))


def deeds(crew: Crew, people: frozenset[int], window: Window) -> list[Done]:
    """What some people did in a stretch, by deed and day: six statements, however many people and records there are."""
    found: Counted = defaultdict(lambda: [0, 0])
    _logged(found, crew, window)
    rows = (_completed(window), _moved(window), _converted(window), _merged(window), _helped(crew, window))
    for deed, person, at in chain.from_iterable(rows):
        found[deed, person, at.astimezone(window.zone).date()][0] += 1
    return [
        Done(deed, person, day, count, of)
        for (deed, person, day), (count, of) in sorted(found.items())
        if person in people
    ]


Row = tuple[Deed, int, datetime]


def _logged(into: Counted, crew: Crew, window: Window) -> None:
    scope = Scope(access_of(SYSTEM), crew.teams, people=crew.people)
    for each in counts.activities(window, scope, window.now, frozenset({"day", "owner_id"})):
        if each.owner_id and each.origin == "entered" and each.kind in counts.INTERACTIONS:
            slot = into[Deed.LOGGED, each.owner_id, each.day]
            slot[0] += each.in_time
            slot[1] += each.count


def _completed(window: Window) -> Iterable[Row]:
    """Records that were entered by hand and lack nothing, on the day on which they were made."""
    parts = []
    for kind in RECORDS:
        table = TABLES[kind]
        parts.append(
            select(func.coalesce(table.created_by, table.owner_id), table.created_at)
            .join(RecordQuality, and_(RecordQuality.kind == kind, RecordQuality.record_id == table.id))
            .where(table.deleted_at.is_(None), table.origin == "entered", RecordQuality.mask == whole(kind))
            .where(table.created_at >= window.start, table.created_at < window.end)
        )
    return [(Deed.COMPLETED, row[0], row[1]) for row in db.session.execute(union_all(*parts)) if row[0]]


def _moved(window: Window) -> Iterable[Row]:
    """Deals that came to a later stage for the first time, and have a next step with its day or were won.

    What was loaded brings the stages that it went through elsewhere: only deals that were made here count.
    """
    place = {each.id: each.position for each in stages()}
    lost = {each.id for each in stages() if each.outcome == "lost"}
    before = aliased(StageChange)
    seen = exists().where(
        before.opportunity_id == StageChange.opportunity_id,
        before.to_id == StageChange.to_id,
        or_(before.at < StageChange.at, and_(before.at == StageChange.at, before.id < StageChange.id)),
    )
    planned = and_(Opportunity.next_step != "", Opportunity.next_step_on.is_not(None))
    query = (
        select(StageChange.person_id, StageChange.at, StageChange.from_id, StageChange.to_id)
        .join(Opportunity, Opportunity.id == StageChange.opportunity_id)
        .where(StageChange.at >= window.start, StageChange.at < window.end, StageChange.person_id.is_not(None))
        .where(StageChange.from_id.is_not(None), Opportunity.deleted_at.is_(None), ~seen)
        .where(Opportunity.origin.in_(MADE_HERE))
        .where(or_(planned, Opportunity.outcome == "won"))
    )
    return [
        (Deed.MOVED, row.person_id, row.at)
        for row in db.session.execute(query)
        if row.to_id not in lost and place.get(row.to_id, 0) > place.get(row.from_id, 0)
    ]


def _converted(window: Window) -> Iterable[Row]:
    """Leads that are converted, whose account is not in the bin."""
    gone = exists().where(Account.id == Lead.account_id, Account.deleted_at.is_not(None))
    query = select(Lead.owner_id, Lead.converted_at).where(
        Lead.converted_at >= window.start,
        Lead.converted_at < window.end,
        Lead.deleted_at.is_(None),
        Lead.origin != "migrated",
        Lead.owner_id.is_not(None),
        ~gone,
    )
    return [(Deed.CONVERTED, who, at) for who, at in db.session.execute(query) if who and at]


def _merged(window: Window) -> Iterable[Row]:
    """Merges by hand of records that the same person had not made in the week before."""
    query = select(Merge.kind, Merge.survivor_id, Merge.loser_ids, Merge.at, Merge.person_id).where(
        Merge.at >= window.start, Merge.at < window.end, Merge.automatic.is_(False), Merge.person_id.is_not(None)
    )
    merges = list(db.session.execute(query))
    if not merges:
        return []
    parts = []
    for kind in sorted({each.kind for each in merges}):
        table: Any = TABLES[kind]
        losers = {number for each in merges if each.kind == kind for number in each.loser_ids}
        told = select(literal(kind).label("kind"), table.id, table.created_by, table.created_at)
        parts.append(told.where(table.id.in_(losers)))
    made = {(row.kind, row.id): (row.created_by, row.created_at) for row in db.session.execute(union_all(*parts))}
    return [(Deed.MERGED, each.person_id, each.at) for each in merges if _is_find(each, made)]


def _is_find(merge: Any, made: Mapping[tuple[str, int], tuple[int | None, datetime]]) -> bool:
    by_whom = [made[merge.kind, number] for number in merge.loser_ids if (merge.kind, number) in made]
    return any(by != merge.person_id or at < merge.at - OWN_MAKE for by, at in by_whom)


def _helped(crew: Crew, window: Window) -> Iterable[Row]:
    """Help that was offered in this roll-out and done by somebody else than whom it was for."""
    key = literal("help:").concat(cast(AdoptionOffer.id, String))
    query = (
        select(ActionItem.closed_by_id, ActionItem.closed_at, AdoptionOffer.about)
        .join(AdoptionOffer, ActionItem.subject == key)
        .where(ActionItem.project_id == crew.project_id, ActionItem.state == "done")
        .where(ActionItem.closed_at >= window.start, ActionItem.closed_at < window.end)
        .where(ActionItem.closed_by_id.is_not(None))
    )
    found = db.session.execute(query)
    return [(Deed.HELPED, by, at) for by, at, about in found if by and at and about != f"person:{by}"]


@dataclass(frozen=True, slots=True)
class Line:
    """A place on a board as it is read."""

    place: Place
    name: str
    detail: str = ""
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward as it is read; ``name`` None: somebody who takes no part by now."""

    id: int
    name: str | None
    what: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """What is recognised in a roll-out, as one reader sees it. ``named``: people may stand there by name."""

    setting: Setting
    live: bool
    named: bool
    since: date
    week: tuple[Line, ...]
    people: tuple[Line, ...]
    teams: tuple[Line, ...]
    mine: Score
    my_badges: tuple[Badge, ...]
    my_rank: int | None
    inside: bool
    opted_out: bool
    rewards: tuple[Reward, ...]


def view(project_id: int, person_id: int | None, now: datetime, zone: tzinfo) -> View:
    """Boards since go-live and of this week, one's own points, and the log of rewards."""
    crew, chosen, gone = crews.crew(project_id), setting(project_id), out()
    today = now.astimezone(zone).date()
    live = crew.live_since is not None and crew.live_since <= today
    taking_part = tuple(each for each in crew.members if each.id not in gone)
    ids = frozenset(each.id for each in taking_part)
    since = max(crew.live_since or today, today - LONGEST)
    done = deeds(crew, ids, Window(since, today, now, zone)) if chosen.active and live else []
    named = chosen.named and policy.visible() is not Visible.GROUPS
    mine: dict[int, list[Done]] = defaultdict(list)
    for each in done:
        mine[each.person_id].append(each)
    all_time, week = rules.scores(done, since, today), rules.scores(done, *_week(done, today))
    people = {each.id: each for each in taking_part}
    ranks = rules.board({key: each.points for key, each in all_time.items()})
    own = person_id or 0
    return View(
        chosen,
        live,
        named,
        since,
        _lines(rules.board({key: each.points for key, each in week.items()})[:3], people, mine) if named else (),
        _lines(ranks[: rules.TOP], people, mine) if named else (),
        _teams(taking_part, all_time),
        all_time.get(own, NOTHING),
        tuple(rules.badges(mine.get(own, []))),
        next((each.rank for each in ranks if each.id == own), None),
        own in crew.ids,
        own in gone,
        _rewards(project_id, gone, own, named=named),
    )


def _week(done: Sequence[Done], today: date) -> tuple[date, date]:
    """The ISO week of today; before anything was done in it, the one before."""
    first = monday(today)
    return (first, today) if any(each.day >= first for each in done) else (first - WEEK, first - timedelta(days=1))


def _lines(
    places: Sequence[Place], people: Mapping[int, Member], mine: Mapping[int, Sequence[Done]]
) -> tuple[Line, ...]:
    return tuple(
        Line(each, people[each.id].name, people[each.id].team, tuple(rules.badges(mine[each.id])))
        for each in places
        if each.id in people
    )


def _teams(members: Sequence[Member], found: Mapping[int, Score]) -> tuple[Line, ...]:
    ids: dict[int, list[int]] = defaultdict(list)
    names = {each.team_id: each.team for each in members}
    for each in members:
        if each.team_id is not None:
            ids[each.team_id].append(each.id)
    places = rules.team_board(ids, {key: each.points for key, each in found.items()})
    return tuple(Line(each, names[each.id], str(len(ids[each.id]))) for each in places)


def _rewards(project_id: int, gone: frozenset[int], own: int, *, named: bool) -> tuple[Reward, ...]:
    """The log, the latest first: who takes no part, or may not be named, is not named but to themself."""
    giver = aliased(Person)
    query = (
        select(RecognitionReward, Person.name, Team.name, giver.name)
        .outerjoin(Person, Person.id == RecognitionReward.person_id)
        .outerjoin(Team, Team.id == RecognitionReward.team_id)
        .outerjoin(giver, giver.id == RecognitionReward.given_by_id)
        .where(RecognitionReward.project_id == project_id)
        .order_by(RecognitionReward.id.desc())
    )
    found = []
    for row, person, team, by in db.session.execute(query):
        hidden = row.person_id is not None and row.person_id != own and (row.person_id in gone or not named)
        found.append(
            Reward(row.id, None if hidden else person or team or "", row.what, row.why, by or "", row.given_at)
        )
    return tuple(found)


def rewarded(project_id: int, person_id: int | None, team_id: int | None) -> list[int]:
    """Whom a reward is for: somebody, or the people of a team who take part."""
    if person_id is not None:
        return [person_id]
    return [each.id for each in crews.crew(project_id).members if each.team_id == team_id and each.id not in out()]


def subject(number: int) -> Subject | None:
    """A reward as the notice of it sees it."""
    row = db.session.get(RecognitionReward, number)
    if row is None:
        return None
    address = f"/projects/{row.project_id}/adoption/recognition"
    return Subject(f"reward:{number}", row.what, project_scope(row.project_id), address, "adoption.see")


def choices(project_id: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Who can be given a reward: the people who take part, and their teams."""
    members = [each for each in crews.crew(project_id).members if each.id not in out()]
    teams = {each.team_id: each.team for each in members if each.team_id is not None}
    return [(each.id, each.name) for each in members], sorted(teams.items(), key=lambda row: row[1])
