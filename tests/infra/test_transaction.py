from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from accounts.calendars.models import WorkCalendar
from accounts.people.models import Company, Person
from infra import bulk
from infra.audit import queries
from infra.audit.models import AuditEntry
from infra.audit.sealing import seal
from infra.database import db
from infra.transaction import current, note, transaction
from kernel.actor import SYSTEM, Actor
from kernel.events import Event

ANN = Actor(1, "Ann")


@pytest.fixture
def app(either_app):
    return either_app


@dataclass(frozen=True, slots=True)
class Renamed(Event):
    name: str


def add(name="Acme", actor=ANN):
    with transaction(actor, "company.added") as work:
        company = Company(name=name)
        work.session.add(company)
        work.session.flush()
        return company.id


def names():
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(Company.name)))


def entries():
    return db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()


def hear(app, *handlers):
    app.extensions["launch90"] = replace(app.extensions["launch90"], handlers=handlers)


def test_an_action_is_one_commit_under_one_name(app):
    number = add()
    (entry,) = entries()
    assert (entry.action, entry.kind, entry.subject, entry.label) == (
        "company.added",
        "added",
        f"company:{number}",
        "Acme",
    )
    assert (entry.actor_id, entry.actor_name) == (1, "Ann")
    assert entry.changes == {"name": [None, "Acme"]}


def test_an_error_leaves_nothing(app):
    def fail():
        with transaction(ANN, "company.added") as work:
            work.session.add(Company(name="Acme"))
            work.session.flush()
            work.note("fact")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names() == []
    assert entries() == []
    assert current(db.session()) is None


def test_a_write_needs_an_author(app):
    db.session.add(Company(name="Acme"))
    with pytest.raises(RuntimeError, match="needs an author"):
        db.session.commit()
    db.session.rollback()
    number = add()
    db.session.get(Company, number).name = "Other"
    with pytest.raises(RuntimeError, match="needs an author"):
        db.session.commit()
    db.session.rollback()
    db.session.delete(db.session.get(Company, number))
    with pytest.raises(RuntimeError, match="needs an author"):
        db.session.commit()
    assert names() == ["Acme"]


def test_an_inner_action_joins_the_outer_one(app):
    def fail():
        with transaction(ANN, "outer"):
            add("Inner", actor=SYSTEM)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names() == []
    with transaction(ANN, "outer"):
        add("Inner", actor=SYSTEM)
    assert [(entry.action, entry.actor_name) for entry in entries()] == [("outer", "Ann")]


def test_a_handler_hears_in_the_same_transaction_and_undoes_it_by_failing(app):
    def follow(event, work):
        work.session.add(Company(name=f"{event.name} follows"))

    def fail(_event, _work):
        raise ArithmeticError

    hear(app, (Renamed, follow))
    with transaction(ANN, "company.renamed") as work:
        work.emit(Renamed("Acme"))
    assert names() == ["Acme follows"]
    hear(app, (Renamed, fail))

    def act():
        with transaction(ANN, "company.added") as work:
            work.session.add(Company(name="Other"))
            work.emit(Renamed("Other"))

    with pytest.raises(ArithmeticError):
        act()
    assert names() == ["Acme follows"]


def test_what_waits_for_the_commit_cannot_undo_it(app):
    done = []
    with transaction(ANN, "company.added") as work:
        work.session.add(Company(name="Acme"))
        work.after_commit(lambda: 1 / 0)
        work.after_commit(lambda: done.append(names()))
        assert done == []
    assert done == [["Acme"]]

    def fail():
        with transaction(ANN, "company.added") as work:
            work.after_commit(lambda: done.append("never"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert len(done) == 1


def test_a_secret_is_named_but_not_shown(app, person):
    with transaction(ANN, "person.changed") as work:
        work.session.get(Person, person).password = "hash one"
    with transaction(ANN, "person.changed") as work:
        work.session.get(Person, person).password = "hash two"
    assert [entry.changes for entry in entries()[-2:]] == [
        {"password": [None, "hidden"]},
        {"password": ["hidden", "hidden"]},
    ]
    assert "hash" not in str([entry.changes for entry in entries()])


@pytest.fixture
def person(app):
    with transaction(ANN, "person.added") as work:
        made = Person(name="Bob", created_at=work.at)
        work.session.add(made)
        work.session.flush()
        return made.id


def test_an_expired_column_has_its_old_value(app):
    number = add()
    company = db.session.get(Company, number)
    with transaction(ANN, "company.changed"):
        company.name = "Zenith"
    assert entries()[-1].changes == {"name": ["Acme", "Zenith"]}


def test_a_row_that_was_read_before_can_be_removed_with_all_it_held(app):
    number = add()
    company = db.session.get(Company, number)
    with transaction(ANN, "company.removed") as work:
        work.session.delete(company)
    assert entries()[-1].changes == {"name": ["Acme", None]}


def test_a_change_that_is_put_back_is_none(app):
    number = add()
    with transaction(ANN, "company.changed") as work:
        company = work.session.get(Company, number)
        company.name = "Zenith"
        work.session.flush()
        company.name = "Acme"
    assert len(entries()) == 1


def test_added_and_removed_in_one_action_leaves_no_trace(app):
    with transaction(ANN, "company.tried") as work:
        company = Company(name="Acme")
        work.session.add(company)
        work.session.flush()
        work.session.delete(company)
    assert entries() == []


def test_several_flushes_are_one_entry_a_row(app):
    with transaction(ANN, "company.added") as work:
        company = Company(name="A")
        work.session.add(company)
        work.session.flush()
        company.name = "B"
        work.session.flush()
        company.name = "C"
    (entry,) = entries()
    assert (entry.kind, entry.changes) == ("added", {"name": [None, "C"]})


def test_a_json_column_has_old_and_new(app):
    with transaction(ANN, "calendar.added") as work:
        calendar = WorkCalendar(name="Usual", week=[[[480, 960]]] * 7)
        work.session.add(calendar)
    with transaction(ANN, "calendar.changed") as work:
        work.session.get(WorkCalendar, calendar.id).week = [[[480, 720]]] * 7
    assert entries()[-1].changes == {"week": [[[[480, 960]]] * 7, [[[480, 720]]] * 7]}


def test_a_bulk_statement_goes_through_the_door_or_not_at_all(app):
    for name in "abc":
        add(name)
    for statement in (
        sa.update(Company).values(name="x"),
        sa.delete(Company),
        sa.insert(Company).values(name="x"),
        sa.delete(Company.__table__),
        sa.insert(Company.__table__).values(name="x"),
        sa.update(Company.__table__).values(name="x"),
    ):
        with pytest.raises(RuntimeError, match="bulk_update"), transaction(ANN, "companies.changed") as work:
            work.session.execute(statement)
    assert names() == ["a", "b", "c"]


def test_a_bulk_change_has_an_entry_a_row(app):
    numbers = [add(name) for name in "abc"]
    with transaction(ANN, "people.added") as work:
        work.session.add_all(Person(name=name, created_at=work.at) for name in ("Bo", "Cy", "Di"))
    with transaction(ANN, "people.moved") as work:
        assert work.bulk_update(Person, [Person.name > "Bo"], company_id=numbers[0]) == 2
        assert {row.company_id for row in work.session.scalars(sa.select(Person))} == {None, numbers[0]}
    moved = [entry for entry in entries() if entry.action == "people.moved"]
    assert [entry.changes for entry in moved] == [{"company_id": [None, numbers[0]]}] * 2
    with transaction(ANN, "people.removed") as work:
        assert work.bulk_delete(Person, [Person.company_id == numbers[0]]) == 2
    removed = [entry for entry in entries() if entry.action == "people.removed"]
    assert [entry.changes["name"] for entry in removed] == [["Cy", None], ["Di", None]]
    assert db.session.scalars(sa.select(Person.name)).all() == ["Bo"]


def test_a_bulk_change_of_what_is_so_already_is_none(app):
    number = add("same")
    with transaction(ANN, "companies.changed") as work:
        work.bulk_update(Company, [Company.id == number], name="same")
        assert work.bulk_update(Company, [Company.id == -1], name="x") == 0
    assert [entry.action for entry in entries()] == ["company.added"]


def test_rows_through_the_bulk_door_look_like_rows_that_were_added_alone(app, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    company = add()
    at = datetime(2026, 2, 18, 9, tzinfo=UTC)
    with transaction(ANN, "people.added") as work:
        for name in ("Bo", "Cy", "Di"):
            work.session.add(Person(name=name, company_id=company, created_at=at))
            work.session.flush()
        rows = [{"name": name, "company_id": company, "created_at": at} for name in ("Ed", "Fy", "Gil")]
        numbers = work.bulk_insert(Person, rows)
    stored = [db.session.get(Person, number) for number in numbers]
    assert [each.name for each in stored] == ["Ed", "Fy", "Gil"]
    assert [(each.created_at, each.company_id, each.active) for each in stored] == [(at, company, True)] * 3
    alone, together = ([each for each in entries() if each.label in names] for names in ({"Cy", "Di"}, {"Ed", "Fy"}))
    for one, other in zip(alone, together, strict=True):
        assert {**one.changes, "name": 0} == {**other.changes, "name": 0}
        assert (one.kind, one.scope, one.action) == (other.kind, other.scope, other.action)
    assert [each.subject for each in together] == [f"person:{number}" for number in numbers[:2]]
    seal()
    db.session.expire_all()
    assert queries.verify().sound


def test_a_new_row_of_thousands_that_is_changed_and_one_that_is_removed(app):
    with transaction(ANN, "companies.added") as work:
        first, second, third = work.bulk_insert(Company, [{"name": name} for name in "abc"])
        work.session.get(Company, first).name = "A"
        work.session.delete(work.session.get(Company, second))
        work.session.flush()
    assert [(each.subject, each.kind, each.changes["name"]) for each in entries()] == [
        (f"company:{first}", "added", [None, "A"]),
        (f"company:{third}", "added", [None, "c"]),
    ]
    assert add("d") == third + 1


def test_thousands_hold_what_a_few_hold(app):
    """So many that each database takes them its own way: several statements on SQLite, a COPY on PostgreSQL."""
    company, at = add(), datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    hostile = ["a\tb\\N\n", "\\.", "Zoë 'x' %s ? \"y\"", ""]
    many = [{"name": f"{hostile[n % 4]}{n}", "company_id": company if n % 2 else None} for n in range(1700)]
    with transaction(ANN, "person.added", at=at) as work:
        numbers = work.bulk_insert(Person, [{**each, "created_at": at} for each in many])
    stored = {each.id: each for each in db.session.scalars(sa.select(Person).where(Person.id.in_(numbers)))}
    assert [stored[number].name for number in numbers] == [each["name"] for each in many]
    assert [stored[number].company_id for number in numbers] == [each["company_id"] for each in many]
    assert {each.created_at for each in stored.values()} == {at}
    told = [each.changes["name"][1] for each in entries() if each.subject.startswith("person:")]
    assert told == [each["name"] for each in many]
    seal()
    assert queries.verify().sound


def test_a_trail_that_can_not_be_written_takes_its_thousands_with_it(app, monkeypatch):
    """Entries are put in a thread while the next are made: an error there is an error of the action."""
    real, calls = bulk.put, []

    def fails_at_last(connection, model, names, rows):
        calls.append(model.__tablename__)
        if calls.count("audit_entry") == 2:
            raise OSError("The disk is full.")
        real(connection, model, names, rows)

    monkeypatch.setattr(bulk, "put", fails_at_last)
    with pytest.raises(OSError, match="disk is full"), transaction(ANN, "companies.added") as work:
        work.bulk_insert(Company, [{"name": f"c{n}"} for n in range(1700)])
    assert (entries(), db.session.scalars(sa.select(Company)).all()) == ([], [])


def test_nothing_through_the_bulk_door_is_nothing(app):
    with transaction(ANN, "companies.added") as work:
        assert work.bulk_insert(Company, []) == []
    assert entries() == []


def test_a_note_is_a_fact_without_a_row(app):
    note(ANN, "report.opened", subject="project:1", scope="project:1", pages=3)
    (entry,) = entries()
    assert (entry.kind, entry.action, entry.scope, entry.changes) == (
        "noted",
        "report.opened",
        "project:1",
        {"pages": [None, 3]},
    )


def test_a_number_is_never_used_twice(app):
    first = add()
    with transaction(ANN, "company.removed") as work:
        work.session.delete(work.session.get(Company, first))
    assert add() > first


def test_eight_writers_at_once_lose_nothing(app):
    def write(writer):
        with app.app_context():
            for number in range(12):
                with transaction(Actor(writer, f"Writer {writer}"), "company.added") as work:
                    work.session.scalar(sa.select(sa.func.count()).select_from(Company))
                    work.session.add(Company(name=f"{writer}-{number}"))
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(names()) == 96
    seal()
    verified = queries.verify()
    assert (verified.sealed, verified.unsealed, verified.problems) == (96, 0, ())
