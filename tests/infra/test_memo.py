"""A page asks once; what is sent in, commands and whoever wrote something ask the database."""

import pytest

from infra.memo import forget, remembered, remembered_each
from infra.transaction import note, transaction
from kernel.actor import SYSTEM

ASKED: list[object] = []


@remembered
def ask(*what: object, **how: object) -> int:
    ASKED.append((what, how))
    return len(ASKED)


@pytest.fixture(autouse=True)
def nothing_asked():
    ASKED.clear()


def test_the_same_question_is_asked_once_a_page(app):
    with app.test_request_context("/"):
        assert [ask([1, 2]), ask([1, 2]), ask((1, 2)), ask({2, 1}), ask({1, 2})] == [1, 1, 1, 2, 2]
        assert [ask([2, 1]), ask(1, state="open"), ask(1, state="open"), ask(1)] == [3, 4, 4, 5]
    with app.test_request_context("/"):
        forget()
        assert ask([1, 2]) == 6


def test_an_answer_of_none_is_kept_too(app):
    asked = []
    nothing = remembered(lambda: asked.append(1))
    with app.test_request_context("/"):
        assert [nothing(), nothing()] == [None, None]
    assert asked == [1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_is_sent_in_asks_every_time(app, method):
    with app.test_request_context("/", method=method):
        assert [ask(1), ask(1)] == [1, 2]


def test_a_command_asks_every_time(app):
    assert [ask(1), ask(1)] == [1, 2]


def test_a_page_that_writes_asks_again_while_it_does_and_after(app):
    with app.test_request_context("/"):
        assert ask(1) == 1
        with transaction(SYSTEM, "session.seen"):
            assert [ask(1), ask(1)] == [2, 3]
        assert [ask(1), ask(1)] == [4, 4]
        note(SYSTEM, "session.seen")
        assert ask(1) == 5


def test_of_many_numbers_only_the_new_ones_are_asked_for(app):
    sent = []

    @remembered_each
    def squares(_who: str, numbers) -> dict[int, int]:
        sent.append(sorted(numbers))
        return {each: each * each for each in numbers if each != 13}

    with app.test_request_context("/"):
        forget()
        assert squares("ann", [1, 2, 13, None]) == {1: 1, 2: 4}
        assert squares("ann", [2, 3, 13]) == {2: 4, 3: 9}
        assert squares("bob", [3]) == {3: 9}
        assert squares("ann", iter([1])) == {1: 1}
        assert squares("ann", []) == {}
    assert sent == [[1, 2, 13], [3], [3]]
    with app.test_request_context("/", method="POST"):
        assert [squares("ann", [1]), squares("ann", [1])] == [{1: 1}, {1: 1}]
    assert sent[3:] == [[1], [1]]
