"""The pages of trust: questions about access, the view of another, shared records, the tests of access."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.access.rules import ACTIONS, EDIT, SEE
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import queries as records
from crm.records.queries import AnyRecord
from crm.trust import queries, service
from crm.trust.queries import Holder, Run
from crm.trust.rules.cases import Case, shipped
from crm.trust.rules.explain import Question, Step, question_in_words, steps
from infra import sheets
from infra.http import SIGNED_IN, may, requires, wants_json
from infra.transaction import READ_ONLY, note
from infra.undo.service import flash_undo
from kernel.errors import NotFound, Refused
from kernel.permission import Answer

bp = Blueprint("trust", __name__)
_LEAVING = frozenset({"trust.stop_view", "sign_in.out"})
"""What whoever looks as somebody else does as themselves."""
_TAKEN_OUT = frozenset({"csv", "xlsx", "pdf"})
"""The values of ``format`` with which pages become files."""


@bp.before_app_request
def _hold_view() -> ResponseReturnValue | None:
    """While somebody looks as another person they read pages of the CRM and do nothing else."""
    if g.get("view_over"):
        return _view_is_over()
    viewed = g.get("actor")
    if viewed is None or viewed.viewer is None or request.endpoint == "static":
        return None
    if request.endpoint in _LEAVING:
        g.actor = viewed.viewer
        service.end_view(g.session_id, actor=g.actor, why="signed out" if request.endpoint == "sign_in.out" else "")
        return None
    if request.method not in ("GET", "HEAD"):
        raise Refused(READ_ONLY, name=viewed.name)
    if not request.path.startswith("/crm"):
        raise Refused("You are looking at the CRM as %(name)s. Stop to open other pages.", name=viewed.name)
    if request.args.get("format") in _TAKEN_OUT:
        raise Refused("You are looking as %(name)s: nothing can be taken out. Stop first.", name=viewed.name)
    return None


@bp.after_app_request
def _keep_files_in(response: Response) -> Response:
    """No file leaves while somebody looks as another person, whatever page makes it; and no such page is kept."""
    viewed = g.get("actor")
    if viewed is None or viewed.viewer is None:
        return response
    response.headers["Cache-Control"] = "no-store"
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        response.close()
        text = _(READ_ONLY, name=viewed.name)
        return Response(text, 403, {"Cache-Control": "no-store"}, mimetype="text/plain")
    return response


def _view_is_over() -> ResponseReturnValue | None:
    why, g.view_over = g.view_over, ""
    service.end_view(g.session_id, actor=g.actor, why=why)
    if request.method not in ("GET", "HEAD"):
        raise Refused("You can't look as that person any more. %(why)s", why=why)
    flash(_("The view ended: you can't look as that person any more. %(why)s", why=_(why)), "warn")
    return redirect(url_for("portfolio.page"), 303)


@bp.get("/crm/setup/view-as")
@requires("crm.view_as")
def view_as() -> ResponseReturnValue:
    """Everybody whom one could look as, and why not."""
    people = [(each, queries.obstacle_to_view(g.actor, each)) for each in queries.holders() if each.active]
    return render_template("crm/trust/view_as.html", people=people, able=sum(not why for _each, why in people))


@bp.post("/crm/setup/view-as/<int:person_id>")
@requires("crm.view_as")
def begin_view(person_id: int) -> ResponseReturnValue:
    """Look as somebody."""
    service.begin_view(person_id, g.session_id, actor=g.actor)
    return redirect("/crm", 303)


@bp.post("/crm/view-as/stop")
@requires(SIGNED_IN)
def stop_view() -> ResponseReturnValue:
    """Look as oneself again; the hold above has ended the view already."""
    flash(_("You see the CRM as yourself again."), "good")
    return redirect(url_for("trust.view_as") if g.get("session_id") else "/", 303)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked on the page, with its answer."""

    who: Holder
    subject: ObjectType
    action: str
    record: AnyRecord | None
    name: str
    field: str
    answer: Answer
    steps: list[Step]

    @property
    def words(self) -> str:
        """The question as people ask it."""
        label = self.subject.field(self.field).label if self.field else ""
        name = f"“{self.name}”" if self.name else ""
        return question_in_words(self.who.name, self.action, self.subject.label.lower(), name, label)


@bp.get("/crm/setup/ask")
@requires("crm.access")
def ask() -> ResponseReturnValue:
    """Can this person do that to this record, to this field: the answer and every step to it."""
    args = {key: request.args.get(key, "")[:200].strip() for key in ("person", "action", "object", "record", "field")}
    who = queries.holder(_number(args["person"]))
    subject = OBJECTS.get(args["object"])
    problem, found = "", []
    if subject is not None and args["record"]:
        found = queries.found_by(access_of(g.actor), subject, args["record"])
        problem = _problem(subject, found)
    whole = who is not None and subject is not None and args["action"] in ACTIONS and not problem
    asked = _asked(who, subject, args, found[0] if found else None) if whole and who and subject else None
    if wants_json():
        return _as_json(asked, problem)
    return render_template(
        "crm/trust/ask.html",
        args=args,
        asked=asked,
        problem=problem,
        found=list(records.called(access_of(g.actor), subject, found).items()) if subject and len(found) > 1 else [],
        people=queries.holders(),
        actions=ACTIONS,
        objects=OBJECTS.values(),
        subject=subject or OBJECTS["lead"],
        fields=_fields(asked) if asked else [],
        may_keep=may("crm.permission_tests"),
    )


def _problem(subject: ObjectType, found: list[AnyRecord]) -> str:
    if not found:
        return _("No %(object)s has that number, or a name that begins like that.", object=subject.label.lower())
    if len(found) > 1:
        return _("Several fit. Choose one, or type its number.")
    return ""


def _asked(who: Holder, subject: ObjectType, args: dict[str, str], record: AnyRecord | None) -> Asked:
    field = args["field"] if subject.has(args["field"]) else ""
    question = queries.question(who.access, args["action"], subject, record, field)
    story = queries.story(access_of(g.actor), who, subject, record)
    way = steps(question, story)
    return Asked(who, subject, args["action"], record, story.record, field, queries.answer(who, question), way)


def _fields(asked: Asked) -> list[tuple[str, str, bool, bool]]:
    """Every field of the object: label, mark, whether they may read it here, whether they may edit it here."""

    def yes(action: str, key: str) -> bool:
        about: Question = queries.question(asked.who.access, action, asked.subject, asked.record, key)
        return queries.answer(asked.who, about).yes

    return [(each.label, each.mark.value, yes(SEE, each.key), yes(EDIT, each.key)) for each in asked.subject.fields]


def _as_json(asked: Asked | None, problem: str) -> ResponseReturnValue:
    if asked is None:
        raise NotFound(problem or "Name a person, an action and an object.")
    return jsonify(
        question=asked.words,
        answer=asked.answer.yes,
        because=asked.answer.because,
        steps=[{"passed": each.passed, "text": each.text} for each in asked.steps],
    )


@bp.get("/crm/setup/permission-tests")
@requires("crm.permission_tests")
def tests() -> ResponseReturnValue:
    """The tests of access: what the last run found, every run before it, and the tests that people kept."""
    last = queries.last_run()
    return _tests_page(last, queries.runs())


@bp.get("/crm/setup/permission-tests/<int:run_id>")
@requires("crm.permission_tests")
def run(run_id: int) -> ResponseReturnValue:
    """One run as evidence; ``format=xlsx`` as a file."""
    found = queries.run(run_id)
    if request.args.get("format") == "xlsx":
        return _as_file(found)
    return _tests_page(found, queries.runs())


@bp.post("/crm/setup/permission-tests/run")
@requires("crm.permission_tests")
def run_tests() -> ResponseReturnValue:
    """Ask every test now."""
    run_id = service.run_tests(actor=g.actor, now=g.now)
    return redirect(url_for(".run", run_id=run_id), 303)


@bp.post("/crm/setup/permission-tests/keep")
@requires("crm.permission_tests")
def keep_case() -> ResponseReturnValue:
    """Keep a question of the page of questions, with the answer that it should have."""
    form = request.form
    functional = form.get("object", "") not in OBJECTS
    case = Case(
        form.get("action", ""),
        form.get("object", ""),
        field=form.get("field", ""),
        expected=form.get("expected") == "yes",
        person_id=_number(form.get("person", "")) or 0,
        record_id=None if functional else _number(form.get("record", "")),
    )
    work = service.keep_case(case, actor=g.actor, now=g.now)
    flash_undo(_("Kept as a test. It is asked at every run."), work)
    return redirect(url_for(".tests"), 303)


@bp.post("/crm/setup/permission-tests/cases/<int:case_id>/remove")
@requires("crm.permission_tests")
def remove_case(case_id: int) -> ResponseReturnValue:
    """Remove a test that somebody kept."""
    flash_undo(_("The test is removed."), service.remove_case(case_id, actor=g.actor))
    return redirect(url_for(".tests"), 303)


def _tests_page(shown: Run | None, runs: list[Run]) -> ResponseReturnValue:
    return render_template(
        "crm/trust/tests.html",
        run=shown,
        latest=bool(runs and shown and runs[0].id == shown.id),
        changed=bool(shown and shown.grants_digest != queries.grants_digest()),
        groups=_groups(shown) if shown else [],
        failures=[each for each in shown.results if each["expected"] != each["actual"]] if shown else [],
        runs=runs,
        own=queries.own_cases(),
        names=queries.names_of(each.person_id for each in queries.own_cases() if each.person_id),
        shipped=len(shipped()),
    )


def _groups(found: Run) -> list[tuple[str, list[dict[str, object]]]]:
    """The answers by role or person, in the order in which they were asked."""
    groups: dict[str, list[dict[str, object]]] = {}
    for each in found.results:
        groups.setdefault(str(each["who"]), []).append(each)
    return list(groups.items())


def _as_file(found: Run) -> Response:
    heads = [_("Who"), _("May they"), _("Expected"), _("Answer"), _("As expected"), _("Because")]
    words = {True: _("yes"), False: _("no")}
    rows = [
        [
            each["who"],
            each["what"],
            words[bool(each["expected"])],
            words[bool(each["actual"])],
            words[each["expected"] == each["actual"]],
            each["because"],
        ]
        for each in found.results
    ]
    facts = _("Run %(id)s of %(at)s by %(by)s", id=found.id, at=found.at.isoformat(timespec="minutes"), by=found.by)
    rows += [[], [facts], [_("Version of the grants"), found.grants_digest]]
    rows.append([_("Answers that the database confirmed"), found.agreed, _("of"), found.compared])
    note(g.actor, "permission_tests.exported", label=str(found.id), scope="crm", rows=len(found.results))
    answer = Response(sheets.write_xlsx(_("Permission tests"), heads, rows), mimetype=sheets.XLSX_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"permission-tests-{found.id}.xlsx")
    return answer


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < queries.DIGITS else None
