"""What machines ask: is it alive, is it ready, how does it fare."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from flask import Blueprint, Response, g
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from infra.audit.models import AuditEntry
from infra.database import db
from infra.http import public, requires
from infra.measure.rules import BOUNDS_MS
from infra.measure.service import meter
from web.database import is_current

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return Response("alive\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database is reachable and at the schema that the code wants."""
    try:
        if is_current():
            return Response("ready\n", mimetype="text/plain")
        return Response("the database needs `roadmap upgrade`\n", 503, mimetype="text/plain")
    except SQLAlchemyError:
        db.session.rollback()
        return Response("the database can't be reached\n", 503, mimetype="text/plain")


@bp.get("/metrics")
@requires("settings.edit")
def metrics() -> ResponseReturnValue:
    """A few gauges in Prometheus' text format, counted when asked, and how long this worker's answers took."""
    registry = CollectorRegistry()
    gauges = {
        "launch90_audit_entries": select(func.count()).select_from(AuditEntry),
        "launch90_audit_unsealed": select(func.count()).select_from(AuditEntry).where(AuditEntry.sequence.is_(None)),
    }
    for name, statement in gauges.items():
        Gauge(name, name.replace("_", " "), registry=registry).set(db.session.scalar(statement) or 0)
    Gauge("launch90_now", "the clock of the application", registry=registry).set(g.now.timestamp())
    registry.register(_Answers())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Answers(Collector):
    """Answers of this worker since it started, by page: a histogram of seconds, and how many failed."""

    def collect(self) -> Iterator[Metric]:
        """The two families."""
        worker = meter().worker
        took = HistogramMetricFamily("launch90_answer_seconds", "time to answer", labels=["worker", "page"])
        failed = CounterMetricFamily("launch90_failed_answers", "answers with 5xx", labels=["worker", "page"])
        for page, tally in sorted(meter().since_start().items()):
            ends = [*(f"{bound / 1000:g}" for bound in BOUNDS_MS), "+Inf"]
            so_far = list(accumulate(tally.counts))
            took.add_metric([worker, page], list(zip(ends, so_far, strict=True)), tally.total_ms / 1000)
            failed.add_metric([worker, page], tally.failed)
        yield took
        yield failed
