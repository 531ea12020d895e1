"""Handing messages to a mail server: what it says becomes a sentence, and whether trying again may help."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from infra.mail.rules import Server

TIMEOUT = 20
"""Seconds that the mail server may take for each answer."""
PERMANENT = 500


class Unreachable(Exception):
    """The server can't be used now, whatever the mail is: all mail waits."""


class Undelivered(Exception):
    """The server did not take this mail; ``for_good``: it said that trying again is of no use."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        """Keep the sentence."""
        self.for_good = for_good
        super().__init__(sentence)


def connect(server: Server, own_name: str) -> smtplib.SMTP:
    """A connection, encrypted and signed in as the setting says. Raises Unreachable."""
    try:
        kind = smtplib.SMTP_SSL if server.tls else smtplib.SMTP
        connection = kind(server.host, server.port, local_hostname=own_name, timeout=TIMEOUT)
        if server.starttls:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        said = _words(error.smtp_code, error.smtp_error)
        raise Unreachable(f"The mail server {server.name} refuses our sign-in: {said}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"The mail server {server.name} can't be reached: {error}") from error
    return connection


def hand_over(connection: smtplib.SMTP, message: EmailMessage, to: str) -> None:
    """Give one message to the server. Raises Undelivered, or Unreachable where no mail would be taken."""
    try:
        connection.send_message(message, to_addrs=[to])
    except smtplib.SMTPSenderRefused as error:
        said = _words(error.smtp_code, error.smtp_error)
        raise Unreachable(f"The mail server refuses our own address: {said}") from error
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _undelivered(f"The mail server refuses {to}", code, answer) from error
    except smtplib.SMTPResponseException as error:
        raise _undelivered("The mail server refuses this mail", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Undelivered(f"The mail server can't take this address: {error}.", for_good=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"The connection broke while this mail was sent: {error}") from error


def close(connection: smtplib.SMTP) -> None:
    """Say good-bye; a server that is gone already needs none."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _undelivered(what: str, code: int, answer: bytes | str) -> Undelivered:
    return Undelivered(f"{what}: {_words(code, answer)}", for_good=code >= PERMANENT)


def _words(code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {' '.join(said.split())}"
