import io
from datetime import timedelta

import pytest
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st

from infra import subjects
from infra.attachments import queries, rules, service, store
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken, TooLarge

PDF = b"%PDF-1.7\n%\xe2\xe3\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def add(world, name="notes.txt", content=b"Signed off", actor=None):
    return service.add_file("thing:1", name, io.BytesIO(content), actor=actor or world.ann)


def blobs(app):
    folder = app.extensions["launch90"].settings.files_dir
    return sorted(path for path in folder.glob("??/*"))


def test_a_file_is_kept_once_by_its_content(app, world):
    first, _work = add(world, "a.pdf", PDF)
    second, _work = add(world, "b.pdf", PDF, world.bob)
    assert len(blobs(app)) == 1
    assert [each.name for each in queries.of_subject("thing:1", world.ann)] == ["a.pdf", "b.pdf"]
    opened = service.open_file(second, actor=world.ann)
    assert (opened.path.read_bytes(), opened.name, opened.content_type) == (PDF, "b.pdf", "application/pdf")
    assert first != second


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("run.txt", b"MZ\x90\0", "files.program"),
        ("run", b"\x7fELF\x02", "files.program"),
        ("go.txt", b"#!/bin/sh\n", "files.program"),
        ("x.bat", b"echo hi", "files.program"),
        ("photo.png", b"not a picture", "files.mismatch"),
        ("report.pdf", PNG, "files.mismatch"),
        ("nothing.txt", b"", "files.empty"),
    ],
)
def test_programs_lies_and_nothing_are_refused_and_leave_nothing(app, world, name, content, code):
    with pytest.raises(RuleBroken) as caught:
        add(world, name, content)
    assert caught.value.code == code
    assert queries.of_subject("thing:1", world.ann) == []
    assert blobs(app) == []


@pytest.mark.parametrize(
    "content", [b"<html><script>", b"\n <!DOCTYPE html>", b'<?xml version="1.0"?><svg', b"\xef\xbb\xbf<svg>"]
)
def test_what_a_browser_would_run_is_only_bytes(world, browse, content):
    number, _work = add(world, "page.bin", content)
    with browse(world.ann).get(f"/files/{number}") as answer:
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_name_with_accents_arrives_whole(world, browse):
    number, _work = add(world, "../Übergabe 移行.txt")
    with browse(world.ann).get(f"/files/{number}") as answer:
        assert "filename*=UTF-8''%C3%9Cbergabe%20%E7%A7%BB%E8%A1%8C.txt" in answer.headers["Content-Disposition"]


@given(st.text())
def test_a_safe_name_is_a_name(name):
    safe = rules.safe_name(name)
    assert 0 < len(safe) <= rules.LONGEST_NAME
    assert not set(safe) & set("/\\\0\n\r")
    assert safe not in (".", "..")


def test_who_may_not_see_the_subject_finds_no_file(world, browse):
    number, _work = add(world)
    assert browse(world.stranger).get(f"/files/{number}").status_code == 404
    with pytest.raises(NotFound):
        add(world, actor=world.stranger)
    with pytest.raises(Refused):
        add(world, actor=world.admin)


def test_a_file_beyond_the_limit_leaves_nothing(app, world):
    with pytest.raises(TooLarge, match="at most 20 MB"):
        add(world, "big.bin", b"\1" * (20 * 1024 * 1024 + 1))
    assert blobs(app) == []


def test_a_deletion_can_be_undone_for_a_day_then_the_bytes_go(app, world, clock):
    number, _work = add(world)
    clock.now += timedelta(days=30)
    with pytest.raises(Refused):
        service.delete_file(number, actor=world.bob)
    deleted = service.delete_file(number, actor=world.ann)
    assert service.remove_orphans(SYSTEM, clock.now + timedelta(hours=2)) == 0
    undo(deleted.transaction_id, actor=world.ann)
    assert service.open_file(number, actor=world.ann).path.exists()
    assert service.remove_orphans(SYSTEM, clock.now + timedelta(days=9)) == 0
    service.delete_file(number, actor=world.ann)
    assert service.remove_orphans(SYSTEM, clock.now + timedelta(hours=25)) == 1
    assert blobs(app) == []


def test_leftovers_of_broken_uploads_go_too(app, world, clock):
    folder = app.extensions["launch90"].settings.files_dir
    add(world)
    (folder / "incoming" / "half").write_bytes(b"half")
    store_time = clock.now + timedelta(days=2000)
    assert store.remove_orphans(folder, queries.named_digests(), store_time) == 1


def test_content_that_is_gone_is_said(app, world):
    number, _work = add(world)
    blobs(app)[0].unlink()
    with pytest.raises(NotFound, match="missing on the server"):
        service.open_file(number, actor=world.ann)


def test_pages_to_add_and_delete(world, browse):
    browser = browse(world.ann)
    answer = browser.post("/files/thing/1", data={"file": (io.BytesIO(PNG), "photo.png")})
    assert (answer.status_code, answer.location) == (303, "/things/1#files")
    (attached,) = queries.of_subject("thing:1", world.ann)
    browser.post(f"/files/{attached.id}/delete")
    assert queries.of_subject("thing:1", world.ann) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a file"),
        ({"file": (b"MZ", "x.exe")}, "is a program"),
        ({"file": (b"hm", "<b>.pdf")}, "&lt;b&gt;.pdf"),
    ],
)
def test_the_form_says_what_is_wrong(world, browse, data, said):
    sent = {key: (io.BytesIO(content), name) for key, (content, name) in data.items()}
    answer = browse(world.ann).post("/files/thing/1", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text


def test_the_card_lists_files(app, world):
    add(world, "<i>.txt")
    with app.test_request_context():
        app.preprocess_request()
        page = render_template_string(
            '{% from "shared/files.html" import files_card %}{{ files_card(subject, items) }}',
            subject=subjects.find("thing:1", world.ann),
            items=queries.of_subject("thing:1", world.ann),
        )
    assert "&lt;i&gt;.txt" in page
    assert "10 Bytes" in page


def test_a_card_without_files_says_so_to_who_may_add_none(app, world):
    with app.test_request_context():
        app.preprocess_request()
        page = render_template_string(
            '{% from "shared/files.html" import files_card %}{{ files_card(subject, [], false) }}',
            subject=subjects.find("thing:1", world.ann),
        )
    assert "No files here." in page
    assert "<ul" not in page
