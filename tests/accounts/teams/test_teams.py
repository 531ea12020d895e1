"""Teams: one above the other, never in a circle, and each person in one at most."""

import pytest

from accounts.teams import queries, rules, service
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories


def test_a_team_that_points_to_itself_far_below_does_not_loop():
    assert rules.below({1: 3, 2: 1, 3: 2}, 1) == {2, 3}


@pytest.mark.usefixtures("app")
def test_a_person_is_in_one_team():
    north, south = factories.team("North"), factories.team("South")
    ann = factories.person("Ann")
    service.put(ann.id, north, actor=SYSTEM)
    service.put(ann.id, south, actor=SYSTEM)
    assert queries.belonging(ann.id).team_id == south
    service.put(ann.id, None, actor=SYSTEM)
    assert queries.belonging(ann.id).team_id is None


@pytest.mark.usefixtures("app")
def test_a_team_is_never_below_itself():
    top = factories.team("Top")
    below = factories.team("Below", top)
    with pytest.raises(RuleBroken, match="below itself"):
        service.change_team(top, "Top", below, actor=SYSTEM)
    assert queries.belonging(factories.crm_role(factories.person(), "executive", top).id).below == {below}


@pytest.mark.usefixtures("app")
def test_two_teams_have_two_names():
    factories.team("North")
    with pytest.raises(RuleBroken, match="already"):
        factories.team(" North ")
