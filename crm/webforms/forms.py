"""What a browser may send: a form as it is written, and what a visitor fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules import Hints, parse
from crm.webforms import rules
from crm.webforms.rules import Asked, FormData
from crm.webforms.service import Sent
from infra.forms import told
from kernel.errors import RuleBroken
from kernel.rownumbers import row_number

STAMP, AGREED = "stamp", "agreed"
_SALT = "web-form"


def stamp(token: str, now: datetime) -> str:
    """When a form was opened, signed, so that nobody makes it up."""
    return _signer().dumps([token, now.isoformat()])


def age(token: str, sent: str, now: datetime) -> timedelta | None:
    """How long a form was open; None for a stamp that is not ours."""
    try:
        of, opened = _signer().loads(sent)
    except (BadSignature, ValueError, TypeError):
        return None
    return now - datetime.fromisoformat(opened) if of == token else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_SALT)


@dataclass
class Filled:
    """What a visitor typed, with what is wrong beside the fields."""

    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def read(self, asked: Sequence[tuple[Field, bool]], *, consent_needed: bool, hints: Hints) -> Sent:
        """The values as the fields hold them; `errors` say what has to be mended."""
        values: dict[str, Any] = {}
        for what, required in asked:
            text = self.typed.get(what.key, "")
            parsed = parse(what, text, hints)
            if parsed.problem is not None:
                self.errors[what.key] = told(parsed.problem)
            elif required and not text.strip():
                self.errors[what.key] = _("Fill this in.")
            else:
                values[what.key] = parsed.value
        agreed = bool(self.typed.get(AGREED))
        if consent_needed and not agreed:
            self.errors[AGREED] = _("Without your consent we may not take this.")
        return Sent(values, agreed)


@dataclass
class DesignForm:
    """A form as somebody writes it, with what is wrong beside the fields."""

    typed: dict[str, str]
    errors: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, data: FormData) -> DesignForm:
        """The fields as they show a form."""
        typed = {
            **{each: getattr(data, each) for each in ("name", "title", "intro", "thanks", "next_page", "purpose")},
            "framed_by": data.framed_by.replace(" ", "\n"),
            "wording": data.wording,
            "consent_needed": "1" if data.consent_needed else "",
            "owner_id": str(data.owner_id or ""),
            **{f"fixed_{key}": value for key, value in data.fixed.items()},
        }
        for place, each in enumerate(data.asked, start=1):
            typed |= {f"ask_{each.key}": "1", f"place_{each.key}": str(place)}
            typed |= {f"required_{each.key}": "1" if each.required else ""}
        return cls(typed)

    def data(self, fields: Sequence[Field], fixable: Mapping[str, Sequence[str]], people: Sequence[int]) -> FormData:
        """What was sent. Raises RuleBroken for what is none of the choices."""
        get = self.typed.get
        owner = row_number(get("owner_id", "")) if get("owner_id") else None
        if owner is not None and owner not in people:
            raise RuleBroken("form.owner", "Choose one of the list.", field="owner_id")
        fixed = {key: get(f"fixed_{key}", "") for key in fixable}
        for key, value in fixed.items():
            if value and value not in fixable[key]:
                raise RuleBroken("form.fixed", "Choose one of the list.", field=f"fixed_{key}")
        wanted = [each for each in fields if get(f"ask_{each.key}") or each.needed]
        wanted.sort(key=lambda each: (_place(get(f"place_{each.key}", "")), fields.index(each)))
        asked = tuple(Asked(each.key, bool(get(f"required_{each.key}")) or each.needed) for each in wanted)
        return FormData(
            name=get("name", ""),
            title=get("title", "").strip()[: rules.TEXT_LIMIT],
            asked=asked,
            fixed={key: value for key, value in fixed.items() if value},
            intro=get("intro", "").strip(),
            thanks=get("thanks", "").strip(),
            next_page=get("next_page", "").strip(),
            framed_by=get("framed_by", "")[:2000],
            purpose=get("purpose", ""),
            wording=get("wording", "").strip(),
            consent_needed=bool(get("consent_needed")),
            owner_id=owner,
        )

    def absorb(self, problem: RuleBroken) -> None:
        """What a rule says, beside the field that it speaks of."""
        self.errors.append((problem.field or "", told(problem)))


def looks(fields: Sequence[tuple[Field, bool]]) -> list[tuple[Field, bool, str]]:
    """How each field is asked for: area, select, check, or the type of a line."""
    kinds = {Kind.LONG: "area", Kind.CHOICE: "select", Kind.FLAG: "check"} | {
        Kind.EMAIL: "email",
        Kind.PHONE: "tel",
        Kind.LINK: "url",
        Kind.DATE: "date",
    }
    return [(each, required, kinds.get(each.kind, "text")) for each, required in fields]


def _place(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 3 else 999  # noqa: PLR2004  # what is no place comes last
