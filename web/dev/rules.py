"""The invented roll-out that fills the components' page: plain values, positions already computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from readiness.verdict.rules.drawings import Dial, dial

DAYS = 90
TODAY = 45
TARGET = 58
P80 = 66
FIRST_MONDAY = 0

PEOPLE: tuple[tuple[int, str, str], ...] = (
    (0, "PN", "Priya Nair"),
    (2, "TL", "Tomas Lindqvist"),
    (1, "HO", "Hannah Okafor"),
    (3, "MB", "Marco Bianchi"),
    (4, "EP", "Elena Petrova"),
    (7, "DC", "David Chen"),
)

STATES: tuple[str, ...] = ("green", "amber", "red", "unknown", "waived", "open")

SURFACES: tuple[str, ...] = (
    "bg", "surface", "sunken", "line", "text", "accent", "crit", "good", "warn", "bad", "unk", "selected",
)  # fmt: skip


@dataclass(frozen=True)
class Ruler:
    """Positions in percent of the width: ticks with their kind, labels with kind and words."""

    ticks: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str, str], ...]


def place(day: float) -> float:
    """Where a day lies on the ruler, in percent."""
    return round(day / DAYS * 100, 2)


def example_ruler() -> Ruler:
    """The ruler of a roll-out at day 45."""
    labels = (
        (0.0, "start", "5 Jan"),
        (place(TODAY - 1), "today", "Today, day 45"),
        (place(TARGET - 1), "target", "Target 3 Mar"),
        (place(P80 - 1), "p80", "P80 11 Mar"),
        (100.0, "finish", "4 Apr"),
    )
    return Ruler(tuple(_tick(day) for day in range(DAYS + 1)), labels)


def _tick(day: int) -> tuple[float, str]:
    kind = "week" if (day - FIRST_MONDAY) % 7 == 0 else "day"
    return place(day), f"{kind}-on" if day < TODAY else kind


def lanes() -> tuple[dict[str, Any], ...]:
    """Six phases: where each lies, how much is done, where its baseline was."""
    rows = (
        ("Kick-off and planning", 0, 12, 100, 0, 12),
        ("Data migration", 7, 40, 88, 7, 19),
        ("Configuration", 14, 38, 79, 14, 26),
        ("Training and adoption", 35, 24, 24, 35, 19),
        ("Go-live and launch", 49, 19, 6, 44, 24),
        ("Monitoring and optimisation", 63, 19, 0, 63, 19),
    )
    return tuple(_lane(*row) for row in rows)


def _lane(name: str, start: int, length: int, done: int, base_start: int, base_length: int) -> dict[str, Any]:
    return {
        "name": name,
        "href": "#phases",
        "text": f"{done} %",
        "x": place(start),
        "w": place(length),
        "done": done,
        "current": 0 < done < 100 and start < TODAY,
        "base_x": place(base_start),
        "base_w": place(base_length),
    }


def milestones() -> tuple[tuple[float, str, str, str], ...]:
    """Where the milestones lie, their names, dates and kinds."""
    return (
        (place(11.5), "Charter", "16 Jan", "done"),
        (place(46.5), "Data signed off", "20 Feb", "opt"),
        (place(59.5), "Go-live", "5 Mar", "crit"),
        (place(81.5), "Adoption review", "27 Mar", "opt"),
    )


def burn_up() -> dict[str, Any]:
    """A burn-up of 214 person-days, its lines already in coordinates."""
    return {
        "width": 640,
        "height": 210,
        "left": 36,
        "right": 560,
        "label": "Burn-up in person-days: 96 done of 214, 112 planned by now",
        "grid": ((20, "240"), (60, "180"), (100, "120"), (140, "60"), (180, "0")),
        "axis": ((36, "W1"), (120, "W3"), (204, "W5"), (288, "W7"), (372, "W9"), (456, "W11"), (540, "W13")),
        "band": ((302, 116), (420, 72), (540, 38), (560, 38), (420, 92)),
        "lines": (
            ("scope", ((36, 43), (204, 43), (204, 37), (560, 37))),
            ("plan", ((36, 180), (120, 162), (204, 134), (302, 105), (410, 66), (480, 50), (540, 43))),
            ("s1", ((36, 180), (120, 165), (204, 143), (270, 126), (302, 116))),
        ),
        "now": 302,
        "marks": (("pt--end", 302, 116),),
        "notes": (
            (308, 128, "96 done", "start", "lab"),
            (296, 96, "112 planned", "end", "lab2"),
            (566, 41, "Scope 214", "start", "lab2"),
            (566, 55, "Plan 206", "start", "lab2"),
        ),
    }


def control_chart() -> dict[str, Any]:
    """A measure of 17 days with its limits, its target and one point outside."""
    heights = (47, 43, 40, 43, 36, 40, 33, 36, 33, 40, 36, 86, 61, 54, 47, 50, 50)
    points = tuple((31 + 14.4 * i, y) for i, y in enumerate(heights))
    return {
        "width": 300,
        "height": 132,
        "left": 28,
        "right": 264,
        "label": "Share of complete records, 83 %, target 90 %; one day far below its usual range",
        "grid": ((26, "90"), (110, "65")),
        "axis": ((28, "26 Jan"), (264, "17 Feb")),
        "band": ((28, 23), (264, 23), (264, 69), (28, 69)),
        "target": 26,
        "lines": (("s1", points),),
        "marks": tuple(("pt--bad" if y == 86 else "", x, y) for x, y in points),
        "notes": ((268, 30, "90 %", "start", "lab"),),
    }


def histogram() -> dict[str, Any]:
    """When the go-live may come: one column a day or two, beside the target and P80."""
    before = ((30, "col", "27"), (54, "col", "2"), (84, "col", "3"))
    soon = ((62, "col--soft", "4"), (92, "col--soft", "6"), (76, "col--soft", "9"), (60, "col--soft", "11"))
    rows = (*before, *soon, (44, "col--grey", "13"), (20, "col--grey", "19"))
    return {
        "width": 300,
        "height": 140,
        "base": 118,
        "label": "When it goes live: 22 percent of the runs reach 3 March, 80 percent reach 11 March",
        "bars": tuple((6 + 32 * i, 118 - high, 28, kind, day, "") for i, (high, kind, day) in enumerate(rows)),
        "rules": ((104, "Target", "now"), (232, "P80", "s2")),
    }


def score() -> Dial:
    """A readiness of 87 on 86 percent of the weight, where 85 are needed."""
    return dial(87, 0.86, 85)


def spark() -> tuple[tuple[int, int], ...]:
    """Progress as a small line."""
    return ((2, 21), (20, 19), (40, 15), (60, 12), (78, 8), (92, 6))
