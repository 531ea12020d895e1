"""The scenes of the demo: what people do besides ticking and reporting, a module a subject, in the order of a day."""

from __future__ import annotations

from web.demo.scenes import (
    adoption,
    benefits,
    changes,
    decisions,
    forecasts,
    health,
    helpdesk,
    money,
    notices,
    readiness,
    reports,
    resources,
    reviews,
    risks,
    templates,
    value,
)
from web.demo.stage import Scene

SCENES: tuple[Scene, ...] = (
    reviews.play,
    money.scene,
    risks.play,
    resources.play,
    value.play,
    health.play,
    helpdesk.play,
    decisions.play,
    notices.play,
    readiness.play,
    adoption.play,
    benefits.play,
    changes.play,
    forecasts.play,
    reports.play,
)
FAREWELLS: tuple[Scene, ...] = (decisions.farewell, risks.farewell, benefits.farewell, templates.farewell)
"""What is done on the last day of a roll-out, before it is finished."""
