"""What search finds, for whom, and how it answers a page and the palette."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.search import rules
from tests import factories

MOST_STATEMENTS = 12
JSON = {"Accept": "application/json"}


@pytest.fixture
def ours(places, add_item):
    made = factories.project("Zürich launch", purpose="Bring the branches on board")
    factories.task(made, "Cleanse the accounts", description="Remove doublets")
    factories.task(made, "Audit 100 % of sources_now")
    add_item(made, "Précis agreed")
    return made


@pytest.fixture
def browser(places, ours):
    return factories.sign_in(places.test_client(), factories.person("Zoë Ångström", projects={ours: "member"}))


def found(browser, words):
    return [(hit["kind"], hit["label"]) for hit in browser.get("/search", query_string={"q": words}, headers=JSON).json]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("zurich", [("project", "Zürich launch")]),
        ("BRANCHES", [("project", "Zürich launch")]),
        ("doublet", [("task", "Cleanse the accounts")]),
        ("ACCÖUNTS", [("task", "Cleanse the accounts")]),
        ("precis", [("checklist item", "Précis agreed")]),
        ("angstrom", [("person", "Zoë Ångström")]),
        ("100 %", [("task", "Audit 100 % of sources_now")]),
        ("s_n", [("task", "Audit 100 % of sources_now")]),
        ("%%", []),
        ("__", []),
        ("a", []),
        ("   ", []),
        ("\\", []),
        ("'; DROP TABLE task; --", []),
        ("\0\0", []),
        ("🚀" * 300, []),
    ],
)
def test_case_and_accents_do_not_matter_and_signs_mean_themselves(browser, words, expected):
    assert found(browser, words) == expected


def test_a_wbs_number_finds_its_task_first(places):
    made = factories.project("Plan")
    summary = factories.task(made, "Data", type="summary")
    factories.task(made, "Under data", parent_id=summary)
    browser = factories.sign_in(places.test_client(), factories.person(projects={made: "member"}))
    assert found(browser, "1.1") == [("task", "Under data")]


def test_the_beginning_of_a_name_goes_before_its_middle(places):
    made = factories.project("Plan")
    for name in ("Undated data", "Update", "The data", "Data first"):
        factories.task(made, name)
    browser = factories.sign_in(places.test_client(), factories.person(projects={made: "member"}))
    assert [label for _kind, label in found(browser, "dat")] == ["Data first", "Undated data", "The data", "Update"]


def test_nothing_of_another_roll_out_is_found(places, browser, add_item):
    theirs = factories.project("Secret merger")
    factories.task(theirs, "Secret task", description="secret")
    add_item(theirs, "Secret item")
    factories.person("Secret Person", projects={theirs: "manager"})
    assert found(browser, "secret") == []
    assert "Nothing is found for" in browser.get("/search?q=secret").text
    everything = factories.sign_in(places.test_client(), factories.administrator())
    assert {kind for kind, _label in found(everything, "secret")} == {"project", "task", "checklist item", "person"}


def test_hits_lead_to_their_pages(browser, ours):
    hits = browser.get("/search?q=launch", headers=JSON).json
    assert hits == [
        {
            "label": "Zürich launch",
            "detail": "Bring the branches on board",
            "href": f"/projects/{ours}",
            "kind": "project",
        }
    ]


def test_the_page_groups_keeps_what_was_typed_and_escapes_it(browser):
    page = browser.get("/search", query_string={"q": "cleans"}).text
    assert "Tasks" in page
    assert 'value="cleans"' in page
    hostile = browser.get("/search", query_string={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert(1)" not in hostile
    assert "Write at least two letters." in browser.get("/search?q=x").text
    assert "Find roll-outs" in browser.get("/search").text


def test_many_hits_say_that_there_are_more(places):
    made = factories.project("Plan")
    for number in range(32):
        factories.task(made, f"Repeated {number}")
    browser = factories.sign_in(places.test_client(), factories.person(projects={made: "member"}))
    page = browser.get("/search?q=repeated").text
    assert "30+" in page
    assert "More than 30 things" in page


def test_a_search_takes_few_statements(browser, asked):
    browser.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as statements:
        browser.get("/search?q=launch")
    assert len(statements) <= MOST_STATEMENTS


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text):
    once = rules.folded(text)
    assert rules.folded(once) == once
    assert len(rules.wanted(text)) != 1
