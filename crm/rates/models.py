"""The tables of rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Dialect, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.rates.rules import PLACES
from infra.database import Amount, Base, Instant


class Ratio(Amount):
    """A rate with nine places: a Decimal in Python, a whole number in the database, so that nothing is rounded."""

    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Turn a rate into billionths."""
        return None if value is None else round(Decimal(value) * 10**PLACES)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Turn billionths into a rate."""
        return None if value is None else Decimal(int(value)) / 10**PLACES


class BaseCurrency(Base):
    """The currency that sums are in; there is one row at most, and none means the default."""

    __tablename__ = "crm_base_currency"
    audit_label = "currency"
    audit_scope = "crm"

    currency: Mapped[str] = mapped_column(String(3))


class Rate(Base):
    """What one unit of a currency is worth in the base currency from a day on; ``proof`` says where that stands."""

    __tablename__ = "crm_rate"
    audit_label = "currency"
    audit_scope = "crm"
    __table_args__ = (UniqueConstraint("currency", "day"),)

    currency: Mapped[str] = mapped_column(String(3))
    day: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Ratio)
    proof: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int | None]
    entered_at: Mapped[datetime] = mapped_column(Instant)
