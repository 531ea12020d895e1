"""What the build of the package needs to be told: its dependencies, and the folders that travel inside it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

# Where the shell finds them in an installed package; in a checkout they lie beside the packages.
SHIPPED = {
    "templates": "web/_templates",
    "static": "web/_static",
    "migrations": "web/_migrations",
    "translations": "web/_translations",
}


def dependencies(text: str) -> list[str]:
    """Return the requirements in `text`, without comments and empty lines."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


class RequirementsHook(MetadataHookInterface):
    """Fill in `project.dependencies` from requirements.in, where they are written once."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the dependencies to the package's metadata."""
        metadata["dependencies"] = dependencies((Path(self.root) / "requirements.in").read_text(encoding="utf-8"))


class ShippedFoldersHook(BuildHookInterface[Any]):
    """Put templates, static files and migrations into the wheel, but no stale copy into an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to what the build includes."""
        if version == "standard":
            there = {folder: place for folder, place in SHIPPED.items() if (Path(self.root) / folder).is_dir()}
            build_data["force_include"].update(there)
