"""How articles are drawn, found and compared, by examples and by chance."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.knowledge.rules import articles, comparing, drawing, finding
from crm.knowledge.rules.articles import ArticleData, State, Votes
from crm.knowledge.rules.finding import Found
from kernel.errors import RuleBroken

TODAY = date(2026, 2, 18)
WHOLE = """# Import leads

Open **Leads**, then `Import`.
Choose the file.

1. Map the columns
2) Start

- a list
* of two

> Ask before you delete.

```
code ** as it is
```
See [the help](https://example.org/a?b=1) or [here](/crm/leads)."""


def drawn(text):
    return [
        (block.kind, ["".join(span.text for span in line) for line in block.lines]) for block in drawing.blocks(text)
    ]


def test_an_article_is_drawn_by_its_signs():
    assert drawn(WHOLE) == [
        ("heading", ["Import leads"]),
        ("paragraph", ["Open Leads, then Import.", "Choose the file."]),
        ("steps", ["Map the columns", "Start"]),
        ("list", ["a list", "of two"]),
        ("note", ["Ask before you delete."]),
        ("code", ["code ** as it is"]),
        ("paragraph", ["See the help or here."]),
    ]


BAD_LINKS = ("javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "vbscript:1")


@pytest.mark.parametrize("text", [f"[x]({each})" for each in BAD_LINKS])
def test_a_link_that_leads_nowhere_good_stays_text(text):
    assert [(span.kind, span.text) for span in drawing.spans(text)] == [("plain", text)]


@given(st.text(alphabet="#->*`[]() \n1.abc/:é\u202e<", max_size=300))
def test_whatever_is_written_can_be_drawn_and_nothing_is_lost(text):
    said = "".join("".join(lines) for _kind, lines in drawn(text))
    for word in "".join(each if each.isalpha() else " " for each in text).split():
        assert word in said or "](" in text or "`" in text


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_comparison_holds_both_versions(before, after):
    lines = comparing.compare(before, after)
    hidden = sum(line.count for line in lines if line.kind == "gap")
    kept = sum(line.kind == "same" for line in lines)
    assert kept + hidden + sum(line.kind == "gone" for line in lines) == before.count("\n") + 1
    assert kept + hidden + sum(line.kind == "new" for line in lines) == after.count("\n") + 1


def test_what_stayed_far_from_a_change_is_folded():
    before = "\n".join(str(each) for each in range(20))
    lines = comparing.compare(before, before.replace("10", "ten"))
    assert [(line.kind, line.count) for line in lines if line.kind in ("gap", "gone", "new")] == [
        ("gap", 8), ("gone", 1), ("new", 1), ("gap", 7)
    ]  # fmt: skip


def test_a_rare_word_says_more_than_a_frequent_one_and_a_title_more_than_the_text():
    hits = [Found(1, "import", 8), Found(1, "file", 1), Found(2, "file", 8), Found(3, "file", 1), Found(4, "import", 1)]
    assert finding.ranked(("import", "file"), hits, 10, every=True) == [1]
    assert finding.ranked(("import", "file"), hits, 10, every=False)[0] == 1
    assert finding.ranked(("impor",), hits, 10, every=True) == [1, 4]
    assert finding.ranked((), hits, 10, every=True) == []


def test_a_few_words_somewhere_in_a_text_suggest_nothing_one_in_its_title_does():
    text = [Found(1, word, 3) for word in ("pump", "noise", "week")]
    assert finding.ranked(("pump", "noise", "lamp"), text[:2], 10, every=False) == []
    assert finding.ranked(("pump", "noise", "week", "lamp"), text, 10, every=False) == [1]
    assert finding.ranked(("pump", "noise", "lamp"), [Found(2, "pump", 8)], 10, every=False) == [2]
    assert finding.ranked(("pump",), text, 10, every=False) == [1]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("imprt", "import"), ("improt", "import"), ("imports", "import"), ("export", ""), ("imppoort", "")],
)
def test_one_slip_is_forgiven(word, meant):
    assert finding.nearest(word, {"import": 3, "file": 9}) == meant


@given(st.text(max_size=400))
def test_an_article_is_found_by_each_of_its_own_words(title):
    known = finding.weights(title, "", "", "")
    assert all(word in known for word in finding.wanted(title))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"), ({"title": "x" * 161}, "title"), ({"body": "x" * 50_001}, "body"),
        ({"category": "x" * 81}, "category"), ({"note": "x" * 201}, "note"),
    ],
)  # fmt: skip
def test_an_article_that_cannot_be_kept_is_refused(changed, field):
    with pytest.raises(RuleBroken) as caught:
        articles.check_article(ArticleData(**{"title": "A", "body": "b", **changed}))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("state", "due", "votes", "stale"),
    [
        (State.PUBLISHED, TODAY, Votes(), True),
        (State.PUBLISHED, TODAY + timedelta(days=1), Votes(), False),
        (State.PUBLISHED, None, Votes(2, 3), True),
        (State.PUBLISHED, None, Votes(1, 3), False),
        (State.PUBLISHED, None, Votes(3, 3), False),
        (State.DRAFT, TODAY, Votes(0, 9), False),
        (State.RETIRED, TODAY, Votes(0, 9), False),
    ],
)
def test_when_an_article_needs_another_look(state, due, votes, stale):
    assert bool(articles.why_stale(state, due, votes, TODAY)) is stale


def test_an_article_from_a_ticket_has_a_heading_for_what_is_known():
    data = articles.of_ticket("Lists stay empty", "After signing in.", "Clear the filter.", "", " ")
    assert data.title == "Lists stay empty"
    assert data.body == "## What happens\n\nAfter signing in.\n\n## What helps\n\nClear the filter."
