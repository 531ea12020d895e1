"""Who works on a plan, by example."""

from dataclasses import dataclass
from datetime import date, datetime

from desk.overview.rules import people

TODAY = date(2026, 2, 18)


@dataclass
class Row:
    type: str = "task"
    start: datetime = datetime(2026, 1, 5, 8)
    finish: datetime = datetime(2026, 1, 9, 17)
    percent: float = 0
    deadline: date | None = None
    owner_id: int | None = None
    owner: str = ""


def test_people_stand_with_who_is_late_first():
    rows = [
        Row(owner_id=1, owner="Ann", finish=datetime(2026, 3, 9, 17)),
        Row(owner_id=2, owner="Bob"),
        Row(owner_id=2, owner="Bob", percent=100),
        Row(),
    ]
    assert people.loads(rows, TODAY) == [people.Load(2, "Bob", 1, 1), people.Load(1, "Ann", 1, 0)]
