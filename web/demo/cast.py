"""Who plays in the demo, and what happens: people, roll-outs, delays, words. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COMPANY = "Norvane Instruments"
VENDOR = "Fjordline CRM Services"
DOMAIN = "norvane.example"
PASSWORD = "ninety days to go"  # noqa: S105  # the demo's password is printed for everybody; production refuses it
TIMEZONE = "Europe/Copenhagen"


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody in the demo. Without an address they appear in plans and never sign in."""

    key: str
    name: str
    title: str
    signs_in: bool = True
    company: str = COMPANY

    @property
    def email(self) -> str | None:
        """The address that they sign in with."""
        return f"{self.key}@{DOMAIN}" if self.signs_in else None


@dataclass(frozen=True, slots=True)
class Rollout:
    """One roll-out: who fills its roles and who else sees it, how many weeks ago it began, what goes late.

    ``owners`` are tasks that somebody else than the role's person has; ``delays`` are working days by task;
    ``waiting`` are checklist items that nobody ticks; ``left`` the share of the others that is left open (one in so
    many, in lists of milestones behind us only what is optional); ``dropped`` is what was foreseen and given up,
    ``unsettled`` what was foreseen and is still not done, each with a note; ``target_week`` the week at whose
    end the target is.
    """

    name: str
    purpose: str
    weeks_ago: int
    country: str
    people: Mapping[str, str]
    members: Mapping[str, str]
    target_week: int
    owners: Mapping[str, str] = field(default_factory=dict)
    delays: Mapping[str, int] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    left: int = 0
    dropped: Mapping[str, str] = field(default_factory=dict)
    unsettled: Mapping[str, str] = field(default_factory=dict)
    finished: bool = False


PLAYERS: tuple[Player, ...] = (
    Player("astrid", "Astrid Holm", "IT operations"),
    Player("maren", "Maren Solberg", "Project manager"),
    Player("tobias", "Tobias Lund", "CRM administrator"),
    Player("ingrid", "Ingrid Vestergaard", "Data migration specialist"),
    Player("samira", "Samira Haddad", "Training coordinator"),
    Player("jonas", "Jonas Brandt", "Sales team lead"),
    Player("leila", "Leila Aziz", "Customer service team lead"),
    Player("erik", "Erik Dahlgren", "Head of marketing"),
    Player("beatrix", "Beatrix Moreau", "Chief sales officer"),
    Player("viggo", "Viggo Nyström", "Project manager"),
    Player("oskar", "Oskar Lindahl", "Sales representative"),
    Player("noor", "Noor de Wit", "CRM administrator"),
    Player("pieter", "Pieter Claes", "Data migration specialist"),
    Player("paula", "Paula Kessler", "Works council"),
    Player("henrik", "Henrik Aas", "Integration consultant", signs_in=False, company=VENDOR),
)

SIGN_INS: tuple[tuple[str, str], ...] = (
    ("administrator", "astrid"),
    ("manager", "maren"),
    ("member", "samira"),
    ("stakeholder", "erik"),
    ("executive", "beatrix"),
    ("representative", "oskar"),
    ("sales manager", "jonas"),
)
"""One sign-in a role, as the terminal prints them; everybody else with an address has the same password."""

_TEAM = {
    "project-manager": "maren",
    "crm-administrator": "tobias",
    "data-migration-specialist": "ingrid",
    "training-coordinator": "samira",
    "end-users": "jonas",
}
_SECOND_TEAM = _TEAM | {"project-manager": "viggo", "crm-administrator": "noor", "data-migration-specialist": "pieter"}
"""Those of the pilot, who go on to the partners: nobody leads, or moves the data of, two roll-outs at once."""
_BACKUPS = ("recovery-plan", "backup-sources", "restore-drill")
"""What the CRM administrators do, because in these days the data specialists profile the sources."""
_AUDIENCE = {
    "leila": "member",
    "erik": "stakeholder",
    "paula": "stakeholder",
    "beatrix": "executive",
    "viggo": "stakeholder",
}

ROLLOUTS: tuple[Rollout, ...] = (
    Rollout(
        name="Nordic launch",
        purpose="Sales, marketing and service of the four Nordic countries leave three old systems for one CRM.",
        weeks_ago=6,
        country="DK",
        people=_TEAM,
        members=_AUDIENCE,
        target_week=9,
        owners={
            "connect-systems": "henrik",
            "handle-sync-errors": "henrik",
            "integration-tests": "henrik",
            "service-workshops": "leila",
            "set-up-help-desk": "leila",
            **dict.fromkeys((*_BACKUPS, "reconcile-load"), "tobias"),
        },
        delays={"connect-systems": 6, "train-champions": 9, "early-trial": 8, "publish-tutorials": 8},
        waiting=frozenset({"configuration-connect-accounting"}),
        left=9,
        dropped={"video-demonstrations": "The vendor's own films show the same; the guides link to them."},
        unsettled={
            "train-the-trainer": "Three of five champions are trained.",
            "online-tutorials": "Recorded, but without subtitles yet. The works council asked for them.",
        },
    ),
    Rollout(
        name="Benelux partners",
        purpose="Forty partner companies get their own view of leads and orders.",
        weeks_ago=1,
        country="BE",
        people=_SECOND_TEAM | {"end-users": "oskar"},
        members={"erik": "stakeholder", "beatrix": "executive", "maren": "member"},
        target_week=10,
        owners={**dict.fromkeys(_BACKUPS, "noor"), "training-needs": "oskar", "training-plan": "oskar"},
        left=11,
    ),
    Rollout(
        name="Service desk pilot",
        purpose="The service desk in Aarhus went first, to learn what the big roll-out needs.",
        weeks_ago=16,
        country="DK",
        people=_SECOND_TEAM | {"end-users": "leila"},
        members={"beatrix": "executive", "erik": "stakeholder", "jonas": "member", "maren": "member"},
        target_week=9,
        owners=dict.fromkeys(_BACKUPS, "noor"),
        waiting=frozenset({"adoption-strategies-leaderboard"}),
        finished=True,
    ),
)

COMMENTS: tuple[tuple[str, str, str], ...] = (
    (
        "connect-systems",
        "tobias",
        "The accounting system refuses half of our invoices: country codes with three letters.",
    ),
    (
        "connect-systems",
        "maren",
        "Henrik from the vendor looks into it tomorrow. We use the reserve of the phase until then.",
    ),
    (
        "connect-systems",
        "tobias",
        "Found: the old export writes DNK, the CRM wants DK. A rule in the mapping is enough.",
    ),
    ("train-champions", "samira", "Three of five are trained. The other two, @Maren, come back from leave next week."),
    ("early-trial", "jonas", "Two of my people are at the fair until Thursday; the rest starts today."),
    (
        "validate-data",
        "ingrid",
        "Counts agree in all batches. 214 addresses lack a house number, list is attached to the item.",
    ),
    ("review-plan", "beatrix", "Approved. Please keep the go-live out of the quarter's last week."),
)
"""(task, who, words), said in the first roll-out when the task was under way."""

ITEM_COMMENTS: tuple[tuple[str, str, str], ...] = (
    (
        "configuration-connect-accounting",
        "tobias",
        (
            "Invoices have come in since last week, @Maren Solberg. "
            "Accounting wants to see a whole closing day before they sign."
        ),
    ),
    (
        "configuration-connect-accounting",
        "maren",
        "The pilot course waits for this one signature, @Samira. I call them today.",
    ),
)
"""(checklist item, who, words), said in the first roll-out on the day before today."""

EVIDENCE: tuple[str, ...] = (
    "Minutes of the review, approved by all team leads.",
    "Checked together with two users; no open question.",
    "Signed off by the data owner.",
    "Report attached to the meeting's invitation.",
    "Screenshot in the project folder, file 12.",
)
"""What people write as evidence, taken in turn."""
