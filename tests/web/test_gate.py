"""The network's side of the door: proxies, host names, plain connections, headers, limits, certificates, clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.signin.models import SignInSession
from infra.audit.models import AuditEntry
from infra.database import db
from infra.http import public
from kernel.errors import Problem
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.app import NOW
from web import serving
from web.doctor import doctor
from web.proxies import networks, visitor
from web.tls import check

PRODUCTION = {
    "ROADMAP_ENV": "production",
    "ROADMAP_ENCRYPTION_KEYS": "A" * 43 + "=",
    "ROADMAP_BASE_URL": "https://roadmap.example.org",
    "ROADMAP_HOSTS": "roadmap.internal",
    "ROADMAP_TRUSTED_PROXIES": "10.0.0.0/8",
}
SECURE = {"Host": "roadmap.example.org", "X-Forwarded-Proto": "https"}
PROXY = {"REMOTE_ADDR": "10.0.0.1"}


@pytest.fixture
def production(make_app):
    app = make_app(**PRODUCTION)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def seen(app, peer, **said):
    """What the application takes for the visitor's address, scheme and host."""

    @app.get("/seen")
    @public
    def view() -> Any:
        from flask import request  # noqa: PLC0415  # of the request under way

        return {"address": request.remote_addr, "scheme": request.scheme, "host": request.host}

    headers = {name.replace("_", "-"): value for name, value in said.items()}
    return app.test_client().get("/seen", headers=headers, environ_base={"REMOTE_ADDR": peer}).json


@pytest.mark.parametrize(
    ("peer", "said", "address", "scheme", "host"),
    [
        ("10.0.0.1", {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "https"}, "192.0.2.7", "https", "localhost"),
        ("192.0.2.9", {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "https"}, "192.0.2.9", "http", "localhost"),
        ("192.0.2.9", {"X_Forwarded_Host": "evil.example"}, "192.0.2.9", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_For": "6.6.6.6, 192.0.2.7, 10.1.1.1"}, "192.0.2.7", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_For": "6.6.6.6, not an address"}, "10.0.0.1", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_For": "not an address, 192.0.2.7:4711"}, "192.0.2.7", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_For": '"[2001:db8::7]:4711"'}, "2001:db8::7", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_Proto": "https, http"}, "10.0.0.1", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_Proto": "javascript"}, "10.0.0.1", "http", "localhost"),
        ("10.0.0.1", {"X_Forwarded_Host": "evil.example, roadmap.test"}, "10.0.0.1", "http", "roadmap.test"),
        ("::ffff:10.0.0.1", {"X_Forwarded_For": "192.0.2.7"}, "192.0.2.7", "http", "localhost"),
    ],
)
def test_a_proxy_is_believed_only_where_it_is_trusted(make_app, peer, said, address, scheme, host):
    app = make_app(ROADMAP_TRUSTED_PROXIES="10.0.0.0/8")
    assert seen(app, peer, **said) == {"address": address, "scheme": scheme, "host": host}


def test_without_trusted_proxies_nothing_is_believed(app):
    said = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}
    assert seen(app, "127.0.0.1", **said) == {"address": "127.0.0.1", "scheme": "http", "host": "localhost"}


@given(st.lists(st.sampled_from(["6.6.6.6", "9.9.9.9", "10.0.0.3", "junk", ""]), max_size=5))
def test_whatever_a_visitor_writes_the_address_is_the_one_that_our_proxy_saw(claimed):
    assert visitor("10.0.0.1", [*claimed, "192.0.2.7", "10.0.0.2"], networks("10.0.0.0/8")) == "192.0.2.7"


def test_throttle_and_trail_name_the_visitor_and_not_the_proxy(production):
    factories.person("Ann", email="ann@example.org", password=True)
    client = production.test_client()
    headers = SECURE | {"X-Forwarded-For": "6.6.6.6, 192.0.2.7"}
    data = {"email": "ann@example.org", "password": PASSWORD}
    assert client.post("/sign-in", data=data, headers=headers, environ_base=PROXY).status_code == 302
    assert db.session.scalars(select(SignInSession.address)).one() == "192.0.2.7"
    signed_in = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "session.signed_in")).one()
    assert "192.0.2.7" in json.dumps(signed_in.changes)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("roadmap.example.org", 200),
        ("ROADMAP.example.org:443", 200),
        ("roadmap.internal", 200),
        ("roadmap.example.org.", 200),
        ("evil.example", 400),
        ("roadmap.example.org.evil.example", 400),
        ("roadmap.example.org@evil.example", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_only_our_own_names_are_answered(production, host, status):
    answer = production.test_client().get("/sign-in", headers=SECURE | {"Host": host}, environ_base=PROXY)
    assert answer.status_code == status
    assert ("does not answer to that name" in answer.text) is (status == 400)
    assert "evil" not in answer.text
    assert production.test_client().get("/healthz", headers={"Host": host}).status_code == 200


def test_a_wrong_host_is_a_problem_for_scripts_too(production):
    headers = SECURE | {"Host": "evil.example", "Accept": "application/json"}
    answer = production.test_client().get("/", headers=headers, environ_base=PROXY)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_in_production_a_plain_connection_is_led_to_tls_or_refused(production):
    client, plain = production.test_client(), SECURE | {"X-Forwarded-Proto": "http"}
    led = client.get("/sign-in?next=/account", headers=plain, environ_base=PROXY)
    assert (led.status_code, led.location) == (308, "https://roadmap.example.org/sign-in?next=/account")
    sent = client.post("/sign-in", headers=plain, environ_base=PROXY, data={"email": "a"})
    assert (sent.status_code, "without encryption" in sent.text) == (400, True)
    clear = "http://roadmap.example.org"
    direct = client.get("/sign-in", base_url=clear, headers={"X-Forwarded-Proto": "https"})
    assert direct.status_code == 308
    silent = client.get("/sign-in", base_url=clear, environ_base=PROXY)
    assert (silent.status_code, "X-Forwarded-Proto" in silent.text) == (400, True)
    assert client.get("/readyz", base_url="http://10.0.0.9").status_code == 200


def test_cookies_are_bound_to_the_host_where_the_connection_is_secure(production):
    factories.person("Ann", email="ann@example.org", password=True)
    data = {"email": "ann@example.org", "password": PASSWORD}
    answer = production.test_client().post("/sign-in", data=data, headers=SECURE, environ_base=PROXY)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-launch90", "__Host-browser"}
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


CLOSED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 200),
        ("/account", 200),
        ("/no-such-page", 404),
        ("/admin/policy", 403),
        ("/static/css/base.css", 200),
        ("/healthz", 200),
        ("/my-work", 200),
        ("/projects/1/plan.csv", 200),
        ("/sign-in/link?token=x", 404),
    ],
)
def test_every_kind_of_answer_has_every_header(production, path, status):
    who = factories.person(projects={factories.project(): "manager"})
    client = factories.sign_in(production.test_client(), who)
    with client.session_transaction(headers=SECURE, environ_base=PROXY, base_url="https://roadmap.example.org") as kept:
        from accounts.signin import service as signin  # noqa: PLC0415  # beside its use
        from accounts.tries.rules import Visit  # noqa: PLC0415  # the same

        kept["sid"] = signin.open_session(who.id, stays=False, visit=Visit("127.0.0.1", "", NOW))
    address = f"https://roadmap.example.org{path}"
    with client.get(address, headers=SECURE, environ_base=PROXY) as answer:
        assert answer.status_code in (status, 302 if path == "/sign-in" else status)
        assert {name: answer.headers.get(name) for name in CLOSED} == CLOSED
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "camera=()" in answer.headers["Permissions-Policy"]


def test_the_nonce_is_another_one_each_time(client):
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def plain(body):
    """A plain form."""
    return {"data": body, "content_type": "application/x-www-form-urlencoded"}


def multipart(*fields, extra=""):
    """A form in parts, written out: the test client would spool a large one into a file."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{text}\r\n' for name, text in fields]
    return {"data": "".join([*parts, "--b--\r\n"]).encode(), "content_type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"data": b"x" * (20 * 1024**2 + 1)}, "at most 20 MB"),
        (multipart(("file", "x" * (20 * 1024**2)), extra='; filename="big.txt"'), "at most 20 MB"),
        (multipart(*((f"f{number}", "x") for number in range(1001))), "1,000 fields and 2 MB of text"),
        (multipart(("email", "x" * (2 * 1024**2 + 1))), "1,000 fields and 2 MB of text"),
        (plain(b"email=" + b"x" * (2 * 1024**2)), "1,000 fields and 2 MB of text"),
        (plain(b"&".join([b"a=1"] * 1001)), "1,000 fields and 2 MB of text"),
    ],
    ids=["bytes", "file", "parts", "text in parts", "text", "fields"],
)
def test_what_is_more_than_a_limit_is_refused_with_the_number(client, sent, says):
    answer = client.post("/sign-in", **sent)
    assert answer.status_code == 413
    assert says in answer.text


def test_as_much_as_the_limits_allow_is_taken(client):
    assert client.post("/sign-in", **plain(b"&".join([b"a=1"] * 1000))).status_code == 422
    assert client.post("/sign-in", **multipart(*((f"f{number}", "x") for number in range(999)))).status_code == 422


def certificate(folder, *, begins=-1, ends=30, other_key=False, locked=False):
    """A certificate for this machine and its key, as files."""
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now + timedelta(days=begins)).not_valid_after(now + timedelta(days=ends))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    lock = BestAvailableEncryption(b"secret") if locked else NoEncryption()
    files[1].write_bytes((other if other_key else key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return files


def test_a_sound_certificate_says_when_it_ends(tmp_path):
    assert check(*certificate(tmp_path), datetime.now(UTC)).date() > datetime.now(UTC).date()


@pytest.mark.parametrize(
    ("made", "broken", "says"),
    [
        ({"ends": -0.5}, None, "ended on"),
        ({"begins": 2}, None, "begins on"),
        ({"other_key": True}, None, "is not the key of"),
        ({"locked": True}, None, "locked by a passphrase"),
        ({}, "cert.pem", "holds no certificate"),
        ({}, "key.pem", "holds no private key"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(tmp_path, made, broken, says):
    files = certificate(tmp_path, **made)
    if broken:
        (tmp_path / broken).write_text("nothing")
    with pytest.raises(Problem, match=says):
        check(*files, datetime.now(UTC))


def test_a_certificate_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Problem, match="can't be read: No such file"):
        check(tmp_path / "none.pem", tmp_path / "none.key", NOW)


@pytest.mark.parametrize(
    ("environ", "tls", "says"),
    [
        ({"ROADMAP_TRUSTED_PROXIES": ""}, {}, "Production needs TLS"),
        ({}, {"tls_cert": "cert.pem"}, "Give both"),
    ],
)
def test_production_is_not_served_in_the_clear(make_app, tmp_path, environ, tls, says):
    app = make_app(**PRODUCTION | environ)
    files = {name: tmp_path / file for name, file in tls.items()}
    with click.Context(click.Command("serve"), obj=lambda: app), pytest.raises(click.ClickException, match=says):
        serving.prepare(**files)


def test_a_clock_before_the_newest_entry_is_said_by_the_doctor(app, clock):
    factories.person("Ann")
    clock.now -= timedelta(days=3)
    said = CliRunner().invoke(doctor, ["--format", "json"], obj=lambda: app)
    found = {each["check"]: each for each in json.loads(said.output)["findings"]}
    assert found["clock"]["level"] == "fail"
    assert "3 days before the newest entry" in found["clock"]["found"]
    clock.now += timedelta(days=3)
    said = CliRunner().invoke(doctor, ["--format", "json"], obj=lambda: app)
    assert "clock" not in {each["check"] for each in json.loads(said.output)["findings"]}
