"""Whether access is one answer: random questions asked of the rule, of the database and of the pages must agree.

A small CRM is filled: teams two deep, somebody for every role that ships, records of everybody with a word of its own
in each field of text, some of them shared. Each question (person, action, object, record, field) is answered three
times: by `crm.access.rules`, by the condition that lists and totals ask the database with, and by a request as that
person.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access.queries import actor_of
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.teams import service as teams
from accounts.tries.rules import Visit
from benchmarks.harness import Figure, run
from crm.access import rules as access_rules
from crm.access import service as crm_access
from crm.access.models import RecordShare
from crm.access.queries import access_of, reach
from crm.access.rules import DELETE, EDIT, SEE
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Kind
from crm.records import queries as records
from crm.records import service
from crm.records.models import TABLES, Stage
from crm.trust.queries import question
from crm.trust.rules.explain import judge
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor
from web.app import create_app
from web.settings import read

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
QUESTIONS = 1000
TEXTS = frozenset({Kind.TEXT, Kind.LONG})
WORD = re.compile(r"zq(\d{5})qz")


@dataclass
class World:
    """The people, their browsers, the records, and for each secret word the field of the record that holds it."""

    app: Flask
    people: list[Actor] = field(default_factory=list)
    browsers: dict[int, FlaskClient] = field(default_factory=dict)
    records: list[tuple[str, int]] = field(default_factory=list)
    words: list[tuple[str, int, str]] = field(default_factory=list)

    def word_of(self, kind: str, record_id: int, key: str) -> str | None:
        """The secret word in a field, if it holds one."""
        wanted = (kind, record_id, key)
        return word(self.words.index(wanted)) if wanted in self.words else None


@dataclass(frozen=True)
class Asked:
    """One question."""

    who: Actor
    action: str
    kind: str
    record_id: int
    key: str


def word(number: int) -> str:
    """A word that stands nowhere else."""
    return f"zq{number:05d}qz"


def build(app: Flask, each: int = 1) -> World:
    """Fill an empty database: everybody owns ``each`` records of every object, and every third record is shared."""
    world = World(app)
    north = teams.add_team("North", actor=SYSTEM)[0]
    places = [north, teams.add_team("North, inside", north, actor=SYSTEM)[0], teams.add_team("South", actor=SYSTEM)[0]]
    for number, role in enumerate([*access_rules.SHIPPED, *access_rules.SHIPPED[:2]]):
        world.people.append(_person(world, number, role.key, places[number % len(places)]))
    for kind in OBJECTS:
        for who in world.people:
            for _turn in range(each):
                _record(world, kind, who)
    with transaction(SYSTEM, "record.shared") as work:
        work.session.add_all(_shares(world))
    return world


def _person(world: World, number: int, role: str, team: int) -> Actor:
    made = people.add_person(PersonData(f"Person {number}", f"p{number}@example.org"), now=NOW, actor=SYSTEM)
    crm_access.give_role(made, role, actor=SYSTEM)
    teams.put(made, team, actor=SYSTEM)
    client = world.app.test_client()
    token = signin.open_session(made, stays=False, visit=Visit("127.0.0.1", "benchmark", NOW))
    with client.session_transaction() as session:
        session[TOKEN] = token
    world.browsers[made] = client
    actor = actor_of(made)
    assert actor is not None
    return actor


def _record(world: World, kind: str, who: Actor) -> None:
    subject, made, values = OBJECTS[kind], len(world.words), {"owner_id": who.id} if kind != "product" else {}
    keys = [each.key for each in subject.written if each.kind in TEXTS and each.longest > len(word(0))]
    filled: dict[str, Any] = values | {key: word(made + place) for place, key in enumerate(keys)}
    record_id, _work = service.create(kind, filled, actor=SYSTEM, now=NOW)
    world.words += [(kind, record_id, key) for key in keys]
    world.records.append((kind, record_id))


def _shares(world: World) -> list[RecordShare]:
    dice = random.Random(7)  # noqa: S311  # a sample, no secret
    return [
        RecordShare(
            object=kind,
            record_id=record_id,
            person_id=dice.choice(world.people).id,
            may_edit=bool(number % 2),
            shared_at=NOW,
        )
        for number, (kind, record_id) in enumerate(world.records)
        if number % 3 == 0
    ]


def questions(world: World, count: int, seed: int = 1) -> Iterable[Asked]:
    """Random questions, the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311  # a sample, no secret
    for _turn in range(count):
        kind, record_id = dice.choice(world.records)
        action = dice.choice((SEE, SEE, EDIT, EDIT, DELETE))
        worded = [key for each, number, key in world.words if (each, number) == (kind, record_id)]
        keys = worded if action == SEE else [each.key for each in OBJECTS[kind].fields]
        key = "" if action == DELETE else dice.choice(["", *keys])
        yield Asked(dice.choice(world.people), action, kind, record_id, key)


def by_rule(asked: Asked) -> bool:
    """What the rule says."""
    subject, access = OBJECTS[asked.kind], access_of(asked.who)
    record = db.session.get(TABLES[asked.kind], asked.record_id)
    return judge(question(access, asked.action, subject, record, asked.key)).yes


def by_database(asked: Asked) -> bool:
    """What the condition of the database lets through; a field is filled in by who may read it."""
    subject, table, access = OBJECTS[asked.kind], TABLES[asked.kind], access_of(asked.who)
    conditions = [table.id == asked.record_id, reach(access, SEE, subject, table)]
    conditions.append(reach(access, asked.action, subject, table, asked.key or None))
    if asked.action == EDIT and asked.key:
        facts = records.facts(access, EDIT, subject, db.session.get(table, asked.record_id))
        if asked.key not in access_rules.fields_written(access, subject, facts):
            return False
    return db.session.scalar(select(table.id).where(*conditions)) is not None


def by_request(world: World, asked: Asked) -> bool:
    """What the pages do for this person's browser."""
    assert asked.who.id is not None
    browser, address = world.browsers[asked.who.id], f"/crm/{OBJECTS[asked.kind].plural}/{asked.record_id}"
    if asked.action == SEE:
        answer = browser.get(address)
        secret = world.word_of(asked.kind, asked.record_id, asked.key)
        return answer.status_code == 200 and (secret is None or secret in answer.text)  # noqa: PLR2004  # HTTP's own
    if asked.action == EDIT:
        answer = browser.get(f"{address}?edit={asked.key}" if asked.key else f"{address}/edit")
        return answer.status_code == 200  # noqa: PLR2004  # HTTP's own
    answer = browser.post(f"{address}/delete")
    if answer.status_code not in (302, 303):
        return False
    service.restore(asked.kind, [asked.record_id], actor=SYSTEM)
    return True


def disagreements(world: World, count: int, seed: int = 1) -> list[tuple[Asked, bool, bool, bool]]:
    """The questions that are not answered alike, with the answers of rule, database and request."""
    found = []
    for asked in questions(world, count, seed):
        db.session.rollback()
        answers = (by_rule(asked), by_database(asked), by_request(world, asked))
        if len(set(answers)) > 1:
            found.append((asked, *answers))
    return found


def wrong_counts(world: World) -> list[tuple[str, str, int, int]]:
    """Where a total that the database filters differs from every record asked one by one."""
    wrong = []
    for who in world.people:
        access = access_of(who)
        for kind, subject in OBJECTS.items():
            rows = db.session.scalars(select(TABLES[kind]).where(TABLES[kind].deleted_at.is_(None))).all()
            one_by_one = sum(
                access_rules.may(access, SEE, subject, records.facts(access, SEE, subject, row)) for row in rows
            )
            filtered = len(db.session.scalars(records.seen(access, subject)).all())
            if one_by_one != filtered:
                wrong.append((who.name, kind, one_by_one, filtered))
    return wrong


def main() -> list[Figure]:
    """How many of a thousand questions are answered alike by the rule, the database and the pages."""
    with TemporaryDirectory() as folder:
        settings = read({"ROADMAP_DATA_DIR": folder, "ROADMAP_SECRET_KEY": "x" * 40, "ROADMAP_LOG_LEVEL": "ERROR"})
        app = create_app(settings, clock=lambda: NOW)
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            db.create_all()
            with transaction(SYSTEM, "stage.added") as work:
                work.session.add(Stage(key="open", name="Open", position=1, probability=10))
            world = build(app, each=3)
            wrong = disagreements(world, QUESTIONS)
            totals = wrong_counts(world)
            db.session.remove()
            db.engine.dispose()
    for asked, *answers in wrong:
        print(asked.who.name, asked.action, asked.kind, asked.record_id, asked.key, answers)
    asked_totals = len(world.people) * len(OBJECTS)
    return [
        Figure(
            "random questions answered alike by rule, database and page",
            QUESTIONS - len(wrong),
            "",
            QUESTIONS,
            "higher",
        ),
        Figure("totals equal to every record asked one by one", asked_totals - len(totals), "", asked_totals, "higher"),
    ]


if __name__ == "__main__":
    run(main)
