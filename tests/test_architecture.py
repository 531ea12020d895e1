"""The house keeps its own rules, and each rule notices when it is broken."""

from pathlib import Path

import pytest

from tests import house

ROOT = Path(__file__).parent.parent

PYPROJECT = """
[tool.hatch.build.targets.wheel]
packages = ["kernel", "roadmap", "web"]
[tool.mypy]
files = ["kernel", "roadmap", "web", "scripts"]
[tool.importlinter]
root_packages = ["web", "roadmap", "kernel"]
[[tool.importlinter.contracts]]
id = "house"
layers = ["web", "roadmap | (crm)", "kernel"]
"""
SOUND = {
    "pyproject.toml": PYPROJECT,
    "kernel/__init__.py": '"""Shared words."""\n',
    "kernel/actor.py": "from dataclasses import dataclass\nfrom kernel import errors\n",
    "kernel/errors.py": "",
    "roadmap/__init__.py": '"""The plan."""\n',
    "roadmap/tasks/__init__.py": '"""Tasks."""\n',
    "roadmap/tasks/service.py": "from datetime import datetime\nSTART = datetime(2026, 1, 5)\n",
    "roadmap/tasks/rules/__init__.py": '"""What a task may do."""\nfrom roadmap.tasks.rules import order\n',
    "roadmap/tasks/rules/order.py": "",
    "web/__init__.py": '"""The shell."""\n',
    "web/app.py": "import os\nfrom datetime import datetime\nNOW = datetime.now\nPATH = os.environ\n",
    "scripts/__init__.py": "",
    "static/vendor/long.js": "\n" * 900,
}


@pytest.fixture
def plant(tmp_path):
    """Builds a small sound house, with the given files added or replaced."""

    def build(**files):
        for name, text in {**SOUND, **files.get("files", {})}.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path

    return build


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_a_sound_model_of_the_house_passes(rule, plant):
    arguments = ({},) if rule is house.clock_readers else ()
    assert rule(plant(), *arguments) == []


PLANTED = [
    (house.unlisted_packages, "cellar/__init__.py", '"""New."""', "cellar is not listed in tool.mypy.files"),
    (house.unlisted_packages, "pyproject.toml", PYPROJECT.replace("(crm)", "crm"), "crm is listed in"),
    (house.stray_files, "roadmap/tasks/drawing.py", "", "roadmap/tasks/drawing.py: not a file name of a room"),
    (house.stray_files, "kernel/utils.py", "", "kernel/utils.py: a file is named for its subject"),
    (house.stray_files, "roadmap/tasks/rules/helpers.py", "", "rules/helpers.py: a file is named for its subject"),
    (house.rooms_and_houses, "roadmap/models.py", "", "roadmap: is a room (['models']) and a house (['tasks'])"),
    (house.silent_packages, "roadmap/tasks/__init__.py", "", "roadmap/tasks/__init__.py: one sentence"),
    (house.silent_packages, "roadmap/tasks/__init__.py", '"""T."""\nimport os', "a sentence and nothing else"),
    (house.impure_kernel, "kernel/actor.py", "def f():\n    import flask", "kernel/actor.py: imports flask"),
    (house.impure_kernel, "kernel/actor.py", "from sqlalchemy.orm import Mapped", "imports sqlalchemy.orm.Mapped"),
    (
        house.clock_readers,
        "roadmap/tasks/service.py",
        "import datetime as d\nd.datetime.now()",
        "datetime.datetime.now",
    ),
    (house.clock_readers, "roadmap/tasks/service.py", "from datetime import date\nx = date.today()", "date.today"),
    (
        house.clock_readers,
        "roadmap/tasks/models.py",
        "from datetime import datetime\nD = {1: datetime.utcnow}",
        "utcnow",
    ),
    (house.clock_readers, "roadmap/tasks/models.py", "import sqlalchemy as sa\nsa.func.now()", "sqlalchemy.func.now"),
    (house.clock_readers, "roadmap/tasks/service.py", "from time import time as t\nt()", "time.time"),
    (house.clock_readers, "kernel/actor.py", "from os import environ\nenviron['A']", "os.environ"),
    (house.clock_readers, "kernel/actor.py", "import os\nos.getenv('A')", "os.getenv"),
    (house.parents_that_call_children, "roadmap/cli.py", "from roadmap.tasks import service", "roadmap.tasks.service"),
    (house.parents_that_call_children, "roadmap/cli.py", "from roadmap.tasks.service import close", "service.close"),
    (
        house.parents_that_call_children,
        "roadmap/cli.py",
        "import roadmap.tasks.service as s",
        "imports roadmap.tasks.service",
    ),
    (house.parents_that_call_children, "roadmap/cli.py", "import roadmap.tasks.service", "roadmap.tasks.service"),
    (house.long_files, "roadmap/tasks/models.py", "\n" * 401, "roadmap/tasks/models.py: 401 lines"),
    (house.long_files, "static/js/gantt.js", "\n" * 401, "static/js/gantt.js: 401 lines"),
]


@pytest.mark.parametrize(
    ("rule", "file", "text", "expected"), PLANTED, ids=[f"{p[0].__name__}-{p[3]}" for p in PLANTED]
)
def test_a_planted_violation_is_found(rule, file, text, expected, plant):
    arguments = ({},) if rule is house.clock_readers else ()
    found = rule(plant(files={file: text}), *arguments)
    assert any(expected in violation for violation in found), found


def test_a_permission_that_nobody_uses_is_found(plant):
    unused = {"roadmap/tasks/service.py": "it once did"}
    assert house.clock_readers(plant(), unused) == ["roadmap/tasks/service.py: may read the clock, and does not"]


def test_a_permission_is_for_one_file(plant):
    root = plant(files={"roadmap/tasks/service.py": "from datetime import date\ndate.today()"})
    assert house.clock_readers(root, {"roadmap/tasks/service.py": "the trail is dated"}) == []


def test_every_rule_has_a_planted_violation():
    assert {planted[0] for planted in PLANTED} == set(house.RULES)
