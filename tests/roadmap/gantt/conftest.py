import pytest
from flask import Flask
from flask_babel import Babel

from roadmap.gantt import charts


@pytest.fixture(scope="session")
def said():
    app = Flask("gantt")
    Babel(app)
    with app.app_context():
        return charts.words()
