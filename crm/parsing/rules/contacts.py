"""E-mail addresses, phone numbers and links in the one spelling in which they are kept."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from crm.objects.rules.fields import Field
from crm.parsing.rules.texts import clean, too_long
from crm.parsing.rules.values import Hints, Parsed, wrong

LONGEST_PHONE = 60
"""Longer texts are no numbers and are not looked at."""
_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}|\[[0-9a-f:]+\]", re.IGNORECASE)


def read_email(field: Field, text: str) -> Parsed:
    """An address in small letters; whether its host exists is not asked."""
    typed = clean(text).removeprefix("mailto:")
    if len(typed) > field.longest:
        return too_long(field, typed) or Parsed()
    try:
        found = validate_email(typed, check_deliverability=False, test_environment=True, allow_smtputf8=True)
    except EmailNotValidError:
        return wrong(
            field,
            "no_email",
            "“%(typed)s” is not an e-mail address; one looks like name@example.org.",
            typed=typed,
        )
    return Parsed(found.normalized.lower())


def read_phone(field: Field, text: str, hints: Hints) -> Parsed:
    """A number as "+32255501 23" without spaces (E.164), with its extension behind ";ext="."""
    typed = clean(text).removeprefix("tel:")
    region = hints.country.upper() or None
    if region is None and typed.startswith("00"):
        typed = "+" + typed[2:]
    found = _number(typed, region)
    if found is None:
        return _no_phone(field, typed, region)
    plain = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return Parsed(f"{plain};ext={found.extension}" if found.extension else plain)


def _number(typed: str, region: str | None) -> PhoneNumber | None:
    """The number if one can dial it. Its length decides, not whether its range is in use: ranges open every month."""
    if len(typed) > LONGEST_PHONE:
        return None
    try:
        found = phonenumbers.parse(typed, region)
    except NumberParseException:
        return None
    dialled = phonenumbers.is_possible_number_with_reason(found) == ValidationResult.IS_POSSIBLE
    return found if dialled and len(set(str(found.national_number))) > 1 else None


def _no_phone(field: Field, typed: str, region: str | None) -> Parsed:
    if region is None and not typed.startswith("+"):
        return wrong(
            field,
            "phone_country",
            "“%(typed)s” does not say its country; begin with “+”, as in +32 2 555 01 23.",
            typed=typed,
        )
    return wrong(field, "no_phone", "“%(typed)s” is not a phone number; one looks like +32 2 555 01 23.", typed=typed)


def read_link(field: Field, text: str) -> Parsed:
    """An address of the web; only http and https, so that no link runs a program."""
    typed = clean(text)
    address = typed if _WITH_SCHEME.match(typed) else f"https://{typed.removeprefix('//')}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        sound = parts.scheme.lower() in ("http", "https") and parts.port != 0 and not parts.username
    except ValueError:
        host, sound = "", False
    if not sound or " " in address or not _HOST.fullmatch(host):
        return wrong(
            field, "no_link", "“%(typed)s” is not a web address; one looks like https://www.example.org.", typed=typed
        )
    return too_long(field, address) or Parsed(address)
