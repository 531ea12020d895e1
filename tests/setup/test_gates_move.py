"""Gates that were foreseen stand in the tables of readiness after an upgrade, and are foreseen again before it."""

from datetime import date, datetime

import pytest
from sqlalchemy import MetaData, create_engine, insert, select, text, update

from infra import migrate
from tests.setup.test_migrations import MIGRATIONS, URLS, plain, rows
from web import wiring

BEFORE, AFTER = "0023", "0024"
DETAILS = {
    "category": "data", "source": "checklist", "subject": "data", "owner": "lead", "comparator": ">=",
    "threshold": 95.0, "unit": "%", "weight": 3, "must_have": True, "freshness_days": 14, "n": 20, "effort_days": 2.5,
}  # fmt: skip
SHARED = {"project_id": 1, "phase_id": 1, "anchor_id": 1, "due_offset": 0, "due": date(2026, 3, 3)}
FORESEEN = (
    {"id": 1, "kind": "meeting", "key": "kick-off", "name": "Kick-off", "position": 0, "anchor_id": None, "due": None},
    {"id": 2, "kind": "gate", "key": "go-live", "name": "Go-live gate", "position": 1, "description": "Decides.",
     "note": "Waits for\n\naccounting.", "due": date(2026, 3, 5), "due_fixed": True, "role_id": 1,
     "details": {"minimum_score": 90.0, "minimum_confidence": 75.0}},
    {"id": 3, "parent_id": 2, "kind": "criterion", "key": "clean", "name": "Data is clean", "position": 2,
     "description": "Dirt costs.", "role_id": 1, "state": "done", "note": "100 % of 20", "details": DETAILS},
    {"id": 4, "parent_id": 2, "kind": "criterion", "key": "asked", "name": "People were asked", "position": 3,
     "state": "dropped", "details": DETAILS | {"source": "survey", "must_have": False}},
)  # fmt: skip
WRITTEN = {
    "person": [{"id": 1, "name": "Zoë", "email": "zoe@example.org"}],
    "work_calendar": [{"id": 1, "name": "Week"}],
    "project": [{"id": 1, "name": "Nordic", "calendar_id": 1}],
    "phase": [{"id": 1, "project_id": 1, "number": 1}],
    "project_role": [{"id": 1, "project_id": 1, "key": "lead", "name": "Lead"}],
    "task": [{"id": 1, "project_id": 1, "name": "Ready", "type": "milestone"}],
    "task_dates": [{"id": 1, "project_id": 1, "task_id": 1, "finish": datetime(2026, 3, 3, 17), "percent": 0.0}],
    "foreseen": [SHARED | {"state": "planned", "note": "", "description": "", "due_fixed": False} | each
                 for each in FORESEEN],
    "risk": [{"id": 1, "project_id": 1, "number": 1, "title": "Late"}],
    "risk_link": [{"id": 1, "project_id": 1, "risk_id": 1, "subject": "foreseen:2"},
                  {"id": 2, "project_id": 1, "risk_id": 1, "subject": "task:1"}],
    "action_item": [{"id": 1, "project_id": 1, "number": 1, "title": "Clean", "subject": "foreseen:3", "details": ""},
                    {"id": 2, "project_id": 1, "number": 2, "title": "Ask", "subject": "foreseen:2", "details": "Soon"},
                    {"id": 3, "project_id": 1, "number": 3, "title": "Book", "subject": "foreseen:1", "details": ""}],
    "comment": [{"id": 1, "subject": "foreseen:3", "scope": "project:1"}, {"id": 2, "subject": "foreseen:2"}],
}  # fmt: skip


@pytest.fixture(params=URLS, ids=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path}/t.db"
    if request.param != "sqlite":
        url = request.getfixturevalue(request.param).replace("postgresql://", "postgresql+psycopg://")
    wiring.load_models()
    made = create_engine(url)
    migrate.upgrade(made, MIGRATIONS, BEFORE)
    known = MetaData()
    known.reflect(made, only=[*WRITTEN])
    with made.begin() as connection:
        for name, wanted in WRITTEN.items():
            needed = [each for each in known.tables[name].columns if not each.nullable and not each.foreign_keys]
            usual = {each.name: plain(each) for each in needed if each.server_default is None and not each.primary_key}
            for given in wanted:
                connection.execute(insert(known.tables[name]), usual | given)
            if made.dialect.name == "postgresql":
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 100)"))
    yield made
    made.dispose()


def gates_of(engine):
    return rows(engine)["readiness_gate"], rows(engine)["readiness_criterion"]


def test_gates_move_with_all_that_was_written_on_them(engine):
    migrate.upgrade(engine, MIGRATIONS, AFTER)
    (gate,), (clean, asked) = gates_of(engine)
    assert (gate["key"], gate["phase_id"], gate["milestone_id"], gate["minimum_score"]) == ("go-live", 1, 1, 90)
    assert gate["description"] == (
        "Decides.\n\nIts day was set to 2026-03-05.\n\nIts role was “Lead”.\n\nNoted: Waits for\n\naccounting."
    )
    assert (clean["statement"], clean["role_id"], clean["weight"], clean["minimum_sample"]) == (
        "Data is clean",
        1,
        3,
        20,
    )
    assert (bool(clean["must_have"]), bool(clean["asked"]), bool(asked["asked"])) == (True, True, False)
    assert clean["help"] == "Dirt costs.\n\nIt was marked as done.\n\nNoted: 100 % of 20"
    assert [each["kind"] for each in rows(engine)["foreseen"]] == ["meeting"]


def test_what_referred_to_them_has_a_place(engine):
    migrate.upgrade(engine, MIGRATIONS, AFTER)
    found = rows(engine)
    number = next(each["id"] for each in found["readiness_criterion"] if each["key"] == "clean")
    assert [each["subject"] for each in found["action_item"]] == [f"criterion:{number}", "", "foreseen:1"]
    assert found["action_item"][1]["details"] == "Soon\n\nIt was about the gate “Go-live gate”."
    assert [each["subject"] for each in found["comment"]] == [f"criterion:{number}", "task:1"]
    assert [each["subject"] for each in found["risk_link"]] == ["task:1"]


def test_the_way_back_foresees_them_again(engine):
    before = comparable(rows(engine)["foreseen"])
    migrate.upgrade(engine, MIGRATIONS, AFTER)
    migrate.downgrade(engine, MIGRATIONS, BEFORE)
    found = rows(engine)
    assert comparable(found["foreseen"]) == before
    gate, clean = (next(each["id"] for each in found["foreseen"] if each["key"] == key) for key in ("go-live", "clean"))
    subjects = [each["subject"] for each in found["action_item"]]
    assert subjects == [f"foreseen:{clean}", f"foreseen:{gate}", "foreseen:1"]
    assert [each["details"] for each in found["action_item"]] == ["", "Soon", ""]


def test_back_and_forth_again_changes_nothing_and_keeps_what_readiness_knows(engine):
    migrate.upgrade(engine, MIGRATIONS, AFTER)
    known = MetaData()
    known.reflect(engine, only=["readiness_criterion"])
    criterion = known.tables["readiness_criterion"]
    with engine.begin() as connection:
        connection.execute(update(criterion).where(criterion.c.key == "clean").values(margin=2.5, workaround="By hand"))
    before = gates_of(engine)
    migrate.downgrade(engine, MIGRATIONS, BEFORE)
    with engine.connect() as connection:
        assert connection.execute(select(criterion.c.key)).all()
    migrate.upgrade(engine, MIGRATIONS, AFTER)
    assert gates_of(engine) == before


def comparable(found):
    """Foreseen rows without their numbers, and details as far as the template gave them."""
    names = {each["id"]: each["name"] for each in found}
    kept = (
        "kind",
        "key",
        "name",
        "description",
        "role_id",
        "anchor_id",
        "due",
        "due_fixed",
        "state",
        "note",
        "phase_id",
    )
    return [{name: each[name] for name in kept} | {"below": names.get(each["parent_id"])} for each in found]
