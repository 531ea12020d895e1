"""A roll-out that is live: a team of six in the north, who sign in and log what they did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from adoption.crew import queries as crews
from adoption.crew.rules import Crew
from adoption.measures.rules import Wish
from crm.counts.rules.windows import Window
from crm.usage import service as usage
from crm.usage.rules import Stay
from kernel.actor import SYSTEM, Actor
from roadmap.audience import service as audience
from tests import factories
from tests.fixtures.app import NOW, HandClock

LIVE, TODAY = date(2025, 12, 30), NOW.date()
BEFORE = datetime(2025, 12, 1, 9, tzinfo=UTC)
LAST_WEEK = datetime(2026, 2, 9, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Rollout:
    """A roll-out with its team; the first of the people leads it."""

    project: int
    north: int
    actors: tuple[Actor, ...]
    manager: Actor

    @property
    def people(self) -> list[int]:
        return [each.id or 0 for each in self.actors]


@pytest.fixture
def team_of_six(app, clock: HandClock) -> Rollout:
    clock.now = BEFORE
    project, north = factories.project("Pilot"), factories.team("North")
    names = ("Lena Lead", "Anna A", "Bo B", "Cleo C", "Dan D", "Eva E")
    actors = tuple(
        factories.crm_role(factories.person(name), "sales-representative", north, leads=name == "Lena Lead")
        for name in names
    )
    manager = factories.person("Maren Manager", projects={project: "manager"})
    clock.now = NOW
    audience.choose(project, [north], actor=SYSTEM)
    audience.launch(project, LIVE, actor=SYSTEM)
    return Rollout(project, north, actors, manager)


@pytest.fixture
def used(team_of_six: Rollout) -> Callable[..., None]:
    """Enter how often each of them signed in last week; more counts than people are left over."""

    def sign_in(*counts: int, feature: str = "leads") -> None:
        stays = {
            person: [
                Stay(at, at + timedelta(minutes=5))
                for at in (LAST_WEEK + timedelta(hours=number) for number in range(count))
            ]
            for person, count in zip(team_of_six.people, counts[-len(team_of_six.people) :], strict=True)
        }
        slots = {(found[0].first, person, feature): 3 for person, found in stays.items() if found}
        usage.put(stays, slots, actor=SYSTEM, now=NOW)

    return sign_in


@pytest.fixture
def worked(team_of_six: Rollout) -> Callable[..., None]:
    """Log calls, some within a day and some late, and a contact each."""

    def log(in_time: int, late: int) -> None:
        for number in range(in_time + late):
            who = team_of_six.actors[number % 6]
            happened = LAST_WEEK + timedelta(hours=number)
            at = happened + timedelta(hours=1 if number < in_time else 30)
            factories.record("activity", by=who, at=at, kind="call", state="done", occurred_at=happened)

    return log


def look_at(rollout: Rollout) -> tuple[Crew, Wish]:
    """The crew and the days since go-live, as pages ask for them."""
    return crews.crew(rollout.project), Wish(Window(LIVE, TODAY, NOW), LIVE)
