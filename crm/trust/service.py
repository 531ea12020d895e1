"""Looking as somebody else, keeping tests of access and running them."""

from __future__ import annotations

from datetime import datetime

from accounts.signin.models import SignInSession
from crm.access.rules import ACTIONS, FUNCTIONS
from crm.objects.rules.catalogue import OBJECTS
from crm.trust import queries
from crm.trust.models import PermissionCase, PermissionRun
from crm.trust.rules.cases import RELATIONS, Case
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, Refused, RuleBroken

UNDOABLE = {"permission_case.added": "crm.permission_tests", "permission_case.removed": "crm.permission_tests"}
"""What can be taken back. A run is evidence: it can't."""
COMPARED = 200
MOST_CASES = 500


def begin_view(person_id: int, session_id: int, *, actor: Actor) -> str:
    """Look at the CRM as somebody else until stopped or signed out; their name. Raises NotFound, Refused."""
    other = queries.holder(person_id)
    if other is None:
        raise NotFound
    obstacle = queries.obstacle_to_view(actor, other)
    if obstacle:
        raise Refused("You can't look as %(name)s. %(why)s", name=other.name, why=obstacle)
    with transaction(actor, "view_as.begun") as work:
        row = work.session.get(SignInSession, session_id)
        if row is None or row.person_id != actor.id:
            raise NotFound("That session has ended already.")
        row.seen_as_id = person_id
        work.note("view_as.begun", subject=f"person:{person_id}", label=other.name, scope="crm")
    return other.name


def end_view(session_id: int, *, actor: Actor, why: str = "") -> None:
    """Look as oneself again; ``actor`` is who really looks. Nothing happens where no view was on."""
    with transaction(actor, "view_as.ended") as work:
        row = work.session.get(SignInSession, session_id)
        if row is None or row.person_id != actor.id or row.seen_as_id is None:
            return
        label = queries.names_of([row.seen_as_id]).get(row.seen_as_id, "")
        work.note("view_as.ended", subject=f"person:{row.seen_as_id}", label=label, scope="crm", why=why)
        row.seen_as_id = None


def keep_case(case: Case, *, actor: Actor, now: datetime) -> Work:
    """Keep a question with the answer that it should have. Raises NotFound, RuleBroken."""
    _check(case)
    with transaction(actor, "permission_case.added") as work:
        if len(queries.own_cases()) >= MOST_CASES:
            raise RuleBroken("trust.many", "There are %(most)d tests already. Remove some first.", most=MOST_CASES)
        who = queries.names_of([case.person_id]).get(case.person_id, "") if case.person_id else case.role
        work.session.add(
            PermissionCase(
                person_id=case.person_id,
                role_key=case.role,
                action=case.action,
                object=case.object,
                relation=case.relation,
                record_id=case.record_id,
                field=case.field,
                expected=case.expected,
                label=f"{who}: {case.what}"[:300],
                added_by=actor.id,
                added_at=now,
            )
        )
    return work


def remove_case(case_id: int, *, actor: Actor) -> Work:
    """Remove a test that somebody kept. Raises NotFound."""
    with transaction(actor, "permission_case.removed") as work:
        work.session.delete(queries.case_row(case_id))
    return work


def run_tests(*, actor: Actor, now: datetime) -> int:
    """Ask every test, keep all answers as evidence; the run's number."""
    with transaction(actor, "permission_tests.run") as work:
        found, digest = queries.results(), queries.grants_digest()
        compared, agreed = queries.compare(COMPARED, digest)
        failed = sum(not each.passed for each in found)
        row = PermissionRun(
            at=now,
            by_id=actor.id,
            by_name=actor.name,
            summary=f"{len(found) - failed} of {len(found)} as expected",
            cases=len(found),
            failed=failed,
            compared=compared,
            agreed=agreed,
            grants_digest=digest,
            results=[each.kept() for each in found],
        )
        work.session.add(row)
        work.session.flush()
    return row.id


def _check(case: Case) -> None:
    if case.person_id is not None and queries.holder(case.person_id) is None:
        raise NotFound
    if case.object not in OBJECTS:
        if case.action not in FUNCTIONS:
            raise NotFound
    elif case.action not in ACTIONS or (case.field and not OBJECTS[case.object].has(case.field)):
        raise NotFound
    if case.relation not in RELATIONS or (case.person_id is None and not case.role):
        raise NotFound
