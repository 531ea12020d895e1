"""What templates say: texts in the reader's language with values escaped, and addresses of static files."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import g, render_template_string
from markupsafe import Markup

from infra.formats import moment
from web.formats import said, said_of_many


@pytest.fixture(autouse=True)
def _on_a_page(app):
    with app.test_request_context():
        yield


def test_values_are_escaped_and_the_text_is_not():
    assert said("It’s “%(name)s”", name="<b>") == Markup("It’s “&lt;b&gt;”")
    assert said("It’s “%(name)s”", name=Markup("<b>x</b>")) == Markup("It’s “<b>x</b>”")


def test_a_percent_sign_is_written_twice_with_and_without_values():
    assert (said("100 %% done"), said("%(n)s %% done", n=4)) == ("100 % done", "4 % done")


def test_a_number_chooses_the_form():
    both = ("%(num)d task of %(who)s", "%(num)d tasks of %(who)s")
    assert said_of_many(*both, 1, who="A & B") == "1 task of A &amp; B"
    assert said_of_many(*both, 3, who="Ada") == "3 tasks of Ada"


def test_the_same_text_is_made_ready_once():
    assert said("Only once, please") is said("Only once, please")


def test_templates_say_it_this_way():
    page = '{{ _("Hello %(name)s", name="<i>") }} {{ ngettext("one", "%(num)s", 2) }}'
    assert render_template_string(page) == "Hello &lt;i&gt; 2"


def test_a_static_files_address_changes_with_its_content_and_knows_where_the_application_lives(app):
    with app.test_request_context("/", base_url="http://localhost/roadmap"):
        address = render_template_string('{{ asset("css/base.css") }}')
    assert address.startswith("/roadmap/static/css/base.css?v=")
    with app.test_client().get(render_template_string('{{ asset("css/base.css") }}')) as answer:
        assert answer.status_code == 200


def test_a_moment_names_its_year_when_that_is_not_this_year_where_the_reader_is():
    g.today, g.zone = date(2026, 2, 18), UTC
    assert moment(datetime(2026, 1, 12, 6, 10, tzinfo=UTC)) == "Mon 12 Jan, 06:10"
    assert moment(datetime(2025, 6, 16, 10, 57, tzinfo=UTC)) == "Mon 16 Jun 2025, 10:57"
