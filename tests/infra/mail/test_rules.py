import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.mail.letters import paragraphs
from infra.mail.rules import clean_subject, sender_of, server_of
from web.settings import SettingsError, read


@given(st.text())
def test_a_subject_stays_on_one_line_and_within_its_length(text):
    cleaned = clean_subject(text)
    assert len(cleaned) <= 200
    assert not set(cleaned) & set("\r\n\0\u2028\u0085")


@given(st.text())
def test_text_never_becomes_markup(text):
    page = str(paragraphs(text))
    for tag in ("<p>", "</p>", "<br>", "</a>"):
        page = page.replace(tag, "")
    assert page.count("<") == page.count('<a href="http')


def test_a_server_is_read_with_all_it_says():
    server = server_of("smtp://me%40x:p%2Fw@mail.example.org:587?starttls=1")
    assert (server.host, server.port, server.user, server.password) == ("mail.example.org", 587, "me@x", "p/w")
    assert (server.tls, server.starttls, server.name) == (False, True, "mail.example.org:587")
    assert "p/w" not in repr(server)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example.org", "begin with smtp://"),
        ("http://mail.example.org", "begin with smtp://"),
        ("smtp://", "name of the mail server is missing"),
        ("smtp://mail example", "name of the mail server is missing"),
        ("smtp://mail.example:port", "can't be used"),
        ("smtp://mail.example:99999", "can't be used"),
        ("smtp://mail.example/inbox", "only ?starttls=1"),
        ("smtp://mail.example?tls=1", "only ?starttls=1"),
    ],
)
def test_a_server_that_cannot_be_meant_stops_the_start_in_words(tmp_path, url, why):
    with pytest.raises(SettingsError) as raised:
        read({"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_SMTP_URL": url})
    assert why in str(raised.value)
    assert "smtp://user:password@mail.example.org:587?starttls=1" in str(raised.value)


@pytest.mark.parametrize("written", ["nobody", "A <a@b.example>\nBcc: c@d.example", "a@b@c", "<>"])
def test_a_sender_that_is_no_address_stops_the_start(tmp_path, written):
    with pytest.raises(SettingsError, match="ROADMAP_MAIL_FROM can't be used"):
        read({"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_MAIL_FROM": written})


def test_a_sender_may_have_a_name():
    assert sender_of("Norvane roll-out <rollout@norvane.example>", "") == (
        "Norvane roll-out",
        "rollout@norvane.example",
    )
    assert sender_of("", "") == ("Launch90", "launch90@localhost")
