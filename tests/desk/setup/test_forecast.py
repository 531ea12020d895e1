"""The roll-out that is shipped, forecast: chance may begin anywhere, what is promised stays."""

from datetime import date

from desk.setup import service
from desk.setup.service import NewProject
from kernel.actor import SYSTEM
from kernel.worktime import instant_of
from roadmap.forecast.queries import ground
from roadmap.forecast.rules.answer import RUNS, quantile
from roadmap.forecast.rules.model import DAY_MINUTES
from roadmap.forecast.rules.passes import Passes
from roadmap.forecast.rules.sampling import draw
from tests.fixtures.app import NOW

START = date(2026, 1, 5)
HALF_A_DAY = DAY_MINUTES / 2


def test_two_seeds_agree_on_p80_of_the_shipped_roll_out_to_half_a_working_day(app):
    project = service.create(NewProject("Europe launch", START, country="BE"), actor=SYSTEM, now=NOW)
    found = ground(project, START)
    assert found.basis.estimated > 0, "without estimates nothing is uncertain, and any two seeds agree"
    ends = []
    for seed in range(1, 6):
        draws = draw(found.model, RUNS, seed)
        line = Passes(found.model, draws).run(draws, [found.model.goal]).finish[found.model.goal]
        ends.append(instant_of(quantile(line, 0.8)))
    apart = found.model.plan.calendar.between(min(ends), max(ends))
    assert apart <= HALF_A_DAY
