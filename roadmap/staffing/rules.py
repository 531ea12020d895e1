"""What holds of a project's roles: the share of a person's time, the range for it, and who may change them."""

from __future__ import annotations

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL
NAME_LIMIT, TEXT_LIMIT = 200, 20_000
LARGEST_SHARE = 100
MOST_UNITS = 100_000.0
"""The most that a role or somebody on a task gives, in percent of a full day: a thousand people."""
WORK = "work"
KINDS = {WORK: "Work: people or machines that give time", "material": "Material: used up", "cost": "Cost: money alone"}
"""What a role stands for, in words."""
MEMBER_ROLES = ("manager", "member", "stakeholder", "executive")
"""What somebody may be in a project; each role's grants stand with the rooms that they open."""

GRANTS = (
    *allow("team.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("team.edit", administrator=ALL, manager=ALL),
)


def check_share(share: int) -> None:
    """Raise RuleBroken for a share of time that nobody has."""
    if not 0 <= share <= LARGEST_SHARE:
        raise RuleBroken(
            "role.share",
            "%(share)s %% of somebody's time is not possible. Give 0 to 100 %%.",
            field="share",
            share=share,
        )


def check_resource(kind: str, max_units: float) -> None:
    """Raise RuleBroken for a kind that there is not, or for more or less than a role can give."""
    if kind not in KINDS:
        raise RuleBroken("role.kind", "A role is work, material or cost.", field="kind")
    if not 0 < max_units <= MOST_UNITS:
        raise RuleBroken(
            "role.max_units",
            "%(units)s %% of a day is not possible. Give more than 0; 100 %% is one person all day.",
            field="max_units",
            units=f"{max_units:g}",
        )


def check_role(name: str, low: int | None, high: int | None) -> None:
    """Raise RuleBroken for a role without a name or with a range that is none."""
    if not name.strip():
        raise RuleBroken("role.name", "Give the role a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise RuleBroken(
            "role.name_long", "A role's name has at most %(limit)s characters.", field="name", limit=NAME_LIMIT
        )
    for field, bound in (("share_min", low), ("share_max", high)):
        if bound is not None and not 0 <= bound <= LARGEST_SHARE:
            raise RuleBroken("role.range", "A share of time lies between 0 and 100 %%.", field=field)
    if low is not None and high is not None and high < low:
        raise RuleBroken("role.range_order", "The range runs from the smaller share to the larger.", field="share_max")


def person_number(text: str) -> int | None:
    """The number that a list of people sent; None for anything else.

    >>> person_number("12"), person_number("Ana")
    (12, None)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def outside(share: int, low: int | None, high: int | None) -> bool:
    """Whether a share lies outside the range that the role asks for.

    >>> outside(80, 25, 50), outside(30, 25, None)
    (True, False)
    """
    return (low is not None and share < low) or (high is not None and share > high)


def range_text(low: int | None, high: int | None) -> str:
    """A range in a few signs; empty where there is none.

    >>> range_text(25, 50), range_text(None, 10)
    ('25-50 %', 'up to 10 %')
    """
    if low is None:
        return "" if high is None else f"up to {high} %"
    if high is None:
        return f"from {low} %"
    return f"{low} %" if low == high else f"{low}-{high} %"
