"""What a browser may send about retention."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from crm.objects.rules.catalogue import OBJECTS
from crm.retention import rules
from crm.retention.models import RetentionRule
from crm.retention.rules import ACTIONS, BASES, OBJECTS_KEPT, RetentionData
from infra.forms import Form
from infra.forms import lazy as _l


class RetentionForm(Form):
    """A rule of retention."""

    name = StringField(_l("Name"), [InputRequired(_l("Write a name."))])
    object = SelectField(_l("For"))
    narrowed = SelectField(_l("Only"), validate_choice=False)
    months = IntegerField(_l("After months"), [InputRequired(_l("Write 1 to 240 months."))])
    basis = SelectField(_l("Counted"), choices=[SelectChoice(key, _l(label)) for key, label in BASES.items()])
    action = SelectField(_l("Then"), choices=[SelectChoice(key, _l(label)) for key, label in ACTIONS.items()])

    @classmethod
    def of(cls, rule: RetentionRule | None = None, *, sent: bool = False) -> RetentionForm:
        """The form with the objects and choices that there are now."""
        form = cls() if sent else cls(formdata=None, obj=rule)
        form.object.choices = [SelectChoice(key, OBJECTS[key].label_plural) for key in OBJECTS_KEPT if key in OBJECTS]
        form.narrowed.choices = [
            SelectChoice("", _l("all of them")),
            *(SelectChoice(*each) for each in rules.choices()),
        ]
        if rule is not None and not sent and rule.field:
            form.narrowed.data = f"{rule.object}:{rule.field}:{rule.value}"
        return form

    def typed(self) -> RetentionData:
        """What was sent; a choice of another object would never find anything, which is refused."""
        kind, _, rest = (self.narrowed.data or "").partition(":")
        field, _, value = rest.partition(":")
        narrowed = (field, value) if not kind or kind == self.object.data else ("another object", value)
        return RetentionData(
            self.name.data or "", self.object.data, self.basis.data, self.months.data or 0, self.action.data, *narrowed
        )
