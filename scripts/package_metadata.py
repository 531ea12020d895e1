"""Tells the build what the package depends on: the lines of requirements.in, written once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


def dependencies(text: str) -> list[str]:
    """Return the requirements in `text`, without comments and empty lines."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


class RequirementsHook(MetadataHookInterface):
    """Fill in `project.dependencies`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the dependencies to the package's metadata."""
        metadata["dependencies"] = dependencies((Path(self.root) / "requirements.in").read_text(encoding="utf-8"))
