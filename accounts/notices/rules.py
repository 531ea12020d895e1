"""The kinds of notices, how each reads, and by which way it reaches people who chose nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

GRANTS = allow("notices.see", person=Visibility.OWN)
"""Everybody has notices of their own; nobody has those of others."""
SETTINGS = "/account/notices"
"""The page where people choose what reaches them; mails name it."""
MORNING = 7
KEPT_READ, KEPT_UNREAD = timedelta(days=90), timedelta(days=365)


class Mailing(StrEnum):
    """How a notice is mailed."""

    NEVER = ""
    DIGEST = "digest"
    NOW = "now"


class Rhythm(StrEnum):
    """How often the digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Ways:
    """By which ways a kind reaches a person: on the page of notices, and by mail."""

    in_app: bool = True
    mail: Mailing = Mailing.DIGEST

    @property
    def off(self) -> bool:
        """Whether the person does not want to hear of it at all."""
        return not self.in_app and self.mail is Mailing.NEVER


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice: its name on the settings page, and its sentence.

    The sentences may use ``who`` (the author), ``label`` (the subject's name) and any parameter given to ``tell``;
    ``many`` is used where ``count`` is above one.
    """

    key: str
    title: str
    sentence: str
    many: str = ""
    ways: Ways = Ways()


_NOW = Ways(mail=Mailing.NOW)
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "assigned",
            "Work is given to me",
            "%(who)s gave you “%(label)s”.",
            "%(who)s gave you %(count)s things to do, among them “%(label)s”.",
        ),
        Kind(
            "mentioned",
            "Somebody mentions me in a comment",
            "%(who)s mentioned you on “%(label)s”: %(text)s",
            ways=_NOW,
        ),
        Kind("comment", "A comment on my work, or where I commented", "%(who)s commented on “%(label)s”: %(text)s"),
        Kind(
            "due_tomorrow",
            "My work is due tomorrow",
            "“%(label)s” is due tomorrow.",
            "%(count)s things of yours are due tomorrow, among them “%(label)s”.",
        ),
        Kind(
            "overdue",
            "My work is late",
            "“%(label)s” is late: it was due %(day)s.",
            "%(count)s things of yours are late; the first is “%(label)s”, due %(day)s.",
        ),
        Kind("blocked", "Work is held up", "“%(label)s” is held up, says %(who)s: %(text)s", ways=_NOW),
        Kind("unblocked", "Work can go on", "“%(label)s” can go on, says %(who)s."),
        Kind(
            "milestone_slipped",
            "A milestone moves to a later day",
            "“%(label)s” slipped from %(was)s to %(day)s (+%(days)s d).",
            "%(count)s milestones slipped, most of all “%(label)s”: from %(was)s to %(day)s (+%(days)s d).",
        ),
        Kind(
            "change_submitted",
            "A change request waits for my decision",
            "%(who)s asks you to decide about “%(label)s” by %(day)s.",
            ways=_NOW,
        ),
        Kind("change_decided", "A change that I asked for is decided", "“%(label)s” is %(what)s, says %(who)s."),
        Kind("report_issued", "A status report is issued", "%(who)s issued “%(label)s”."),
        Kind(
            "report_due",
            "A status report waits for my comment",
            "The status report of “%(label)s” is due on %(day)s and has no comment yet.",
        ),
        Kind(
            "report_held",
            "A status report is held back",
            "The status report of “%(label)s” was due on %(day)s and waits for a comment.",
            ways=_NOW,
        ),
        Kind(
            "report_unanswered",
            "Something contradicts the colour that I claim, before a report",
            "The status report of “%(label)s” is due on %(day)s, and what contradicts the claimed colour is not "
            "answered yet.",
        ),
        Kind(
            "report_contradicted",
            "A status report is held back by a contradiction",
            "The status report of “%(label)s” was due on %(day)s and waits: something contradicts the claimed colour, "
            "and nobody has answered it in words.",
            ways=_NOW,
        ),
        Kind(
            "must_have_red",
            "A must-have that I decide about fails",
            "“%(label)s” fails now: a must-have of “%(gate)s”.",
            ways=_NOW,
        ),
        Kind(
            "evidence_stale",
            "Evidence that I answer for has grown old",
            "The evidence for “%(label)s” is too old and counts no longer at “%(gate)s”.",
        ),
        Kind(
            "waiver_lapsed",
            "A waiver has lapsed",
            "The waiver for “%(label)s” lapsed on %(day)s: the criterion counts as it is measured.",
        ),
        Kind(
            "waiver_asked",
            "A waiver waits for my answer",
            "%(who)s asks you to let “%(label)s” pass until %(day)s: %(text)s",
            ways=_NOW,
        ),
        Kind("waiver_given", "A waiver that I asked for is given", "%(who)s lets “%(label)s” pass until %(day)s."),
        Kind(
            "waiver_refused", "A waiver that I asked for is refused", "%(who)s refused to waive “%(label)s”: %(text)s"
        ),
        Kind(
            "waiver_ended",
            "A waiver that I asked for or gave is ended",
            "%(who)s ended the waiver for “%(label)s” before its day: the criterion counts as it is measured.",
        ),
        Kind(
            "kpi_left_limits",
            "A figure that I answer for leaves its limits",
            "“%(label)s” left its limits in the week from %(day)s.",
        ),
        Kind(
            "sla_at_risk",
            "The time of a ticket runs out",
            "“%(label)s” has used %(percent)s %% of the time for its %(what)s.",
            ways=_NOW,
        ),
        Kind(
            "sla_breached",
            "The time of a ticket is up",
            "“%(label)s” is past its promise: %(percent)s %% of the time for its %(what)s is used.",
            ways=_NOW,
        ),
        Kind(
            "kept_long",
            "A record of mine is kept longer than a rule says",
            "“%(label)s” is older than “%(rule)s” says: is it still needed?",
            "%(count)s records are older than “%(rule)s” says, among them “%(label)s”: are they still needed?",
        ),
        Kind(
            "breach_entered",
            "A breach of personal data is found",
            "%(who)s entered a breach: “%(label)s”. The authority has to be told within 72 hours.",
            ways=_NOW,
        ),
        Kind(
            "breach_clock",
            "The time to tell of a breach runs out",
            "Less than %(hours)s hours are left to tell the authority of “%(label)s”.",
            ways=_NOW,
        ),
        Kind(
            "breach_late",
            "The time to tell of a breach is over",
            "The 72 hours to tell the authority of “%(label)s” are over.",
            ways=_NOW,
        ),
        Kind(
            "privacy_due",
            "A request about personal data is due within a week",
            "“%(label)s” is due on %(day)s.",
            ways=_NOW,
        ),
        Kind(
            "privacy_late",
            "A request about personal data is late",
            "“%(label)s” was to be answered by %(day)s.",
            ways=_NOW,
        ),
        Kind("risk_review", "A risk is due for review", "“%(label)s” is due for review."),
        Kind(
            "new_device",
            "A sign-in from a new device",
            "Somebody signed in as you with a browser not seen before: %(label)s, at %(at)s, from %(address)s. "
            "If that was not you, change your password.",
            ways=_NOW,
        ),
        Kind(
            "second_factor_reset",
            "My second factor was taken away",
            "%(who)s took your second factor away: a password is enough to sign in as you now. Set it up again.",
            ways=_NOW,
        ),
        Kind("rewarded", "I get a reward", "%(who)s gives you “%(label)s”: %(text)s"),
        Kind("action_done", "An action that I asked for is done", "%(who)s finished “%(label)s”."),
        Kind("record_shared", "A record of the CRM is shared with me", "%(who)s shared “%(label)s” with you."),
        Kind(
            "automation",
            "An automation tells me of a record",
            "“%(label)s”: %(text)s",
            "%(count)s records, among them “%(label)s”: %(text)s",
        ),
        Kind("automation_failed", "An automation that I look after fails", "“%(label)s” failed: %(text)s"),
        Kind("article_review", "An article of mine is due for a look", "Look again at the article “%(label)s”."),
        Kind("survey", "Somebody asks for my opinion", "You are asked: %(label)s", ways=Ways(mail=Mailing.NEVER)),
        Kind(
            "ticket_answered",
            "Somebody answers what I asked the help desk",
            "%(who)s answered “%(label)s”: %(text)s",
            ways=_NOW,
        ),
        Kind("ticket_given", "A ticket is given to me", "%(who)s gave you the ticket “%(label)s”."),
        Kind("ticket_heard", "Somebody answers in a ticket of mine", "%(who)s wrote about “%(label)s”: %(text)s"),
        Kind(
            "ticket_escalated", "A ticket of my team is escalated", "%(who)s escalated “%(label)s”: %(text)s", ways=_NOW
        ),
        Kind("decided", "A go or no-go is decided", "%(who)s took “%(label)s”."),
        Kind("request", "Somebody asks me for a decision", "%(who)s asks: %(label)s", ways=_NOW),
    )
}
"""Every kind by its key; the order is that of the settings page."""


def words(kind: str, params: Mapping[str, str | int]) -> str:
    """The English sentence of a notice, for translation: the one for many where ``count`` is above one.

    >>> words("due_tomorrow", {"count": 3})
    '%(count)s things of yours are due tomorrow, among them “%(label)s”.'
    """
    found = KINDS.get(kind)
    if found is None:
        return "%(label)s"
    count = params.get("count", 1)
    return found.many if found.many and isinstance(count, int) and count > 1 else found.sentence


def filled(sentence: str, who: str, label: str, params: Mapping[str, str | int]) -> str:
    """A sentence with its places filled; what is not known stays empty.

    >>> filled("%(who)s gave you “%(label)s”.", "Maren Solberg", "Cleanse addresses", {})
    'Maren Solberg gave you “Cleanse addresses”.'
    """

    class _Known(dict[str, str | int]):
        def __missing__(self, _name: str) -> str:
            return ""

    return (sentence % _Known(params, who=who, label=label)).strip()


def check_hour(hour: int) -> int:
    """An hour of the day, 0 to 23. Raises RuleBroken."""
    if not 0 <= hour <= 23:
        raise RuleBroken("notices.hour", "An hour is a number from 0 to 23.", field="hour")
    return hour


def last_turn(rhythm: Rhythm, hour: int, now: datetime, zone: tzinfo) -> datetime | None:
    """When a digest was last due, in UTC; None for one that never comes. Weekly ones come on Mondays.

    >>> from datetime import UTC
    >>> wednesday = datetime(2026, 2, 18, 6, 30, tzinfo=UTC)
    >>> last_turn(Rhythm.DAILY, 7, wednesday, UTC).isoformat(), last_turn(Rhythm.WEEKLY, 6, wednesday, UTC).isoformat()
    ('2026-02-17T07:00:00+00:00', '2026-02-16T06:00:00+00:00')
    """
    if rhythm is Rhythm.NEVER:
        return None
    local = now.astimezone(zone)
    step = 1 if rhythm is Rhythm.DAILY else 7
    day = local.date() - timedelta(days=0 if rhythm is Rhythm.DAILY else local.weekday())
    turn = datetime.combine(day, time(hour), zone)
    if turn > local:
        turn = datetime.combine(day - timedelta(days=step), time(hour), zone)
    return turn.astimezone(UTC)
