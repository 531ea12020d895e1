"""The servers and programs that other tests lean on do start here."""

import socket

import psycopg
import pytest

from tests.fixtures.browser import describe


@pytest.mark.postgres
def test_each_database_starts_empty_and_is_gone_afterwards(postgres):
    with postgres.database() as url, psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
        connection.execute("create table t (id int)")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.postgres
def test_a_fresh_database_is_not_the_shared_one(postgres_url, fresh_postgres_url):
    assert postgres_url != fresh_postgres_url


@pytest.mark.browser
def test_axe_finds_a_barrier_and_says_where(page, axe):
    page.set_content("<!doctype html><html lang=en><title>t</title><main><h1>Hello</h1><img src=data:, id=x></main>")
    (found,) = axe(page)
    assert found.startswith("image-alt")
    assert "#x" in found


@pytest.mark.browser
def test_axe_is_content_with_a_plain_page(page, axe):
    page.set_content("<!doctype html><html lang=en><title>t</title><main><h1>Hello</h1></main>")
    assert axe(page) == []


def test_a_barrier_without_an_impact_can_be_described():
    assert describe({"id": "a", "impact": None, "help": "b", "nodes": []}) == "a (None): b"


def test_no_test_reaches_another_machine():
    with socket.socket() as plug, pytest.raises(AssertionError, match="this machine only"):
        plug.connect(("192.0.2.1", 80))
