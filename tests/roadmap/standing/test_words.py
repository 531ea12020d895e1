"""A schedule in words: reports and charts say what the pages say."""

import pytest
from flask import get_template_attribute

from roadmap.standing.charts import health_words, slip_words
from roadmap.standing.rules.health import Health


@pytest.mark.parametrize(
    ("days", "words"),
    [(4, "four days late"), (1, "one day late"), (-1, "one day early"), (-13, "13 days early"), (0, "on its target")],
)
def test_a_slip_is_said_as_it_is_read(app, days, words):
    with app.test_request_context():
        assert slip_words(days) == words


def test_pages_say_a_slip_in_the_same_words(app):
    with app.test_request_context():
        slip = get_template_attribute("desk/_words.html", "slip")
        assert [str(slip(days)).strip() for days in range(-20, 21)] == [slip_words(days) for days in range(-20, 21)]


def test_every_state_has_a_word_of_its_own(app):
    with app.test_request_context():
        assert len(set(health_words().values())) == len(Health)
