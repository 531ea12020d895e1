"""The demo's people have a password that everybody knows: production and they exclude each other."""

from __future__ import annotations

from sqlalchemy import select

from accounts.people.models import Person
from infra.database import db
from kernel.errors import Problem
from web.demo.cast import DOMAIN
from web.settings import Settings


def refuse_demo(settings: Settings) -> None:
    """In production raise Problem for a database that holds the demo's people."""
    if settings.is_production and holds_demo_people():
        raise Problem(
            "demo_people",
            "This database holds the demo's people, whose passwords everybody knows. "
            "Start with an empty database: set ROADMAP_DATA_DIR or ROADMAP_DATABASE_URL to another place.",
        )


def holds_demo_people() -> bool:
    """Whether anybody of the demo could sign in here."""
    known = select(Person.id).where(Person.email.like(f"%@{DOMAIN}"), Person.active, Person.password.is_not(None))
    return db.session.scalar(known.limit(1)) is not None
