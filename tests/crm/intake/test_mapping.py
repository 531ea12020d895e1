"""What a mapping file says, what is wrong with one, and what columns probably mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.intake.rules import mapping
from crm.intake.rules.mapping import ColumnMap, FileMap
from crm.objects.rules.catalogue import CONTACT, LEAD, OBJECTS, OPPORTUNITY
from kernel.errors import RuleBroken

HEADS = ("opportunity_id", "close_date", "close_value", "product", "sales_agent", "deal_stage")
DOCUMENT = {
    "object": "opportunity",
    "key": ["opportunity_id"],
    "columns": {"close_date": {"to": "closed_on", "date": "%m/%d/%Y"}, "close_value": {"to": "amount"}},
    "values": {"product": {"GTXPro": "GTX Pro"}},
}


def test_a_mapping_file_as_the_interface_promises_it():
    found = mapping.read(DOCUMENT, OPPORTUNITY, HEADS)
    assert found.key == ("opportunity_id",)
    assert found.columns == {
        "close_date": ColumnMap("closes_on", "%m/%d/%Y"),
        "close_value": ColumnMap("amount"),
    }
    assert found.values == {"product": {"GTXPro": "GTX Pro"}}


def test_columns_are_recognised_by_the_names_that_files_use():
    found = mapping.guess(OPPORTUNITY, [*HEADS, "Account", "nonsense"])
    assert {head: each.to for head, each in found.columns.items()} == {
        "opportunity_id": "",
        "close_date": "closes_on",
        "close_value": "amount",
        "product": "product_line",
        "sales_agent": "owner_id",
        "deal_stage": "stage_id",
        "Account": "account_id",
        "nonsense": "",
    }
    assert found.key == ("opportunity_id",)


def test_one_field_is_filled_by_one_column():
    found = mapping.guess(CONTACT, ["E-mail", "mail"])
    assert [each.to for each in found.columns.values()] == ["email", ""]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "holds no object"),
        ({"object": "lead"}, "its object is “lead”"),
        ({"columns": []}, "“columns” holds no object"),
        ({"columns": {"close_date": 3}}, "“column close_date” holds no object"),
        ({"columns": {"close_value": {"to": "amunt"}}}, "should be “amount”"),
        ({"columns": {"close_vale": {"to": "amount"}}}, "Did you mean “close_value”"),
        ({"key": ["nr"], "columns": {"close_value": "amount"}}, "no column “nr”"),
        ({"values": {"product": "GTX"}}, "values of product"),
    ],
)
def test_what_is_wrong_in_a_mapping_file_is_named(document, said):
    with pytest.raises(RuleBroken, match=said):
        mapping.read(document, OPPORTUNITY, HEADS)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "one column at least"),
        ({"a": ColumnMap("email"), "b": ColumnMap("email")}, "Two columns fill “E-mail”"),
        ({"a": ColumnMap("email")}, "No column fills “Last name”"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(columns, said):
    with pytest.raises(RuleBroken, match=said):
        mapping.check(FileMap("lead", (), columns), LEAD)


@given(st.sampled_from(sorted(OBJECTS)), st.data())
def test_a_mapping_that_is_written_is_read_back_the_same(kind, data):
    subject = OBJECTS[kind]
    keys = data.draw(st.lists(st.sampled_from(sorted(mapping.fields_for_files(subject))), min_size=1, unique=True))
    columns = {f"Column {key}": ColumnMap(key, data.draw(st.sampled_from(["", "%d.%m.%Y"]))) for key in keys}
    made = FileMap(kind, (f"Column {keys[0]}",), columns, {f"Column {keys[0]}": {"a": "b"}})
    assert mapping.read(mapping.written(made), subject, list(columns)) == made
