"""The weekly word: to whom, when, once, and as one page."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pypdf
import pytest
from sqlalchemy import func, select

from infra import pdf
from infra.database import db
from infra.mail.models import Mail
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Problem, RuleBroken
from reports.weekly import charts, jobs, queries, rules, service
from reports.weekly.models import WeeklyWord
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.executive.conftest import ask, keep, plan

MONDAY = datetime(2026, 2, 16, 7, 40, tzinfo=UTC)
UTCZONE = ZoneInfo("UTC")


@pytest.fixture
def made(monkeypatch):
    """Documents that became a PDF, without the seconds that this takes."""
    found = []
    monkeypatch.setattr(service, "pdf_of", lambda html: found.append(html) or b"%PDF-1.7 " + str(len(found)).encode())
    return found


def mails():
    return db.session.scalars(select(Mail).order_by(Mail.id)).all()


def test_executives_get_it_once_whoever_often_the_job_runs(app, made):
    ours = plan("Nordic")
    boss = factories.person("Beatrix", projects={ours: "executive"})
    factories.person("Maren", projects={ours: "manager"})
    assert jobs.send_words(SYSTEM, MONDAY) == "1 words"
    assert jobs.send_words(SYSTEM, MONDAY) == ""
    assert jobs.send_words(SYSTEM, MONDAY + timedelta(hours=3)) == ""
    (mail,) = mails()
    assert mail.subject == "The portfolio on Mon 16 Feb"
    assert "Nordic is not judged yet." in mail.text
    assert mail.files[0]["name"] == "portfolio-2026-02-16.pdf"
    assert [each.period for each in queries.words(boss.id)] == ["2026-02-16"]
    assert queries.kept_files() == {mail.files[0]["digest"]}
    assert jobs.send_words(SYSTEM, MONDAY + timedelta(days=7)) == "1 words"
    assert len(made) == len(mails()) == 2


def test_a_mail_that_can_not_be_made_is_tried_again_and_holds_up_nobody(app, made, monkeypatch):
    ours = plan("Nordic")
    first, second = (factories.person(name, projects={ours: "executive"}) for name in ("Ada", "Bea"))
    real, broken = service.pdf_of, [True]

    def sometimes(html):
        if broken:
            broken.pop()
            raise Problem("pdf.late", "The PDF took too long.")
        return real(html)

    monkeypatch.setattr(service, "pdf_of", sometimes)
    with pytest.raises(Problem, match="took too long"):
        jobs.send_words(SYSTEM, MONDAY)
    assert [each.person_id for each in db.session.scalars(select(WeeklyWord))] == [second.id]
    assert jobs.send_words(SYSTEM, MONDAY) == "1 words"
    assert queries.sent(first.id, "2026-02-16")
    assert len(mails()) == 2


def test_others_may_want_it_and_executives_may_not(app, made):
    ours = plan("Nordic")
    boss, member = (
        factories.person("Bea", projects={ours: "executive"}),
        factories.person("Moe", projects={ours: "member"}),
    )
    stranger = factories.person("Sue")
    service.choose(on=False, actor=boss)
    for each in (member, stranger):
        service.choose(on=True, actor=each)
    assert queries.recipients() == sorted([member.id, stranger.id])
    assert jobs.send_words(SYSTEM, MONDAY) == "1 words"
    assert db.session.scalar(select(func.count()).select_from(WeeklyWord)) == 1


@pytest.mark.parametrize(
    ("now", "setting", "period"),
    [
        (datetime(2026, 2, 16, 7, 29, tzinfo=UTC), rules.Setting(), None),
        (datetime(2026, 2, 16, 7, 30, tzinfo=UTC), rules.Setting(), "2026-02-16"),
        (datetime(2026, 2, 17, 7, 29, tzinfo=UTC), rules.Setting(), "2026-02-16"),
        (datetime(2026, 2, 17, 7, 30, tzinfo=UTC), rules.Setting(), None),
        (datetime(2026, 2, 20, 16, 0, tzinfo=UTC), rules.Setting(4, "16:00"), "2026-02-20"),
        (datetime(2026, 2, 16, 9, 0, tzinfo=UTC), rules.Setting(on=False), None),
    ],
)
def test_a_round_is_due_for_a_day(now, setting, period):
    found = rules.due_round(setting, UTCZONE, now)
    assert (found.period if found else None) == period


@pytest.mark.parametrize(("weekday", "at"), [(7, "07:30"), (-1, "07:30"), (0, "25:00"), (0, "soon")])
def test_a_time_that_is_none_is_refused(app, weekday, at):
    with pytest.raises(RuleBroken):
        service.set_time(weekday, at, on=True, actor=SYSTEM)


def test_the_page_fits_on_one_sheet_however_many_roll_outs_there_are(app):
    names = [f"Roll-out number {number} with a name that goes on and on <b>" for number in range(15)]
    ours = [plan(name, datetime(2026, 2, 20, 17)) for name in names]
    for each in ours[:3]:
        ask(each, "Data agree", 0.0)
        keep(each)
    boss = factories.person(projects=dict.fromkeys(ours, "executive"))
    html = charts.document(charts.look(boss, NOW))
    pages = pypdf.PdfReader(io.BytesIO(pdf.pdf_of(html))).pages
    assert "on <b>" not in html
    assert len(pages) == 1
    text = " ".join(pages[0].extract_text().split())
    assert "None of 15 roll-outs near their go-live can go" in text
    assert "and 7 more roll-outs, on the page" in text
    assert "As of 2026-02-18 09:10, UTC" in text


def test_people_switch_it_and_read_what_came(app, client, made):
    ours = plan("Nordic")
    boss, other = (factories.person(name, projects={ours: "executive"}) for name in ("Bea", "Other"))
    jobs.send_words(SYSTEM, MONDAY)
    browser = factories.sign_in(client, boss)
    html = browser.get("/portfolio/weekly").text
    assert "comes to you by mail" in html
    assert "Nordic is not judged yet." in html
    assert "When it goes out" not in html
    word = queries.words(boss.id)[0]
    assert browser.get(f"/portfolio/weekly/{word.id}.pdf").data == service.content(word.digest)
    theirs = queries.words(other.id)[0]
    assert browser.get(f"/portfolio/weekly/{theirs.id}.pdf").status_code == 404
    with pytest.raises(NotFound):
        queries.word(boss.id, theirs.id)
    assert (
        "does not come to you any more"
        in browser.post("/portfolio/weekly/mine", data={"on": "0"}, follow_redirects=True).text
    )
    assert queries.recipients() == [other.id]


def test_administrators_say_when_and_may_take_it_back(app, client):
    browser = factories.sign_in(client, factories.administrator())
    sent = browser.post(
        "/portfolio/weekly/time", data={"weekday": "4", "at": "16.00", "on": "y"}, follow_redirects=True
    )
    assert "Every Friday at 16:00" in sent.text
    assert queries.setting() == rules.Setting(4, "16:00")
    bad = browser.post("/portfolio/weekly/time", data={"weekday": "4", "at": "late"})
    assert (bad.status_code, "Write the time like 09:00." in bad.text) == (422, True)
    assert 'value="late"' in bad.text
    assert rules.file_name(date(2026, 2, 16)) == "portfolio-2026-02-16.pdf"
