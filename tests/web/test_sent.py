"""NUL, which PostgreSQL keeps in no text, reaches no page, whichever way it is sent."""

from io import BytesIO

import pytest
from flask import jsonify, request

from infra.http import public


@pytest.fixture
def echo(app):
    app.config["WTF_CSRF_ENABLED"] = False

    @app.route("/echo", methods=["GET", "POST"])
    @public
    def said():
        return jsonify(
            args=request.args.to_dict(flat=False),
            form=request.form.to_dict(flat=False),
            values=request.values.to_dict(flat=False),
            files=[(key, each.filename) for key, each in request.files.items()],
        )

    return app.test_client()


@pytest.mark.parametrize(
    ("where", "how"),
    [
        ("args", {"query_string": "na%00me=Zo%00e&name=Ida"}),
        ("form", {"data": {"na\0me": ["Zo\0e", "Ida"]}, "method": "POST"}),
        ("form", {"data": {"na\0me": ["Zo\0e", "Ida"]}, "method": "POST", "content_type": "multipart/form-data"}),
        ("values", {"data": {"name": ["Zo\0e", "Ida"]}, "method": "POST"}),
    ],
)
def test_fields_come_without_it(echo, where, how):
    assert echo.open("/echo", **how).json[where] == {"name": ["Zoe", "Ida"]}


def test_names_of_files_come_without_it(echo):
    sent = echo.post("/echo", data={"file": (BytesIO(b"a\0b"), "ra\0tes.csv")})
    assert sent.json["files"] == [["file", "rates.csv"]]


@pytest.mark.parametrize("path", ["/crm/le%00ads", "/s/%00", "/crm/leads/1%00", "/%00"])
def test_an_address_with_it_is_that_of_no_page(client, path):
    assert client.get(path).status_code == 404
