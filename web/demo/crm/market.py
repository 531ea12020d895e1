"""The market: campaigns, products, 400 accounts in families, 1,500 contacts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random

from web.demo.crm import words
from web.demo.crm.cast import MARKETERS, SELLERS
from web.demo.crm.days import Days, moment
from web.demo.crm.plan import Plan, Planned
from web.demo.crm.words import Land

ACCOUNTS, CONTACTS = 400, 1500
OLD_WEEKS, NEW_SHARE = 140, 0.3
PRIVATE_SHARE = 0.08
"""Most accounts are older than the nine months; this share came within them."""
FAMILIES, DAUGHTERS = 14, 4
"""So many accounts have so many below them, and the first daughter of each has one of her own."""


def plan(into: Plan, days: Days, chance: Random) -> None:
    """Plan campaigns and accounts."""
    _campaigns(into, days, chance)
    _accounts(into, days, chance)


def pick(chance: Random, weighted: Sequence[tuple[str, int]]) -> str:
    """One of several, by weight."""
    return chance.choices([key for key, _ in weighted], [weight for _, weight in weighted])[0]


def land_of(code: str) -> Land:
    """A country by its code."""
    return next(each for each in words.LANDS if each.code == code)


def phone(chance: Random, land: Land) -> str:
    """A number of a country, in the form that the CRM keeps."""
    return "".join(str(chance.randrange(10)) if sign == "#" else sign for sign in land.phone)


def slug(name: str) -> str:
    """A name as a part of an address.

    >>> slug("Søren Åkesson A/S")
    'soren-akesson-a-s'
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(str.maketrans("øæßð", "oasd")))
    return "-".join("".join(sign if sign.isascii() and sign.isalnum() else " " for sign in _bare(plain)).split())


def _bare(text: str) -> str:
    return "".join(sign for sign in text if not unicodedata.combining(sign))


def _campaigns(into: Plan, days: Days, chance: Random) -> None:
    for place, (name, kind, weeks_ago, lasts, budget) in enumerate(words.CAMPAIGNS):
        starts = days.monday - timedelta(weeks=weeks_ago)
        ends = starts + timedelta(weeks=lasts, days=-3)
        who = MARKETERS[place % len(MARKETERS)][0]
        at = moment(chance, days.week(min(weeks_ago + 2, 39))[0])
        state = "finished" if ends < days.today else "running"
        into.add(
            "campaign",
            who,
            at,
            name=name,
            kind=kind,
            state=state,
            starts_on=starts,
            ends_on=ends,
            budget=Decimal(budget),
            audience="Benelux" if "Benelux" in name else "Nordics",
        )


def _accounts(into: Plan, days: Days, chance: Random) -> None:
    trades = [(trade, word) for trade, both in words.TRADES.items() for word in both]
    names = list(product(words.STEMS, trades))
    chance.shuffle(names)
    for place in range(1, ACCOUNTS + 1):
        stem, (trade, word) = names[place - 1]
        land = chance.choices(words.LANDS, [each.weight for each in words.LANDS])[0]
        parent = _parent(place)
        if parent:
            stem = into.of("account")[parent - 1].values["name"].split()[0]
        city = chance.choice(land.cities)
        name = f"{stem} {word} {city} {land.form}" if parent else f"{stem} {word} {land.form}"
        _account(into, days, chance, name, trade, land, city, parent)


def _parent(place: int) -> int | None:
    """Accounts after the families' heads belong to them in turn; then some daughters have one of their own."""
    number = place - FAMILIES - 1
    if 0 <= number < FAMILIES * DAUGHTERS:
        return number % FAMILIES + 1
    number -= FAMILIES * DAUGHTERS
    return FAMILIES + 1 + number if 0 <= number < FAMILIES else None


def _account(
    into: Plan, days: Days, chance: Random, name: str, trade: str, land: Land, city: str, parent: int | None
) -> Planned:
    employees = int(10 ** chance.uniform(1, 3.4))
    kind = chance.choices(("customer", "prospect", "partner", "former"), (48, 38, 8, 6))[0]
    address = f"{slug(name)}.example"
    return into.add(
        "account",
        pick(chance, SELLERS[land.region]),
        came(days, chance, 0 if parent or len(into.of("account")) < FAMILIES else NEW_SHARE),
        name=name,
        kind=kind,
        industry=trade,
        region=land.region,
        country=land.code,
        parent_id=parent,
        phone=phone(chance, land),
        email=f"info@{address}",
        website=f"https://www.{address}",
        street=f"{chance.choice(land.streets)} {chance.randrange(1, 120)}",
        postcode="".join(str(chance.randrange(1, 10)) if sign == "#" else sign for sign in land.postcode),
        city=city,
        employees=employees,
        revenue=Decimal(employees * chance.randrange(90, 240) * 1000),
        tax_number=f"{land.code}{chance.randrange(10**7, 10**8)}",
    )


def came(days: Days, chance: Random, new: float) -> datetime:
    """When a record came: long ago, or on a working day of the nine months."""
    if chance.random() >= new:
        return moment(chance, days.all[0]) - timedelta(weeks=chance.randrange(1, OLD_WEEKS))
    return moment(chance, days.some(chance, days.all[0], days.all[-1]) or days.all[0])


def contacts(into: Plan, days: Days, chance: Random) -> None:
    """Plan contacts until there are enough: one for each account, the others where it falls."""
    accounts = into.of("account")
    alone = iter(accounts)
    while len(into.of("contact")) < CONTACTS:
        account = next(alone, None) or chance.choice(accounts)
        contact(into, chance, account, max(came(days, chance, NEW_SHARE), account.at + timedelta(minutes=3)))


def contact(into: Plan, chance: Random, account: Planned, at: datetime) -> Planned:
    """Plan somebody at an account; two of one account have different names."""
    land = land_of(account.values["country"])
    names = [(first, last) for first in land.first for last in land.last]
    address = account.values["website"].removeprefix("https://www.")
    first, last = chance.choice([each for each in names if (account.place, *each) not in into.named])
    into.named.add((account.place, first, last))
    return into.add(
        "contact",
        account.who,
        at,
        first_name=first,
        last_name=last,
        account_id=account.place,
        title=chance.choice(words.TITLES),
        department=chance.choice(words.DEPARTMENTS),
        email=f"{slug(first)}.{slug(last)}@{address}",
        phone=phone(chance, land),
        private_phone=phone(chance, land) if chance.random() < PRIVATE_SHARE else None,
        street=account.values["street"],
        postcode=account.values["postcode"],
        city=account.values["city"],
        country=land.code,
        source=chance.choice(("web", "event", "referral", "mail", "phone", "partner")),
    )
