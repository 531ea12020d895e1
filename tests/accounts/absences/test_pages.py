"""The page of one's own days off, and an administrator's view of anybody's."""

import pytest

from accounts.absences import queries
from tests import factories

DAYS = {"first": "2026-03-02", "last": "2026-03-06", "reason": "holiday"}


@pytest.fixture
def ann(app):
    return factories.person("Ann")


@pytest.fixture
def browser(client, ann):
    return factories.sign_in(client, ann)


def place(who):
    return f"/people/{who.id}/time-off"


def test_days_off_are_entered_changed_and_taken_back(browser, ann):
    page = browser.post(place(ann), data=DAYS, follow_redirects=True).text
    assert "Away next from Mon 2 Mar to Fri 6 Mar" in page
    assert "/undo/" in page
    (row,) = queries.absences_of(ann.id)
    assert 'value="2026-03-02"' in browser.get(f"{place(ann)}/{row.id}").text
    browser.post(f"{place(ann)}/{row.id}", data=DAYS | {"last": "2026-03-04"})
    assert queries.absences_of(ann.id)[0].last.day == 4
    browser.post(f"{place(ann)}/{row.id}/remove")
    assert queries.absences_of(ann.id) == []


def test_a_share_is_set_and_taken_back(browser, ann):
    page = browser.post(
        f"{place(ann)}/share", data={"first": "2026-02-16", "percent": "60"}, follow_redirects=True
    ).text
    assert "works 60 % of a full day" in page
    browser.post(f"{place(ann)}/share/{queries.shares_of(ann.id)[0].id}/remove")
    assert queries.shares_of(ann.id) == []


@pytest.mark.parametrize(
    ("where", "values", "sentence"),
    [
        ("", DAYS | {"last": "2026-03-01"}, "lies before the first"),
        ("", DAYS | {"first": "tomorrow"}, "Not a valid date value."),
        ("", DAYS | {"reason": "flu"}, "Choose holiday, sickness or other."),
        ("", DAYS | {"last": ""}, "Give the last day off"),
        ("/share", {"first": "2026-02-16", "percent": "0"}, "Give 1 to 100 %"),
        ("/share", {"first": "2026-02-16", "percent": "150"}, "Give 1 to 100 %"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(browser, ann, where, values, sentence):
    answer = browser.post(place(ann) + where, data=values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{values["first"]}"' in answer.text


def test_overlapping_days_are_refused_with_the_days_that_are_there(browser, ann):
    browser.post(place(ann), data=DAYS)
    answer = browser.post(place(ann), data=DAYS)
    assert "2026-03-02 to 2026-03-06 is entered as days off already" in answer.text


def test_nobody_else_sees_or_enters_them_and_an_administrator_does(client, ann):
    bob = factories.sign_in(client, factories.person("Bob"))
    assert bob.get(place(ann)).status_code == 403
    assert bob.post(place(ann), data=DAYS).status_code == 403
    assert bob.get(f"{place(ann)}/1").status_code == 403
    ada = factories.sign_in(client, factories.administrator())
    assert ada.post(place(ann), data=DAYS).status_code == 303
    assert "Holiday" in ada.get(place(ann)).text
    assert place(ann) in ada.get(f"/admin/people/{ann.id}").text


def test_the_account_leads_there(browser, ann):
    assert place(ann) in browser.get("/account").text


def test_entries_that_do_not_exist_are_not_found(browser, ann):
    assert browser.get(f"{place(ann)}/9").status_code == 404
    assert browser.post(f"{place(ann)}/9/remove").status_code == 404
