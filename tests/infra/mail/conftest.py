"""A mail server on this machine that takes, refuses, hesitates or hangs up, as a test wants it."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from infra.database import db


@dataclass
class Desk:
    """What the server was given, and how it answers: by recipient an answer, or "hang up"."""

    port: int = 0
    answers: dict = field(default_factory=dict)
    sender_answer: str = ""
    received: list = field(default_factory=list)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802  # the library's name
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802  # the library's name
        answer = self.answers.get(address, "")
        if answer == "hang up":
            server.transport.close()
            return "421 Bye"
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  # the library's name
        self.received.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 Taken"


class _Here(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="mail.example", enable_SMTPUTF8=True)

    def _trigger_server(self):
        """The system chose the port: the library has to be told before it knocks."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def desk():
    held = Desk()
    server = _Here(held, hostname="127.0.0.1", port=0)
    server.start()
    held.port = server.port
    yield held
    server.stop()


@pytest.fixture
def mailing(make_app, desk):
    """The application with that server."""
    made = make_app(ROADMAP_SMTP_URL=desk.url, ROADMAP_BASE_URL="https://roadmap.example.org")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
