"""Tags: one word is one tag, who may put it, what lists filter by."""

import pytest
from sqlalchemy import select

from crm.records.models import Lead
from crm.tags import queries, service
from infra.database import db
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


def test_one_word_is_one_tag_however_it_is_typed(sofie):
    one, two = factories.record("lead", by=sofie), factories.record("lead", by=sofie)
    service.put("lead", one, " Key  account ", actor=sofie)
    service.put("lead", two, "key account", actor=sofie)
    service.put("lead", two, "KEY ACCOUNT", actor=sofie)
    (tag,) = queries.tags()
    assert (tag.name, tag.uses) == ("Key account", 2)
    found = db.session.scalars(select(Lead.id).where(queries.tagged("lead", [tag.id]))).all()
    assert sorted(found) == [one, two]
    service.take("lead", one, tag.id, actor=sofie)
    assert queries.of_records("lead", [one, two]) == {two: [queries.TagRow(tag.id, "Key account", tag.colour)]}


def test_only_who_may_edit_a_record_tags_it(sofie):
    lead = factories.record("lead", by=sofie)
    with pytest.raises(Refused):
        service.put("lead", lead, "Hot", actor=factories.crm_role(factories.person(), "executive"))
    with pytest.raises(NotFound):
        service.put("lead", lead, "Hot", actor=factories.crm_role(factories.person(), "sales-representative"))


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 61])
def test_a_tag_needs_a_name(sofie, name):
    lead = factories.record("lead", by=sofie)
    with pytest.raises(RuleBroken):
        service.put("lead", lead, name, actor=sofie)


def test_tags_are_looked_after_by_administrators(client, sofie):
    lead = factories.record("lead", by=sofie)
    service.put("lead", lead, "Hot", actor=sofie)
    service.put("lead", lead, "Cold", actor=sofie)
    hot = next(each for each in queries.tags() if each.name == "Hot")
    browser = factories.sign_in(client, factories.administrator())
    assert "Hot" in browser.get("/crm/setup/tags").text
    refused = browser.post(f"/crm/setup/tags/{hot.id}", data={"name": "COLD", "colour": "2"})
    assert (refused.status_code, "There is a tag “COLD” already." in refused.text) == (422, True)
    assert f'id="tag-{hot.id}" name="name" value="COLD"' in refused.text, "what was typed stays"
    browser.post(f"/crm/setup/tags/{hot.id}", data={"name": "Warm", "colour": "2"})
    browser.post(f"/crm/setup/tags/{hot.id}/remove")
    db.session.expire_all()
    assert [each.name for each in queries.tags()] == ["Cold"]
