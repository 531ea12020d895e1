"""What is kept of a forecast beside its quantiles: as numbers and days that a database can hold, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from roadmap.forecast.rules.answer import Answer, Bin, Driver, Help
from roadmap.forecast.rules.model import Model


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A risk that the forecast does not count, and why: "occurred", "chance" or "days" (not given), or "done"."""

    id: int
    why: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a forecast rests on: open tasks, those with an estimate, those whose duration lies outside of theirs."""

    open: int
    estimated: int
    outside: int
    risks: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """The histogram by day or week, what drives the end, what would help, and how often each task was critical."""

    bins: tuple[Bin, ...]
    weekly: bool
    drivers: tuple[Driver, ...]
    helps: tuple[Help, ...]
    criticality: Mapping[int, float]
    basis: Basis


def written(answer: Answer, basis: Basis) -> dict[str, Any]:
    """The content of a forecast as it is stored."""
    return {
        "bins": [[each.day.isoformat(), each.count] for each in answer.bins],
        "weekly": answer.weekly,
        "drivers": [asdict(each) for each in answer.drivers],
        "helps": [asdict(each) for each in answer.helps],
        "criticality": {str(task): round(share, 4) for task, share in answer.criticality.items()},
        "basis": asdict(basis),
    }


def read(content: Mapping[str, Any]) -> Content:
    """The same as it was before."""
    basis = dict(content["basis"])
    left = tuple(LeftOut(**each) for each in basis.pop("left_out"))
    return Content(
        bins=tuple(Bin(date.fromisoformat(day), count) for day, count in content["bins"]),
        weekly=content["weekly"],
        drivers=tuple(Driver(**each) for each in content["drivers"]),
        helps=tuple(Help(**each) for each in content["helps"]),
        criticality={int(task): share for task, share in content["criticality"].items()},
        basis=Basis(**basis, left_out=left),
    )


def digest(model: Model, targets: Mapping[int | None, date]) -> str:
    """Tells whether two forecasts would rest on the same plan, estimates, risks and targets."""
    said = [repr(getattr(model, each.name)) for each in fields(model)]
    said.append(repr(sorted(targets.items(), key=lambda item: item[0] or 0)))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
