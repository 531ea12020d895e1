"""A roll-out with a gate, its manager, its sponsor and somebody who fills a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor
from readiness.decisions.rules import Taken
from readiness.evidence import service as evidence
from readiness.gates import service as criteria
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.sources import Look
from readiness.meeting import service
from readiness.signoffs import service as signoffs
from readiness.signoffs.rules import Given
from roadmap.staffing.models import ProjectRole
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@dataclass
class Scene:
    """The roll-out and those who take part; ``criterion`` is a must-have whose role ``leila`` fills."""

    project: int
    criterion: int
    maren: Actor
    beatrix: Actor
    leila: Actor
    look: Look

    def state(self, value: float) -> None:
        """Sign how the criterion stands."""
        until = TODAY + timedelta(days=30)
        evidence.state(self.project, self.criterion, value, "Seen", until, actor=SYSTEM, now=NOW, today=TODAY)

    def ask(self) -> None:
        """Ask for sign-offs."""
        signoffs.ask(self.look, "go-live", None, actor=self.maren)

    def sign(self, who: Actor, seat: str, answer: str = "approve", words: str = "", due: date | None = None) -> int:
        """Give somebody's word."""
        return service.sign("go-live", Given(seat, answer, words, due), self.look, actor=who)

    def all_sign(self) -> None:
        """Ask everybody, and have everybody approve."""
        self.ask()
        self.sign(self.leila, "role:data")
        self.sign(self.beatrix, "member:executive")

    def decide(self, decision: str, who: Actor | None = None, **more: object) -> int:
        """Take the decision."""
        taken = Taken(decision, key=more.pop("key", f"press-{decision}-{len(more)}"), **more)
        return service.decide("go-live", taken, self.look, actor=who or self.beatrix)


@pytest.fixture
def scene(app):
    project = factories.project("Europe launch", target_go_live=date(2026, 3, 3))
    maren, beatrix = (
        factories.person(name, projects={project: role})
        for name, role in (("Maren", "manager"), ("Beatrix", "executive"))
    )
    leila = factories.person("Leila", projects={project: "member"})
    with transaction(SYSTEM, "project.created") as work:
        work.session.add(
            ReadinessGate(
                project_id=project, key="go-live", name="Go-live gate", minimum_score=85, minimum_confidence=80
            )
        )
        work.session.add(ProjectRole(project_id=project, key="data", name="Data owner", person_id=leila.id))
    role = db.session.scalars(select(ProjectRole.id)).one()
    values = {"statement": "A survey was held", "source": "survey", "must_have": True, "role_id": role}
    number, _work = criteria.add_criterion(project, "go-live", values, actor=SYSTEM)
    return Scene(project, number, maren, beatrix, leila, Look(project, NOW, TODAY))
