"""What a person's name and address may be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from kernel.errors import RuleBroken

NAME_LENGTH = 200
TITLE_LENGTH = 200
EMAIL_LENGTH = 254


@dataclass(frozen=True, slots=True)
class PersonData:
    """What is said of a person. ``email`` None: appears in plans, never signs in. ``company`` empty: none is named."""

    name: str
    email: str | None = None
    title: str = ""
    company: str = ""


def clean_text(text: str) -> str:
    r"""One line without control characters and with single spaces; any script and any emoji may stay.

    >>> clean_text("  Zoë\x00\n Okafor ")
    'Zoë Okafor'
    """
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join(plain.split())


def clean_email(text: str | None) -> str | None:
    """The address in one spelling (small letters), or None when nothing was typed. Raises RuleBroken.

    >>> clean_email(" Priya.Nair@Example.ORG ")
    'priya.nair@example.org'
    """
    typed = (text or "").strip()
    if not typed:
        return None
    try:
        found = validate_email(typed, check_deliverability=False, test_environment=True, allow_smtputf8=True)
    except EmailNotValidError:
        raise RuleBroken(
            "people.email",
            "%(email)s is not an e-mail address; one looks like name@example.org.",
            field="email",
            email=typed[:EMAIL_LENGTH],
        ) from None
    return found.normalized.lower()


def cleaned(data: PersonData) -> PersonData:
    """The same person in clean spelling. Raises RuleBroken for what is missing or too long."""
    name = clean_text(data.name)
    if not name:
        raise RuleBroken("people.name_missing", "Give the person a name.", field="name")
    checked = {"name": name, "title": clean_text(data.title), "company": clean_text(data.company)}
    for field, text in checked.items():
        if len(text) > NAME_LENGTH:
            raise RuleBroken(
                "people.too_long",
                "That has %(length)d characters; at most %(limit)d fit.",
                field=field,
                length=len(text),
                limit=NAME_LENGTH,
            )
    return PersonData(name, clean_email(data.email), checked["title"], checked["company"])
