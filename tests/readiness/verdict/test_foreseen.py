"""When it goes live, beside the judgement: in the document for scripts, and since a day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from readiness.gates.rules.decision import stand
from readiness.gates.rules.definitions import Gate
from readiness.verdict import charts, rules
from readiness.verdict.rules.documents import GoingLive
from roadmap.forecast.queries import ForecastRow

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
TARGET = date(2026, 3, 3)


def kept(day, p80, target=TARGET, chance=0.25):
    at = datetime.combine(p80, datetime.min.time())
    earlier = at - timedelta(days=4)
    return ForecastRow(
        id=1, project_id=1, day=day, at=NOW, by="", runs=100, seed=1, exact=False, goal_id=1, planned=earlier,
        p10=earlier, p50=earlier, p80=at, p95=at, target=target, chance=chance, cost_p50=None, cost_p80=None,
        currency="", digest="",
    )  # fmt: skip


@pytest.fixture
def standing():
    return stand(Gate(id=1, project_id=1, key="go-live", name="Go-live", milestone_id=None), [])


def test_scripts_read_p80_beside_the_target_and_null_where_no_forecast_was_kept(standing):
    row = kept(date(2026, 2, 16), date(2026, 3, 11))
    said = rules.document(standing, NOW, GoingLive(date(2026, 3, 5), TARGET, row))["go_live"]
    assert said == {
        "plan": "2026-03-05",
        "target": "2026-03-03",
        "p50": "2026-03-07",
        "p80": "2026-03-11",
        "chance_of_target": 0.25,
        "of": "2026-02-16",
    }
    moved = GoingLive(date(2026, 3, 5), date(2026, 3, 6), row)
    assert rules.document(standing, NOW, moved)["go_live"]["chance_of_target"] is None
    bare = rules.document(standing, NOW, GoingLive(date(2026, 3, 5), TARGET))["go_live"]
    assert [bare[name] for name in ("plan", "p50", "p80", "chance_of_target", "of")] == ["2026-03-05", *[None] * 4]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (date(2026, 3, 23), "P80 moved from Wed 18 Mar (forecast of Mon 2 Feb) to Mon 23 Mar: five days later."),
        (date(2026, 3, 17), "to Tue 17 Mar: one day earlier."),
        (date(2026, 3, 18), "P80 is Wed 18 Mar, as in the forecast of Mon 2 Feb."),
    ],
)
def test_below_the_waterfall_stands_what_p80_did_since(app, now, words):
    newest, then = kept(date(2026, 2, 17), now), kept(date(2026, 2, 2), date(2026, 3, 18))
    with app.test_request_context():
        assert words in charts.moved([newest, then], date(2026, 2, 6))
        assert charts.moved([newest], date(2026, 2, 6)) == charts.moved([], date(2026, 2, 6)) == ""
