"""What is typed becomes a value, a sentence or a question; what is shown can be read back."""

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules import Hints, hints_of, parse, profile_dates, show
from crm.parsing.rules.dates import FORMATS

MONEY = Field("amount", "Amount", Kind.MONEY)
NUMBER = Field("employees", "Employees", Kind.NUMBER)
PERCENT = Field("probability", "Likely", Kind.PERCENT)
DATE = Field("closes_on", "Close date", Kind.DATE)
MOMENT = Field("due_at", "Planned for", Kind.MOMENT)
PHONE = OBJECTS["contact"].field("phone")
EMAIL = OBJECTS["contact"].field("email")
LINK = OBJECTS["account"].field("website")
COUNTRY = OBJECTS["contact"].field("country")
SOURCE = OBJECTS["contact"].field("source")
TEXT = Field("title", "Job title")
LONG = Field("description", "Description", Kind.LONG, longest=10_000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1’234.56", "1234.56"),
        ("12,34,567.00", "1234567.00"),
        ("1.234.567", "1234567"),
        ("1234,5", "1234.5"),
        ("0.12", "0.12"),
        ("-1.234,50", "-1234.50"),
        ("(1,234.50)", "-1234.50"),
        ("€ 1.234,56", "1234.56"),
        ("1.234,56 €", "1234.56"),
        ("EUR 12", "12"),
        ("$ 99.50", "99.50"),
        ("142000.50", "142000.50"),
        ("１２", "12"),
    ],
)
def test_an_amount_in_the_ways_people_write_it(text, value):
    assert parse(MONEY, text).value == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "-999,000"])
def test_a_number_that_reads_two_ways_asks(text):
    asked = parse(MONEY, text)
    assert asked.value is None
    assert set(asked.asks) == {".", ","}
    assert "Which is meant?" in asked.problem.message


def test_a_known_decimal_mark_answers_the_question():
    assert parse(MONEY, "1.234", Hints(decimal=",")).value == Decimal(1234)
    assert parse(MONEY, "1,250", hints_of("en")).value == Decimal(1250)


def test_a_count_has_no_places_so_that_there_is_nothing_to_ask():
    assert parse(NUMBER, "1.234").value == 1234
    assert parse(PERCENT, "45 %").value == 45


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        (MONEY, "abc", "is not an amount; one looks like"),
        (MONEY, "1e5", "not an amount"),
        (MONEY, "nan", "not an amount"),
        (MONEY, "1.23.4", "not an amount"),
        (MONEY, "9" * 40, "larger than can be kept"),
        (MONEY, "1234.567", "two places"),
        (MONEY, "=1+1", "not an amount"),
        (NUMBER, "-3", "below zero"),
        (NUMBER, "2.5", "whole number"),
        (NUMBER, "99999999999", "larger than can be kept"),
        (PERCENT, "130", "between 0 and 100"),
        (DATE, "31.02.2026", "not a date; one looks like 2026-04-03"),
        (DATE, "soon", "not a date"),
        (DATE, "0001-01-01", "not a date"),
        (MOMENT, "2026-02-18 25:00", "no time of a day"),
        (EMAIL, "ines@", "looks like name@example.org"),
        (EMAIL, "a@b@c.example", "looks like name@example.org"),
        (PHONE, "555 01 23", "does not say its country"),
        (PHONE, "+32 1", "not a phone number"),
        (PHONE, "0" * 5000, "phone number"),
        (PHONE, "+00000000", "not a phone number"),
        (LINK, "javascript:alert(1)", "not a web address"),
        (LINK, "ftp://example.org", "not a web address"),
        (LINK, "https://user:word@example.org", "not a web address"),
        (LINK, "https://[", "not a web address"),
        (COUNTRY, "Atlantis", "no country we know"),
        (SOURCE, "Refferal", "Is “Referral” meant?"),
        (SOURCE, "pigeon", "none of the choices: Web, Event"),
        (TEXT, "x" * 10_000, "has 10000 characters; at most 200 fit"),
        (LONG, "x" * 10_001, "10001 characters; at most 10000 fit"),
        (EMAIL, "x" * 10_000, "10000 characters; at most 254 fit"),
        (MONEY, "9" * 50_000, "50000 characters"),
        (Field("currency", "Currency", Kind.CURRENCY), "$", "code of three letters"),
        (Field("active", "On sale", Kind.FLAG), "maybe", "neither yes nor no"),
        (Field("owner_id", "Owner", Kind.PERSON), "nobody@example.org", "Nobody is called"),
    ],
)
def test_what_is_wrong_and_what_would_be_right(field, text, says):
    refused = parse(field, text)
    assert not refused.ok
    assert says in refused.problem.message
    assert refused.problem.field == field.key


def test_an_amount_in_another_currency_is_not_taken_as_ours():
    refused = parse(MONEY, "GBP 1,200.50", Hints(currency="EUR"))
    assert "is in GBP, and this amount is in EUR" in refused.problem.message


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-13",
        "2026/04/13",
        "20260413",
        "13.04.2026",
        "13. 4. 2026",
        "13/04/2026",
        "04/13/2026",
        "13-4-26",
        "13 April 2026",
        "13 Apr. 2026",
        "Mon, 13 Apr 2026",
        "April 13, 2026",
        "Apr 13th, 2026",
        "13-Apr-2026",
    ],
)
def test_a_date_that_reads_one_way(text):
    assert parse(DATE, text).value == date(2026, 4, 13)


@pytest.mark.parametrize("text", ["03/04/2026", "3/4/26", "03-04-2026"])
def test_a_date_that_reads_two_ways_is_never_guessed(text):
    asked = parse(DATE, text)
    assert asked.value is None
    assert len(asked.asks) == 2
    assert "3 April 2026" in asked.problem.message
    assert "4 March 2026" in asked.problem.message
    assert parse(DATE, text, Hints(dates=asked.asks[0])).value == date(2026, 4, 3)
    assert parse(DATE, text, Hints(dates=asked.asks[1])).value == date(2026, 3, 4)


def test_the_same_day_both_ways_is_no_question():
    assert parse(DATE, "05/05/2026").value == date(2026, 5, 5)


def test_in_a_column_of_one_format_a_date_of_the_other_is_wrong():
    refused = parse(DATE, "13/04/2026", Hints(dates="MM/DD/YYYY"))
    assert "no date written as MM/DD/YYYY" in refused.problem.message
    assert parse(DATE, "2026-04-13", Hints(dates="MM/DD/YYYY")).value == date(2026, 4, 13)


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["03/04/2026", "05/06/2026"], ("DD/MM/YYYY", "MM/DD/YYYY")),
        (["03/04/2026", "", "25/06/2026"], ("DD/MM/YYYY",)),
        (["03/25/2026", "25/06/2026"], ()),
        (["2026-04-03 14:30", "2026-04-04"], ("YYYY-MM-DD",)),
        (["Kestrel"], ()),
        (["", " "], ()),
    ],
)
def test_the_formats_that_fit_a_whole_column(texts, formats):
    assert profile_dates(texts) == formats


def test_a_moment_holds_in_the_zone_of_who_writes():
    brussels = Hints(zone=ZoneInfo("Europe/Brussels"))
    assert parse(MOMENT, "2026-02-18 14:30", brussels).value == datetime(2026, 2, 18, 13, 30, tzinfo=UTC)
    assert parse(MOMENT, "2026-02-18T14:30:05Z", brussels).value == datetime(2026, 2, 18, 14, 30, 5, tzinfo=UTC)
    assert parse(MOMENT, "2026-02-18T14:30+05:30").value == datetime(2026, 2, 18, 9, 0, tzinfo=UTC)
    assert parse(MOMENT, "18.02.2026 2:30 pm", brussels).value == datetime(2026, 2, 18, 13, 30, tzinfo=UTC)
    assert parse(MOMENT, "03/04/2026 14:30").asks


PHONES = [
    ("BE", "02 555 12 34", "+3225551234"),
    ("DE", "(030) 901 820-0", "+49309018200"),
    ("FR", "01 42 68 53 00", "+33142685300"),
    ("NL", "020-624 1111", "+31206241111"),
    ("GB", "020 7946 0958", "+442079460958"),
    ("IE", "(01) 677 9911", "+35316779911"),
    ("DK", "33 12 34 56", "+4533123456"),
    ("SE", "08-123 456 78", "+46812345678"),
    ("NO", "22 12 34 56", "+4722123456"),
    ("FI", "09 310 1691", "+35893101691"),
    ("PL", "22 621 02 07", "+48226210207"),
    ("CZ", "224 811 111", "+420224811111"),
    ("AT", "01 58858", "+43158858"),
    ("CH", "044 668 18 00", "+41446681800"),
    ("IT", "06 6982 0000", "+390669820000"),
    ("ES", "91 123 45 67", "+34911234567"),
    ("PT", "21 843 3000", "+351218433000"),
    ("US", "(212) 736-5000", "+12127365000"),
    ("JP", "03-3224-9999", "+81332249999"),
    ("AU", "(02) 9374 4000", "+61293744000"),
    ("IN", "022 2281 7000", "+912222817000"),
    ("BR", "(11) 3061-7000", "+551130617000"),
]


@pytest.mark.parametrize(("country", "text", "value"), PHONES)
def test_numbers_of_many_countries(country, text, value):
    hints = Hints(country=country)
    assert parse(PHONE, text, hints).value == value
    assert parse(PHONE, show(PHONE, value)).value == value


def test_a_number_keeps_its_extension():
    read = parse(PHONE, "+32 2 555 12 34 ext. 17").value
    assert read == "+3225551234;ext=17"
    assert parse(PHONE, show(PHONE, read)).value == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("be", "BE"),
        ("BEL", "BE"),
        ("Belgium", "BE"),
        ("België", "BE"),
        ("belgique", "BE"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("osterreich", "AT"),
        ("UK", "GB"),
        ("United States of America", "US"),
        ("U.S.A.", "US"),
        ("日本", "JP"),
        ("Ελλάδα", "GR"),
        ("Czechia", "CZ"),
        ("Türkiye", "TR"),
        ("Bosnia and Herzegovina", "BA"),
    ],
)
def test_a_country_by_code_or_name(text, code):
    assert parse(COUNTRY, text).value == code


def test_choices_flags_links_and_addresses():
    assert parse(SOURCE, "e-mail CAMPAIGN").value == "mail"
    assert parse(SOURCE, "mail").value == "mail"
    assert parse(Field("active", "On sale", Kind.FLAG), "Yes").value is True
    assert parse(LINK, "www.kestrel.example/a").value == "https://www.kestrel.example/a"
    assert parse(EMAIL, " Ines.Maertens@Kestrel.EXAMPLE ").value == "ines.maertens@kestrel.example"
    assert parse(Field("currency", "Currency", Kind.CURRENCY), "€").value == "EUR"


def test_people_and_records_by_what_they_are_called():
    names = {("person", "Ines"): [7], ("account", "Kestrel"): [3, 9]}
    hints = Hints(find=lambda kind, text: names.get((kind, text), []))
    assert parse(Field("owner_id", "Owner", Kind.PERSON), "Ines", hints).value == 7
    several = parse(Field("account_id", "Account", Kind.RECORD, target="account"), "Kestrel", hints)
    assert several.asks == ("3", "9")
    assert "2 are called “Kestrel”" in several.problem.message


def test_a_sensitive_date_is_sealed_text():
    field = OBJECTS["contact"].field("birth_date")
    assert parse(field, "1 May 1980").value == "1980-05-01"
    assert show(field, "1980-05-01", Hints(dates="DD/MM/YYYY")) == "01/05/1980"


@pytest.mark.parametrize("field", [each for subject in OBJECTS.values() for each in subject.fields])
def test_nothing_typed_is_never_a_problem(field):
    for text in ("", "   ", "\x00\u200b"):
        assert parse(field, text).ok


def test_hostile_text_is_kept_harmless():
    assert parse(TEXT, "Zoe\u0308\x00\u202e gpj.exe\r\nx").value == "Zoë gpj.exe x"
    assert parse(TEXT, "=cmd|' /C calc'!A0").value == "=cmd|' /C calc'!A0"
    assert parse(TEXT, "שלום 👩‍🔬").value == "שלום 👩‍🔬"
    assert parse(LONG, "a\r\n\r\n\r\n\r\nb\tc").value == "a\n\nb\tc"
    assert parse(TEXT, "\ud800x").value == "x"


KINDS = [Field("f", "F", kind, choices=(("a", "Anna"),), target="account") for kind in Kind]


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_no_text_breaks_a_reader(field, text):
    read = parse(field, text)
    assert read.ok or read.problem.message


@given(st.sampled_from(KINDS), st.text(alphabet=string.digits + " .,-/:+()€%TZ'", max_size=25))
def test_no_figures_break_a_reader(field, text):
    read = parse(field, text)
    assert read.ok or read.problem.message


MARKS = st.sampled_from([".", ","])


@given(st.decimals(-(10**12), 10**12, places=2), MARKS)
def test_an_amount_that_is_shown_reads_back(value, decimal):
    hints = Hints(decimal=decimal)
    assert parse(MONEY, show(MONEY, value, hints), hints).value == value


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.sampled_from(sorted(FORMATS)))
def test_a_date_that_is_shown_reads_back(value, written):
    hints = Hints(dates=written)
    assert parse(DATE, show(DATE, value, hints), hints).value == value


ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Brussels"), ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")])


@given(st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)), ZONES)
def test_a_moment_that_is_shown_reads_back(value, zone):
    hints = Hints(zone=zone)
    assert parse(MOMENT, show(MOMENT, value, hints), hints).value == value


@given(st.text(max_size=150))
def test_a_text_that_was_read_reads_the_same_again(text):
    for field in (TEXT, LONG):
        once = parse(field, text).value
        assert parse(field, show(field, once)).value == once
