from datetime import date, timedelta

import pytest

from accounts.people.models import Company, Person
from infra.audit import queries
from infra.database import db
from infra.transaction import transaction
from infra.undo import Undone, undo
from kernel.errors import Conflict, NotFound, Refused, RuleBroken
from roadmap.tasks.models import Dependency, Task
from tests.factories import project


@pytest.fixture
def app(either_app):
    return either_app


def act(actor, action, change):
    with transaction(actor, action) as work:
        change(work)
    return work


def rename(number, name):
    return lambda work: setattr(work.session.get(Company, number), "name", name)


def remove(model, number):
    return lambda work: work.session.delete(work.session.get(model, number))


def names():
    db.session.rollback()
    return sorted(db.session.scalars(db.select(Company.name)))


def test_a_change_is_taken_back_and_done_again(world):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    undone = undo(work.transaction_id, actor=world.ann)
    assert names() == ["Acme"]
    redone = undo(undone.transaction_id, actor=world.ann)
    assert names() == ["Zenith"]
    undo(redone.transaction_id, actor=world.ann)
    assert names() == ["Acme"]


def test_what_was_added_goes_and_what_was_removed_returns_with_its_number(world):
    number = world.company("Acme")
    removed = act(world.ann, "thing.removed", remove(Company, number))
    undo(removed.transaction_id, actor=world.ann)
    assert db.session.get(Company, number).name == "Acme"
    added = queries.of_subject(f"company:{number}")[-1]
    undo(added.transaction_id, actor=world.ann)
    assert names() == []


def test_an_undo_stands_in_the_trail_under_its_own_name(world):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    undone = undo(work.transaction_id, actor=world.ann)
    entries = queries.of_transaction(undone.transaction_id)
    assert {entry.action for entry in entries} == {"undo"}
    assert entries[0].changes == {"name": ["Zenith", "Acme"]}
    assert queries.verify().sound


def test_whoever_changed_it_since_is_named_and_nothing_happens(world):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    act(world.bob, "thing.changed", rename(number, "Nadir"))
    with pytest.raises(Conflict, match="Bob Roy"):
        undo(work.transaction_id, actor=world.ann)
    assert names() == ["Nadir"]


def test_an_undo_is_all_or_nothing(world):
    first, second = world.company("A"), world.company("B")

    def both(work):
        rename(first, "A2")(work)
        rename(second, "B2")(work)

    work = act(world.ann, "thing.changed", both)
    act(world.bob, "thing.changed", rename(second, "B3"))
    with pytest.raises(Conflict):
        undo(work.transaction_id, actor=world.ann)
    assert names() == ["A2", "B3"]


def test_what_others_built_on_is_not_taken_away_unseen(world):
    number = world.company("Acme")
    added = queries.of_subject(f"company:{number}")[0]

    def join(work):
        work.session.get(Person, world.bob.id).company_id = number

    act(world.bob, "thing.changed", join)
    with pytest.raises(Conflict, match="depend"):
        undo(added.transaction_id, actor=world.ann)
    assert names() == ["Acme"]


def test_a_tree_returns_parents_first_with_its_links(world):
    project_id = project()
    with transaction(world.ann, "thing.added") as work:
        parent = Task(project_id=project_id, name="Parent", type="summary", position=1)
        work.session.add(parent)
        work.session.flush()
        child = Task(project_id=project_id, name="Child", parent_id=parent.id, position=2, deadline=date(2026, 3, 3))
        other = Task(project_id=project_id, name="Other", parent_id=parent.id, position=3)
        work.session.add_all([child, other])
        work.session.flush()
        work.session.add(Dependency(project_id=project_id, predecessor_id=child.id, successor_id=other.id))

    def clear(work):
        for model in (Dependency, Task):
            for row in work.session.scalars(db.select(model).order_by(model.id.desc())):
                work.session.delete(row)
                work.session.flush()

    removed = act(world.ann, "thing.removed", clear)
    assert db.session.scalars(db.select(Task)).all() == []
    undo(removed.transaction_id, actor=world.ann)
    tasks = {task.name: task for task in db.session.scalars(db.select(Task))}
    assert tasks["Child"].parent_id == tasks["Parent"].id
    assert tasks["Child"].deadline == date(2026, 3, 3)
    assert tasks["Child"].owner_id is None
    link = db.session.scalars(db.select(Dependency)).one()
    assert (link.predecessor_id, link.successor_id) == (tasks["Child"].id, tasks["Other"].id)
    assert {task.project_id for task in tasks.values()} == {project_id}


def test_only_the_author_within_an_hour_or_an_administrator(world, clock):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    with pytest.raises(Refused, match="Only whoever"):
        undo(work.transaction_id, actor=world.bob)
    clock.now += timedelta(minutes=61)
    with pytest.raises(Refused, match="hour"):
        undo(work.transaction_id, actor=world.ann)
    undo(work.transaction_id, actor=world.admin)
    assert names() == ["Acme"]


def test_without_the_permission_of_the_action_there_is_no_undo(world):
    number = world.company("Acme")
    work = act(world.stranger, "thing.changed", rename(number, "Zenith"))
    with pytest.raises(Refused):
        undo(work.transaction_id, actor=world.stranger)


def test_unknown_actions_and_kinds_that_are_not_undoable(world):
    with pytest.raises(NotFound):
        undo("no such number", actor=world.ann)
    number = world.company("Acme")
    work = act(world.ann, "thing.sealed", rename(number, "Zenith"))
    with pytest.raises(RuleBroken, match="can't be undone"):
        undo(work.transaction_id, actor=world.ann)


def test_a_secret_is_not_brought_back(world):
    work = act(
        world.ann,
        "thing.changed",
        lambda work: setattr(work.session.get(Person, world.bob.id), "password", "new hash"),
    )
    with pytest.raises(RuleBroken, match="secret"):
        undo(work.transaction_id, actor=world.ann)


def test_upper_floors_hear_what_was_undone(app, world):
    heard = []
    wires = app.extensions["launch90"]
    object.__setattr__(wires, "handlers", ((Undone, lambda event, _work: heard.append(event)),))
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    undo(work.transaction_id, actor=world.ann)
    assert heard == [Undone("thing.changed", (f"company:{number}",), (), work.transaction_id)]


def test_the_button_returns_to_its_page_and_offers_the_way_back(world, browse):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    browser = browse(world.ann)
    address = f"/undo/{work.transaction_id}"
    answer = browser.post(address, headers={"Referer": "http://localhost/admin/audit?page=2"})
    assert (answer.status_code, answer.location) == (303, "/admin/audit?page=2")
    assert names() == ["Acme"]
    with browser.session_transaction() as session:
        assert session["_flashes"][-1][0].startswith("good|/undo/")


def test_the_button_says_why_not(world, browse):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    act(world.bob, "thing.changed", rename(number, "Nadir"))
    browser = browse(world.ann)
    browser.post(f"/undo/{work.transaction_id}", headers={"Referer": "http://localhost/x"})
    with browser.session_transaction() as session:
        assert session["_flashes"][-1][0] == "bad"
        assert "Bob Roy" in session["_flashes"][-1][1]


def test_scripts_get_the_address_of_the_redo(world, browse):
    number = world.company("Acme")
    work = act(world.ann, "thing.changed", rename(number, "Zenith"))
    answer = browse(world.ann).post(f"/undo/{work.transaction_id}", headers={"Accept": "application/json"})
    assert answer.json["redo"].startswith("/undo/")
