"""Reading mail: whatever is broken in it is read as well as it can be."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.mailbox.rules import own_words, plain, read

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
HEAD = (
    "From: Ida Dahl <Ida@Fjord.example>\r\nTo: support@norvane.example\r\nMessage-ID: <a@fjord.example>\r\n"
    "Subject: Printer\r\nDate: Tue, 17 Feb 2026 10:00:00 +0100\r\n"
)


def mail(body="It is silent.", more="", head=HEAD):
    return f"{head}{more}\r\n{body}".encode()


def test_a_plain_mail_is_read():
    found = read(mail(more="In-Reply-To: <x@y>\r\nReferences: <v@y> <w@y> <x@y>\r\n"), NOW)
    assert (found.sender, found.sender_name, found.subject) == ("ida@fjord.example", "Ida Dahl", "Printer")
    assert (found.text, found.message_id, found.thread) == ("It is silent.", "a@fjord.example", ("x@y", "w@y", "v@y"))
    assert found.sent_at == datetime(2026, 2, 17, 9, tzinfo=UTC)
    assert (found.automatic, found.forged, found.files) == (False, False, ())


def test_the_number_of_a_ticket_is_found_in_the_subject_and_left_out_of_it():
    found = read(mail(head=HEAD.replace("Printer", "Re: [T-12] Printer")), NOW)
    assert (found.number, found.subject) == (12, "Re:  Printer")


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("no-such-charset", "Grüße aus Århus, und noch ein paar Wörter über Käse."),
        ("ascii", "Grüße aus Århus, und noch ein paar Wörter über Käse."),
        ("utf-16", "Grüße aus Århus, und noch ein paar Wörter über Käse."),
        ("iso-2022-jp", "Grüße aus Århus, und noch ein paar Wörter über Käse."),
    ],
)
def test_a_charset_that_is_none_or_does_not_fit_is_no_trouble(charset, body):
    raw = mail(more=f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: 8bit\r\n')
    assert read(raw.replace(b"It is silent.", body.encode()), NOW).text


def test_a_page_is_read_as_words_and_its_scripts_are_not():
    html = "<style>b {}</style><p>It is <b>silent</b>.</p><script>alert(1)</script>"
    assert read(mail(html, "Content-Type: text/html\r\n"), NOW).text == "It is silent."


@pytest.mark.parametrize("more", ["Date: soon\r\n", "Date: Tue, 17 Feb 2099 10:00:00 +0100\r\n", ""])
def test_a_date_that_is_broken_missing_or_ahead_is_now(more):
    head = HEAD.replace("Date: Tue, 17 Feb 2026 10:00:00 +0100\r\n", "")
    assert read(mail(more=more, head=head), NOW).sent_at == NOW


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "Return-Path: <>\r\n",
        "X-Autoreply: yes\r\n",
        "Content-Type: multipart/report; boundary=b\r\n",
    ],
)
def test_a_machine_is_told_by_what_it_says(more):
    assert read(mail(more=more), NOW).automatic


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@x.example", "no-reply@x.example", "noreply+1@x.example"])
def test_a_machine_is_told_by_its_address(sender):
    assert read(mail(head=HEAD.replace("Ida Dahl <Ida@Fjord.example>", sender)), NOW).automatic


def test_a_person_whose_name_begins_like_a_machine_s_is_none():
    assert not read(mail(head=HEAD.replace("Ida@Fjord.example", "bouncesson@x.example")), NOW).automatic


@pytest.mark.parametrize(
    ("told", "forged"),
    [
        ("mx; dmarc=fail", True),
        ("mx; spf=fail; dkim=none", True),
        ("mx; spf=fail; dkim=pass", False),
        ("mx; dmarc=pass", False),
    ],
)
def test_what_the_server_found_out_about_the_sender_counts(told, forged):
    assert read(mail(more=f"Authentication-Results: {told}\r\n"), NOW).forged is forged


def test_what_hangs_on_a_mail_is_found():
    raw = mail(
        '--b\r\nContent-Type: text/plain\r\n\r\nSee the picture.\r\n--b\r\nContent-Type: image/png; name="a.png"\r\n'
        'Content-Disposition: attachment; filename="a.png"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--",
        'Content-Type: multipart/mixed; boundary="b"\r\n',
    )
    found = read(raw, NOW)
    assert found.text == "See the picture."
    assert [(each.name, each.content[:4]) for each in found.files] == [("a.png", b"\x89PNG")]


def test_words_between_quotes_stay():
    text = "> Does it hum?\nNo.\n> Does it blink?\nYes."
    assert own_words(text) == text


def test_plain_words_of_odd_pages():
    assert plain("a<br>b") == "a\nb"
    assert plain("<script>x</script>") == ""


@given(st.binary(max_size=2000))
def test_nothing_in_a_mail_raises(raw):
    found = read(raw, NOW)
    assert "\x00" not in found.text + found.subject + found.sender


@given(st.text(max_size=400), st.sampled_from(["Subject", "From", "Date", "References", "Content-Type"]))
def test_no_header_raises(text, name):
    read(f"{name}: {text}\r\n{HEAD}\r\nx".encode("utf-8", "surrogatepass"), NOW)
