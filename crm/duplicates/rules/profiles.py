"""A record as it is compared: its parts in small letters without accents, marks and words that say nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

COMPARED: Mapping[str, tuple[str, ...]] = {
    "lead": ("first_name", "last_name", "company", "email", "phone", "region", "country"),
    "contact": ("first_name", "last_name", "account_id", "email", "phone", "street", "postcode", "city", "country"),
    "account": ("name", "email", "phone", "website", "street", "postcode", "city", "region", "country"),
}
"""The fields by which records of an object are compared. Sensitive fields are none of them: what is sealed is not
opened in the background, and a score would tell those who may not read it what it says."""
PEOPLE = frozenset({"lead", "contact"})
_LEGAL = frozenset(
    {
        *(
            "ab",
            "ag",
            "aps",
            "as",
            "asa",
            "bv",
            "bvba",
            "co",
            "company",
            "corp",
            "corporation",
            "gmbh",
            "group",
            "holding",
            "inc",
            "kft",
        ),
        *(
            "kg",
            "limited",
            "llc",
            "llp",
            "ltd",
            "mbh",
            "nv",
            "oy",
            "plc",
            "pty",
            "sa",
            "sarl",
            "sas",
            "se",
            "sl",
            "spa",
        ),
        *("srl", "sro", "the", "und", "and"),
    }
)
_STREETS: Mapping[str, str] = {
    "street": "st",
    "str": "st",
    "strasse": "st",
    "avenue": "ave",
    "av": "ave",
    "boulevard": "blvd",
    "road": "rd",
    "drive": "dr",
    "place": "pl",
    "court": "ct",
    "crescent": "cr",
    "cres": "cr",
    "circuit": "cct",
    "close": "cl",
    "highway": "hwy",
    "square": "sq",
    "lane": "ln",
    "parkway": "pkwy",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "sixth": "6",
    "seventh": "7",
    "eighth": "8",
    "ninth": "9",
}
_FREE_MAIL = frozenset({"gmail", "googlemail", "outlook", "hotmail", "yahoo", "icloud", "gmx", "web", "proton", "aol"})
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Profile:
    """One record, ready to be compared. What is not known is empty and says nothing, for or against."""

    first: str = ""
    last: str = ""
    organisation: str = ""
    parent: int = 0
    email: str = ""
    phone: str = ""
    site: str = ""
    street: str = ""
    number: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    person: bool = True


def profile_of(kind: str, values: Mapping[str, Any]) -> Profile:
    """The profile of a record of an object of COMPARED from its values."""
    person = kind in PEOPLE
    organisation = values.get("company") if person else values.get("name")
    street = street_words(values.get("street") or "")
    return Profile(
        first=plain(values.get("first_name") or "") if person else "",
        last=plain(values.get("last_name") or "") if person else "",
        organisation=organisation_words(organisation or ""),
        parent=int(values.get("account_id") or 0) if kind == "contact" else 0,
        email=(values.get("email") or "").strip().lower(),
        phone=digits(values.get("phone") or ""),
        site=host_of(values.get("website") or ""),
        street=" ".join(each for each in street if not each.isdigit()),
        number=next((each for each in street if each[0].isdigit()), ""),
        postcode=plain(values.get("postcode") or "").replace(" ", ""),
        city=plain(values.get("city") or ""),
        region=plain(values.get("region") or ""),
        country=(values.get("country") or "").lower(),
        person=person,
    )


def plain(text: str) -> str:
    """Small letters and figures with single spaces.

    >>> plain("Müller-Lüdenscheidt, Dr.")
    'muller ludenscheidt dr'
    """
    if text.isascii():
        return " ".join(_WORD.findall(text.lower().replace("'", "").replace("_", " ")))
    parts = unicodedata.normalize("NFKD", text.casefold().replace("’", ""))
    return " ".join(_WORD.findall("".join(each for each in parts if not unicodedata.combining(each))))


def organisation_words(text: str) -> str:
    """A name without legal forms; only those: nothing is left out.

    >>> organisation_words("Kestrel Biologics GmbH & Co. KG")
    'kestrel biologics'
    """
    words = plain(text).split()
    return " ".join(each for each in words if each not in _LEGAL) or " ".join(words)


def street_words(text: str) -> list[str]:
    """The words of a street in one spelling: "12 Main Street" and "12 main st." are the same."""
    found = plain(text).replace("strasse", " st")
    return [_STREETS.get(each, each) for each in _ORDINAL.sub("", found).split()]


def digits(phone: str) -> str:
    """The last nine digits: what is left when one number has its country code and another has not."""
    return "".join(each for each in phone.partition(";")[0] if each.isdigit())[-9:]


def host_of(link: str) -> str:
    """The host of a web address without "www."."""
    host = (urlsplit(link if "//" in link else f"//{link}").hostname or "") if link else ""
    return host.removeprefix("www.")


def own_domain(email: str) -> str:
    """The domain of an address, unless everybody can have one there."""
    domain = email.rpartition("@")[2]
    return "" if domain.partition(".")[0] in _FREE_MAIL else domain
