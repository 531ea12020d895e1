"""What a server's worker runs: the application, and in one worker of all the scheduler."""

from __future__ import annotations

import gc
import os
import threading

from flask import Flask

from crm.usage.service import keep_in_background as keep_usage
from infra.measure.service import keep_in_background
from infra.pdf import maker
from web.app import create_app
from web.clock import clock_in
from web.demo_people import refuse_demo
from web.places import place
from web.settings import read

NO_SCHEDULER = "LAUNCH90_NO_SCHEDULER"
"""Set by `roadmap serve` for its own workers; not a setting for operators."""


def make() -> Flask:
    """Make the application for one worker. Nothing of it is garbage: nobody looks for any before it is made."""
    gc.disable()
    app = create_app(read(), clock_in(os.environ))
    with app.app_context():
        refuse_demo(app.extensions["launch90"].settings)
    if not os.environ.get(NO_SCHEDULER):
        _start_scheduler(app)
    keep_in_background(app)
    keep_usage(app)
    _settle()
    threading.Thread(target=maker(place("static")).warm, name="warm-pdf", daemon=True).start()
    return app


def _settle() -> None:
    """What was loaded at the start stays: the collector need not look through it at every full round.

    A full round over all loaded modules takes a tenth of a second, which some request would have to wait for.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


def _start_scheduler(app: Flask) -> None:
    from web.timetable import start_embedded  # noqa: PLC0415  # not loaded where the scheduler runs elsewhere

    start_embedded(app)
