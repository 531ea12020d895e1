"""Leads and deals: 1,200 leads week by week, of which some become deals; 900 deals that go through the stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from web.demo.crm import market, words
from web.demo.crm.cast import ABSENT, DIP_WEEKS_AGO, MARKETERS, SELLERS, wave_of
from web.demo.crm.days import WEEKS, Days, moment
from web.demo.crm.plan import Plan, Planned

LEADS, DEALS = 1191, 900
"""Nine more leads come from a file that is brought in."""
CHANNELS: Mapping[str, tuple[float, float]] = {
    "web": (0.48, 0.26),
    "mail": (0.11, 0.13),
    "event": (0.10, 0.22),
    "referral": (0.09, 0.38),
    "partner": (0.08, 0.30),
    "phone": (0.07, 0.18),
    "social": (0.07, 0.10),
}
"""Of all leads the share of a channel, and the share of its leads that become deals."""
DIPPED = 0.03
"""The share of the web leads of one week that become deals."""
STAGES = ("qualify", "discover", "demo", "proposal", "negotiate")
STAYS: Mapping[str, tuple[int, int]] = {
    "qualify": (2, 10),
    "discover": (3, 14),
    "demo": (3, 14),
    "proposal": (4, 18),
    "negotiate": (3, 16),
}
"""Working days in a stage, from and to."""
WON_SHARE, STALLED_SHARE, LATE_SHARE = 0.36, 0.05, 0.16
RATES: Mapping[str, Decimal] = {
    "EUR": Decimal(1),
    "DKK": Decimal("7.46"),
    "SEK": Decimal("11.20"),
    "GBP": Decimal("0.86"),
}
"""What a euro is in the price lists of the countries."""
LOST: tuple[tuple[str, int], ...] = (
    ("price", 26),
    ("competitor", 22),
    ("timing", 16),
    ("budget", 14),
    ("silent", 12),
    ("fit", 7),
    ("other", 3),
)


def plan(into: Plan, days: Days, chance: Random) -> None:
    """Plan all of it: leads, the contacts and deals that they become, other contacts, other deals."""
    _leads(into, days, chance)
    market.contacts(into, days, chance)
    while len(into.of("opportunity")) < DEALS:
        contact = chance.choice(into.of("contact"))
        day = days.some(chance, days.all[0], days.all[-1])
        if day and day > contact.at.date():
            deal(into, days, chance, contact, moment(chance, day))


def quotas(days: Days) -> list[int]:
    """How many leads come in each week, the oldest first: as many as its days are busy, together all of them.

    >>> sum(quotas(Days(date(2026, 2, 18))))
    1191
    """
    weights = [sum(days.busy[days.all.index(day)] for day in days.week(ago)) for ago in range(WEEKS, -1, -1)]
    total, given, counts = sum(weights), 0, []
    for place in range(len(weights)):
        until = LEADS * sum(weights[: place + 1]) // total
        counts.append(until - given)
        given = until
    return counts


def _leads(into: Plan, days: Days, chance: Random) -> None:
    """Channels and conversions by shares that add up over the weeks: chance alone would hide the one week that dips.

    Conversions add up over the web and over all else, so that no week has many by accident.
    """
    come = dict.fromkeys(CHANNELS, 0.0)
    convert = {True: 0.5, False: 0.5}
    for ago, count in zip(range(WEEKS, -1, -1), quotas(days), strict=True):
        for _ in range(count):
            for channel, (share, _rate) in CHANNELS.items():
                come[channel] += share
            channel = max(come, key=lambda each: come[each])
            come[channel] -= 1
            web = channel == "web"
            convert[web] += DIPPED if web and ago == DIP_WEEKS_AGO else CHANNELS[channel][1]
            converts = convert[web] >= 1
            convert[web] -= converts
            at = moment(chance, days.some(chance, *_bounds(days.week(ago))) or days.all[0])
            _lead(into, days, chance, channel, at, converts=converts)


def _bounds(week: list[date]) -> tuple[date, date]:
    return week[0], week[-1]


def _lead(into: Plan, days: Days, chance: Random, channel: str, at: datetime, *, converts: bool) -> None:
    account = chance.choice(into.of("account"))
    region = account.values["region"]
    land = market.land_of(account.values["country"])
    first, last = chance.choice(land.first), chance.choice(land.last)
    ends = _fate(chance, converts=converts)
    sells = ends in ("sql", "converted") or chance.random() < 0.5  # noqa: PLR2004  # marketing keeps half of the rest
    who = market.pick(chance, SELLERS[region] if sells else MARKETERS)
    product = chance.choice(words.PRODUCTS)
    company = (
        account.values["name"] if converts else f"{chance.choice(words.STEMS)} {account.values['name'].split()[1]}"
    )
    lead = into.add(
        "lead",
        who,
        at,
        first_name=first,
        last_name=last,
        company=company,
        title=chance.choice(words.TITLES),
        email=f"{market.slug(first)}.{market.slug(last)}@{market.slug(company)}.example",
        phone=market.phone(chance, land),
        status="new",
        source=channel,
        rating=chance.choices(("hot", "warm", "cold", ""), (2, 5, 3, 2))[0],
        region=region,
        country=land.code,
        industry=account.values["industry"],
        product_interest=product[0],
        value=Decimal(product[2]) * chance.randrange(1, 4),
        campaign_id=_campaign(into, chance, channel, at),
    )
    _live(into, days, chance, lead, ends, account)


def _fate(chance: Random, *, converts: bool) -> str:
    if converts:
        return "converted"
    return chance.choices(("new", "contacted", "mql", "sql", "disqualified"), (8, 22, 22, 13, 35))[0]


def _campaign(into: Plan, chance: Random, channel: str, at: datetime) -> int | None:
    """A campaign of the channel that runs, or ended up to three weeks before."""
    running = [
        place
        for place in words.CAMPAIGN_OF_SOURCE.get(channel, ())
        for campaign in (into.of("campaign")[place - 1].values,)
        if campaign["starts_on"] <= at.date() <= campaign["ends_on"] + timedelta(weeks=3)
    ]
    return running[0] if running and chance.random() < 0.8 else None  # noqa: PLR2004  # some come by themselves


def _live(into: Plan, days: Days, chance: Random, lead: Planned, ends: str, account: Planned) -> None:
    """What happens to a lead until it ends where it ends, as far as that is behind us."""
    path = {"new": (), "contacted": ("contacted",), "mql": ("contacted", "mql")}
    steps = path.get(ends, ("contacted", "mql", ends) if ends == "sql" else ("contacted", "mql", "sql", ends))
    if ends == "disqualified":
        steps = ("contacted", ends)
    at = lead.at
    for step in steps:
        day = days.after(at.date(), chance.randrange(1, 5))
        if day is None or _gone(lead.who, day, days):
            return
        at = moment(chance, day)
        values: dict[str, Any] = {"status": step}
        if step in ("mql", "sql", "converted"):
            values[f"{step}_at"] = at
        if step == "disqualified":
            values["disqualified_reason"] = chance.choice(("Student", "No need", "Too small", "Wants a job"))
        if step == "converted":
            values |= _convert(into, days, chance, lead, account, at)
        lead.events.append((at, values))
    if ends in ("contacted", "mql", "sql"):
        lead.values |= {"next_step": chance.choice(words.NEXT_STEPS), "next_step_on": next_day(days, chance)}


def _gone(who: str, day: date, days: Days) -> bool:
    """Whether nothing happens to somebody's records any more: they never signed in after the move."""
    return who == ABSENT and day >= days.monday - timedelta(weeks=wave_of(who).weeks_ago)


def _convert(into: Plan, days: Days, chance: Random, lead: Planned, account: Planned, at: datetime) -> dict[str, Any]:
    account.at = min(account.at, at - timedelta(minutes=2))
    contact = market.contact(into, chance, account, at)
    contact.who, contact.origin = lead.who, "converted"
    contact.values |= {"source": lead.values["source"], "title": lead.values["title"]}
    lead.values |= {key: contact.values[key] for key in ("first_name", "last_name", "email")}
    made = deal(into, days, chance, contact, at)
    made.origin = "converted"
    made.values |= {"lead_id": lead.place, "source": lead.values["source"], "campaign_id": lead.values["campaign_id"]}
    return {"account_id": account.place, "contact_id": contact.place, "opportunity_id": made.place}


def next_day(days: Days, chance: Random) -> date:
    """When the next step is due: soon, or long ago where it was forgotten."""
    if chance.random() < LATE_SHARE:
        return days.today - timedelta(days=chance.randrange(3, 60))
    return days.today + timedelta(days=chance.randrange(0, 15))


def deal(into: Plan, days: Days, chance: Random, contact: Planned, at: datetime) -> Planned:
    """Plan a deal with somebody, its products, and its way through the stages."""
    account = into.of("account")[contact.values["account_id"] - 1]
    currency = market.land_of(account.values["country"]).currency
    currency = "GBP" if chance.randrange(words.BRITISH_SHARE) == 0 else currency
    line, lines = _lines(chance, RATES[currency])
    made = into.add(
        "opportunity",
        contact.who,
        at,
        name=f"{line}, {' '.join(account.values['name'].split()[:2])}",
        account_id=account.place,
        contact_id=contact.place,
        stage="qualify",
        amount=sum((_worth(each) for each in lines), Decimal(0)),
        currency=currency,
        closes_on=at.date() + timedelta(days=chance.randrange(40, 90)),
        source=contact.values["source"],
        product_line=line,
    )
    made.lines = lines
    _walk(days, chance, made)
    return made


def _lines(chance: Random, rate: Decimal) -> tuple[str, list[dict[str, Any]]]:
    """One to four products, the first of which says which line the deal is about."""
    chosen = chance.sample(range(len(words.PRODUCTS)), chance.choices((1, 2, 3, 4), (4, 4, 2, 1))[0])
    chosen.sort(key=lambda place: -words.PRODUCTS[place][2])
    lines = [
        {
            "product_id": place + 1,
            "name": words.PRODUCTS[place][0],
            "quantity": Decimal(chance.choices((1, 2, 3, 5), (6, 3, 2, 1))[0]),
            "price": (words.PRODUCTS[place][2] * rate).quantize(Decimal(1)),
            "discount": chance.choices((0, 5, 10, 15), (6, 2, 2, 1))[0],
            "position": number,
        }
        for number, place in enumerate(chosen)
    ]
    return words.PRODUCTS[chosen[0]][1], lines


def _worth(line: Mapping[str, Any]) -> Decimal:
    worth: Decimal = line["quantity"] * line["price"] * (100 - line["discount"]) / 100
    return worth.quantize(Decimal("0.01"))


def _walk(days: Days, chance: Random, made: Planned) -> None:
    wins, stalls = chance.random() < WON_SHARE, chance.random() < STALLED_SHARE
    last = len(STAGES) if wins else chance.choices((1, 2, 3, 4, 5), (18, 26, 18, 24, 14))[0]
    day = made.at.date()
    for target in _targets(last, wins=wins):
        stage = made.until(datetime.max.replace(tzinfo=made.at.tzinfo))["stage"]
        following = None if stalls and stage == "proposal" else days.after(day, chance.randrange(*STAYS[stage]))
        if following is None or _gone(made.who, following, days):
            _stand(days, chance, made)
            return
        day = following
        values: dict[str, Any] = {"stage": target}
        if target in ("won", "lost"):
            values |= {"closes_on": day, "next_step": "", "next_step_on": None}
        if target == "lost":
            reason = market.pick(chance, LOST)
            values |= {"lost_reason": reason, "lost_to": chance.choice(words.RIVALS) if reason == "competitor" else ""}
        made.events.append((moment(chance, day), values))


def _targets(last: int, *, wins: bool) -> Iterator[str]:
    yield from STAGES[1:last]
    yield "won" if wins else "lost"


def _stand(days: Days, chance: Random, made: Planned) -> None:
    """A deal that is open: most have a next step and a day that lies ahead; some were left alone."""
    if chance.random() < 0.85:  # noqa: PLR2004  # some have no next step
        made.values |= {"next_step": chance.choice(words.NEXT_STEPS), "next_step_on": next_day(days, chance)}
    if made.values["closes_on"] < days.today and chance.random() > LATE_SHARE:
        made.values["closes_on"] = days.today + timedelta(days=chance.randrange(5, 75))
