"""The table of shipped roles in the documentation is what the CRM works by."""

from pathlib import Path

from crm.access import rules
from crm.access.rules import RoleData
from crm.objects.rules.catalogue import OBJECTS
from kernel.permission import Visibility

PAGE = Path(__file__).parents[2] / "docs" / "users" / "crm-roles.md"
LETTERS = {Visibility.OWN: "o", Visibility.TEAM: "t", Visibility.TEAM_AND_BELOW: "b", Visibility.ALL: "a"}


def line(role: RoleData) -> str:
    reach = {(each.object, each.action): LETTERS[each.visibility] for each in role.grants}
    cells = ["".join(reach.get((key, action), "-") for action in rules.ACTIONS) for key in OBJECTS]
    functions = ", ".join(each.action for each in role.grants if each.object == rules.FUNCTION) or "none"
    if role.key == rules.ADMINISTRATOR:
        functions = "all"
    return f"| {role.name} | {' | '.join(f'`{cell}`' for cell in cells)} | {functions} |"


def test_the_table_of_shipped_roles_is_the_code():
    told = [each for each in PAGE.read_text(encoding="utf-8").splitlines() if each.startswith("| ") and "`" in each]
    assert told == [line(each) for each in rules.SHIPPED]


def test_the_administrator_holds_every_function():
    administrator = next(each for each in rules.SHIPPED if each.key == rules.ADMINISTRATOR)
    assert {each.action for each in administrator.grants if each.object == rules.FUNCTION} == set(rules.FUNCTIONS)
