"""The command that judges records anew."""

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from crm.kpis.cli import crm
from crm.quality.models import QualityTally, RecordQuality
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories


def known():
    return sorted(db.session.execute(select(RecordQuality.kind, RecordQuality.record_id, RecordQuality.mask)).all())


@pytest.mark.parametrize(("options", "said"), [((), "1 records judged."), (("--rebuild",), "2 records judged.")])
def test_quality_is_judged_by_a_command(app, options, said):
    lead = factories.record("lead")
    factories.record("contact")
    before = known()
    with transaction(SYSTEM, "quality.measured") as work:
        work.session.execute(delete(RecordQuality).where(RecordQuality.kind == "lead", RecordQuality.record_id == lead))
        work.session.execute(delete(QualityTally).where(QualityTally.kind == "lead"))
    result = CliRunner().invoke(crm, ["quality", *options], obj=lambda: app)
    assert (result.exit_code, result.output.strip()) == (0, said)
    assert known() == before
