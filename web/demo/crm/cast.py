"""Who works in the demo's CRM: teams, roles, when each team moved into it, and habits. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.demo.cast import Player

PLAYERS: tuple[Player, ...] = (
    Player("freja", "Freja Winther", "Sales representative"),
    Player("mikkel", "Mikkel Thorsen", "Sales representative"),
    Player("elin", "Elin Sandberg", "Sales representative"),
    Player("lotte", "Lotte Verhoeven", "Sales team lead"),
    Player("bram", "Bram Willems", "Sales representative"),
    Player("femke", "Femke Jansens", "Sales representative"),
    Player("nadia", "Nadia Kowal", "Marketing specialist"),
    Player("jens", "Jens Overgaard", "Marketing specialist"),
    Player("sune", "Sune Frandsen", "Service agent"),
    Player("amira", "Amira Saleh", "Service agent"),
)
"""Those who appear in no roll-out; the others are in the cast of the roll-outs."""

TOP = "Commercial"
TEAMS: Mapping[str, tuple[str, ...]] = {
    "Sales Nordics": ("jonas", "oskar", "freja", "mikkel", "elin"),
    "Sales Benelux": ("lotte", "bram", "femke"),
    "Marketing": ("erik", "nadia", "jens"),
    "Service": ("leila", "sune", "amira"),
}
"""Each team below the top one; the first of each leads it."""
LEADER = "beatrix"
"""Who leads the top team."""
ROLES: Mapping[str, tuple[str, ...]] = {
    "sales-manager": ("jonas", "lotte"),
    "sales-representative": ("oskar", "freja", "mikkel", "elin", "bram", "femke"),
    "marketing-specialist": ("erik", "nadia", "jens"),
    "service-manager": ("leila",),
    "service-agent": ("sune", "amira"),
    "executive": ("beatrix",),
    "crm-administrator": ("tobias", "noor"),
}


@dataclass(frozen=True, slots=True)
class Wave:
    """Teams that move into the CRM on the Monday so many weeks before this one; who loads what they had before."""

    weeks_ago: int
    teams: tuple[str, ...]
    loader: str


WAVES: tuple[Wave, ...] = (
    Wave(7, ("Service",), "pieter"),
    Wave(5, ("Sales Nordics", "Marketing"), "ingrid"),
    Wave(1, ("Sales Benelux",), "pieter"),
)
"""The service desk moves with the pilot's launch, the Nordic teams as early adopters, Benelux with its roll-out."""

ABSENT = "bram"
"""Never signs in: what is his was migrated, and nothing has happened to it since."""
LATE = "mikkel"
"""Writes down most of his calls days after them."""
FRIDAYS = "femke"
"""Writes down on Friday afternoon what happened in the week."""
DIP_WEEKS_AGO = 5
"""The week in which web leads went astray: Marketing moved, and the web form was connected a week later."""

SELLERS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "nordics": (("jonas", 1), ("oskar", 4), ("freja", 4), ("mikkel", 3), ("elin", 3)),
    "benelux": (("lotte", 1), ("bram", 2), ("femke", 3)),
}
"""Who sells in a region, and how much each has of it."""
SERVICE: tuple[tuple[str, int], ...] = (("leila", 2), ("sune", 5), ("amira", 5))
MARKETERS: tuple[tuple[str, int], ...] = (("erik", 1), ("nadia", 3), ("jens", 2))


def team_of(key: str) -> str:
    """The team of somebody who works in the CRM.

    >>> team_of("oskar")
    'Sales Nordics'
    """
    return next(team for team, keys in TEAMS.items() if key in keys)


def wave_of(key: str) -> Wave:
    """When somebody moved into the CRM."""
    return next(wave for wave in WAVES if team_of(key) in wave.teams)
