import http.server
import re
import threading
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from infra import pdf, pdf_worker
from infra.pdf import Maker
from kernel.errors import Problem

STATIC = Path(__file__).parents[2] / "static"
HEAD = '<!doctype html><html lang="en"><head><title>Report</title>{head}</head>'
PAGE = HEAD + "<body><h1>Zoë &lt;b&gt;</h1>{body}</body></html>"


@pytest.fixture(scope="module")
def maker():
    made = Maker(STATIC)
    yield made
    made.close()


def page(head="", body=""):
    return PAGE.format(head=head, body=body)


def _unpacked(made):
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(stream)


def test_a_page_becomes_a_tagged_pdf_with_our_font(maker):
    made = maker.render(
        page('<link rel="stylesheet" href="/static/css/base.css?v=1">', "<p style='font-family:Inter'>Text</p>")
    )
    assert made.startswith(b"%PDF-")
    inside = made + b"".join(_unpacked(made))
    assert b"/StructTreeRoot" in inside
    assert b"http://www.aiim.org/pdfua/ns/id/" in inside
    assert b"Inter" in inside


def test_the_child_stays_for_the_next_document(maker):
    maker.render(page())
    child = maker._child
    maker.render(page())
    assert maker._child is child


def test_nothing_is_fetched_from_the_network_or_the_disk(maker):
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        port = server.server_port
        body = (
            f'<img src="http://127.0.0.1:{port}/a.png"><img src="file:///etc/passwd"><object data="file:///etc/passwd">'
        )
        host = f"http://127.0.0.1:{port}"
        head = f'<style>@import "{host}/b.css"; body {{ background: url({host}/c) }}</style>'
        assert maker.render(page(head, body)).startswith(b"%PDF-")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []


@pytest.mark.parametrize(
    "path",
    [
        "static/../web/settings.py",
        "static/css/../../pyproject.toml",
        "static/js/x.js",
        "other/css/base.css",
        "static/css",
        "static/icons.svg",
        "static/css/%2e%2e/%2e%2e/a.css/../../../pyproject.toml",
    ],
)
def test_only_our_style_sheets_and_fonts_are_ours(path):
    with pytest.raises(ValueError, match="Not one of our"):
        pdf_worker.own_file(STATIC, pdf_worker.BASE + path)
    assert pdf_worker.own_file(STATIC, pdf_worker.BASE + "static/css/base.css?v=1").name == "base.css"


def test_what_takes_too_long_is_given_up_and_the_next_one_works():
    maker = Maker(STATIC, seconds=0.05)
    with pytest.raises(Problem, match="too long"):
        maker.render(page())
    maker._seconds = 60
    assert maker.render(page()).startswith(b"%PDF-")
    maker.close()


def test_a_child_that_ends_is_replaced(maker):
    maker.render(page())
    maker._child.kill()
    maker._child.wait()
    assert maker.render(page()).startswith(b"%PDF-")


def test_a_flood_of_memory_ends_in_the_child(monkeypatch):
    greedy = "import infra.pdf_worker as w; w._renderer = lambda static: lambda request: (b'P', b'x' * 10**10); w.main("
    monkeypatch.setattr(pdf, "_START", pdf._START.replace("from infra.pdf_worker import main; main(", greedy))
    maker = Maker(STATIC)
    try:
        with pytest.raises(Problem, match="could not be made"):
            maker.render(page())
    finally:
        maker.close()


def test_without_pango_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.setattr(pdf, "_START", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); " + pdf._START)
    monkeypatch.setattr(
        pdf, "_START", pdf._START.replace("sys.path.insert(0, sys.argv[1])", "sys.path.append(sys.argv[1])")
    )
    maker = Maker(STATIC)
    try:
        with pytest.raises(Problem, match="apt-get install libpango"):
            maker.render(page())
    finally:
        maker.close()


def test_a_font_that_is_missing_makes_no_pdf_and_is_named(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "own.css").write_text("@font-face { font-family: Inter; src: url(../fonts/gone.woff2) }")
    maker = Maker(tmp_path)
    try:
        with pytest.raises(Problem, match=r"gone\.woff2 is missing"):
            maker.render(page('<link rel="stylesheet" href="/static/css/own.css">', "<p style='font-family:Inter'>T"))
        assert maker.render(page()).startswith(b"%PDF-")
    finally:
        maker.close()


def test_the_same_page_gives_the_same_bytes(maker):
    html = page('<link rel="stylesheet" href="/static/css/report-pdf.css">', "<p>Text</p>")
    first = maker.render(html)
    maker.close()
    assert maker.render(html) == first


def test_a_child_can_be_started_ahead(maker):
    maker.close()
    maker.warm()
    child = maker._child
    maker.render(page())
    assert maker._child is child


def test_the_application_makes_pdfs(app):
    with app.app_context():
        assert pdf.pdf_of(page()).startswith(b"%PDF-")
