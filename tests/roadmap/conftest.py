"""Counting statements, hearing events."""

from dataclasses import replace

import pytest


@pytest.fixture
def listening(app):
    """Facts of some kinds, in a list that grows as they are told."""

    def to(*kinds):
        heard = []
        wires = app.extensions["launch90"]
        ears = tuple((kind, lambda event, _work: heard.append(event)) for kind in kinds)
        app.extensions["launch90"] = replace(wires, handlers=wires.handlers + ears)
        return heard

    return to
