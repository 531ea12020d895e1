"""The installation: what it accepts, what it does again, and what it says when something is missing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import bootstrap, system_tools
from scripts.bootstrap import Environment, SetupFailed, Stamps, check_python, fingerprint, lock_for
from scripts.package_build import ShippedFoldersHook, dependencies
from scripts.system_tools import Tool


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_supported_pythons_are_accepted(version):
    assert check_python(version) is None


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 15)])
def test_other_pythons_are_refused_with_a_way_out(version):
    with pytest.raises(SetupFailed, match=rf"This is Python {version[0]}\.{version[1]}; .*(?s:.*)PYTHON="):
        check_python(version)


def test_a_fingerprint_changes_with_its_parts_and_with_a_file(tmp_path):
    file = tmp_path / "lock"
    file.write_text("a==1")
    before = fingerprint(["linux"], [file])
    assert fingerprint(["linux"], [file]) == before
    assert fingerprint(["macos"], [file]) != before
    file.write_text("a==2")
    assert fingerprint(["linux"], [file]) != before


def test_what_is_done_is_remembered_step_by_step(tmp_path):
    stamps = Stamps(tmp_path / "installed.json")
    assert not stamps.fits("packages", "1")
    stamps.write("packages", "1")
    stamps.write("project", "2")
    assert stamps.fits("packages", "1")
    assert stamps.fits("project", "2")
    assert not stamps.fits("project", "3")


@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_damaged_memory_means_nothing_is_done(tmp_path, content):
    (tmp_path / "installed.json").write_text(content)
    assert Stamps(tmp_path / "installed.json").read() == {}


@pytest.mark.parametrize(
    ("mode", "done", "lock"),
    [
        ("setup", {}, "requirements.txt"),
        ("dev", {}, "requirements-dev.txt"),
        ("setup", {"requirements-dev.txt": "x"}, "requirements-dev.txt"),
    ],
)
def test_who_has_the_packages_for_tests_keeps_them(tmp_path, mode, done, lock):
    file = tmp_path / "installed.json"
    file.write_text(json.dumps(done))
    assert lock_for(mode, Stamps(file)) == lock


def test_modules_are_compiled_even_where_python_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in ("room", "not_python"):
        (tmp_path / name).mkdir()
    (tmp_path / "room" / "__init__.py").write_text("")
    (tmp_path / "room" / "rules.py").write_text("LIMIT = 12\n")
    environment = Environment(tmp_path)
    environment.python = Path(sys.executable)
    environment.compile()
    assert {file.name.partition(".")[0] for file in (tmp_path / "room" / "__pycache__").iterdir()} == {
        "__init__",
        "rules",
    }


def test_a_dependency_is_a_line_without_its_comment():
    assert dependencies("# why\nflask>=3\n\nnumpy>=2  # floor\n") == ["flask>=3", "numpy>=2"]


def test_the_lock_files_name_no_address():
    for name in bootstrap.LOCKS.values():
        text = (bootstrap.ROOT / name).read_text()
        assert "://" not in text
        assert "index-url" not in text
        assert "find-links" not in text


def test_every_requirement_is_locked_with_a_hash():
    for name in bootstrap.LOCKS.values():
        entries = (bootstrap.ROOT / name).read_text().replace("\\\n", " ").strip().splitlines()
        assert entries
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def _tool(found):
    return Tool("Gears", "turning", found, ("libgears", "gears-data"), "macOS: brew install gears")


def test_nothing_is_said_about_what_is_there():
    said = []
    assert system_tools.provide([_tool(lambda: True)], said.append) == []
    assert said == []


def test_what_cannot_be_installed_is_named_with_the_command_to_type(monkeypatch):
    monkeypatch.setattr(system_tools, "can_apt", lambda: False)
    said = []
    tool = _tool(lambda: False)
    assert system_tools.provide([tool], said.append) == [tool]
    assert "sudo apt install libgears gears-data" in said[0]
    assert "turning will not work" in said[0]
    assert "brew install gears" in said[0]


def test_what_can_be_installed_is_installed_once(monkeypatch):
    monkeypatch.setattr(system_tools, "can_apt", lambda: True)
    installed = []
    monkeypatch.setattr(system_tools, "apt_install", lambda packages: installed.append(packages) or True)
    assert system_tools.provide([_tool(lambda: bool(installed))], [].append) == []
    assert installed == [("libgears", "gears-data")]


@pytest.mark.parametrize(
    ("answers", "verbs", "worked"),
    [
        ([True], ["install"], True),
        ([False, True, True], ["install", "update", "install"], True),
        ([False, False], ["install", "update"], False),
    ],
)
def test_package_lists_are_refreshed_only_when_needed(monkeypatch, answers, verbs, worked):
    monkeypatch.setattr(system_tools, "can_apt", lambda: True)
    called = []

    def run(arguments):
        called.append(arguments[0])
        return answers[len(called) - 1]

    assert system_tools.apt_install(("x",), run) is worked
    assert called == verbs


def test_nobody_but_root_installs_system_packages(monkeypatch):
    monkeypatch.setattr(system_tools.os, "geteuid", lambda: 1000)
    assert system_tools.apt_install(("x",), lambda _arguments: True) is False


def _with_python(python):
    script = bootstrap.ROOT / "scripts" / "with-python"
    command = [script, "-c", "import sys; print(sys.version_info[:2])"]
    return subprocess.run(command, env={**os.environ, "PYTHON": python}, capture_output=True, text=True, check=False)


def test_a_python_that_was_named_is_used():
    assert _with_python(sys.executable).stdout.strip() == str(sys.version_info[:2])


@pytest.mark.parametrize("python", ["false", "/no/such/python"])
def test_where_no_python_fits_the_message_says_what_to_install(python):
    done = _with_python(python)
    assert done.returncode == 1
    assert f"none was found under {python}" in done.stderr
    assert "apt install python3" in done.stderr
    assert "brew install" in done.stderr


def test_the_newest_postgres_is_taken_first():
    folders = [Path("/usr/lib/postgresql/9.6/bin"), Path("/usr/lib/postgresql/15/bin"), Path("/x/17/bin")]
    assert max(folders, key=system_tools._major_version) == Path("/x/17/bin")


def test_a_folder_without_the_server_is_not_postgres(tmp_path):
    (tmp_path / "initdb").touch()
    assert not system_tools._has_server(tmp_path)
    for name in ("pg_ctl", "postgres"):
        (tmp_path / name).touch()
    assert system_tools._has_server(tmp_path)


def test_a_browser_that_is_only_a_script_for_snap_is_passed_over(tmp_path):
    script = tmp_path / "chromium-browser"
    script.write_text("#!/bin/sh\n")
    assert system_tools._is_snap(script)
    script.write_bytes(b"\0" * 10_000)
    assert not system_tools._is_snap(script)


@pytest.mark.parametrize(("version", "shipped"), [("standard", {"static": "web/_static"}), ("editable", {})])
def test_shipped_folders_travel_in_the_wheel_only(tmp_path, version, shipped):
    (tmp_path / "static").mkdir()
    hook = ShippedFoldersHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel")
    data = {"force_include": {}}
    hook.initialize(version, data)
    assert data == {"force_include": shipped}
