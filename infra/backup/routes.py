"""The page of backups and drills."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.backup import queries, service
from infra.backup.rules import Reason, State, size_of
from infra.http import requires
from infra.wires import wires
from infra.words import sentence_of
from kernel.errors import Conflict, NotFound

bp = Blueprint("backups", __name__)


@bp.get("/admin/backups")
@requires("backup.see")
def page() -> ResponseReturnValue:
    """How safe the data are, every backup, every drill."""
    folder = wires().settings.backup_dir
    rows = queries.backups(folder)
    under_way = [row for row in rows if row.state in (State.WAITING, State.RUNNING)]
    return render_template(
        "shared/backups.html",
        safety=queries.safety(folder, g.now),
        backups=rows,
        drills=queries.drills(),
        under_way=under_way,
        folder=folder,
        sealed=wires().settings.seals_backups,
        size_of=size_of,
    )


@bp.post("/admin/backups")
@requires("backup.run")
def make() -> ResponseReturnValue:
    """Put a backup down for the timetable."""
    try:
        service.ask(Reason.ASKED, actor=g.actor, now=g.now)
        flash(_("The backup begins within seconds and goes on by itself."), "good")
    except Conflict as problem:
        flash(sentence_of(problem), "warn")
    return redirect(url_for("backups.page"), 303)


@bp.get("/admin/backups/<name>")
@requires("backup.run")
def download(name: str) -> ResponseReturnValue:
    """Hand out a backup; the trail notes who took it."""
    path = queries.file_named(wires().settings.backup_dir, name)
    if path is None:
        raise NotFound("There is no backup of this name any more.")
    service.note_download(name, actor=g.actor)
    return send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=name)
