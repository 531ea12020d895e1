"""What people did beside their records: a baseline, series with proof, members, a file brought in, a share, tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from zoneinfo import ZoneInfo

from accounts.teams import queries as teams
from crm.campaigns import service as campaigns
from crm.counts import service as counts
from crm.counts.rules.windows import Window
from crm.figures import service as figures
from crm.figures.rules import Entry, SeriesData
from crm.imports import service as imports
from crm.kpis import service as settings
from crm.kpis.rules.definitions import KPIS
from crm.notes import service as notes
from crm.recent import service as recent
from crm.sharing import service as sharing
from crm.tags import service as tags
from crm.trends import queries as seen
from crm.trends import service as trends
from crm.trust import service as trust
from infra.lists import service as views
from kernel.actor import SYSTEM, Actor
from web.demo.cast import TIMEZONE
from web.demo.crm import answers, asking, automations, doors, mishaps, privacy, shaping
from web.demo.crm.cast import DIP_WEEKS_AGO
from web.demo.crm.days import Days
from web.demo.crm.plan import Plan, Planned
from web.demo.stage import person

ZONE = ZoneInfo(TIMEZONE)
STOCKS = tuple(one for one in KPIS.values() if one.stands)
WEEK = timedelta(weeks=1)
OLD_WEEKS, OLD_CONTACTS, OLD_USERS = 8, 112, 16
"""What the system before this one says of its last weeks: contacts that were made, and by how many people."""
SERIES = (
    ("Visits to the website", "visits", "Web statistics", "nadia", 5_200, 0.06),
    ("Reactions on social media", "reactions", "Reports of the networks", "jens", 640, 0.18),
)
"""Name, unit, source, who sees to it, what a week has about, and by what share weeks differ."""
BY_HAND = 3
"""So many of the last weeks were entered one by one; the others came as a file."""
SLIP = 10
"""The last week but one had a digit too many at first."""
TARGETED = 45
"""Contacts that each campaign addresses beside the leads that came of it."""
CAME = (("clicked", 0.08), ("opened", 0.34), ("sent", 0.97))
"""How far those members came, as shares of all."""
VISITORS = """First name,Last name,Company,E-mail,Lead source,Region
Ellen,Hauge,Nordlys Bryggeri,ellen.hauge@nordlys-bryggeri.example,event,nordics
Tor,Bakken,Nordlys Bryggeri,tor.bakken@nordlys-bryggeri.example,event,nordics
Wim,Segers,Aquatest Gent,wim.segers@aquatest-gent.example,event,benelux
Anouk,Leclercq,Aquatest Gent,anouk.leclercq@aquatest-gent.example,event,benelux
Sanne,,Delta Lab,sanne@delta-lab.example,event,benelux
Joost,Kuiper,Delta Lab,joost.kuiper at delta-lab,event,benelux
Marit,Solheim,Fjordvann,marit.solheim@fjordvann.example,event,nordics
Pekka,Rinne,Saimaa Paper,pekka.rinne@saimaa-paper.example,event,nordics
Tuula,Heino,Saimaa Paper,tuula.heino@saimaa-paper.example,fair,nordics
Greta,Malm,Malm Optik,greta.malm@malm-optik.example,event,nordics
Ole,Friis,Friis Foods,ole.friis@friis-foods.example,event,nordics
Hanna,Ek,Ek Keramik,hanna.ek@ek-keramik.example,event,nordics
"""
"""The list of a fair: twelve rows, of which three can't be brought in."""
SHARED_FOR = timedelta(days=14)
REASON = "The web form was not connected until the Monday after: what came in that week lay in a mailbox."
MOVED = "Before the teams moved in, nobody could be active."
AMONG_US = "They will decide for whoever delivers before Easter. Keep this among us until the offer is out."


@dataclass(frozen=True, slots=True)
class Eve:
    """The evening before today: when it is, and who and what there is."""

    now: datetime
    days: Days
    ids: Mapping[str, int]
    plan: Plan
    numbers: Mapping[str, Mapping[int, int]]

    @property
    def today(self) -> date:
        """The day of the evening."""
        return self.now.date()

    def actor(self, key: str) -> Actor:
        """Somebody of the cast."""
        return person(self.ids[key])

    def number(self, row: Planned) -> int:
        """The number of a planned record."""
        return self.numbers[row.kind][row.place]

    def open_deals(self, who: str) -> list[Planned]:
        """Somebody's deals that are open, the latest first."""
        mine = [row for row in self.plan.of("opportunity") if row.who == who]
        return [row for row in reversed(mine) if row.until(self.now)["stage"] not in ("won", "lost")]


def keep_stocks(day: date, now: datetime) -> None:
    """Keep at the end of a week what only a day itself can tell: how the stocks stand."""
    trends.keep_day(day, actor=SYSTEM, now=now, zone=ZONE, which=STOCKS)


def play(eve: Eve) -> None:
    """Do all of it; days are tallied as each night does, and the figures come last, so that they know the rest."""
    _enter_series(eve)
    _address(eve)
    shaping.play(eve.actor("tobias"), eve.now)
    doors.play(eve.actor("tobias"), eve.now)
    doors.knock(eve.actor("tobias"), eve.now)
    named = {each.name: each.id for each in teams.teams()}
    automations.switch_on(eve.actor(automations.KEEPER), eve.ids, named, eve.now)
    mishaps.prepare(eve.actor("tobias"), eve.now)
    _bring_in(eve)
    mishaps.play(eve.actor, eve.now)
    _work_together(eve)
    asking.play(eve.actor, eve.ids, eve.now)
    # After tickets: who asked is asked how it went, and articles answer them.
    answers.play(eve.now, eve.days, {key: eve.actor(key) for key in ("sune", "amira", "leila", "nadia")})
    contacts = sorted(eve.numbers["contact"].values())
    privacy.play(contacts, eve.actor("tobias"), eve.now)
    trust.run_tests(actor=eve.actor("tobias"), now=eve.now)
    counts.tally_stale(SYSTEM, eve.now)
    _keep_figures(eve)


def _enter_series(eve: Eve) -> None:
    """Weeks of figures from outside, with what they stand on; a slip is corrected, and both stay to be seen."""
    chance = Random("What the web says")  # noqa: S311  # a story, not a secret
    weeks = [eve.days.first + WEEK * number for number in range((eve.days.monday - eve.days.first) // WEEK)]
    for name, unit, source, who, usual, differs in SERIES:
        actor = eve.actor(who)
        series, _work = figures.define(SeriesData(name, unit, source, owner_id=actor.id), actor=actor)
        values = [Entry(week, Decimal(round(usual * chance.uniform(1 - differs, 1 + differs)))) for week in weeks]
        told = f"Export of {source.lower()}"
        figures.take_in(series, values[:-BY_HAND], told, actor=actor, now=eve.now, today=eve.today)
        slip = Entry(values[-2].day, values[-2].value * SLIP)
        for entry in (values[-3], slip, values[-2], values[-1]):
            rows = f"week,value\n{entry.day},{entry.value}\n".encode()
            file = (f"{entry.day}.csv", BytesIO(rows)) if entry is values[-1] else None
            figures.enter(series, entry, told, actor=actor, now=eve.now, today=eve.today, file=file)


def _address(eve: Eve) -> None:
    """Members of every campaign: the leads that came of it, and contacts who came more or less far."""
    chance = Random("Whom we write to")  # noqa: S311  # a story, not a secret
    twins = {place for pair in eve.plan.twins for place in pair}
    contacts = [row for row in eve.plan.of("contact") if row.place not in twins and row.place in eve.numbers["contact"]]
    for campaign in eve.plan.of("campaign"):
        number, actor = eve.number(campaign), eve.actor(campaign.who)
        came = [each for each in eve.plan.of("lead") if each.values["campaign_id"] == campaign.place]
        gone = {"Wants a job"}
        leads = [each for each in came if each.until(eve.now).get("disqualified_reason") not in gone]
        groups = {"responded": [("lead", eve.number(each)) for each in leads if each.place in eve.numbers["lead"]]}
        known = [each for each in contacts if each.at.date() <= campaign.values["ends_on"]]
        clicks = campaign.values["kind"] not in ("event", "phone")
        for contact in chance.sample(known, TARGETED):
            far = chance.random()
            status = next((each for each, share in CAME if far < share), "targeted")
            status = status if clicks or status == "targeted" else "sent"
            groups.setdefault(status, []).append(("contact", eve.number(contact)))
        for status, people in groups.items():
            if people:
                campaigns.add(number, people, status, actor=actor, now=eve.now)


def _bring_in(eve: Eve) -> None:
    """Nadia brings in the visitors of a fair; three rows are refused and come back with the reason."""
    actor = eve.actor("nadia")
    number = imports.keep_draft("lead", "visitors of the fair.csv", VISITORS.encode(), actor=actor, now=eve.now)
    imports.start(number, imports.FULL, actor=actor, now=eve.now)


def _work_together(eve: Eve) -> None:
    """A share that ends, a view for all, stars, tags, and a note that not everybody reads."""
    oskar, jonas = eve.actor("oskar"), eve.actor("jonas")
    deals = [eve.number(row) for row in eve.open_deals("oskar")[:4]]
    until = eve.now + SHARED_FOR
    sharing.share(
        "opportunity", deals[0], sharing.ShareData(f"person:{eve.ids['lotte']}", until=until), actor=jonas, now=eve.now
    )
    for deal in deals[1:3]:
        recent.star("opportunity", deal, on=True, actor=oskar, now=eve.now)
    for deal, name in zip(deals, ("Framework contract", "Tender", "Tender"), strict=False):
        tags.put("opportunity", deal, name, actor=oskar)
    said = notes.NoteData("Before the offer", AMONG_US, pinned=True, confidential=True)
    notes.add("opportunity", deals[0], said, actor=oskar, now=eve.now)
    views.save_view("crm_leads", "", "Web leads to call", "source=web&status=new", shared=True, actor=eve.actor("erik"))


def _keep_figures(eve: Eve) -> None:
    """A baseline from the old system, the weeks of nine months, what stands out, and what was behind the dip."""
    first, tobias = eve.days.monday - WEEK * 7, eve.actor("tobias")
    settings.set_baseline(
        first - WEEK * OLD_WEEKS,
        first - timedelta(days=1),
        OLD_CONTACTS,
        OLD_USERS,
        "Count in the old system on the day of the first move, kept with the migration",
        actor=tobias,
        today=eve.today,
    )
    trends.keep_weeks(eve.days.first, eve.today, actor=SYSTEM, now=eve.now, zone=ZONE)
    window = Window(eve.today, eve.today, eve.now, ZONE)
    trends.rebase("weekly-active", MOVED, window, actor=tobias)
    trends.find_anomalies(actor=SYSTEM, now=eve.now, zone=ZONE)
    dip = eve.days.monday - WEEK * DIP_WEEKS_AGO
    for each in seen.anomalies("lead-conversion"):
        if each.week == dip:
            trends.explain(each.id, "explained", REASON, actor=tobias)
