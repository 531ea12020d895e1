"""How well duplicates are found: precision, recall and F1 over pairs, beside what other ways reach on the same sets.

    python -m benchmarks.crm_duplicates FOLDER

FOLDER holds febrl1.csv, febrl2.csv (Febrl's generated people with slips; Christen, 2008) and restaurant864.csv
(restaurants of two guides; Bilenko). Their columns are mapped to fields of contacts and accounts, and compared by the
rules that the product itself uses: `crm.duplicates.rules`. A number that identifies somebody stands in for the phone;
the day of birth is left out, since the product does not compare what it keeps sealed.
"""

from __future__ import annotations

import csv
import itertools
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from crm.duplicates.rules.pairs import pairs
from crm.duplicates.rules.profiles import Profile, profile_of
from crm.duplicates.rules.scores import LIKELY_FROM, POSSIBLE_FROM, SURE_FROM

OTHERS: Mapping[str, tuple[float, float, float]] = {
    "febrl1.csv": (0.58, 0.97, 1.00),
    "febrl2.csv": (0.48, 0.95, 1.00),
    "restaurant864.csv": (0.82, 0.82, 0.89),
}
"""F1 of an exact key, of rules with rapidfuzz, and of Splink."""
MANY = 100_000
AGAIN = 50


class Fared(NamedTuple):
    """How well a threshold separates."""

    precision: float
    recall: float
    f1: float


def fared(found: set[tuple[int, int]], true: set[tuple[int, int]]) -> Fared:
    """Precision, recall and F1 over pairs."""
    hits = len(found & true)
    precision, recall = hits / len(found) if found else 1.0, hits / len(true)
    return Fared(precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0)


def _person(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "first_name": row["given_name"],
        "last_name": row["surname"],
        "street": f"{row['street_number']} {row['address_1']}",
        "postcode": row["postcode"],
        "city": row["suburb"],
        "region": row["state"],
        "phone": row["soc_sec_id"],
    }


def _restaurant(row: Mapping[str, str]) -> dict[str, Any]:
    return {"name": row["name"], "street": row["address"], "city": row["city"]}


def read(file: Path) -> tuple[list[Profile], set[tuple[int, int]]]:
    """The profiles of a set, and the pairs that are truly one, by their places."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, skipinitialspace=True))
    people = "rec_id" in rows[0]
    kind, mapped = ("contact", _person) if people else ("account", _restaurant)
    profiles = [profile_of(kind, mapped({key: (value or "").strip() for key, value in row.items()})) for row in rows]
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        matched = re.match(r"rec-(\d+)-", row["rec_id"]) if people else None
        groups.setdefault(matched[1] if matched else row["unique_id"], []).append(place)
    true = {pair for group in groups.values() for pair in itertools.combinations(group, 2)}
    return profiles, true


def measure(file: Path) -> None:
    """Print a line for each threshold of a set."""
    profiles, true = read(file)
    began = time.perf_counter()
    found = [(pair, score.bits) for pair, score in pairs(profiles)]
    took = time.perf_counter() - began
    exact, rules, splink = OTHERS[file.name]
    print(f"{file.name}: {len(profiles)} rows, {len(true)} true pairs, {took:.2f} s")
    for name, least in (("sure", SURE_FROM), ("likely", LIKELY_FROM), ("possible", POSSIBLE_FROM)):
        at = fared({pair for pair, bits in found if bits >= least}, true)
        print(f"  {name:9} precision {at.precision:.3f}  recall {at.recall:.3f}  F1 {at.f1:.3f}")
    print(f"  others' F1: exact key {exact:.2f}, rules with rapidfuzz {rules:.2f}, Splink {splink:.2f}")


def measure_time() -> None:
    """Print how long all pairs among 100,000 invented contacts take."""
    profiles = list(invented(MANY, random.Random(90)))  # noqa: S311  # invented names, no secrets
    began = time.perf_counter()
    found = sum(1 for _ in pairs(profiles))
    print(f"{MANY} contacts: {found} pairs in {time.perf_counter() - began:.1f} s")


def invented(count: int, dice: random.Random) -> Iterable[Profile]:
    """Contacts at 12,000 accounts; each fiftieth is written down a second time with a slip."""
    syllables = ["an", "bel", "cor", "dan", "el", "fi", "gar", "hol", "in", "jor", "ka", "lin", "mar", "no", "os", "ri"]

    def word(parts: int) -> str:
        return "".join(dice.choice(syllables) for _ in range(parts))

    before: dict[str, Any] = {}
    for place in range(count):
        if place % AGAIN == AGAIN - 1:
            values = {**before, "last_name": before["last_name"][:-1] + "x"}
        else:
            first, last, account = word(2), word(3), dice.randrange(1, 12_000)
            values = {"first_name": first, "last_name": last, "account_id": account}
            values["email"] = f"{first}.{last}{place}@a{account}.example"
            values["phone"] = f"+32{dice.randrange(10**8, 10**9)}"
        before = values
        yield profile_of("contact", values)


def main(arguments: list[str], say: Callable[[str], object] = print) -> int:
    """Measure the sets of a folder, then the time."""
    if len(arguments) != 1:
        say("Say which folder holds febrl1.csv, febrl2.csv and restaurant864.csv.")
        return 2
    for name in OTHERS:
        measure(Path(arguments[0]) / name)
    measure_time()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
