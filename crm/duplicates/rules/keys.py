"""Under which keys records meet: only those that share a key are compared, so that work grows with the records."""

from __future__ import annotations

from collections.abc import Iterator

from crm.duplicates.rules.profiles import Profile

FULLEST = 40
"""A key that more records share says nothing about any two of them, and is left out."""
_CODES = str.maketrans("bfpvcgjkqsxzdtlmnr", "111122222222334556")
_SILENT = str.maketrans("", "", "aeiouyhw ")
LONGEST = 80


def keys(profile: Profile) -> frozenset[str]:
    """The keys of a profile. Each begins with a letter for its sort."""
    return frozenset(each[:LONGEST] for each in (_of_person(profile) if profile.person else _of_organisation(profile)))


def sound(word: str) -> str:
    """How a word sounds: its first letter and its consonants in groups, doubled ones once.

    >>> sound("meier"), sound("mayer"), sound("sondergeld")
    ('m6', 'm6', 's53624')
    """
    if not word:
        return ""
    coded = word[1:].translate(_SILENT).translate(_CODES)
    return word[0] + "".join(each for each, before in zip(coded, " " + coded, strict=False) if each != before)[:5]


def _shared(profile: Profile) -> Iterator[str]:
    if profile.email:
        yield f"e{profile.email}"
    if len(profile.phone) > 5:
        yield f"p{profile.phone}"
    if profile.number and profile.street:
        yield f"s{profile.number} {profile.street[:6]}"


def _of_person(profile: Profile) -> Iterator[str]:
    yield from _shared(profile)
    one, other = sorted((profile.first, profile.last))
    if one:
        yield f"n{sound(one)} {sound(other)}"
        yield f"f{one[:4]} {other[:3]}"
        yield f"g{one[-4:]} {other[-4:]}"
    for name in (profile.first, profile.last):
        if name and profile.postcode:
            yield f"z{name[:3]} {profile.postcode}"
        if name and profile.street:
            yield f"t{name[:2]} {profile.street[:8]}"
        if name and profile.city:
            yield f"c{name[:5]} {profile.city[:6]}"
        if name and len(profile.phone) > 5:
            yield f"h{sound(name)} {profile.phone[:4]}"
    if profile.last and profile.organisation:
        yield f"o{sound(profile.last)} {profile.organisation[:6]}"
    if profile.last and profile.parent:
        yield f"a{profile.last[:2]} {profile.parent}"


def _of_organisation(profile: Profile) -> Iterator[str]:
    yield from _shared(profile)
    if profile.site:
        yield f"w{profile.site}"
    for word in profile.organisation.split():
        if len(word) > 2 or profile.organisation == word:
            yield f"n{word[:8]}"
    yield f"f{profile.organisation.replace(' ', '')[:6]}"
