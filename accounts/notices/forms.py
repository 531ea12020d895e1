"""What a browser sends from the page of choices."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accounts.notices.rules import KINDS, Mailing, Rhythm, Ways
from kernel.errors import RuleBroken

_HOUR = re.compile(r"[0-9]{1,2}")


def chosen(sent: Mapping[str, str]) -> tuple[dict[str, Ways], Rhythm, int]:
    """By which ways each kind is wanted, how often the digest, and its hour (-1 for none that can be read).

    A box that is not ticked is not sent, so every kind is there. Raises RuleBroken for a way that there is not.
    """
    ways = {kind: Ways(f"{kind}_app" in sent, _mailing(sent.get(f"{kind}_mail", ""))) for kind in KINDS}
    rhythm = sent.get("rhythm", "")
    if rhythm not in set(Rhythm):
        raise RuleBroken("notices.rhythm", "The digest comes daily, weekly or never.", field="rhythm")
    hour = sent.get("hour", "")
    return ways, Rhythm(rhythm), int(hour) if _HOUR.fullmatch(hour) else -1


def _mailing(written: str) -> Mailing:
    if written not in set(Mailing):
        raise RuleBroken("notices.mail", "A notice is mailed at once, in the digest or not at all.")
    return Mailing(written)
