"""What the server refuses before it starts."""

import socket

import click
import pytest
from flask import Flask

from tests import factories
from web.demo.cast import DOMAIN
from web.demo_people import holds_demo_people
from web.serving import is_taken, run


@pytest.mark.parametrize(("email", "password", "found"), [
    (f"maren@{DOMAIN}", True, True),
    (f"maren@{DOMAIN}", False, False),
    ("maren@example.org", True, False),
])  # fmt: skip
def test_the_demos_people_are_known_by_their_address_and_a_password(
    app: Flask, email: str, password: bool, found: bool
) -> None:
    factories.person("Maren", email=email, password=password)
    assert holds_demo_people() is found


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert is_taken("127.0.0.1", port)
        with pytest.raises(click.ClickException, match=f"Port {port} is taken"):
            run("127.0.0.1", port)
