"""Hashing at the lowest cost, so that tests of other things don't wait for it."""

import pytest

from accounts.passwords import service


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch):
    low = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
    monkeypatch.setattr(service, "COST", low)
