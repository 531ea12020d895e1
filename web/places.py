"""Where templates, static files and migrations lie: beside the code, or inside the package when installed."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def place(name: str) -> Path:
    """The folder of that name."""
    inside = _HERE / f"_{name}"
    return inside if inside.exists() else _HERE.parent / name
