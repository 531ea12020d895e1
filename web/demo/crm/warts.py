"""What is wrong with the data, on purpose: gaps, "n/a", two of the same. It is what the cleaning pages find."""

from __future__ import annotations

from random import Random

from web.demo.crm.plan import Plan, Planned

GAPS = {
    "account": (("phone", 8), ("industry", 6), ("website", 14), ("employees", 20), ("revenue", 35)),
    "contact": (("title", 11), ("email", 6), ("phone", 15), ("department", 30)),
    "lead": (("email", 4), ("region", 5), ("phone", 25), ("industry", 20)),
    "opportunity": (("product_line", 5),),
}
"""Of a hundred records so many lack a field."""
FILLERS = {"account": ("phone", 9), "contact": ("title", 12), "lead": ("phone", 14)}
"""A field that holds "n/a", so often."""
SAME_PEOPLE, SAME_ACCOUNTS = 14, 6


def plan(into: Plan, chance: Random) -> None:
    """Spoil what was planned."""
    same_accounts(into)
    into.twins = same_people(into)
    for kind, gaps in GAPS.items():
        for record in into.of(kind):
            for key, percent in gaps:
                if chance.randrange(100) < percent and record.values.get(key):
                    record.values[key] = None if key in ("employees", "revenue") else ""
    for kind, (key, count) in FILLERS.items():
        for record in chance.sample(into.of(kind), count):
            record.values[key] = "n/a"


def same_accounts(into: Plan) -> list[tuple[int, int]]:
    """Pairs of accounts that are one: the second is written without its form, or in capitals. Their places."""
    accounts = [each for each in into.of("account") if each.values["parent_id"] is None][20:]
    pairs = []
    for number in range(SAME_ACCOUNTS):
        first, second = accounts[5 * number], accounts[5 * number + 3]
        name = first.values["name"].rsplit(" ", 1)[0]
        kept = {key: first.values[key] for key in ("website", "city", "country", "region", "postcode")}
        second.values |= kept | {"name": name.upper() if number % 2 else name, "email": ""}
        pairs.append((first.place, second.place))
    return pairs


def same_people(into: Plan) -> list[tuple[int, int]]:
    """Pairs of contacts that are one: the second has a letter twice, a bare first letter, or another number."""
    pairs: list[tuple[int, int]] = []
    for first, second in _neighbours(into):
        names = {key: first.values[key] for key in ("first_name", "last_name")}
        match len(pairs) % 3:
            case 0:
                names["last_name"] = _twice(names["last_name"])
            case 1:
                names["first_name"] = f"{names['first_name'][0]}."
        same = {key: first.values[key] for key in ("email" if len(pairs) % 3 else "phone", "account_id")}
        second.values |= names | same
        pairs.append((first.place, second.place))
        if len(pairs) == SAME_PEOPLE:
            break
    return pairs


def _neighbours(into: Plan) -> list[tuple[Planned, Planned]]:
    """Two people of each account that has several."""
    last: dict[int, list[Planned]] = {}
    for contact in into.of("contact"):
        if contact.origin == "entered":
            last.setdefault(contact.values["account_id"], []).append(contact)
    return [(each[0], each[1]) for each in last.values() if len(each) > 1]


def _twice(name: str) -> str:
    """A name with its third letter typed twice.

    >>> _twice("Maertens")
    'Maeertens'
    """
    return name[:3] + name[2:]
