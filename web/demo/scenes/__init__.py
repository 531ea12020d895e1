"""The scenes of the demo: what people do besides ticking and reporting, a module a subject, in the order of a day."""

from __future__ import annotations

from web.demo.scenes import health, money, notices, reports, resources, risks
from web.demo.stage import Scene

SCENES: tuple[Scene, ...] = (money.scene, risks.play, health.play, notices.play, reports.play, resources.play)
