"""Playing the CRM: teams and roles are given, each team's old data are loaded when it moves, then people write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.teams import service as teams
from crm.access import service as access
from crm.campaigns import service as campaigns
from crm.merging import service as merging
from crm.rates import service as rates
from crm.records import queries, service
from crm.records.models import TABLES, OpportunityLine
from crm.usage import service as usage
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM, Actor
from web.demo.cast import COMPANY, PASSWORD
from web.demo.crm import beside, doing, eve, market, selling, serving, warts
from web.demo.crm.cast import LEADER, PLAYERS, ROLES, TEAMS, TOP, WAVES, Wave, team_of, wave_of
from web.demo.crm.days import Days
from web.demo.crm.plan import LINKS, Plan, Planned
from web.demo.crm.words import PRODUCTS
from web.demo.stage import StoryClock, person

ORDER = ("campaign", "account", "contact", "lead", "opportunity", "activity")
"""Each object after those that it names; a lead learns later which deal it became."""
SHARED = ("account", "contact")
"""What the first team to move brings for all."""
LOADED, TIDIED, EVENING = time(6, 10), time(16, 40), time(20, 30)
SUNDAY = 6
RATE = Decimal("0.000001")
TIDIER, BINNED = "tobias", 5


class CrmStory:
    """The CRM from its first team to today."""

    def __init__(self, today: date, clock: StoryClock, ids: Mapping[str, int]) -> None:
        """Give teams and roles to the people, and plan what will come."""
        self.days, self.clock = Days(today), clock
        self.ids = {**ids, **_cast(clock)}
        _organise(self.ids)
        _quote(self.days)
        self.actors: dict[str, Actor] = {}
        self.plan = planned(self.days)
        self.numbers: dict[str, dict[int, int]] = {kind: {} for kind in ORDER}
        self.stages = {stage.key: stage.id for stage in queries.stages()}
        self.products: list[int] = []
        self.coming, self.changing = self._by_day()

    def live(self, day: date) -> None:
        """Live through one day: a team may move, and those who have moved write down their day."""
        for wave in WAVES:
            if day == self._moves(wave):
                self._load(wave)
        for who, rows in self.coming.pop(day, {}).items():
            self._write(who, rows)
        for who, changes in self.changing.pop(day, {}).items():
            self._change(who, changes)
        if day == self.days.all[-1]:
            self._tidy(day)
            self._count(day)
            evening = eve.Eve(self.clock.on(day, EVENING), self.days, self.ids, self.plan, self.numbers)
            serving.play(evening)
            eve.play(evening)
        elif day.weekday() == SUNDAY and day > self._moves(WAVES[0]):
            eve.keep_stocks(day, self.clock.on(day, EVENING))

    def came_by(self, day: date) -> None:
        """Tell who was here up to a day; the eve tells it of all days, and a stay that is known is the same one."""
        until = self.clock.on(day, EVENING)
        came = {self.ids[who]: [each for each in found if each.last < until] for who, found in beside.visits(self.days)}
        usage.put(came, {}, actor=SYSTEM, now=until)

    def _count(self, day: date) -> None:
        """Enter what campaigns did by day, and who was here when."""
        at = self.clock.on(day, TIDIED)
        for row in self.plan.of("campaign"):
            counted = beside.reached(row, self.days)
            campaigns.enter(self._number(row), counted, actor=self._actor(row.who), now=at, today=day)
        came = dict(beside.visits(self.days))
        opened = {(hour, self.ids[who], feature): times for (hour, who, feature), times in beside.opened(came).items()}
        usage.put({self.ids[who]: found for who, found in came.items()}, opened, actor=SYSTEM, now=at)

    def _tidy(self, day: date) -> None:
        """On the eve an administrator makes one of two contacts, and puts a few leads into the bin."""
        at, tidier = self.clock.on(day, TIDIED), self._actor(TIDIER)
        first, second = (self.numbers["contact"][place] for place in self.plan.twins[0])
        merging.merge("contact", first, [second], {}, actor=tidier, now=at)
        useless = [row for row in self.plan.of("lead") if row.until(at).get("disqualified_reason") == "Wants a job"]
        service.remove("lead", [self._number(row) for row in useless[:BINNED]], actor=tidier, now=at)

    def _moves(self, wave: Wave) -> date:
        return self.days.monday - timedelta(weeks=wave.weeks_ago)

    def _by_day(self) -> tuple[dict[date, dict[str, list[Planned]]], dict[date, dict[str, list[tuple[Planned, int]]]]]:
        """What comes and what changes on each day after the team has moved, by who does it."""
        coming: dict[date, dict[str, list[Planned]]] = {}
        changing: dict[date, dict[str, list[tuple[Planned, int]]]] = {}
        for kind in ORDER:
            for row in self.plan.of(kind):
                moved = self._moves(wave_of(row.who))
                if row.at.date() >= moved:
                    coming.setdefault(row.at.date(), {}).setdefault(row.who, []).append(row)
                for place, (at, _values) in enumerate(row.events):
                    if at.date() >= moved:
                        changing.setdefault(at.date(), {}).setdefault(row.who, []).append((row, place))
        return coming, changing

    def _load(self, wave: Wave) -> None:
        """Bring what a team had in its old system, as it was on that morning."""
        at = self.clock.on(self._moves(wave), LOADED)
        with transaction(self._actor(wave.loader), "record.created", at=at) as work:
            if not self.products:
                self.products = _load_products(work, at)
            for kind in ORDER:
                rows = [row for row in self.plan.of(kind) if row.at < at and self._is_due(row, wave)]
                self._keep(work, kind, rows, at, "migrated")

    def _is_due(self, row: Planned, wave: Wave) -> bool:
        if row.place in self.numbers[row.kind]:
            return False
        return team_of(row.who) in wave.teams or (wave is WAVES[0] and row.kind in SHARED)

    def _write(self, who: str, rows: Sequence[Planned]) -> None:
        """Somebody enters what came on a day."""
        self.clock.now = at = max(row.at for row in rows)
        with transaction(self._actor(who), "record.created", at=at) as work:
            for kind in ORDER:
                for origin in ("entered", "converted"):
                    mine = [row for row in rows if row.kind == kind and row.origin == origin]
                    self._keep(work, kind, mine, at, origin)

    def _keep(self, work: Work, kind: str, rows: Sequence[Planned], at: datetime, origin: str) -> None:
        if not rows:
            return
        numbers = service.create_many(work, kind, [self._values(row, at) for row in rows], now=at, origin=origin)
        self.numbers[kind].update(zip((row.place for row in rows), numbers, strict=True))
        if kind == "opportunity":
            lines = [{**line, "opportunity_id": self._number(row)} for row in rows for line in row.lines]
            work.bulk_insert(OpportunityLine, [{**line, "product_id": self._product(line)} for line in lines])
            self._tell_leads(work, rows)

    def _product(self, line: Mapping[str, Any]) -> int:
        place: int = line["product_id"]
        return self.products[place - 1]

    def _tell_leads(self, work: Work, deals: Iterable[Planned]) -> None:
        """A lead that was loaded before its deal learns which one it became."""
        became = {
            self.numbers["lead"][row.values["lead_id"]]: self._number(row) for row in deals if row.origin == "converted"
        }
        lead = TABLES["lead"]
        for each in db.session.scalars(select(lead).where(lead.id.in_(became), lead.status == "converted")):
            each.opportunity_id = became[each.id]
        work.session.flush()

    def _number(self, row: Planned) -> int:
        return self.numbers[row.kind][row.place]

    def _values(self, row: Planned, at: datetime) -> dict[str, Any]:
        """What a record holds when it comes into the CRM."""
        values = self._linked(row.until(at)) | {"created_at": row.at, "owner_id": self.ids[row.who]}
        behind = [(when, changed) for when, changed in row.events if when < at]
        values["changed_at"] = behind[-1][0] if behind else row.at
        if row.kind == "opportunity":
            passed = [(row.at, row.values["stage"]), *((when, changed["stage"]) for when, changed in behind)]
            values["passed"] = [(self.stages[stage], when) for when, stage in passed]
            if passed[-1][1] in ("won", "lost"):
                values["closed_at"] = passed[-1][0]
        return values

    def _linked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Places become numbers, stages too."""
        found: dict[str, Any] = {
            key: self._link(key, value) if key in LINKS else value for key, value in values.items()
        }
        if "stage" in found:
            found["stage_id"] = self.stages[found.pop("stage")]
        return found

    def _link(self, key: str, place: int | None) -> int | None:
        return self.numbers[LINKS[key]].get(place) if place else None

    def _change(self, who: str, changes: Sequence[tuple[Planned, int]]) -> None:
        """Somebody moves leads and deals on, on one day."""
        self.clock.now = at = max(row.events[place][0] for row, place in changes)
        with transaction(self._actor(who), "record.changed", at=at) as work:
            for kind in ("lead", "opportunity"):
                mine = [(row, place) for row, place in changes if row.kind == kind]
                table = TABLES[kind]
                wanted = [self._number(row) for row, _place in mine]
                found = {each.id: each for each in db.session.scalars(select(table).where(table.id.in_(wanted)))}
                many = [(found[self._number(row)], self._linked(row.events[place][1])) for row, place in mine]
                service.change_many(work, kind, many, now=at)

    def _actor(self, key: str) -> Actor:
        if key not in self.actors:
            self.actors[key] = person(self.ids[key])
        return self.actors[key]


def planned(days: Days) -> Plan:
    """Everything that comes; the same for the same day."""
    made, chance = Plan(), Random("Norvane Instruments")  # noqa: S311  # a story, not a secret
    market.plan(made, days, chance)
    selling.plan(made, days, chance)
    doing.plan(made, days, chance)
    warts.plan(made, chance)
    return made


def _cast(clock: StoryClock) -> dict[str, int]:
    ids = {}
    for player in PLAYERS:
        data = PersonData(player.name, player.email, player.title, COMPANY)
        ids[player.key] = people.add_person(data, now=clock.now, actor=SYSTEM)
        signin.set_password(ids[player.key], PASSWORD, actor=SYSTEM, printed=True)
    return ids


def _organise(ids: Mapping[str, int]) -> None:
    """Make the teams, put people into them and give them their roles."""
    top, _work = teams.add_team(TOP, actor=SYSTEM)
    teams.put(ids[LEADER], top, leads=True, actor=SYSTEM)
    for name, keys in TEAMS.items():
        team, _work = teams.add_team(name, top, actor=SYSTEM)
        for place, key in enumerate(keys):
            teams.put(ids[key], team, leads=place == 0, actor=SYSTEM)
    for role, keys in ROLES.items():
        for key in keys:
            access.give_role(ids[key], role, actor=SYSTEM)


def _quote(days: Days) -> None:
    """Enter what the currencies of the price lists are worth, for each month in which a deal may have closed."""
    quoted = [
        rates.RateData(currency, day, (1 / in_euro).quantize(RATE), "Finance, rate of the month")
        for day in sorted({each.replace(day=1) for each in days.all})
        for currency, in_euro in selling.RATES.items()
        if in_euro != 1
    ]
    rates.enter(quoted, actor=SYSTEM, now=datetime.combine(days.all[0], LOADED, UTC))


def _load_products(work: Work, at: datetime) -> list[int]:
    rows = [
        {"name": name, "code": f"NI-{100 + place}", "line": line, "price": Decimal(price), "currency": "EUR"}
        for place, (name, line, price) in enumerate(PRODUCTS)
    ]
    return service.create_many(work, "product", rows, now=at, origin="migrated")
