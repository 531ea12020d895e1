"""The check of the documentation: what it finds, and what it leaves alone."""

import pytest

from scripts.check_docs import anchor, broken_links, path_for_people, settings, undescribed


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "plan.md").write_text("# The plan\n\n## Slack & float\n")

    def write(text):
        (tmp_path / "README.md").write_text(text)
        return list(broken_links(tmp_path))

    return write


@pytest.mark.parametrize(
    "link", ["[a](docs/plan.md)", "[a](docs/plan.md#slack--float)", "[a](https://example.org)", "[a](#here)\n# Here"]
)
def test_good_links_pass(docs, link):
    assert docs(link) == []


@pytest.mark.parametrize("link", ["[a](docs/none.md)", "![shot](none.png)", "[a](docs/plan.md#float)", "[a](#there)"])
def test_links_that_lead_nowhere_are_named(docs, link):
    (found,) = docs(link)
    assert found.startswith("README.md: ")


def test_examples_in_code_are_not_links(docs):
    assert docs("```\n[a](none.md)\n```\n") == []


def test_a_heading_becomes_an_anchor():
    assert anchor("The `roadmap` command, in short") == "the-roadmap-command-in-short"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("/projects/<id>", "see `/projects/<id>`", 0),
        ("/projects/<id>", "see `/projects/<id>/roadmap`", 1),
        ("/projects", "see `/projects/<id>`", 1),
        ("roadmap plan show", "`roadmap plan show ID`", 0),
        ("ROADMAP_ENV", "ROADMAP_ENVIRONMENT", 1),
    ],
)
def test_a_name_counts_as_described_only_as_a_whole(name, text, found):
    assert len(undescribed("thing", [name], text)) == found


def test_settings_are_found_where_they_are_read(tmp_path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "settings.py").write_text('read("ROADMAP_ENV")')
    assert settings(tmp_path) == {"ROADMAP_ENV"}


def test_paths_are_written_for_people():
    assert path_for_people("/projects/<int:project_id>/files/<path:name>") == "/projects/<id>/files/<id>"
