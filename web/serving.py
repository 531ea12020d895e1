"""Serving the application with granian."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NamedTuple

import click
from granian import Granian
from granian.constants import Interfaces, SSLProtocols

from infra.command import with_app
from infra.wires import wires
from web.database import ensure_schema
from web.demo_people import refuse_demo
from web.tls import check as check_tls
from web.wsgi import NO_SCHEDULER

HOST = "127.0.0.1"
PORT = 8090
THREADS = 4
LOOPBACK = ("127.0.0.0/8", "::1")
NO_TLS = (
    "Production needs TLS: give --tls-cert and --tls-key, or put a reverse proxy before it and name its address in "
    "ROADMAP_TRUSTED_PROXIES (--behind-proxy for one on this machine)."
)


class Tls(NamedTuple):
    """A certificate and its key, both checked."""

    cert: Path
    key: Path


@click.command()
@click.option("--host", default=HOST, show_default=True, help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes answer.")
@click.option("--no-scheduler", is_flag=True, help="Leave the timetable to `roadmap scheduler`.")
@click.option("--tls-cert", type=click.Path(path_type=Path), help="The certificate with its chain, in PEM form.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its private key, in PEM form, without passphrase.")
@click.option("--behind-proxy", is_flag=True, help="Trust a reverse proxy on this machine.")
def serve(  # the options of a command
    host: str,
    port: int,
    workers: int,
    *,
    no_scheduler: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    behind_proxy: bool,
) -> None:
    """Serve the application; the timetable runs inside unless told otherwise.

    In production give a certificate and its key, or say which reverse proxy speaks TLS.

    Example: roadmap serve --port 8443 --tls-cert /etc/ssl/roadmap.pem --tls-key /etc/ssl/roadmap.key
    """
    if behind_proxy:
        named = os.environ.get("ROADMAP_TRUSTED_PROXIES", "")
        os.environ["ROADMAP_TRUSTED_PROXIES"] = ",".join(filter(None, (named, *LOOPBACK)))
    tls = prepare(tls_cert, tls_key)
    click.echo(f"Launch90 is at {'https' if tls else 'http'}://{host}:{port}  (stop it with Ctrl-C)")
    run(host, port, workers, scheduler=not no_scheduler, tls=tls)


@with_app
def prepare(tls_cert: Path | None = None, tls_key: Path | None = None) -> Tls | None:
    """See that there is a database at the newest schema, that TLS can be spoken, and in production that it is safe."""
    tls = _tls(tls_cert, tls_key)
    settings = wires().settings
    if settings.is_production and tls is None and not settings.trusted_proxies:
        raise click.ClickException(NO_TLS)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    ensure_schema()
    refuse_demo(settings)
    return tls


def _tls(cert: Path | None, key: Path | None) -> Tls | None:
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise click.ClickException("Give both --tls-cert and --tls-key, or neither.")
    check_tls(cert, key, wires().clock())
    return Tls(cert, key)


def run(host: str, port: int, workers: int = 1, *, scheduler: bool = True, tls: Tls | None = None) -> None:
    """Listen until stopped; a port that is taken ends the command with status 1."""
    if is_taken(host, port):
        raise click.ClickException(f"Port {port} is taken: choose another with --port.")
    if not scheduler:
        os.environ[NO_SCHEDULER] = "1"
    Granian(
        "web.wsgi:make",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        log_access=False,
        websockets=False,
        ssl_cert=tls.cert if tls else None,
        ssl_key=tls.key if tls else None,
        ssl_protocol_min=SSLProtocols.tls12,
    ).serve()


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


COMMANDS = (serve,)
