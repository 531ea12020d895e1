"""The rules of the house that import contracts cannot see. Each takes the repository's folder and gives violations."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Folders with Python files that are not part of the product.
BESIDE_THE_HOUSE = {"tests", "scripts", "benchmarks", "migrations"}
# Packages made of rooms: folders whose files have fixed names. The others (kernel, infra, web) name files by subject.
OF_ROOMS = ("accounts", "checklists", "roadmap", "phases", "desk", "reports", "readiness", "adoption", "crm")
ROOM_FILES = {
    "__init__",
    "rules",
    "events",
    "models",
    "queries",
    "service",
    "forms",
    "charts",
    "routes",
    "api",
    "jobs",
    "cli",
    "seed",
}
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
LONGEST_FILE = 400
CODE = {".py", ".html", ".js", ".css"}
# Installed, built, or written by others: `versions` are the migrations, as Alembic writes them.
NOT_OURS = {".venv", ".git", "vendor", "node_modules", "build", "dist", "__pycache__", "versions"}

CLOCK_AND_ENVIRONMENT = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.current_date",
    "os.environ",
    "os.environb",
    "os.getenv",
}
# Files outside web that read the clock, each with its reason: only the audit trail and the sign-in libraries may.
MAY_READ_THE_CLOCK: dict[str, str] = {}


def packages(root: Path) -> list[str]:
    """The product's top-level packages, by name."""
    found = {file.parent.name for file in root.glob("*/__init__.py")}
    return sorted(found - BESIDE_THE_HOUSE)


def python_files(root: Path, *tops: str) -> Iterator[Path]:
    """The Python files of the given packages, in order."""
    for top in tops:
        yield from sorted(file for file in (root / top).rglob("*.py") if not NOT_OURS & set(file.parts))


def _name(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every import anywhere in a file, as (the name it has there, the dotted name it stands for)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
                if not alias.asname:
                    first = alias.name.split(".")[0]
                    yield first, first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or ''}.{alias.name}"


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = _dotted(node.value)
        return f"{start}.{node.attr}" if start else None
    return None


def names_used(tree: ast.Module) -> set[str]:
    """The dotted names that a file uses, with its imports resolved."""
    known = dict(imports(tree))
    used = set()
    for node in ast.walk(tree):
        dotted = _dotted(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
        if dotted and dotted.split(".")[0] in known:
            first, _, rest = dotted.partition(".")
            used.add(f"{known[first]}.{rest}" if rest else known[first])
    return used


def unlisted_packages(root: Path) -> list[str]:
    """A package that is not in the wheel, the contracts, the type check or the house's layers; or one that is gone."""
    config: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    house = next(c for c in config["importlinter"]["contracts"] if c["id"] == "house")
    lists = {
        "tool.hatch.build.targets.wheel.packages": set(config["hatch"]["build"]["targets"]["wheel"]["packages"]),
        "tool.importlinter.root_packages": set(config["importlinter"]["root_packages"]),
        "tool.importlinter contract house": {n.strip() for layer in house["layers"] for n in layer.split("|")},
        "tool.mypy.files": set(config["mypy"]["files"]) - BESIDE_THE_HOUSE,
    }
    there = set(packages(root))
    missing = [f"{name} is not listed in {where}" for where, listed in lists.items() for name in there - listed]
    gone = [
        f"{name} is listed in {where}, but there is no such package"
        for where, listed in lists.items()
        for name in listed - there
        if not name.startswith("(")
    ]
    return sorted(missing + gone)


def stray_files(root: Path) -> list[str]:
    """A file in a room under a name that rooms do not have, or a file named for nothing anywhere."""
    found = []
    for file in python_files(root, *packages(root)):
        parts = file.relative_to(root).parts
        if file.stem in NO_NAMES:
            found.append(f"{_name(root, file)}: a file is named for its subject, not {file.stem}")
        elif parts[0] in OF_ROOMS and "rules" not in parts[:-1] and file.stem not in ROOM_FILES:
            found.append(f"{_name(root, file)}: not a file name of a room ({', '.join(sorted(ROOM_FILES))})")
    return found


def rooms_and_houses(root: Path) -> list[str]:
    """A folder that has files of a room and also folders of other rooms."""
    found = []
    for top in (name for name in OF_ROOMS if (root / name).is_dir()):
        for init in sorted((root / top).rglob("__init__.py")):
            folder = init.parent
            inside = {child.parent.name for child in folder.glob("*/__init__.py")} - {"rules"}
            files = {file.stem for file in folder.glob("*.py")} - {"__init__"}
            if inside and files and "rules" not in folder.relative_to(root).parts:
                found.append(f"{_name(root, folder)}: is a room ({sorted(files)}) and a house ({sorted(inside)})")
    return found


def silent_packages(root: Path) -> list[str]:
    """A package without its sentence, or one of rooms whose `__init__` does more than say it."""
    found = []
    for file in python_files(root, *packages(root)):
        if file.name != "__init__.py":
            continue
        tree = _tree(file)
        if ast.get_docstring(tree) is None:
            found.append(f"{_name(root, file)}: one sentence says what the folder owns")
        elif file.relative_to(root).parts[0] in OF_ROOMS and len(tree.body) > 1 and file.parent.name != "rules":
            found.append(f"{_name(root, file)}: holds a sentence and nothing else")
    return found


def impure_kernel(root: Path) -> list[str]:
    """An import in the kernel of anything but the standard library and the kernel."""
    allowed = sys.stdlib_module_names | {"kernel"}
    return [
        f"{_name(root, file)}: imports {name}"
        for file in python_files(root, "kernel")
        for name in sorted({name for _, name in imports(_tree(file))})
        if name.split(".")[0] not in allowed | {""}
    ]


def clock_readers(root: Path, allowed: dict[str, str] = MAY_READ_THE_CLOCK) -> list[str]:
    """A file outside web that reads the clock or the environment; or a permission that nobody uses any more."""
    readers = {
        _name(root, file): names
        for file in python_files(root, *(name for name in packages(root) if name != "web"))
        if (names := names_used(_tree(file)) & CLOCK_AND_ENVIRONMENT)
    }
    found = [f"{file}: reads {', '.join(sorted(names))}" for file, names in readers.items() if file not in allowed]
    return found + [f"{file}: may read the clock, and does not" for file in allowed if file not in readers]


def parents_that_call_children(root: Path) -> list[str]:
    """A file that imports the service of a room inside its own folder."""
    found = []
    for file in python_files(root, *packages(root)):
        here = ".".join(file.parent.relative_to(root).parts)
        inside = {f"{here}.{child.parent.name}.service" for child in file.parent.glob("*/service.py")}
        for _, name in imports(_tree(file)):
            if any(name == service or name.startswith(f"{service}.") for service in inside):
                found.append(f"{_name(root, file)}: imports {name}, the service of a room inside it")
    return found


def long_files(root: Path) -> list[str]:
    """A file of ours with more than 400 lines."""
    return [
        f"{_name(root, file)}: {lines} lines"
        for file in sorted(root.rglob("*"))
        if file.suffix in CODE
        and not NOT_OURS & set(file.relative_to(root).parts)
        and (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]


RULES = (
    unlisted_packages,
    stray_files,
    rooms_and_houses,
    silent_packages,
    impure_kernel,
    clock_readers,
    parents_that_call_children,
    long_files,
)
