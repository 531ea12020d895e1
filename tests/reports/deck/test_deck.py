"""The slides: opened again they say what the page says, with native charts and a source on each."""

import hashlib
from datetime import date, timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pptx import Presentation

from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.gates.models import ReadinessGate
from readiness.verdict.models import ReadinessDay
from reports.board import queries
from reports.deck import charts, rules
from reports.deck.cli import report
from reports.issued import queries as issued
from reports.issued.rules.code import spelled
from reports.verify import service as verify
from reports.weekly import charts as weekly
from roadmap.audience import service as audience
from roadmap.forecast import service as forecasts
from tests import factories
from tests.fixtures.app import NOW
from tests.reports.executive.conftest import TODAY, ask, keep, plan

HOSTILE = "=cmd|' /C calc'!A0 \x07<b>"


def texts(slide):
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    return found + [cell.text for table in tables for row in table.rows for cell in row.cells]


def opened(actor, app):
    with app.test_request_context():
        return Presentation(BytesIO(charts.deck(queries.board(actor, NOW, NOW.tzinfo))))


@pytest.fixture
def boss(app):
    ours = plan(HOSTILE)
    ask(ours, "Data agree", 0.0)
    with transaction(SYSTEM, "readiness.kept") as work:
        gate = work.session.query(ReadinessGate).one()
        for back, score in ((21, 30.0), (7, 40.0)):
            values = {"decision": "no-go", "score": score, "confidence": 0.5, "lines": []}
            at, day = NOW - timedelta(days=back), TODAY - timedelta(days=back)
            work.session.add(ReadinessDay(project_id=ours, gate_id=gate.id, day=day, at=at, **values))
    keep(ours)
    return factories.person(projects={ours: "executive"})


def test_six_slides_each_with_its_source_and_time(app, boss):
    made = opened(boss, app)
    assert len(made.slides) == 6
    for slide in made.slides:
        assert any(text.startswith("Source: ") and "2026-02-18 09:10, UTC" in text for text in texts(slide))
        assert slide.shapes.title.text_frame.text
    first = texts(made.slides[0])
    assert "is a no-go because “Data agree” fails." in made.slides[0].shapes.title.text_frame.text
    assert any(text.startswith("No-go\n") for text in first)


def test_the_trend_is_a_native_chart_with_its_numbers(app, boss):
    slide = opened(boss, app).slides[1]
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    weeks, least = chart.plots[0].series
    assert list(weeks.values)[-4:] == [30.0, None, 40.0, 0.0]
    assert set(least.values) == {85.0}
    book = load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert book.active["B1"].data_type == "s"
    assert book.active["B1"].value.startswith("'=cmd")


def test_how_far_the_forecast_lies_from_the_target_is_a_native_chart_with_days_on_both_sides_of_it(app):
    kept, without = plan(HOSTILE, target_go_live=date(2026, 3, 3)), plan("Without")
    forecasts.publish(kept, TODAY, actor=SYSTEM, now=NOW)
    boss = factories.person(projects=dict.fromkeys((kept, without), "executive"))
    slide = opened(boss, app).slides[2]
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert {each.name: list(each.values) for each in chart.plots[0].series} == {
        "By the plan": [3],
        "P50": [3],
        "P80": [3],
    }
    assert (chart.value_axis.minimum_scale, chart.value_axis.has_title) == (None, True)
    assert "three days after the target: 0 % chance" in slide.shapes.title.text_frame.text
    assert "Without a forecast or a target: Without." in texts(slide)
    with app.test_request_context():
        board = queries.board(boss, NOW, NOW.tzinfo)
        said = weekly.text(board, "Beatrix")
    assert "- Without: 6 Mar, no target" in said
    assert "P80 6 Mar, three days late" in said


def test_what_is_not_known_is_said(app):
    made = opened(factories.person(), app)
    assert made.slides[0].shapes.title.text_frame.text == "No roll-out yet."
    assert "Adoption is not known yet" in texts(made.slides[3])
    assert "No roll-out is live yet." in texts(made.slides[3])


def test_more_than_fit_are_counted(app):
    ours = [plan(f"Roll-out {number}") for number in range(10)]
    audience.launch(ours[0], date(2026, 2, 2), actor=SYSTEM)
    made = opened(factories.person(projects=dict.fromkeys(ours, "executive")), app)
    assert "and 4 more" in texts(made.slides[0])


def test_only_what_the_reader_may_see_is_in_the_file(app, client, boss):
    plan("Theirs")
    answer = factories.sign_in(client, boss).get("/portfolio/executive.pptx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith("portfolio-2026-02-18.pptx")
    made = Presentation(BytesIO(answer.data))
    assert not any("Theirs" in text for slide in made.slides for text in texts(slide))


def test_the_command_writes_the_file(app, tmp_path, boss):
    target = tmp_path / "p.pptx"
    ran = CliRunner().invoke(report, ["deck", "-o", str(target)], obj=lambda: app)
    assert ran.exit_code == 0, ran.output
    assert len(Presentation(target).slides) == 6
    refused = CliRunner().invoke(report, ["deck", "-o", str(tmp_path / "nowhere" / "p.pptx")], obj=lambda: app)
    assert refused.exit_code != 0


def shown(made):
    """Every word and every figure of the slides, in their order."""
    charts_of = [shape.chart for slide in made.slides for shape in slide.shapes if shape.has_chart]
    figures = [(each.name, list(each.values)) for chart in charts_of for each in chart.plots[0].series]
    return [texts(slide) for slide in made.slides], figures


def test_slides_of_a_roll_out_are_issued_stay_as_they_are_and_render_to_the_same_text(app, boss):
    (ours,) = [row.id for row in board_of(boss)]
    maren = factories.person("Maren", projects={ours: "manager"})
    client = factories.sign_in(app.test_client(), maren)
    sent = {"key": "k"}
    answers = [client.post(f"/projects/{ours}/reports/slides", data=sent) for _turn in range(2)]
    assert {each.location for each in answers} == {f"/projects/{ours}/reports/1"}
    row = issued.report(ours, 1)
    assert (row.kind, row.title.startswith("Slides 1 of")) == ("deck", True)
    with transaction(SYSTEM, "changed") as work:
        work.session.query(ReadinessGate).one().name = "Another name"
    file = client.get(f"/projects/{ours}/reports/1.pptx")
    assert hashlib.sha256(file.data).hexdigest() == row.digest
    kept = shown(Presentation(BytesIO(file.data)))
    assert kept == shown(Presentation(BytesIO(charts.written(issued.document_of(row.id)))))
    assert all(any(spelled(row.code) in text for text in slide) for slide in kept[0])
    assert verify.fingerprint(BytesIO(file.data)) == row.digest
    assert verify.compare(row, row.digest).verdict is verify.Verdict.ORIGINAL
    page = client.get(f"/projects/{ours}/reports/1").text
    assert "Download slides" in page
    assert "&lt;b&gt;" in page
    assert client.get(f"/projects/{ours}/reports/1.pdf").status_code == 404
    assert "1.pptx" in client.get(f"/projects/{ours}/reports").text


def board_of(actor):
    return queries.board(actor, NOW, NOW.tzinfo).lines


def test_only_slides_have_a_file_of_slides(app, boss):
    client = factories.sign_in(app.test_client(), boss)
    (ours,) = [row.id for row in board_of(boss)]
    assert client.get(f"/projects/{ours}/reports/1.pptx").status_code == 404


def test_no_text_runs_out_of_its_box(app):
    """Judged by the width of letters, for nothing here draws slides: the longest names, as many roll-outs as fit."""
    ours = [plan(f"{number} Roll-out of the customer relationship management in all of Europe") for number in range(9)]
    for each in ours:
        ask(each, f"{each} The data of the old system agree with those of the new one, account by account", 0.0)
        keep(each)
    made = opened(factories.person(projects=dict.fromkeys(ours, "executive")), app)
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= made.slide_width
            if shape.has_text_frame and shape.text_frame.text:
                run = next(run for each in shape.text_frame.paragraphs for run in each.runs)
                size = run.font.size.pt
                needed = rules.lines_of(shape.text_frame.text, size, shape.width.inches) * size * 1.2 / 72
                assert needed <= shape.height.inches + 0.05, shape.text_frame.text
            if shape.has_table:
                table, height = shape.table, 0.0
                for row in table.rows:
                    cells = zip(row.cells, table.columns, strict=True)
                    height += max(row.height.inches, *(height_of(cell, column) for cell, column in cells))
                assert shape.top.inches + height <= 7.5 - 0.95, height


def height_of(cell, column):
    """The height that a cell needs, in inches, with its margins."""
    lines = [
        rules.lines_of(each.text, run.font.size.pt, column.width.inches - 0.16) * run.font.size.pt
        for each in cell.text_frame.paragraphs
        for run in each.runs[:1]
    ]
    return sum(lines) * 1.2 / 72 + 0.08
