"""Sign-offs as they are read, and the source of evidence that they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from accounts.people.models import Person
from infra.database import db
from infra.memo import remembered
from infra.subjects import Subject
from kernel.actor import project_scope
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.definitions import Criterion
from readiness.gates.rules.results import Evidence, Offender
from readiness.gates.rules.sources import Look, named, part_of
from readiness.signoffs import rules
from readiness.signoffs.models import ReadinessRound, ReadinessSeat, ReadinessSignOff
from readiness.signoffs.rules import Answer, Holder, Place, Round, Seat, SignOff, Table
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import ProjectRole

_Row = tuple[str, bool, bool]
"""The key of a seat, whether it is required, whether it decides."""
_DEFAULT: tuple[_Row, ...] = ((rules.MANAGER, True, False), (rules.EXECUTIVE, True, True))
_ALWAYS = frozenset({"", rules.ALL, "manager", "executive"})
"""Subjects that no statement can answer."""
_MEMBERS = {rules.MANAGER: "Manager of the roll-out", rules.EXECUTIVE: "Executive sponsor"}


@remembered
def tables(project_id: int) -> dict[int, Table]:
    """Who signs at each gate of a project and who has, by the gate's number: five statements for all gates."""
    known, chosen, usual, asked = candidates(project_id), _chosen(project_id), _usual(project_id), _asked(project_id)
    found = {}
    for gate_id, (quorum, rows) in chosen.items():
        running, words = asked.get(gate_id, (None, {}))
        seats = [_seat(known, *row) for row in rows or usual.get(gate_id) or _DEFAULT]
        found[gate_id] = Table(tuple(Place(seat, words.get(seat.key)) for seat in seats), quorum, running)
    return found


def table(project_id: int, gate_id: int) -> Table:
    """The same for one gate."""
    return tables(project_id)[gate_id]


@remembered
def candidates(project_id: int) -> dict[str, Seat]:
    """Everybody who could be asked, by key: who stands for the roll-out, its roles, its people."""
    members = staffing.members(project_id)
    found: dict[str, Seat] = {}
    for key, name in _MEMBERS.items():
        held = tuple(Holder(each.person_id, each.name) for each in members if f"{rules.MEMBER}:{each.role}" == key)
        found[key] = Seat(key, name, held)
    for role in staffing.roles(project_id):
        people = (Holder(role.person_id, role.person),) if role.person_id else ()
        found[f"{rules.ROLE}:{role.key}"] = Seat(f"{rules.ROLE}:{role.key}", role.name, people)
    for each in members:
        key = f"{rules.PERSON}:{each.person_id}"
        found[key] = Seat(key, each.name, (Holder(each.person_id, each.name),))
    return found


def managers(project_id: int) -> tuple[int, ...]:
    """Who manages a project: they decide where no seat does."""
    return tuple(each.id for each in candidates(project_id)[rules.MANAGER].people)


def is_chosen(project_id: int, gate_id: int) -> bool:
    """Whether somebody chose who signs at a gate."""
    return bool(_chosen(project_id)[gate_id][1])


def earlier(project_id: int, gate_id: int) -> list[tuple[int, SignOff]]:
    """Every word that was ever given at a gate with its round, the newest first."""
    query = (
        select(ReadinessRound.number, ReadinessSignOff, Person.name)
        .join(ReadinessRound, ReadinessRound.id == ReadinessSignOff.round_id)
        .outerjoin(Person, Person.id == ReadinessSignOff.signed_by_id)
        .where(ReadinessSignOff.project_id == project_id, ReadinessRound.gate_id == gate_id)
        .order_by(ReadinessSignOff.id.desc())
    )
    return [(number, _signoff(row, name)) for number, row, name in db.session.execute(query)]


def subject(number: int) -> Subject | None:
    """A gate as notices refer to it: they lead to its meeting."""
    row = db.session.get(ReadinessGate, number)
    if row is None:
        return None
    address = f"/projects/{row.project_id}/readiness/decision?gate={row.key}"
    return Subject(f"gate:{number}", row.name, project_scope(row.project_id), address, "readiness.see")


class SignOffs:
    """The share of required sign-offs that approve (subject ``all``), or those of one role of the gate."""

    key = rules.SOURCE
    label = "Sign-off"

    def answers(self, subject: str) -> bool:
        """Whether it always speaks of seats; in the place of one role a statement may stand until it signs."""
        return subject in _ALWAYS

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """The words that count in the round that runs at each criterion's gate."""
        found = tables(look.project_id)
        return {each.id: _evidence(each, found[each.gate_id], look) for each in criteria if each.gate_id in found}

    def subjects(self, look: Look) -> Sequence[tuple[str, str]]:
        """All of them, or one role."""
        roles = [(each.key.partition(":")[2], each.name) for each in candidates(look.project_id).values()]
        return [(rules.ALL, "Everybody who has to sign"), *roles]


def _evidence(criterion: Criterion, found: Table, look: Look) -> Evidence:
    places = _places(criterion.subject, found)
    if places is None:
        return Evidence(why="no sign-off of this gate is meant; a signed statement may answer")
    if found.round is None:
        return Evidence(why="nobody has been asked to sign yet")
    yes, whole, words = rules.share(places)
    if not words:
        return Evidence(why="nobody has signed yet")
    against = [place for place in places if place.counted is None or not place.counted.approves]
    return Evidence(
        part_of(yes, whole, criterion.unit),
        n=words,
        at=min(place.counted.at for place in places if place.counted),
        version=f"round {found.round.number}",
        rule="Required sign-offs that approve, with a condition or without, of all required at the gate.",
        href=f"/projects/{look.project_id}/readiness/decision?gate={_key(criterion.gate_id)}",
        **named(Offender(place.seat.name) for place in against),
    )


@remembered
def _key(gate_id: int) -> str:
    return db.session.scalar(select(ReadinessGate.key).where(ReadinessGate.id == gate_id)) or ""


def _places(subject: str, found: Table) -> Sequence[Place] | None:
    if subject in ("", rules.ALL):
        return found.required or found.places
    keys = {f"{rules.ROLE}:{subject}", f"{rules.MEMBER}:{subject}"}
    return [place for place in found.places if place.seat.key in keys] or None


def _seat(known: Mapping[str, Seat], key: str, required: bool, decides: bool) -> Seat:  # noqa: FBT001  # a row
    found = known.get(key)
    name, people = (found.name, found.people) if found else (key.partition(":")[2], ())
    return Seat(key, name, people, required, decides)


@remembered
def _chosen(project_id: int) -> dict[int, tuple[int | None, list[_Row]]]:
    """The quorum and the seats that were chosen, by gate."""
    query = (
        select(ReadinessGate.id, ReadinessGate.quorum, ReadinessSeat.key, ReadinessSeat.required, ReadinessSeat.decides)
        .outerjoin(ReadinessSeat, ReadinessSeat.gate_id == ReadinessGate.id)
        .where(ReadinessGate.project_id == project_id)
        .order_by(ReadinessGate.id, ReadinessSeat.position, ReadinessSeat.id)
    )
    found: dict[int, tuple[int | None, list[_Row]]] = {}
    for gate_id, quorum, key, required, decides in db.session.execute(query):
        _quorum, rows = found.setdefault(gate_id, (quorum, []))
        if key is not None:
            rows.append((key, required, decides))
    return found


def _usual(project_id: int) -> dict[int, list[_Row]]:
    """Those who decide about a gate's must-haves, and the executive sponsor, who takes the decision."""
    query = (
        select(ReadinessCriterion.gate_id, ProjectRole.key)
        .join(ProjectRole, ProjectRole.id == ReadinessCriterion.role_id)
        .where(ReadinessCriterion.project_id == project_id, ReadinessCriterion.must_have, ReadinessCriterion.asked)
        .order_by(ReadinessCriterion.position, ReadinessCriterion.id)
    )
    roles: dict[int, dict[str, None]] = defaultdict(dict)
    for gate_id, key in db.session.execute(query):
        roles[gate_id][f"{rules.ROLE}:{key}"] = None
    return {gate_id: [*((key, True, False) for key in keys), _DEFAULT[-1]] for gate_id, keys in roles.items()}


def _asked(project_id: int) -> dict[int, tuple[Round, dict[str, SignOff]]]:
    """The round that runs at each gate, with the last word for each seat."""
    query = (
        select(ReadinessRound, ReadinessSignOff, Person.name)
        .outerjoin(ReadinessSignOff, ReadinessSignOff.round_id == ReadinessRound.id)
        .outerjoin(Person, Person.id == ReadinessSignOff.signed_by_id)
        .where(ReadinessRound.project_id == project_id)
        .order_by(ReadinessRound.number, ReadinessSignOff.id)
    )
    found: dict[int, tuple[Round, dict[str, SignOff]]] = {}
    for row, word, name in db.session.execute(query):
        if row.gate_id not in found or found[row.gate_id][0].number != row.number:
            found[row.gate_id] = (Round(row.id, row.number, row.opened_at, row.due), {})
        if word is not None:
            found[row.gate_id][1][word.seat] = _signoff(word, name)
    return found


def _signoff(row: ReadinessSignOff, name: str | None) -> SignOff:
    return SignOff(
        row.id, row.seat, Answer(row.answer), row.words, row.due, row.signed_at, name or "", row.signed_by_id,
        Decision(row.decision), row.stale_at,
    )  # fmt: skip
