"""The picture that an authenticator app reads."""

from __future__ import annotations

import segno
from markupsafe import Markup

_QUIET = 4
"""The white modules around it that a camera needs (ISO/IEC 18004)."""


def picture_of(address: str) -> Markup:
    """The address as a QR code, an SVG drawing without styles that grows with its box."""
    made = segno.make(address, error="m", micro=False)
    drawn = made.svg_inline(
        border=_QUIET, omitsize=True, svgclass="qr__s", lineclass="qr__l", dark="#000", light="#fff"
    )
    return Markup(drawn)  # noqa: S704  # made of numbers only: the address is modules by now
