"""The knowledge base: who reads what, versions, votes, search, tickets, and its pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from crm.knowledge import jobs, queries, service
from crm.knowledge.models import Article, ArticleDay, ArticleTicket, ArticleVersion, ArticleVote, ArticleWord
from crm.knowledge.queries import VISITOR, Reader
from crm.knowledge.rules.articles import ArticleData, Audience
from crm.modules import service as modules
from crm.objects.rules.catalogue import Module
from crm.records import service as records
from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
STAFF, WRITER = Reader(), Reader(writes=True)
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) \u202e"


@pytest.fixture
def agnes(app):
    return factories.crm_role(factories.person("Agnes"), "service-agent", factories.team("Service"))


@pytest.fixture
def browser(client, agnes):
    return factories.sign_in(client, agnes)


@pytest.fixture
def write(agnes):
    def build(title="How to import leads", body="Open Leads, choose a file.", *, published=True, **more):
        number, _work = service.begin(ArticleData(title, body, **more), actor=agnes, now=NOW)
        if published:
            service.publish(number, actor=agnes, now=NOW, today=TODAY)
        return number

    return build


def titles(found):
    return [each.title for each in found]


def test_who_may_read_what(write):
    write("Draft", published=False)
    write("For staff")
    write("For customers", audience=Audience.CUSTOMERS)
    assert titles(queries.shelf(VISITOR)) == ["For customers"]
    assert titles(queries.shelf(STAFF)) == ["For customers", "For staff"]
    assert titles(queries.search("draft", STAFF)) == []
    assert titles(queries.search("draft", WRITER)) == ["Draft"]
    for number, reader in ((1, STAFF), (2, VISITOR)):
        with pytest.raises(NotFound):
            queries.article(number, reader)


def test_other_words_make_another_version_and_another_category_does_not(write, agnes):
    number = write()
    same = ArticleData("How to import leads", "Open Leads, choose a file.", category="Data")
    service.change(number, 1, same, actor=agnes, now=NOW)
    assert [each.number for each in queries.versions(number)] == [1]
    service.change(number, 1, ArticleData("How to import leads", "New words", note="clearer"), actor=agnes, now=NOW)
    assert [(each.number, each.note, each.by) for each in queries.versions(number)] == [
        (2, "clearer", "Agnes"), (1, "", "Agnes")
    ]  # fmt: skip
    with pytest.raises(Conflict):
        service.change(number, 1, ArticleData("Mine", "Mine"), actor=agnes, now=NOW)
    service.restore(number, 1, actor=agnes, now=NOW)
    row = db.session.get(Article, number)
    assert (row.number, row.body) == (3, "Open Leads, choose a file.")
    with pytest.raises(NotFound):
        service.restore(number, 9, actor=agnes, now=NOW)


def test_a_change_is_undone_with_its_version_and_its_words(write, agnes):
    number = write()
    work = service.change(number, 1, ArticleData("Exports", "Something else"), actor=agnes, now=NOW)
    assert titles(queries.search("import", STAFF)) == []
    undo(work.transaction_id, actor=agnes)
    assert titles(queries.search("import", STAFF)) == ["How to import leads"]
    assert titles(queries.search("something", STAFF)) == []
    assert [each.number for each in queries.versions(number)] == [1]


def test_search_wants_every_word_forgives_a_slip_and_a_suggestion_wants_some(write):
    write()
    write("How to export deals", "A file is made of the list.")
    write("Why a list is empty", "A filter hides them.", summary="Filters that stay")
    assert titles(queries.search("LEADS import", STAFF)) == ["How to import leads"]
    assert titles(queries.search("imprt", STAFF)) == ["How to import leads"]
    assert titles(queries.search("leads filter", STAFF)) == []
    assert titles(queries.suggest("My list of leads is empty since today", STAFF))[0] == "Why a list is empty"
    for nothing in ("", "  ", "the of", "a", "%_'\"", "x" * 5000, "\u202e"):
        assert queries.search(nothing, STAFF) == []


def test_the_words_are_those_of_the_article_after_whatever_was_done(write, agnes):
    number = write()
    work = service.remove(write("Never read", published=False), actor=agnes)
    undo(work.transaction_id, actor=agnes)
    assert titles(queries.search("never", WRITER)) == ["Never read"]
    words = select(ArticleWord.word).where(ArticleWord.article_id == number)
    assert "import" in db.session.scalars(words).all()


def test_whether_it_helped_is_said_once_a_person_and_may_change(write, agnes):
    number, ida = write(), factories.person("Ida")
    service.vote(number, helped=True, actor=ida, now=NOW)
    service.vote(number, helped=False, lacking="Pictures", actor=ida, now=NOW)
    service.vote(number, helped=True, actor=agnes, now=NOW)
    votes = queries.votes(number)
    assert (votes.yes, votes.no, votes.share) == (1, 1, 50.0)
    assert [text for text, _at in queries.lacking(number)] == ["Pictures"]
    assert len(db.session.scalars(select(ArticleVote)).all()) == 2
    with pytest.raises(RuleBroken):
        service.vote(number, helped=False, lacking="x" * 501, actor=ida, now=NOW)
    with pytest.raises(NotFound):
        service.vote(write("Draft", published=False), helped=True, actor=ida, now=NOW)


def test_an_empty_article_is_not_published_and_one_that_was_read_not_removed(write, agnes):
    number = write("Empty", "", published=False)
    with pytest.raises(RuleBroken):
        service.publish(number, actor=agnes, now=NOW, today=TODAY)
    with pytest.raises(RuleBroken):
        service.retire(number, actor=agnes)
    read = write()
    service.retire(read, actor=agnes)
    with pytest.raises(RuleBroken):
        service.remove(read, actor=agnes)
    with pytest.raises(NotFound):
        queries.article(read, STAFF)


def test_owners_are_reminded_once_a_month_of_what_nobody_looked_at(write, agnes):
    number, later = write(), NOW + timedelta(days=180)
    assert jobs.remind_of_articles(SYSTEM, later - timedelta(days=1)) == ""
    for day in (0, 1):
        assert jobs.remind_of_articles(SYSTEM, later + timedelta(days=day)) == "1 articles are due for a look"
    assert db.session.scalars(select(Notice.person_id).where(Notice.kind == "article_review")).all() == [agnes.id]
    assert [each.stale for each in queries.rows(later.date())] == ["Nobody has looked at it for half a year."]
    service.review(number, actor=agnes, today=later.date())
    assert jobs.remind_of_articles(SYSTEM, later) == ""


def test_tickets_are_tied_only_by_who_sees_both(write, agnes):
    number = write()
    ticket = factories.record("ticket", name="Import leads fails", owner_id=agnes.id)
    work = service.link(number, ticket, actor=agnes, now=NOW)
    service.link(number, ticket, actor=agnes, now=NOW)
    assert len(db.session.scalars(select(ArticleTicket)).all()) == 1
    outsider = factories.person()
    with pytest.raises(NotFound):
        service.link(number, ticket, actor=outsider, now=NOW)
    assert queries.tickets(number, queries.access_of(agnes)) == [(ticket, "Import leads fails")]
    assert queries.tickets(number, queries.access_of(outsider)) == []
    undo(work.transaction_id, actor=agnes)
    with pytest.raises(NotFound):
        service.unlink(number, ticket, actor=agnes)


def test_a_solved_ticket_becomes_an_article_and_its_page_shows_what_may_help(browser, write, agnes):
    write()
    ticket = factories.record("ticket", name="Leads import stops", description="At row 5", owner_id=agnes.id)
    page = browser.get(f"/crm/tickets/{ticket}").text
    assert "How to import leads" in page
    assert "Write an article from this" not in page
    for state, more in (("in-progress", {}), ("resolved", {"resolution": "Empty row removed"})):
        records.change("ticket", ticket, {"state": state, **more}, actor=SYSTEM, now=NOW)
    assert "Write an article from this" in browser.get(f"/crm/tickets/{ticket}").text
    page = browser.get(f"/crm/knowledge/new?ticket={ticket}").text
    assert "Empty row removed" in page
    sent = {"title": "Empty rows stop imports", "body": "Remove them.", "audience": "staff", "number": "0"}
    answer = browser.post(f"/crm/knowledge/new?ticket={ticket}", data=sent)
    assert "Empty rows stop imports" in browser.get(answer.location).text
    assert "Leads import stops" in browser.get(answer.location).text
    assert browser.get("/crm/knowledge/new?ticket=9999").status_code == 404
    assert browser.post(f"/crm/knowledge/tickets/{ticket}", data={"article_id": "1"}).status_code == 303
    assert browser.post(f"/crm/knowledge/tickets/{ticket}", data={"article_id": "99"}).status_code == 404


def test_articles_are_suggested_while_a_ticket_is_typed(browser, write):
    write()
    assert "How to import leads" in browser.get("/crm/knowledge/suggest?name=import+is+broken").text
    assert browser.get("/crm/knowledge/suggest?name=").text.strip() == ""
    assert "/crm/knowledge/suggest" in browser.get("/crm/tickets/new").text


def test_hostile_text_stays_text_everywhere(browser, write, app):
    number = write(HOSTILE, HOSTILE, summary=HOSTILE, category=HOSTILE[:60], audience=Audience.CUSTOMERS)
    visitor = app.test_client()
    for who, address in (
        (browser, f"/crm/knowledge/{number}"), (browser, "/crm/knowledge"), (browser, "/crm/knowledge/all"),
        (browser, f"/crm/knowledge/{number}/versions"), (browser, f"/crm/knowledge/{number}/edit"),
        (browser, "/crm/knowledge?q=script"), (visitor, "/help"), (visitor, f"/help/{number}"),
    ):  # fmt: skip
        answer = who.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text
        assert 'href="javascript' not in answer.text


def test_an_article_is_written_changed_compared_and_restored(browser, write):
    number = write()
    sent = {"title": "How to import leads", "body": "Quite other words", "audience": "staff", "number": "1"}
    assert browser.post(f"/crm/knowledge/{number}/edit", data=sent).status_code == 303
    answer = browser.post(f"/crm/knowledge/{number}/edit", data=sent | {"body": "Mine"})
    assert answer.status_code == 409
    assert "Somebody wrote version 2 meanwhile" in answer.text
    assert ">\nMine</textarea>" in answer.text
    page = browser.get(f"/crm/knowledge/{number}/versions").text
    assert "Quite other words" in page
    assert "Open Leads, choose a file." in page
    assert browser.post(f"/crm/knowledge/{number}/versions/1/restore").status_code == 303
    answer = browser.post(f"/crm/knowledge/{number}/edit", data=sent | {"title": "", "number": "3"})
    assert answer.status_code == 422
    for act, status in (("review", 303), ("retire", 303), ("publish", 303), ("dance", 404)):
        assert browser.post(f"/crm/knowledge/{number}/act", data={"act": act}).status_code == status


def test_opening_is_counted_without_names_and_voting_is_asked(app, write):
    number = write()
    reader = factories.sign_in(app.test_client(), factories.person())
    for _ in range(2):
        assert "Did this help?" in reader.get(f"/crm/knowledge/{number}").text
    assert db.session.execute(select(ArticleDay.day, ArticleDay.times)).all() == [(TODAY, 2)]
    assert reader.post(f"/crm/knowledge/{number}/vote", data={"helped": "no"}).status_code == 303
    assert "What is missing?" in reader.get(f"/crm/knowledge/{number}").text
    assert reader.get("/crm/knowledge/all").status_code == 403


def test_visitors_find_only_what_is_for_them(app, write):
    visitor = app.test_client()
    staff = write()
    assert visitor.get("/help").status_code == 404
    write("How to sign in", audience=Audience.CUSTOMERS)
    assert "How to sign in" in visitor.get("/help?q=sign").text
    assert visitor.get(f"/help/{staff}").status_code == 404
    modules.switch(Module.SERVICE, on=False, actor=SYSTEM)
    assert visitor.get("/help").status_code == 404


def test_a_retired_version_count_stays_whole(write, agnes):
    number = write()
    service.retire(number, actor=agnes)
    assert db.session.scalars(select(ArticleVersion.number)).all() == [1]
    assert queries.article(number, WRITER).state == "retired"


def test_pages_ask_a_handful_of_statements(browser, write, asked):
    for each in range(6):
        write(f"How to import leads {each}")
    browser.get("/crm/knowledge")
    limits = {"": 12, "?q=leads": 14, "/1": 18, "/all": 14}
    for address, most in limits.items():
        with asked() as statements:
            assert browser.get(f"/crm/knowledge{address}").status_code == 200
        assert len(statements) <= most, statements
