"""What a browser may send about a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from crm.queues.rules import PRIORITIES, State
from crm.sla.rules.clocks import Measure
from crm.sla.rules.policies import MOST_RUNGS, PAUSABLE, Policy, Promise, Rung, Tell, minutes_of, said
from infra.forms import told
from kernel.errors import RuleBroken

ZONES = tuple(sorted(available_timezones()))
_RUNG = ("measure", "percent", "tell")


@dataclass
class PolicyForm:
    """A policy as it was typed, or as it is: ``typed`` by the names of the fields, with what is wrong beside them."""

    typed: dict[str, str]
    errors: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, policy: Policy) -> PolicyForm:
        """The form as it shows a policy."""
        typed = {
            "name": policy.name,
            "queue_id": str(policy.queue_id or ""),
            "zone": policy.zone,
            "calendar_id": str(policy.calendar_id or ""),
        }
        for priority in PRIORITIES:
            promise = policy.promises.get(priority, Promise(None, None))
            typed |= {
                f"{priority}_respond": said(promise.respond),
                f"{priority}_resolve": said(promise.resolve),
                f"{priority}_whole": "1" if promise.whole else "",
            }
        for number, rung in enumerate(policy.ladder):
            typed |= {f"measure_{number}": rung.measure.value, f"percent_{number}": str(rung.percent)}
            typed |= {f"tell_{number}": rung.tell.value, f"escalate_{number}": "1" if rung.escalate else ""}
        return cls(typed | {f"pause_{each.value}": "1" for each in policy.pauses})

    def policy(self, sent: Mapping[str, str], queues: Sequence[int], calendars: Sequence[int]) -> Policy | None:
        """What was sent, as a policy; None where something has to be mended first, which `errors` then say."""
        self.typed = dict(sent)
        promises = {each: self._promise(each) for each in PRIORITIES}
        ladder = [rung for number in range(MOST_RUNGS) if (rung := self._rung(number)) is not None]
        zone = self.typed.get("zone", "")
        if zone and zone not in ZONES:
            self.errors.append(("zone", "Choose a time zone of the list, or none for that of this installation."))
        policy = Policy(
            self.typed.get("name", ""),
            promises,
            tuple(ladder),
            frozenset(each for each in PAUSABLE if self.typed.get(f"pause_{each.value}")),
            self._chosen("queue_id", queues),
            zone,
            self._chosen("calendar_id", calendars),
        )
        return None if self.errors else policy

    def absorb(self, problem: RuleBroken) -> None:
        """What a rule says, beside the field that it speaks of."""
        self.errors.append((problem.field or "", told(problem)))

    def paused(self) -> list[State]:
        """The states in which the clock stands still, as they were chosen."""
        return [each for each in PAUSABLE if self.typed.get(f"pause_{each.value}")]

    def _promise(self, priority: str) -> Promise:
        respond, resolve = (self._minutes(f"{priority}_{each}") for each in ("respond", "resolve"))
        return Promise(respond, resolve, bool(self.typed.get(f"{priority}_whole")))

    def _minutes(self, name: str) -> int | None:
        try:
            return minutes_of(self.typed.get(name, ""))
        except RuleBroken as problem:
            self.errors.append((name, told(problem)))
            return None

    def _chosen(self, name: str, there: Sequence[int]) -> int | None:
        text = self.typed.get(name, "")
        number = int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004  # more is no number of a row
        if text and number not in there:
            self.errors.append((name, "Choose one of the list."))
            return None
        return number

    def _rung(self, number: int) -> Rung | None:
        measure, percent, tell = (self.typed.get(f"{each}_{number}", "").strip() for each in _RUNG)
        if not percent:
            return None
        if not percent.isdecimal() or measure not in set(Measure) or tell not in set(Tell):
            self.errors.append((f"percent_{number}", "Write a rung as a whole number of percent, and whom to tell."))
            return None
        return Rung(Measure(measure), int(percent[:6]), Tell(tell), bool(self.typed.get(f"escalate_{number}")))
