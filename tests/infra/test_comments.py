import pytest
from flask import render_template_string

from infra import subjects
from infra.comments import queries, service
from infra.comments.events import CommentAdded
from infra.undo import undo
from kernel.errors import NotFound, Refused, RuleBroken


def texts(world):
    return [said.text for said in queries.of_subject("thing:1", world.ann)]


def test_a_comment_is_kept_with_its_author_and_can_be_taken_back(world):
    work = service.add_comment("thing:1", " All set \r\nfor Monday ", actor=world.ann)
    (said,) = queries.of_subject("thing:1", world.bob)
    assert (said.text, said.author_name, said.initials, said.mine) == ("All set \nfor Monday", "Ann Lee", "AL", False)
    assert queries.count_of(["thing:1", "thing:2"]) == {"thing:1": 1}
    undo(work.transaction_id, actor=world.ann)
    assert texts(world) == []


def test_only_the_author_changes_and_deletes(world):
    service.add_comment("thing:1", "First", actor=world.ann)
    (said,) = queries.of_subject("thing:1", world.ann)
    with pytest.raises(Refused, match="author"):
        service.change_comment(said.id, "Mine now", actor=world.bob)
    with pytest.raises(Refused, match="author"):
        service.delete_comment(said.id, actor=world.bob)
    service.change_comment(said.id, "Second", actor=world.ann)
    assert texts(world) == ["Second"]
    deleted = service.delete_comment(said.id, actor=world.ann)
    assert texts(world) == []
    undo(deleted.transaction_id, actor=world.ann)
    assert texts(world) == ["Second"]


def test_a_subject_that_one_may_not_see_does_not_exist(world):
    for key in ("thing:1", "thing:2", "nothing:1", "thing:x", "thing:", "", "thing:" + "9" * 40, "thing:²"):
        with pytest.raises(NotFound):
            service.add_comment(key, "Hello", actor=world.stranger)


def test_who_sees_but_may_not_comment_is_refused(world):
    with pytest.raises(Refused):
        service.add_comment("thing:1", "Hello", actor=world.admin)


@pytest.mark.parametrize(("text", "code"), [(" \n ", "comments.empty"), ("x" * 20_001, "comments.too_long")])
def test_empty_and_endless_texts_are_refused(world, text, code):
    with pytest.raises(RuleBroken) as caught:
        service.add_comment("thing:1", text, actor=world.ann)
    assert caught.value.code == code
    assert texts(world) == []


def test_others_hear_of_a_comment(app, world):
    heard = []
    wires = app.extensions["launch90"]
    object.__setattr__(wires, "handlers", ((CommentAdded, lambda event, _work: heard.append(event.subject)),))
    service.add_comment("thing:1", "Hello", actor=world.ann)
    assert heard == ["thing:1"]


def test_the_form_keeps_what_was_typed(world, browse):
    answer = browse(world.ann).post("/comments/thing/1", data={"text": "<i>" + "y" * 20_001})
    assert answer.status_code == 422
    assert "&lt;i&gt;yyy" in answer.text
    assert "20,004 characters" in answer.text
    assert "The &lt;b&gt;thing&lt;/b&gt;" in answer.text


def test_pages_to_add_change_and_delete(world, browse):
    browser = browse(world.ann)
    answer = browser.post("/comments/thing/1", data={"text": "Hello 👋 שלום"})
    assert (answer.status_code, answer.location) == (303, "/things/1#comments")
    (said,) = queries.of_subject("thing:1", world.ann)
    assert "Hello 👋 שלום" in browser.get(f"/comments/{said.id}").text
    browser.post(f"/comments/{said.id}", data={"text": "Good bye"})
    assert texts(world) == ["Good bye"]
    browser.post(f"/comments/{said.id}/delete")
    assert texts(world) == []
    assert browser.post(f"/comments/{said.id}/delete").status_code == 404


def test_the_card_shows_markup_as_text(app, world):
    service.add_comment("thing:1", "<script>alert(1)</script>", actor=world.ann)
    with app.test_request_context():
        app.preprocess_request()
        page = render_template_string(
            '{% from "shared/comments.html" import comments_card %}{{ comments_card(subject, items) }}',
            subject=subjects.find("thing:1", world.ann),
            items=queries.of_subject("thing:1", world.ann),
        )
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert 'action="/comments/thing/1"' in page
