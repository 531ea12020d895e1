"""Share links: what they open, for how long, what never appears, and how guesses are turned away."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.audit.models import AuditEntry
from infra.comments import service as comments
from infra.database import db
from infra.knocks import rules as doors
from infra.transaction import transaction
from kernel.actor import SYSTEM
from reports.issued import queries as issued
from reports.issued.rules.draft import DraftData
from reports.issued.rules.parts import BLOCKERS, COST, begin, end
from reports.share import queries, rules, service
from reports.share.models import ShareLink
from reports.share.rules import LinkData
from roadmap.planting.rules import RowSeed
from roadmap.tasks.models import Task
from roadmap.timesheet.models import Blocker
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.conftest import plant
from tests.reports.test_issued import issue

TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("paper")
PAGES = ("/plan", "/gantt", "/report", "/report.pdf")
EVERYTHING = LinkData("Board", plan=True, gantt=True, reports=True)


@pytest.fixture
def project(app):
    number = factories.project("Europe", target_go_live=date(2026, 3, 3))
    ann = factories.person("Ann Public", email="ann.secret@norvane.example", projects={number: "manager"})
    plant(number, [RowSeed("a", "Profile the sources", None, {"duration_minutes": 480, "owner_id": ann.id})])
    return number


def made(project, data=EVERYTHING, **more):
    return service.make(project, data, actor=SYSTEM, today=TODAY, **more)[1]


@pytest.mark.parametrize("part", ["plan", "gantt", "reports"])
def test_a_link_opens_the_parts_that_were_chosen_and_no_other(app, client, project, part):
    issue(app, project)
    token = made(project, LinkData("Board", **{part: True}))
    theirs = {"plan": "/plan", "gantt": "/gantt", "reports": "/report"}
    for name, page in theirs.items():
        answer = client.get(f"/s/{token}{page}")
        assert (answer.status_code, "Europe" in answer.text) == ((200, True) if name == part else (404, False))
    assert client.get(f"/s/{token}", follow_redirects=True).request.path == f"/s/{token}{theirs[part]}"
    assert client.get(f"/s/{token}/report.pdf").status_code == (200 if part == "reports" else 404)


def test_no_secret_of_the_house_is_on_any_shared_page(app, client, project):
    """Every field that is not meant for strangers holds a word that must not be found."""
    other = factories.project("SECRET other project")
    factories.task(other, "SECRET task of another project")
    task = db.session.query(Task).filter_by(project_id=project).one()
    comments.add_comment(f"task:{task.id}", "SECRET comment", actor=factories.administrator())
    with transaction(SYSTEM, "x") as work:
        row = work.session.get_one(Task, task.id)
        for field in ("description", "notes", "note"):
            if hasattr(row, field):
                setattr(row, field, f"SECRET {field}")
    plant_blocker(task.id)
    data = DraftData(
        comment="For all to read", internal_note="SECRET note", addresses=("secret.address@partner.example",)
    )
    issue(app, project, data)
    token = made(project)
    service.make(project, LinkData("SECRET name of a link", plan=True), actor=SYSTEM, today=TODAY)
    for page in PAGES:
        answer = client.get(f"/s/{token}{page}", follow_redirects=True)
        assert answer.status_code == 200, page
        text = answer.text if page != "/report.pdf" else answer.data.decode()
        assert "SECRET" not in text, page
        assert "secret" not in text, page
        assert "@norvane" not in text, page
    assert "For all to read" in client.get(f"/s/{token}/report").text


def plant_blocker(task_id):
    with transaction(SYSTEM, "x") as work:
        task = work.session.get_one(Task, task_id)
        values = {"project_id": task.project_id, "task_id": task_id, "text": "SECRET blocker"}
        values |= {"raised_at": NOW, "raised_by": "SECRET person", "raised_by_id": None}
        known = {key: value for key, value in values.items() if hasattr(Blocker, key)}
        work.session.add(Blocker(**known))


@pytest.mark.parametrize("costs", [True, False])
def test_costs_are_shown_only_where_they_were_ticked_and_blockers_never(app, client, project, monkeypatch, costs):
    frozen = f"<p>Plan</p>{begin(COST)}<p>12 000 EUR</p>{end(COST)}{begin(BLOCKERS)}<p>No access</p>{end(BLOCKERS)}"
    issue(app, project)
    monkeypatch.setattr(issued, "page_of", lambda _id: frozen)
    monkeypatch.setattr(issued, "document_of", lambda _id: f"<title>R</title>{frozen}")
    token = made(project, LinkData("Board", reports=True, costs=costs))
    page, file = client.get(f"/s/{token}/report").text, client.get(f"/s/{token}/report.pdf").data.decode()
    for text in (page, file):
        assert ("12 000 EUR" in text) is costs
        assert "No access" not in text
    assert len(issued.digests_of(issued.report(project, 1))) == 2


def test_links_that_were_guessed_expired_or_withdrawn_look_alike(app, client, project, clock):
    withdrawn, expired = made(project), made(project, LinkData("X", plan=True, expires=TODAY))
    service.revoke(project, queries.links(project, NOW)[0].id, actor=SYSTEM)
    revoke_all_but(project, expired)
    clock.now = datetime(2026, 2, 19, 0, 1, tzinfo=UTC)
    seen = set()
    for token in (withdrawn, expired, "guess", "../../etc", "x" * 5000):
        answer = client.get(f"/s/{token}/plan")
        assert answer.status_code == 404
        if "etc" not in token:
            seen.add(answer.text.split("<main")[1].split("</main")[0])
        assert "Europe" not in answer.text
    assert len(seen) == 1
    assert "was never made, has expired or was withdrawn" in seen.pop()


def revoke_all_but(project, token):
    keep = queries.by_token(token, NOW)
    for row in queries.links(project, NOW):
        if keep is None or row.id != keep.id:
            service.revoke(project, row.id, actor=SYSTEM)


def test_a_withdrawn_link_closes_at_once(client, project):
    token = made(project)
    assert client.get(f"/s/{token}/plan").status_code == 200
    service.revoke(project, queries.links(project, NOW)[0].id, actor=SYSTEM)
    assert client.get(f"/s/{token}/plan").status_code == 404


def test_only_a_hash_of_the_token_is_kept(app, project):
    token = made(project)
    row = db.session.query(ShareLink).one()
    assert len(token) >= 43
    assert token not in str(vars(row))
    trail = db.session.query(AuditEntry).filter_by(action="share.made").all()
    assert token not in str([entry.changes for entry in trail])
    assert row.token_hash not in str([entry.changes for entry in trail])


def test_guessing_is_throttled_and_readers_go_on_elsewhere(client, project):
    token = made(project)
    for n in range(doors.WRONG.most):
        assert client.get(f"/s/guess{n}").status_code == 404
    assert client.get("/s/another").status_code == 429
    assert client.get(f"/s/{token}/plan").status_code == 429
    elsewhere = client.get(f"/s/{token}/plan", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200


def test_reading_is_limited_too(client, project, monkeypatch):
    token = made(project)
    monkeypatch.setattr(service, "READ", doors.Door("read", 3, timedelta(minutes=1)))
    answers = [client.get(f"/s/{token}/plan").status_code for _turn in range(4)]
    assert answers == [200, 200, 200, 429]


def test_a_passphrase_guards_a_link_and_tries_are_counted(client, project):
    token = made(project, LinkData("Board", plan=True, passphrase="quiet harbour"))
    locked = client.get(f"/s/{token}")
    assert "A passphrase is needed" in locked.text
    assert "Europe" not in locked.text
    assert client.get(f"/s/{token}/plan").status_code == 404
    wrong = client.post(f"/s/{token}", data={"passphrase": "loud harbour"})
    assert (wrong.status_code, "not the passphrase" in wrong.text) == (422, True)
    opened = client.post(f"/s/{token}", data={"passphrase": "quiet harbour"}, follow_redirects=True)
    assert "Profile the sources" in opened.text
    codes = [client.post(f"/s/{token}", data={"passphrase": f"no {n}"}).status_code for n in range(doors.PHRASE.most)]
    assert codes[-1] == 429


def test_openings_are_counted_and_the_first_of_a_day_enters_the_trail(client, project, clock):
    token = made(project)
    for _turn in range(3):
        client.get(f"/s/{token}/plan")
    clock.now = NOW + timedelta(days=1)
    client.get(f"/s/{token}/gantt")
    [row] = queries.links(project, clock.now)
    assert (row.opened, row.last_at) == (4, clock.now)
    assert db.session.query(AuditEntry).filter_by(action="share.opened").count() == 2


def test_shared_pages_stay_out_of_search_engines_and_other_logs(client, project):
    for page in ("", "/plan"):
        headers = client.get(f"/s/{made(project)}{page}").headers
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_log_does_not_hold_the_token(client, project, capsys):
    token = made(project)
    client.get(f"/s/{token}/plan")
    assert token not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expires": "2026-02-17"}, "A link lives a year at most"),
        ({"expires": "2029-01-01"}, "A link lives a year at most"),
        ({"expires": "never"}, "Write the day as 2026-03-03."),
        ({"name": " "}, "Say who it is for"),
        ({"plan": ""}, "Choose what the link shows"),
        ({"passphrase": "short"}, "A passphrase has 8 to 200 characters"),
        ({"report": "9"}, "Not a valid choice"),
    ],
)
def test_a_wrong_wish_is_said_and_kept(browser, project, change, says):
    form = {"name": "Board of Fjordline", "expires": "2026-03-18", "plan": "y", "report": ""} | change
    answer = browser(project, "manager").post(f"/projects/{project}/share", data={k: v for k, v in form.items() if v})
    assert (answer.status_code, says in answer.text) == (422, True), answer.text[-3000:]
    assert queries.links(project, NOW) == []


def test_a_link_is_shown_once_listed_and_withdrawn(browser, project):
    boss = browser(project, "manager")
    form = {"name": "Board", "expires": "2026-03-18", "plan": "y", "report": ""}
    page = boss.post(f"/projects/{project}/share", data=form)
    token = page.text.split("/s/")[1].split('"')[0]
    assert boss.get(f"/s/{token}/plan").status_code == 200
    listed = boss.get(f"/projects/{project}/share").text
    assert token not in listed
    assert "Wed 18 Mar" in listed
    boss.post(f"/projects/{project}/share/{queries.links(project, NOW)[0].id}/revoke")
    assert "Withdrawn" in boss.get(f"/projects/{project}/share").text
    assert boss.post(f"/projects/{project}/share/4711/revoke").status_code == 404


def test_a_link_of_another_project_cannot_be_withdrawn(browser, project):
    other = factories.project("Asia")
    made(other)
    boss = browser(project, "manager")
    assert boss.post(f"/projects/{project}/share/{queries.links(other, NOW)[0].id}/revoke").status_code == 404


def test_a_link_to_one_report_stays_with_it(app, client, project):
    issue(app, project, DraftData(comment="First"))
    token = made(project, LinkData("Board", reports=True, report=1))
    issue(app, project, DraftData(comment="Second"), key="k2")
    assert "First" in client.get(f"/s/{token}/report").text
    assert "Second" in client.get(f"/s/{made(project)}/report").text


def test_before_the_first_report_the_page_says_so(client, project):
    token = made(project)
    assert "No report was issued yet" in client.get(f"/s/{token}/report").text
    assert client.get(f"/s/{token}/report.pdf").status_code == 404


def test_the_last_day_of_a_link_is_whole():
    end_ = rules.expiry(date(2026, 3, 18), ZoneInfo("Europe/Brussels"))
    assert end_.astimezone(UTC) == datetime(2026, 3, 18, 23, tzinfo=UTC)
