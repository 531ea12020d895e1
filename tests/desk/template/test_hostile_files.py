"""Files that nobody should send: each is refused with a sentence, none is run, expanded or let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.template import queries
from desk.template.rules import check_shape, read_document
from desk.template.rules.documents import MAX_CHARACTERS

LAUGHS = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (LAUGHS, "anchor"),
        ("risks: !!python/object/apply:os.system [ls]", "tag"),
        ("a: " + "[" * 50_000, "deep"),
        ("a: " + "{a: " * 5_000, "deep"),
        ("x" * (MAX_CHARACTERS + 1), "characters"),
        ("tasks: [", "not YAML"),
        ("a: b: c", "not YAML"),
        ("\x00\x01", "not YAML"),
        ("- just\n- a list", "no sections"),
        ("plain text", "no sections"),
        ("", "no sections"),
        ("a: 1\n---\nb: 2", "not YAML"),
        ("a: 1\na: 2", "stands twice"),
    ],
)
def test_refused_with_a_reason(text, what):
    document, problems = read_document(text, "bad.yaml")
    assert document is None
    assert what in problems[0].what
    assert problems[0].line >= 1


@given(st.text())
def test_any_text_is_read_or_refused(text):
    document, problems = read_document(text, "any.yaml")
    assert (document is None) == bool(problems)


def nested(children):
    return st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), nested, max_leaves=8)


@given(st.dictionaries(st.sampled_from(["tasks", "risks", "roles", "template", "phase", "odd"]), VALUES, min_size=1))
def test_any_values_get_a_verdict(values):
    document, _ = read_document("phase: one", "any.yaml")
    odd = type(document)("any.yaml", values)
    for problem in check_shape(odd, queries._schemas()):
        assert problem.what
        assert problem.right


@pytest.mark.parametrize(
    ("content", "what"), [(b"\xff\xfe\x00", "UTF-8"), (b"\x89PNG\r\n\x1a\n", "UTF-8"), (b" " * 2_000_001, "large")]
)
def test_a_file_of_the_wrong_kind(tmp_path, content, what):
    file = tmp_path / "picture.yaml"
    file.write_bytes(content)
    assert what in queries.validate(file)[0].what


def test_a_path_without_a_file(tmp_path):
    assert "cannot be read" in queries.validate(tmp_path / "nowhere.yaml")[0].what
    assert "no YAML files" in queries.validate(tmp_path)[0].what


def test_markup_and_other_scripts_stay_text():
    text = "risks: [{name: '<script>alert(1)</script> 🚀 مرحبا'}]"
    document, problems = read_document(text, "risks.yaml")
    assert problems == []
    assert document.data["risks"][0]["name"] == "<script>alert(1)</script> 🚀 مرحبا"


@pytest.mark.parametrize("written", [".nan", ".inf", "1e999", "9" * 5000, "0x1F", "0o17", "2026-01-05"])
def test_what_has_no_plain_number_stays_text(written):
    document, _ = read_document(f"a: {written}", "numbers.yaml")
    assert document.data["a"] == written


@pytest.mark.parametrize(("written", "value"), [("7", 7), ("-3", -3), ("0.5", 0.5), ("1_000", 1000), ("007", 7)])
def test_numbers_are_read(written, value):
    document, _ = read_document(f"a: {written}", "numbers.yaml")
    assert document.data["a"] == value


@pytest.mark.parametrize("written", ["'7'", '"7"', "7"])
def test_quotes_make_text(written):
    document, _ = read_document(f"a: {written}", "quotes.yaml")
    assert isinstance(document.data["a"], str) == (written != "7")


def test_a_list_is_no_name_of_a_field():
    document, problems = read_document("? [a, b]\n: c", "keys.yaml")
    assert document is None
    assert "name of a field" in problems[0].what
