"""The pages of resources: load by person and week, who is allocated when, and load across projects."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import lists
from infra.http import may, requires
from infra.lists import Column, Format, Kind, ListSpec
from infra.lists.pages import FILES
from infra.merge import read_base, sign_base
from infra.transaction import note
from infra.undo import flash_undo
from kernel.actor import INSTANCE, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import queries as projects
from roadmap.projects.rules import Clash
from roadmap.resources import charts, queries, service
from roadmap.resources.forms import NEWCOMER, AllocationForm, FillForm, values_of
from roadmap.resources.queries import AllocationRow, PersonLoad
from roadmap.resources.rules.weeks import HALF, QUARTER, Show, Window, day_of, window_of
from roadmap.staffing import queries as staffing
from roadmap.staffing.queries import RoleRow

bp = Blueprint("resources", __name__)
BASE = "/projects/<int:project_id>/resources"
LINES = f"{BASE}/allocations"
FIRST_LISTED, MOST_LISTED = 12, 40
"""How many overloads a page lists at once, and with what it folds away; the file has all."""


@bp.get(BASE)
@requires("resources.see")
def page(project_id: int) -> ResponseReturnValue:
    """Load by person and week of a project."""
    address = _address(url_for(".page", project_id=project_id))
    loads = _loads([project_id], address.window)
    if request.args.get("format") in FILES:
        return _file(loads, request.args["format"], project_scope(project_id))
    fill = {}
    if may("resources.edit", project_id):
        open_roles = (load.role_id for load in loads if load.role_id)
        fill = {id: url_for(".fill", project_id=project_id, role_id=id) for id in open_roles}
    return _heat_page(loads, address, fill, project_id)


@bp.get("/resources")
@requires("resources.survey")
def survey() -> ResponseReturnValue:
    """Load by person and week of all projects that the reader may see; for those who manage one. Raises Refused."""
    listed = queries.surveyed(g.actor)
    address = _address(url_for(".survey"))
    loads = _loads([each.id for each in listed], address.window)
    if request.args.get("format") in FILES:
        return _file(loads, request.args["format"], INSTANCE)
    return _heat_page(loads, address, {}, None, len(listed))


@bp.get(LINES)
@requires("resources.see")
def table(project_id: int) -> ResponseReturnValue:
    """Who is allocated to which role when."""
    rows = queries.allocations(project_id)
    return lists.answer(
        _spec(rows),
        rows,
        "roadmap/resources/allocations.html",
        scope=project_scope(project_id),
        project_id=project_id,
        lines=rows,
        today=g.today,
        may_edit=may("resources.edit", project_id),
    )


@bp.get(f"{LINES}/new")
@requires("resources.edit")
def new(project_id: int) -> ResponseReturnValue:
    """An empty line; the address may name its role."""
    project, roles = projects.row_of(project_id), staffing.roles(project_id)
    wanted = next((role for role in roles if str(role.id) == request.args.get("role")), roles[0] if roles else None)
    form = AllocationForm(formdata=None, first=max(g.today, project.start), percent=wanted.share if wanted else None)
    form.role_id.data = str(wanted.id) if wanted else ""
    return _form_page(project_id, form)


@bp.post(f"{LINES}/new")
@requires("resources.edit")
def add(project_id: int) -> ResponseReturnValue:
    """Plan somebody in a role."""
    form = AllocationForm()
    if form.validate_on_submit():
        try:
            _id, work = service.add_allocation(
                project_id, form.chosen(), actor=g.actor, now=g.now, newcomer=form.newcomer()
            )
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Allocated."), work)
            return redirect(url_for(".table", project_id=project_id), 303)
    return _form_page(project_id, form), 422


@bp.get(f"{LINES}/<int:allocation_id>")
@requires("resources.edit")
def edit(project_id: int, allocation_id: int) -> ResponseReturnValue:
    """The form of a line."""
    row = queries.allocation(project_id, allocation_id)
    form = AllocationForm(formdata=None, obj=row, base=sign_base(_subject(allocation_id), values_of(row)))
    form.role_id.data, form.person_id.data = str(row.role_id), str(row.person_id or "")
    return _form_page(project_id, form, row)


@bp.post(f"{LINES}/<int:allocation_id>")
@requires("resources.edit")
def change(project_id: int, allocation_id: int) -> ResponseReturnValue:
    """Keep what was changed in a line."""
    row, form = queries.allocation(project_id, allocation_id), AllocationForm()
    if form.validate_on_submit():
        try:
            base = read_base(_subject(allocation_id), form.base.data or "")
            work = service.change_allocation(project_id, allocation_id, form.chosen(), actor=g.actor, base=base)
        except Clash as clash:
            form.absorb(clash)
            form.base.data = sign_base(_subject(allocation_id), values_of(row))
            return _form_page(project_id, form, row, clashed=True), 409
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return redirect(url_for(".table", project_id=project_id), 303)
    return _form_page(project_id, form, row), 422


@bp.post(f"{LINES}/<int:allocation_id>/remove")
@requires("resources.edit")
def remove(project_id: int, allocation_id: int) -> ResponseReturnValue:
    """Take a line away."""
    flash_undo(_("Removed."), service.remove_allocation(project_id, allocation_id, actor=g.actor))
    return redirect(url_for(".table", project_id=project_id), 303)


@bp.get(f"{BASE}/roles/<int:role_id>/fill")
@requires("resources.edit")
def fill(project_id: int, role_id: int) -> ResponseReturnValue:
    """Who fills a role that nobody fills yet."""
    return _fill_page(project_id, _role(project_id, role_id), FillForm())


@bp.post(f"{BASE}/roles/<int:role_id>/fill")
@requires("resources.edit")
def fill_in(project_id: int, role_id: int) -> ResponseReturnValue:
    """Give a role and what is planned for it to somebody, in one step."""
    role, form = _role(project_id, role_id), FillForm()
    if form.validate_on_submit():
        try:
            wanted = bool(form.with_tasks.data)
            work = service.fill_role(project_id, role_id, form.chosen(), actor=g.actor, now=g.now, with_tasks=wanted)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The role is filled."), work)
            return redirect(url_for(".page", project_id=project_id), 303)
    return _fill_page(project_id, role, form), 422


def _loads(project_ids: list[int], window: Window) -> list[PersonLoad]:
    return queries.loads(project_ids, window.first, window.last, g.actor, today=g.today) if project_ids else []


def _address(path: str) -> charts.Address:
    args = request.args
    show = args.get("show", "")
    return charts.Address(
        path,
        window_of(args.get("from", ""), args.get("weeks", ""), g.today),
        Show(show) if show in set(Show) else Show.ALL,
        args.get("person", "")[:20],
        day_of(args.get("week", "")),
    )


def _heat_page(
    loads: list[PersonLoad], address: charts.Address, fill: dict[int, str], project_id: int | None, count: int = 1
) -> str:
    overloads = sorted(
        (each for load in loads for each in load.overloads if each.last >= g.today),
        key=lambda each: (each.first, -each.percent, each.person),
    )
    window = address.window
    return render_template(
        "roadmap/resources/load.html",
        project_id=project_id,
        count=count,
        rows=charts.heat(loads, address, fill),
        everybody=len(loads),
        sentence=charts.sentence(loads, g.today),
        months=charts.months(window),
        mondays=window.mondays,
        address=address,
        shows=_shows(loads, address),
        lengths=[
            (_("13 weeks"), address.to(window=Window(window.monday, QUARTER)), window.weeks == QUARTER),
            (_("26 weeks"), address.to(window=Window(window.monday, HALF)), window.weeks == HALF),
        ],
        pages=charts.pages(address, g.today),
        overloads=[(each, charts.because(each, project_id)) for each in overloads[:MOST_LISTED]],
        overloaded=len(overloads),
        at_once=FIRST_LISTED,
        behind=charts.behind(loads, address, project_id),
        may_edit=project_id is not None and may("resources.edit", project_id),
    )


def _shows(loads: list[PersonLoad], address: charts.Address) -> list[tuple[str, str, bool, int]]:
    labels = {
        Show.ALL: _("Everybody"),
        Show.OVER: _("Over 100 %"),
        Show.OUTSIDE: _("External"),
        Show.OPEN: _("Nobody yet"),
    }
    return [
        (label, address.to(show=show), address.show is show, sum(charts.shown(load, show) for load in loads))
        for show, label in labels.items()
    ]


def _file(loads: list[PersonLoad], kind: str, scope: str) -> Response:
    mimetype, write = FILES[kind]
    rows = charts.exported(loads)
    note(g.actor, "load.exported", scope=scope, rows=len(rows), kind=kind)
    answer = Response(write(_("Load"), [_(head) for head in charts.HEADS], rows), mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"load-{g.today.isoformat()}.{kind}")
    return answer


def _spec(rows: list[AllocationRow]) -> ListSpec:
    roles = sorted({(str(row.role_id), row.role) for row in rows}, key=lambda each: each[1].casefold())
    people = sorted({(str(row.person_id), row.person) for row in rows if row.person_id}, key=lambda each: each[1])
    return ListSpec(
        "allocations",
        "Allocations",
        (
            Column(
                "role", "Role", Kind.CHOICE, lambda row: row.role, lambda row: row.role_id, choices=roles, searched=True
            ),
            Column(
                "person",
                "Person",
                Kind.PERSON,
                lambda row: row.person or None,
                lambda row: row.person_id,
                choices=people,
                searched=True,
            ),
            Column("company", "Company", value=lambda row: row.company or None, searched=True, visible=False),
            Column("first", "First day", Kind.DATE, format=Format.DAY),
            Column("last", "Last day", Kind.DATE, format=Format.DAY),
            Column("percent", "Share", Kind.NUMBER, format=Format.PERCENT, numeric=True),
            Column("away", "Range", value=lambda row: row.away or None),
            Column("note", "Note", value=lambda row: row.note or None, searched=True),
        ),
        default_sort="role",
    )


def _form_page(
    project_id: int, form: AllocationForm, row: AllocationRow | None = None, *, clashed: bool = False
) -> str:
    roles = staffing.roles(project_id)
    form.role_id.choices = [(str(role.id), f"{role.name}, {role.range}" if role.range else role.name) for role in roles]
    form.person_id.choices = [("", _("nobody yet")), *_people()]
    if row is None:
        form.person_id.choices.append((NEWCOMER, _("somebody from outside, named below")))
    template = "roadmap/resources/allocation.html"
    return render_template(template, project_id=project_id, form=form, row=row, roles=roles, clashed=clashed)


def _people() -> list[tuple[str, str]]:
    return [
        (str(each.id), f"{each.name}, {each.detail}" if each.detail else each.name) for each in staffing.everybody()
    ]


def _fill_page(project_id: int, role: RoleRow, form: FillForm) -> str:
    form.person_id.choices = [("", _("choose somebody")), *_people()]
    lines = [
        row for row in queries.allocations(project_id, role_id=role.id) if not row.person_id and row.last >= g.today
    ]
    return render_template(
        "roadmap/resources/fill.html",
        project_id=project_id,
        role=role,
        form=form,
        lines=lines,
        tasks=queries.open_tasks(role.id),
    )


def _role(project_id: int, role_id: int) -> RoleRow:
    found = next((role for role in staffing.roles(project_id) if role.id == role_id), None)
    if found is None:
        raise NotFound
    return found


def _subject(allocation_id: int) -> str:
    return f"allocation:{allocation_id}"
