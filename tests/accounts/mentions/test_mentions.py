import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.notices.models import Notice
from infra.comments import queries as comments
from infra.comments import service
from infra.comments.rules import MOST_MENTIONED, in_parts, mentions
from infra.database import db
from tests import factories

PEOPLE = {
    1: ("Maren Solberg", "maren@norvane.example"),
    2: ("Maren Olsen", "m.olsen@norvane.example"),
    3: ("Samira Haddad", "samira@norvane.example"),
    4: ("Jo", "jo@norvane.example"),
    5: ("Zoë Okafor-Lind", "zoe@norvane.example"),
}


@pytest.mark.parametrize(
    ("text", "people", "unknown", "several"),
    [
        ("@Maren Solberg, look", [1], [], {}),
        ("@maren solberg", [1], [], {}),
        ("Ask @Olsen.", [2], [], {}),
        ("Ask @m.olsen.", [2], [], {}),
        ("@Samira and @samira", [3], [], {}),
        ("@maren", [], [], {"maren": ["Maren Olsen", "Maren Solberg"]}),
        ("@everyone @all", [], ["everyone", "all"], {}),
        ("mail me at jo@norvane.example", [], [], {}),
        ("@Jonas", [], ["Jonas"], {}),
        ("(@Jo)", [4], [], {}),
        ("@Zoë Okafor-Lind", [5], [], {}),
        ("@okafor-lind", [5], [], {}),
        ("@ nobody, 3 @ 4 EUR, @", [], [], {}),
        ("@@maren solberg", [], [], {}),
        ("https://example.org/@samira", [], [], {}),
    ],
)
def test_names_are_told_from_what_is_typed(text, people, unknown, several):
    found = mentions(text, PEOPLE)
    assert (found.people, found.unknown, found.several) == (people, unknown, several)


def test_a_comment_calls_at_most_twenty_people():
    crowd = {number: (f"Person{number} Crowd", f"p{number}@example.org") for number in range(100)}
    found = mentions(" ".join(f"@Person{number}" for number in range(100)), crowd)
    assert len(found.people) == MOST_MENTIONED
    assert found.left_out == 80


@given(st.text(alphabet="@marenSOLBERG samira.\n<>&-é", max_size=300))
def test_the_parts_of_a_text_are_the_text(text):
    found = mentions(text, PEOPLE)
    assert "".join(words for words, _mention in in_parts(text, found.places)) == text


@given(st.text(max_size=50), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60), st.just(1))))
def test_places_that_do_not_fit_harm_nothing(text, places):
    assert "".join(words for words, _mention in in_parts(text, places)) == text


@pytest.fixture
def world(app):
    class World:
        project = factories.project()
        maren = factories.person("Maren Solberg", projects={project: "manager"})
        samira = factories.person("Samira Haddad", projects={project: "member"})
        erik = factories.person("Erik Vale", projects={project: "stakeholder"})
        stranger = factories.person("Sam Stranger")
        task = factories.task(project, "Cleanse addresses", owner_id=samira.id)

    return World


def told():
    """Who was told of what was said; that the task is theirs they were told when it was made."""
    notices = db.session.scalars(select(Notice).where(Notice.kind != "assigned"))
    return sorted((notice.kind, notice.person_id) for notice in notices)


def comment(world, client, who, text):
    browser = factories.sign_in(client, who)
    return browser.post(f"/comments/task/{world.task}", data={"text": text}, follow_redirects=True).text


def test_whoever_is_called_is_told_and_seen_in_the_text(world, client):
    page = comment(world, client, world.maren, "Please look, @erik <script>")
    assert ("mentioned", world.erik.id) in told()
    assert '<span class="mention">@erik</span> &lt;script&gt;' in page
    notice = db.session.scalar(select(Notice).where(Notice.kind == "mentioned"))
    assert notice.params["text"] == "Please look, @erik <script>"


def test_whose_work_it_is_and_whoever_commented_before_is_told_of_a_comment(world, client):
    comment(world, client, world.erik, "How far is it?")
    assert told() == [("comment", world.samira.id)]
    comment(world, client, world.samira, "Half way, @Maren Solberg.")
    expected = [("comment", world.erik.id), ("comment", world.samira.id), ("mentioned", world.maren.id)]
    assert told() == sorted(expected)


def test_nobody_is_called_who_may_not_see_it_and_the_author_is_told_so(world, client):
    page = comment(world, client, world.maren, "@stranger and @everyone")
    assert "Nobody who sees this is called “stranger”" in page
    assert "Nobody who sees this is called “everyone”" in page
    assert ("mentioned", world.stranger.id) not in told()


def test_a_name_that_several_have_is_asked_about(world, client):
    factories.person("Samira Lund", projects={world.project: "member"})
    page = comment(world, client, world.maren, "@samira look")
    assert "“samira” may be Samira Haddad / Samira Lund: write the whole name" in page


def test_rewording_calls_only_whoever_was_not_called_before(world, client):
    comment(world, client, world.maren, "Look, @erik")
    (said,) = comments.of_subject(f"task:{world.task}", world.maren)
    service.change_comment(said.id, "Look, @erik and @samira", actor=world.maren)
    calls = [who for kind, who in told() if kind == "mentioned"]
    assert sorted(calls) == sorted([world.erik.id, world.samira.id])


def test_the_names_for_the_list_are_those_who_see_it(world, client):
    browser = factories.sign_in(client, world.maren)
    assert browser.get(f"/mentions/task/{world.task}").json == ["Erik Vale", "Samira Haddad"]
    assert factories.sign_in(client, world.stranger).get(f"/mentions/task/{world.task}").status_code == 404
    assert factories.sign_in(client, world.maren).get("/mentions/nothing/1").status_code == 404
