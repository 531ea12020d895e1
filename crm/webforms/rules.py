"""What a web form may ask, and how what is sent to it is told from spam."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from crm.objects.rules.fields import Field, Kind, Mark
from kernel.errors import RuleBroken

MOST_FIELDS, MOST_SITES = 20, 20
NAME_LIMIT, TEXT_LIMIT, WORDING_LIMIT = 120, 1000, 2000
TRAP = "website_url"
"""A field that people do not see; what fills it in is a program."""
QUICKEST, STALE = timedelta(seconds=3), timedelta(hours=12)
"""Nobody fills a form in faster; and a page that was open longer is asked to be sent again."""
TWICE = timedelta(minutes=10)
"""The same address at the same form within this time is the same wish."""
KEPT = timedelta(days=90)
"""How long it is known what was sent to a form, apart from the leads that came of it."""
ASKABLE = frozenset(
    {
        *(Kind.TEXT, Kind.LONG, Kind.EMAIL, Kind.PHONE, Kind.LINK),
        *(Kind.NUMBER, Kind.DATE, Kind.CHOICE, Kind.COUNTRY, Kind.FLAG),
    }
)
"""Kinds of fields that a stranger can fill in: nothing that points to records or people."""
_NEVER = frozenset({"status", "rating", "next_step", "next_step_on", "disqualified_reason", "source", "value"})


class Came(StrEnum):
    """What became of what was sent."""

    TAKEN = "taken"
    TWICE = "twice"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the form: its key in the catalogue, and whether it has to be filled in."""

    key: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class FormData:
    """A form as somebody writes it. ``fixed`` holds values that every lead gets, such as the source.

    ``wording`` is what the visitor agrees to for ``purpose``; ``consent_needed``: nothing is sent without it.
    """

    name: str
    title: str
    asked: tuple[Asked, ...]
    fixed: Mapping[str, str]
    intro: str = ""
    thanks: str = ""
    next_page: str = ""
    purpose: str = ""
    wording: str = ""
    consent_needed: bool = False
    owner_id: int | None = None
    framed_by: str = ""


def askable(fields: Sequence[Field]) -> list[Field]:
    """The fields of an object that a form may ask for.

    >>> plain = Field("company", "Company"), Field("status", "Status"), Field("owner_id", "Owner", Kind.PERSON)
    >>> [each.key for each in askable(plain)]
    ['company']
    """
    return [
        each
        for each in fields
        if each.written and each.kind in ASKABLE and each.mark is not Mark.SENSITIVE and each.key not in _NEVER
    ]


def check(data: FormData, fields: Sequence[Field], purposes: Sequence[str]) -> FormData:
    """A form that can be kept. Raises RuleBroken naming what is missing."""
    name = " ".join(data.name.split())
    if not name or len(name) > NAME_LIMIT:
        raise RuleBroken(
            "form.name", "Give the form a name of up to %(limit)d characters.", field="name", limit=NAME_LIMIT
        )
    known = {each.key for each in askable(fields)}
    keys = [each.key for each in data.asked]
    if not set(keys) <= known or len(keys) != len(set(keys)):
        raise RuleBroken("form.fields", "A form asks for each field of the list once.", field="asked")
    if len(keys) > MOST_FIELDS:
        raise RuleBroken("form.many", "A form asks for %(most)d fields at most.", field="asked", most=MOST_FIELDS)
    missing = [each for each in ("last_name", "email") if each not in keys]
    if missing:
        raise RuleBroken("form.needed", "A lead needs a last name and an e-mail address: ask for both.", field="asked")
    _check_consent(data, purposes)
    _check_page(data.next_page)
    check_sites(data.framed_by)
    for key, text, limit in (("intro", data.intro, TEXT_LIMIT), ("thanks", data.thanks, TEXT_LIMIT)):
        if len(text) > limit:
            raise RuleBroken("form.long", "At most %(limit)d characters fit.", field=key, limit=limit)
    return data


def check_sites(text: str) -> str:
    """The websites of a text, each as a browser names it, a space between them. Raises RuleBroken.

    >>> check_sites("https://www.Example.org/ https://shop.example.org:8443")
    'https://www.example.org https://shop.example.org:8443'
    """
    found = [_site(each) for each in text.replace(",", " ").split()]
    if len(found) > MOST_SITES:
        raise RuleBroken("form.sites", "Name %(most)d websites at most.", field="framed_by", most=MOST_SITES)
    return " ".join(dict.fromkeys(found))


def site_of(address: str) -> str:
    """The website of an address.

    >>> site_of("https://www.example.org/thanks?a=1")
    'https://www.example.org'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _site(text: str) -> str:
    found = _SITE.fullmatch(text.lower().rstrip("/"))
    if found is None:
        raise RuleBroken(
            "form.site",
            "“%(site)s” is no website: write one such as https://www.example.org, without a page behind it.",
            field="framed_by",
            site=text[:80],
        )
    return found[0]


_SITE = re.compile(r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?")


def _check_consent(data: FormData, purposes: Sequence[str]) -> None:
    if data.purpose and data.purpose not in purposes:
        raise RuleBroken("form.purpose", "Choose a purpose of the list, or none.", field="purpose")
    if data.purpose and not data.wording.strip():
        raise RuleBroken("form.wording", "Write what people agree to, word for word: it is the proof.", field="wording")
    if data.consent_needed and not data.purpose:
        raise RuleBroken("form.consent", "Consent to what? Choose a purpose.", field="purpose")
    if len(data.wording) > WORDING_LIMIT:
        raise RuleBroken("form.long", "At most %(limit)d characters fit.", field="wording", limit=WORDING_LIMIT)


def _check_page(address: str) -> None:
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or re.search(r"\s", address):
        raise RuleBroken("form.page", "Write a whole address that begins with https://.", field="next_page")
