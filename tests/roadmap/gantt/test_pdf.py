"""The roadmap as a PDF: every name once, the axis on every sheet."""

from __future__ import annotations

from io import BytesIO
from re import findall

import pytest
from pypdf import PdfReader

from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.exchange.rules.plan_file import PlanFile
from roadmap.exchange.service import import_into
from roadmap.gantt import charts, queries, service
from roadmap.gantt.rules import paper
from roadmap.gantt.rules.view import View
from roadmap.planting.rules import RowSeed
from tests import factories
from tests.fixtures.app import NOW

ROWS = 70


@pytest.fixture
def project(app):
    number = factories.project("Long roll-out")
    rows = [
        RowSeed(f"t{n}", f"Step-{n:04} of many", None, {"duration_minutes": 480 * (1 + n % 9)}) for n in range(ROWS)
    ]
    import_into(number, PlanFile(tuple(rows)), actor=SYSTEM)
    return number


def read(project, view=None):
    plan = queries.gantt_input(project, NOW.date())
    return PdfReader(BytesIO(service.export_pdf(project, plan.name, charts.document(plan, view), actor=SYSTEM)))


def test_every_name_stands_once_and_every_sheet_has_the_axis(app, project):
    with app.test_request_context():
        pages = [page.extract_text() for page in read(project).pages]
    names = findall(r"Step-\d{4}", " ".join(pages))
    assert sorted(names) == [f"Step-{n:04}" for n in range(ROWS)]
    assert len(pages) == 3
    assert all("Long roll-out" in page and "WBS" in page for page in pages)


def test_the_filters_of_the_view_hold(app, project, client):
    manager = factories.person("Priya Nair", projects={project: "manager"})
    answer = factories.sign_in(client, manager).get(f"/projects/{project}/roadmap.pdf?critical=1")
    assert answer.mimetype == "application/pdf"
    names = findall(r"Step-\d{4}", " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages))
    assert 0 < len(names) < ROWS


def test_a_plan_beyond_all_paper_is_refused_with_numbers(app, project, monkeypatch):
    monkeypatch.setattr(paper, "MOST_ROWS", ROWS - 1)
    with pytest.raises(RuleBroken, match="PDF") as refused:
        paper.check_length(queries.gantt_input(project, NOW.date()), View())
    assert refused.value.params["count"] == str(ROWS)
