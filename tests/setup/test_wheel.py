"""What people install, installed."""

import pytest

from scripts import serve_wheel


@pytest.mark.slow
def test_the_wheel_installed_aside_serves_pages():
    assert serve_wheel.check() == dict.fromkeys(serve_wheel.PAGES, 200)


def test_a_server_that_ends_at_once_is_not_waited_for(tmp_path):
    with pytest.raises(RuntimeError, match="ended with status 1"), serve_wheel.serving("/usr/bin/false", tmp_path):
        pytest.fail("nobody serves")
