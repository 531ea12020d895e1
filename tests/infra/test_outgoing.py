"""A call out into the net: to the number that was checked, by the name's certificate, bounded in time and size."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra import outgoing

HOST = "hooks.example.org"
CALLED = []


class Answering(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        CALLED.append((self.path, self.headers["host"], self.headers["webhook-id"], body))
        {"/slow": self.slow, "/huge": self.huge, "/away": self.away}.get(self.path.partition("?")[0], self.plain)()

    def plain(self):
        self.send_response(429)
        self.send_header("Retry-After", "120")
        self.end_headers()
        self.wfile.write("later, žluťoučký".encode())

    def away(self):
        self.send_response(302)
        self.send_header("Location", "https://127.0.0.1/inside")
        self.end_headers()

    def huge(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 200_000)

    def slow(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b".")
            self.wfile.flush()
            threading.Event().wait(0.1)

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    day = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "c.pem", folder / "k.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    httpd = HTTPServer(("127.0.0.1", 0), Answering)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    httpd.handle_error = lambda *_args: None
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield httpd.server_port, ssl.create_default_context(cafile=str(public))
    httpd.shutdown()
    httpd.server_close()


def call(server, path, *, host=HOST, seconds=5, most=1000, context=None):
    port, trusted = server
    url = f"https://{host}:{port}{path}"
    given = {"webhook-id": "msg_1"}
    return outgoing.post(url, "127.0.0.1", given, "{}", seconds=seconds, most=most, context=context or trusted)


def test_it_calls_the_number_by_the_name(server):
    answer = call(server, "/plain?x=1")
    assert (answer.status, answer.text, answer.wait) == (429, "later, žluťoučký", 120)
    assert CALLED[-1] == ("/plain?x=1", f"{HOST}:{server[0]}", "msg_1", "{}")


def test_a_redirect_is_an_answer_and_is_not_followed(server):
    before = len(CALLED)
    assert call(server, "/away").status == 302
    assert len(CALLED) == before + 1


def test_no_more_is_read_than_wanted(server):
    assert len(call(server, "/huge", most=500).text) == 500


def test_an_answer_that_drips_is_cut_off(server):
    with pytest.raises(outgoing.Unreachable, match=r"within 0\.5 seconds"):
        call(server, "/slow", seconds=0.5)


def test_a_certificate_of_another_name_or_of_nobody_is_not_trusted(server):
    with pytest.raises(outgoing.Unreachable, match="not safe"):
        call(server, "/plain", host="other.example.org")
    with pytest.raises(outgoing.Unreachable, match="not safe"):
        call(server, "/plain", context=ssl.create_default_context())


def test_nobody_there_is_said_in_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(outgoing.Unreachable, match="can't be reached"):
        outgoing.post(f"https://{HOST}:{port}/", "127.0.0.1", {}, "", seconds=2, most=10)


def test_a_name_that_nobody_knows_is_said_in_words():
    with pytest.raises(outgoing.Unreachable, match="can't be looked up"):
        outgoing.addresses_of("https://" + "x" * 70 + ".invalid/")


def test_a_number_stands_for_itself():
    assert outgoing.addresses_of("https://127.0.0.1:8443/x") == ["127.0.0.1"]
