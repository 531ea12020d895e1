import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from flask import Blueprint
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from infra import lists
from infra.audit.models import AuditEntry
from infra.audit.queries import of_scope
from infra.comments.models import Comment
from infra.database import db
from infra.http import SIGNED_IN, requires
from infra.lists import rows, service
from infra.lists.rules import Column, Format, Kind, ListSpec, parse
from infra.transaction import transaction
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from web.app import create_app
from web.settings import read

BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True)
class Item:
    id: int
    name: str
    state: str = "open"
    due: date | None = None
    hours: float | None = None
    done: bool = False
    owner_id: int | None = None
    owner: str = ""


ITEMS = (
    Item(1, "beta", "open", date(2026, 3, 3), 4, False, 7, "Ann"),
    Item(2, "Alpha", "done", date(2026, 3, 9), None, True, 8, "Bob"),
    Item(3, "gamma <b>", "late", None, 10.5, False, None),
    Item(4, "=delta", "open", date(2026, 2, 1), -2, True, 7, "Ann"),
)
SPEC = ListSpec(
    "items",
    "Items",
    (
        Column("name", "Name", Kind.TEXT, searched=True),
        Column("state", "State", Kind.CHOICE, choices=(("open", "Open"), ("done", "Done"), ("late", "Late"))),
        Column("due", "Due", Kind.DATE, format=Format.DAY),
        Column("hours", "Hours", Kind.NUMBER, numeric=True, format=Format.NUMBER),
        Column("done", "Done", Kind.FLAG, format=Format.FLAG, visible=False),
        Column(
            "owner", "Owner", Kind.PERSON, filter_value=lambda item: item.owner_id, choices=[("7", "Ann"), ("8", "Bob")]
        ),
    ),
    default_sort="name",
    page_size=3,
)


def wish(query="", spec=SPEC):
    return parse(spec, parse_qs(query, keep_blank_values=True))


def names(query):
    return [item.name for item in rows.fetch(replace(SPEC, page_size=100), ITEMS, wish(query), UTC).rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["=delta", "Alpha", "beta", "gamma <b>"]),
        ("name=ALP", ["Alpha"]),
        ("q=a+%3C", ["gamma <b>"]),
        ("state=done&state=late", ["Alpha", "gamma <b>"]),
        ("due_from=2026-03-03", ["Alpha", "beta"]),
        ("due_to=2026-03-03", ["=delta", "beta"]),
        ("hours_min=4&hours_max=10,5", ["beta", "gamma <b>"]),
        ("done=yes", ["=delta", "Alpha"]),
        ("owner=7&sort=-name", ["beta", "=delta"]),
        ("owner=none", ["gamma <b>"]),
        ("owner=none&owner=8", ["Alpha", "gamma <b>"]),
        ("sort=due", ["=delta", "beta", "Alpha", "gamma <b>"]),
        ("sort=-due", ["Alpha", "beta", "=delta", "gamma <b>"]),
        ("state=open&name=x", []),
    ],
)
def test_filters_and_orders(query, expected):
    assert names(query) == expected


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("due_from=2026-13-01", "2026-03-31"),
        ("hours_min=abc", "12.5"),
        ("hours_min=nan", "12.5"),
        ("hours_max=1e400", "12.5"),
        ("state=weird", "not one of the choices"),
        ("done=perhaps", "yes or no"),
        ("sort=password", "can't be sorted"),
        ("sort=--name", "can't be sorted"),
        ("page=0", "not a page number"),
        ("page=" + "9" * 400, "not a page number"),
        ("due_from=2026-03-09&due_to=2026-03-01", "nothing fits"),
    ],
)
def test_what_cannot_be_understood_is_left_out_and_said(query, said):
    messages = wish(query).messages
    assert said in messages[0].text % messages[0].params


KEYS = st.sampled_from(
    [
        "name",
        "state",
        "due",
        "due_from",
        "due_to",
        "hours",
        "hours_min",
        "hours_max",
        "done",
        "owner",
        "q",
        "sort",
        "page",
        "columns",
        "view",
        "format",
        "x",
    ]
)


@given(st.lists(st.tuples(KEYS, st.text() | st.sampled_from(["-1", "0", "2026-02-30", "inf", "-name", "none", "%"]))))
def test_no_query_string_breaks_a_list(pairs):
    asked = parse(SPEC, MultiDict(pairs).to_dict(flat=False))
    page = rows.fetch(SPEC, ITEMS, asked, UTC)
    assert 0 <= len(page.rows) <= SPEC.page_size
    assert parse(SPEC, parse_qs(asked.query(page=asked.page))) == replace(asked, messages=())


def test_a_page_beyond_the_last_is_the_last():
    page = rows.fetch(SPEC, ITEMS, wish("page=99"), UTC)
    assert (page.number, page.total, len(page.rows)) == (2, 4, 1)


def test_a_list_that_could_not_work_is_refused():
    with pytest.raises(ValueError, match="keys of their own"):
        ListSpec("x", "X", (Column("page", "Page"),))
    with pytest.raises(ValueError, match="sorted by"):
        ListSpec("x", "X", (Column("name", "Name"),), default_sort="-nothing")


DB_SPEC = ListSpec(
    "said",
    "Said",
    (
        Column("text", "Text", Kind.TEXT, expression=Comment.text, searched=True),
        Column("subject", "On", Kind.CHOICE, expression=Comment.subject, choices=(("thing:1", "1"), ("thing:2", "2"))),
        Column("created_at", "When", Kind.DATE, expression=Comment.created_at),
        Column("id", "No", Kind.NUMBER, expression=Comment.id),
        Column(
            "edited",
            "Edited",
            Kind.FLAG,
            expression=Comment.edited_at.is_not(None),
            value=lambda row: row.edited_at is not None,
        ),
        Column("edited_at", "Edited at", Kind.DATE, expression=Comment.edited_at),
        Column(
            "author",
            "Author",
            Kind.PERSON,
            value=lambda row: row.author_name,
            filter_value=lambda row: row.author_id,
            expression=Comment.author_name,
            filter_expression=Comment.author_id,
            choices=[("1", "Ann"), ("2", "Bob")],
        ),
    ),
    default_sort="-created_at",
    tie_breaker=Comment.id,
)
QUERIES = (
    "",
    "text=50%25",
    "text=_",
    "q=alpha",
    "subject=thing:2",
    "created_at_from=2026-03-02&created_at_to=2026-03-02",
    "created_at_to=9999-12-31",
    "id_min=2",
    "edited=yes",
    "edited=no",
    "author=none",
    "author=1&author=none",
    "sort=text",
    "sort=-text",
    "sort=edited_at",
    "sort=-edited_at",
    "sort=author",
)


def _say():
    def moment(day, hour):
        return datetime(2026, 3, day, hour, tzinfo=UTC)

    with transaction(SYSTEM, "seed") as work:
        for number, (text, author, at, edited) in enumerate(
            [
                ("alpha 50 %", (1, "Ann"), moment(1, 22), None),
                ("Beta_5", (2, "bob"), moment(1, 23), moment(4, 1)),
                ("ALPHA", (None, "Import"), moment(2, 22), moment(3, 1)),
                ("50%", (1, "Ann"), moment(2, 23), None),
            ]
        ):
            work.session.add(
                Comment(
                    subject=f"thing:{1 + number % 2}",
                    scope="",
                    author_id=author[0],
                    author_name=author[1],
                    text=text,
                    created_at=at,
                    edited_at=edited,
                )
            )


def _check_same_as_in_memory():
    _say()
    everything = db.session.scalars(select(Comment).order_by(Comment.id)).all()
    for query in QUERIES:
        asked = wish(query, DB_SPEC)
        assert not asked.messages
        expected = rows.fetch(DB_SPEC, everything, asked, BRUSSELS)
        found = rows.fetch(DB_SPEC, select(Comment), asked, BRUSSELS)
        assert ([row.id for row in found.rows], found.total) == ([row.id for row in expected.rows], expected.total), (
            query
        )


def test_the_database_gives_the_rows_that_memory_gives(app):
    _check_same_as_in_memory()


@pytest.mark.postgres
def test_postgresql_gives_the_same_rows(fresh_postgres_url, tmp_path):
    app = create_app(
        read(
            {
                "ROADMAP_DATA_DIR": str(tmp_path),
                "ROADMAP_SECRET_KEY": "x" * 40,
                "ROADMAP_DATABASE_URL": fresh_postgres_url,
            }
        )
    )
    with app.app_context():
        db.create_all()
        _check_same_as_in_memory()
        db.session.remove()
        db.engine.dispose()


def test_days_of_moments_are_days_of_the_zone(app):
    _say()
    found = rows.fetch(
        DB_SPEC, select(Comment), wish("created_at_from=2026-03-02&created_at_to=2026-03-02", DB_SPEC), BRUSSELS
    )
    assert sorted(row.text for row in found.rows) == ["ALPHA", "Beta_5"]


def test_views_are_kept_by_person(world):
    mine = service.save_view("items", "", "  Late   ones ", "state=late", shared=False, actor=world.ann)
    service.save_view("items", "", "Open", "state=open", shared=True, actor=world.bob)
    assert [view.name for view in service.views_of("items", "", world.ann)] == ["Late ones", "Open"]
    assert [view.name for view in service.views_of("items", "", world.bob)] == ["Open"]
    assert service.views_of("items", "project:1", world.ann) == []
    assert service.save_view("items", "", "Late ones", "state=late&sort=due", shared=False, actor=world.ann) == mine
    with pytest.raises(NotFound):
        service.delete_view(mine, actor=world.bob)
    deleted = service.delete_view(mine, actor=world.ann)
    undo(deleted.transaction_id, actor=world.ann)
    assert service.own_view(mine, actor=world.ann).query == "state=late&sort=due"


@pytest.mark.parametrize(("name", "query"), [("", "x=1"), (" ", "x=1"), ("n" * 81, ""), ("long", "x" * 2001)])
def test_views_that_cannot_be_kept(world, name, query):
    with pytest.raises(RuleBroken):
        service.save_view("items", "", name, query, shared=False, actor=world.ann)


def test_a_view_is_not_renamed_onto_another(world):
    service.save_view("items", "", "One", "q=1", shared=False, actor=world.ann)
    two = service.save_view("items", "", "Two", "q=2", shared=False, actor=world.ann)
    with pytest.raises(RuleBroken, match="already"):
        service.rename_view(two, "One", actor=world.ann)
    service.rename_view(two, "Three", actor=world.ann)
    assert [view.name for view in service.views_of("items", "", world.ann)] == ["One", "Three"]


TEMPLATE = """{% from "shared/list.html" import list_page, list_cells %}
{% call(row) list_page(view, "Items", "No items", "Add one.") %}<tr>{{ list_cells(view, row) }}</tr>{% endcall %}"""


@pytest.fixture
def items(app, world, tmp_path):
    """A page with the list, as a room would make it."""
    bp = Blueprint("items", __name__, template_folder=str(tmp_path))
    (tmp_path / "items.html").write_text(TEMPLATE)

    @bp.get("/items")
    @requires(SIGNED_IN)
    def page():
        return lists.answer(SPEC, ITEMS, "items.html", scope="project:1")

    app.register_blueprint(bp)
    return world


def test_a_page_has_rows_heads_chips_and_pages(items, browse):
    page = browse(items.ann).get("/items?state=open&state=done&state=late&sort=-due").text
    assert "gamma" not in page
    assert "1 to 3 of 4" in page
    assert 'aria-sort="descending"' in page
    assert "State: Open, Done, Late" in page
    assert ">Open</span>" in page
    assert "Tue 3 Mar" in page
    assert 'href="/items?state=open&amp;state=done&amp;state=late&amp;sort=-due&amp;page=2"' in page
    second = browse(items.ann).get("/items?page=2").text
    assert "gamma &lt;b&gt;" in second


def test_a_page_says_what_it_ignored_and_what_is_empty(items, browse):
    browser = browse(items.ann)
    page = browser.get("/items?due_from=soon&q=<script>alert(1)</script>").text
    assert "“soon” can&#39;t be read" in page
    assert "<script>alert" not in page
    assert "Nothing fits these filters" in page


def test_a_list_opens_with_the_default_view_and_everything_is_one_press_away(items, browse):
    browser = browse(items.ann)
    form = {"page": "items", "scope": "project:1", "back": "/items"}
    # The role in the world is held in the instance; views of a scope ask for any role there.
    answer = browser.post("/views", data={**form, "name": "Done <i>", "query": "state=done"})
    assert (answer.status_code, answer.location) == (303, "/items?state=done")
    (view,) = service.views_of("items", "project:1", items.ann)
    browser.post(f"/views/{view.id}/default", data={"wanted": "y", "back": "/items"})
    page = browser.get("/items").text
    assert "Alpha" in page
    assert "beta" not in page
    assert "Done &lt;i&gt;" in page
    assert "beta" in browser.get("/items?view=all").text
    browser.post(f"/views/{view.id}/rename", data={"name": "Finished", "back": "/items"})
    assert "Finished" in browser.get("/items").text
    browser.post(f"/views/{view.id}/delete", data={"back": "/items"})
    assert "beta" in browser.get("/items").text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b"]
)
def test_a_form_sends_nobody_elsewhere(app, items, browse, back):
    view = service.save_view("items", "", "One", "q=1", shared=False, actor=items.ann)
    answer = browse(items.ann).post(f"/views/{view}/delete", data={"back": back})
    assert answer.location == "/"


def test_a_file_holds_all_rows_that_fit_and_the_trail_says_who_took_them(items, browse):
    browser = browse(items.ann)
    answer = browser.get("/items?done=yes&columns=name,due,hours&format=csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=items-2026-02-18.csv"
    assert answer.data.decode("utf-8-sig") == "Name,Due,Hours\r\n'=delta,2026-02-01,-2\r\nAlpha,2026-03-09,\r\n"
    entry = of_scope("project:1")[0]
    assert (entry.action, entry.actor_id, entry.changes["rows"]) == ("items.exported", items.ann.id, [None, 2])
    book = load_workbook(io.BytesIO(browser.get("/items?format=xlsx").data))
    assert book.active.max_row == 5
    assert book.active["C3"].value.date() == date(2026, 3, 9)
    assert db.session.query(AuditEntry).filter_by(action="items.exported").count() == 2
