"""What two profiles have in common, weighed: each part gives points for or against, and says why.

Points are bits of evidence as in the model of Fellegi and Sunter (A theory for record linkage, 1969): agreement that is
rare by chance weighs much, disagreement that is rare among true pairs weighs against. The score is the chance, in
percent, that both are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from crm.duplicates.rules.profiles import Profile, own_domain

_BINDING = frozenset({"email", "account_id", "company", "website"})
"""What has to be the same, or unknown, for a pair to be sure: people of one name change employers."""
SLIP = 90
"""Percent from which on two texts of such a field differ by a slip of the hand."""
PRIOR = -11.0
"""Bits against: of the pairs that share a key one in two thousand is a pair."""
SURE_FROM, LIKELY_FROM, POSSIBLE_FROM = 15.0, 3.0, 0.0
"""Bits from which a pair is called so. Sure may be merged without asking."""


class Level(StrEnum):
    """How sure it is."""

    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: its field, what was found ("same", "alike" or "other"), the points, how alike in percent."""

    field: str
    found: str
    points: float
    alike: int = 100


@dataclass(frozen=True, slots=True)
class Score:
    """Bits for or against, and what they are made of."""

    bits: float
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> int:
        """The chance that both are one, in whole percent; never quite 100."""
        return percent_of(self.bits)

    @property
    def level(self) -> Level | None:
        """What the pair is called; None is no pair."""
        return level_of(self.bits)


def percent_of(bits: float) -> int:
    """Bits as a chance in whole percent, at most 99: nothing is certain.

    >>> percent_of(0), percent_of(20), percent_of(-11)
    (50, 99, 0)
    """
    return min(99, round(100 / (1 + 2 ** -max(-50.0, min(50.0, bits)))))


def level_of(bits: float) -> Level | None:
    """What a pair of so many bits is called.

    >>> level_of(16), level_of(-3)
    (<Level.SURE: 'sure'>, None)
    """
    if bits >= SURE_FROM:
        return Level.SURE
    if bits >= LIKELY_FROM:
        return Level.LIKELY
    return Level.POSSIBLE if bits >= POSSIBLE_FROM else None


def score(one: Profile, other: Profile) -> Score:
    """How likely two records are one, with the reasons, heaviest first."""
    names = _people(one, other) if one.person else _organisations(one, other)
    reasons = [*names, *_addresses(one, other), *_ways(one, other)]
    bits = PRIOR + sum(each.points for each in reasons)
    if _strangers(one, other, names):
        bits = min(bits, POSSIBLE_FROM - 1)
    if any(each.field in _BINDING and (each.found == "other" or each.alike < SLIP) for each in reasons):
        bits = min(bits, SURE_FROM - 0.1)
    return Score(bits, tuple(sorted(reasons, key=lambda each: -abs(each.points))))


def _strangers(one: Profile, other: Profile, names: list[Reason]) -> bool:
    """Whether the names alone say that these are two: colleagues share a switchboard, a street and a domain."""
    against = [each for each in names if each.field in ("first_name", "last_name", "name") and each.alike < 75]
    if not one.person:
        return len(against) == 1
    own_mail = bool(one.email and other.email and one.email != other.email)
    return len(against) == 2 or (own_mail and len(against) == 1)


def _graded(field: str, alike: float, steps: tuple[tuple[float, float], ...], against: float) -> Reason:
    """Points by how alike two texts are: the first step that is reached counts."""
    points = next((points for least, points in steps if alike >= least), against)
    found = "same" if alike >= 1 else "alike" if points > 0 else "other"
    return Reason(field, found, points, round(alike * 100))


_LAST = ((1.0, 7.0), (0.92, 5.0), (0.85, 3.0), (0.78, 0.5))
_FIRST = ((1.0, 5.5), (0.9, 4.0), (0.82, 2.0), (0.75, 0.0))


def _people(one: Profile, other: Profile) -> list[Reason]:
    last, first = _alike(one.last, other.last), _alike(one.first, other.first)
    crossed = min(_alike(one.first, other.last), _alike(one.last, other.first))
    if one.first and other.first and crossed > 0.85 and crossed > (last + first) / 2:
        return [Reason("name", "alike", 9.0, round(crossed * 100))]
    found = []
    if one.last and other.last:
        found.append(_graded("last_name", last, _LAST, -4.5))
    if one.first and other.first:
        short = min(len(one.first), len(other.first)) == 1 and one.first[0] == other.first[0]
        found.append(Reason("first_name", "alike", 1.0, 90) if short else _graded("first_name", first, _FIRST, -4.5))
    if one.organisation and other.organisation:
        company = _organisation(one.organisation, other.organisation)
        found.append(_graded("company", company, ((1.0, 3.0), (0.85, 2.0)), -1.5))
    if one.parent and other.parent:
        same = one.parent == other.parent
        found.append(Reason("account_id", "same" if same else "other", 3.0 if same else -2.0, 100 if same else 0))
    return found


def _alike(one: str, other: str) -> float:
    """From 0 to 1; what is written together and apart is the same."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    return min(0.99, max(JaroWinkler.similarity(one, other), JaroWinkler.similarity(_glued(one), _glued(other))))


def _glued(text: str) -> str:
    return text.replace(" ", "")


_NAME = ((1.0, 10.0), (0.93, 8.5), (0.85, 6.0), (0.75, 3.0), (0.62, 0.0))


def _organisations(one: Profile, other: Profile) -> list[Reason]:
    return [_graded("name", _organisation(one.organisation, other.organisation), _NAME, -6.0)]


def _organisation(one: str, other: str) -> float:
    """How alike two names of organisations are; one that holds all words of the other is nearly the same."""
    if one == other or _glued(one) == _glued(other):
        return 1.0
    words, others = set(one.split()), set(other.split())
    fewer = min(words, others, key=len)
    inside = 0.9 if (words <= others or others <= words) and sum(map(len, fewer)) > 3 else 0.0
    return max(
        inside,
        fuzz.token_sort_ratio(one, other) / 100,
        0.97 * JaroWinkler.similarity(one, other) if len(words & others) else 0.0,
    )


_STREET = ((1.0, 4.5), (0.9, 3.5), (0.75, 2.0), (0.6, 0.0))


def _addresses(one: Profile, other: Profile) -> Iterator[Reason]:
    if one.street and other.street:
        alike = max(fuzz.ratio(one.street, other.street), 0.96 * fuzz.token_set_ratio(one.street, other.street)) / 100
        same_number = one.number == other.number
        reason = _graded("street", alike, _STREET, -2.0)
        if one.number and other.number:
            near = DamerauLevenshtein.distance(one.number, other.number) == 1
            extra = (2.5 if same_number else 0.0 if near else -2.0) if alike >= 0.6 else 0.5 * same_number
            found = "alike" if reason.found == "same" and not same_number else reason.found
            reason = Reason("street", found, reason.points + extra, reason.alike)
        yield reason
    if one.postcode and other.postcode:
        slips = DamerauLevenshtein.distance(one.postcode, other.postcode)
        found, points = {0: ("same", 4.0), 1: ("alike", 2.0)}.get(slips, ("other", -1.5))
        yield Reason("postcode", found, points)
    if one.city and other.city:
        yield _graded("city", _alike(one.city, other.city), ((1.0, 2.5), (0.88, 2.0), (0.8, 0.0)), -1.5)
    if one.region and other.region:
        same = one.region == other.region
        yield Reason("region", "same" if same else "other", 0.5 if same else -1.0, 100 if same else 0)
    if one.country and other.country and one.country != other.country:
        yield Reason("country", "other", -3.0, 0)


def _ways(one: Profile, other: Profile) -> Iterator[Reason]:
    """E-mail, phone and web site."""
    if one.email and other.email:
        yield _email(one.email, other.email)
    if one.phone and other.phone:
        slips = DamerauLevenshtein.distance(one.phone, other.phone, score_cutoff=2)
        points = (8.0, 5.0, 2.0, -3.0)[slips] if len(one.phone) > 5 else 0.0
        yield Reason("phone", "same" if not slips else "alike" if slips < 3 else "other", points)
    if one.site and other.site:
        same = one.site == other.site
        yield Reason("website", "same" if same else "other", 6.0 if same else -1.5, 100 if same else 0)


def _email(one: str, other: str) -> Reason:
    if one == other:
        return Reason("email", "same", 13.0)
    slips = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    alike = round(fuzz.ratio(one, other))
    if slips <= 1 and len(one) > 9:
        return Reason("email", "alike", 6.0, alike)
    local, others = one.partition("@")[0], other.partition("@")[0]
    if local == others and len(local) > 6:
        return Reason("email", "alike", 4.0, alike)
    if own_domain(one) and own_domain(one) == own_domain(other):
        return Reason("email", "other", -0.5, alike)
    return Reason("email", "other", -1.0, alike)
