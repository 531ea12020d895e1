"""The facts that docs/demo.md tells, read through the product's own queries and written as they stand there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from accounts.absences import queries as absences
from accounts.notices.models import Notice
from accounts.people.models import Person
from adoption.crew import queries as crews
from adoption.help import queries as helps
from adoption.help.rules import OFFERS
from adoption.praise import queries as praise
from checklists import queries as lists
from infra.comments.models import Comment
from infra.database import db
from kernel.actor import SYSTEM
from phases.foreseen import queries as foreseen
from phases.kickoff.changes import queries as changes
from readiness.decisions import queries as decisions
from readiness.gates import queries as gates
from readiness.health import queries as health
from readiness.health.rules.claims import Against
from readiness.signoffs import queries as signoffs
from reports.issued import queries as issued
from roadmap.actions import queries as actions
from roadmap.branches import queries as branches
from roadmap.costs import queries as money
from roadmap.levelling import charts as levelled
from roadmap.levelling import queries as levelling
from roadmap.levelling.rules.serial import level
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.resources import charts
from roadmap.resources import queries as resources
from roadmap.risks import queries as risks
from roadmap.staffing import queries as staffing
from roadmap.standing.rules.standing import Standing, standing
from roadmap.tasks import queries as plans
from roadmap.tasks import service as tasks
from roadmap.tasks.queries import TaskRow
from roadmap.timesheet import queries as timesheet

COLOURS = {"green": "on track", "amber": "at risk", "red": "off track", "unknown": "unknown", "done": "closed"}


def line(*cells: object) -> str:
    """A row of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def day(value: date | None) -> str:
    """A day as the page writes it: 18 Feb 2026."""
    return f"{value.day} {value:%b %Y}" if value else "-"


class Facts:
    """What is so in the demo on its day."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.projects = sorted(projects.visible(SYSTEM), key=lambda row: row.id)
        self.rows = {row.id: plans.rows(row.id, today) for row in self.projects}

    def sections(self) -> dict[str, list[str]]:
        """Every table of the page: its name and its rows."""
        return {
            "people": list(self.people()),
            "roll-outs": [self.rollout(row) for row in self.projects],
            "late tasks": list(self.late_tasks()),
            "under way": list(self.under_way()),
            "late items": list(self.late_items()),
            "held": list(self.held()),
            "owners": list(self.other_owners()),
            "overloads": list(self.overloads()),
            "levelled": list(self.levelled()),
            "days off": list(self.days_off()),
            "evidence": list(self.evidence()),
            "comments": list(self.comments()),
            "notices": list(self.notices()),
            "foreseen": list(self.foreseen()),
            "noted": list(self.noted()),
            "claims": list(self.claims()),
            "indicators": list(self.indicators()),
            "colours": list(self.colours()),
            "phases": list(self.phases()),
            "sign-offs": list(self.signoffs()),
            "decisions": list(self.decided()),
            "branches": list(self.branches()),
            "changes": list(self.changes()),
            "reports": list(self.reports()),
            "risks": list(self.risks()),
            "helped": list(self.helped()),
            "recognised": list(self.recognised()),
            "money": list(self.money()),
            "blockers": list(self.blockers()),
        }

    def standing(self, project: ProjectRow) -> Standing:
        """Where a roll-out stands."""
        calendar = plans.working_time_of(project.id)
        return standing(self.rows[project.id], calendar, project.target_go_live, project.state, self.today)

    def leaves(self, project: ProjectRow) -> list[TaskRow]:
        return [row for row in self.rows[project.id] if row.type != "summary"]

    def signoffs(self) -> Iterator[str]:
        for project in self.projects:
            for gate in gates.gates(project.id):
                table = signoffs.table(project.id, gate.id)
                for place in table.places if table.round else ():
                    word = place.signed
                    answer, words, on = (word.answer.value, word.words, word.at.date()) if word else ("asked", "", None)
                    names = ", ".join(each.name for each in place.seat.people)
                    yield line(project.name, gate.name, names, place.seat.name, answer, day(on), words)

    def decided(self) -> Iterator[str]:
        for project in self.projects:
            for each in decisions.decisions(project.id):
                kept = {row["action"] for row in each.document["conditions"]}
                done = [row for row in actions.rows(project.id) if row.id in kept and row.state == "done"]
                assert each.altered == ()
                met = f"{len(done)} of {len(kept)}"
                who, on = each.decided_by, day(each.at.date())
                yield line(project.name, each.gate_name, each.decision, each.computed, who, on, met)

    def branches(self) -> Iterator[str]:
        for project in self.projects:
            for each in sorted(branches.branches(project.id), key=lambda row: row.project_id):
                ends = branches.ends_of([each.project_id])[each.project_id]
                yield line(project.name, each.name, each.state.value, each.made_by, day(ends.go_live))

    def changes(self) -> Iterator[str]:
        for project in self.projects:
            for each in reversed(changes.rows(project.id)):
                moved = "unknown" if each.days is None else f"{each.days:+d}"
                who = each.decided_by or "-"
                yield line(project.name, each.code, each.title, each.state.value, each.author, moved, who)

    def people(self) -> Iterator[str]:
        for person in db.session.scalars(select(Person).order_by(Person.id)):
            yield line(person.name, person.title, person.email or "does not sign in")

    def rollout(self, project: ProjectRow) -> str:
        where = self.standing(project)
        leaves = self.leaves(project)
        counted = lists.progress_by_project([project.id], self.today)[project.id]
        return line(
            project.name,
            project.state,
            day(project.start),
            day(where.target),
            day(where.go_live),
            f"{where.slip:+d}",
            f"{sum(row.done for row in leaves)} of {len(leaves)}",
            where.late,
            f"{counted.done} of {counted.total}",
            counted.late,
        )

    def late_tasks(self) -> Iterator[str]:
        for project in self.projects:
            for row in self.leaves(project):
                if row.late:
                    yield line(project.name, row.name, row.owner, day(row.finish.date()), f"{row.percent:.0f} %")

    def under_way(self) -> Iterator[str]:
        for project in self.projects:
            for row in self.leaves(project):
                if 0 < row.percent < 100:
                    yield line(project.name, row.name, row.owner, day(row.finish.date()), f"{row.percent:.0f} %")

    def late_items(self) -> Iterator[str]:
        for project in self.projects:
            for item in lists.late(project.id, self.today):
                kind = "required" if item.required else "optional"
                yield line(project.name, item.name, kind, item.owner_name, day(item.due))

    def held(self) -> Iterator[str]:
        """Milestones whose work is done and that a checklist holds."""
        for project in self.projects:
            done = {row.id for row in self.rows[project.id] if row.done}
            for row in self.leaves(project):
                ready = row.type == "milestone" and not row.done and all(p.task_id in done for p in row.predecessors)
                if ready and tasks.obstacles(row.id):
                    open_names = ", ".join(name for _list, _id, name, *_more in self.open_required(row.id))
                    yield line(project.name, row.name, open_names)

    def open_required(self, milestone_id: int) -> Iterable[tuple[object, ...]]:
        for project in self.projects:
            for each in lists.lists(project.id, self.today):
                if each.guards_id == milestone_id:
                    for section in lists.sections(project.id, each.id):
                        for item in section.items:
                            if item.required and item.tick is None:
                                yield each.id, item.id, item.name

    def other_owners(self) -> Iterator[str]:
        """Tasks that somebody has who fills no role."""
        for project in self.projects:
            fillers = {role.person_id for role in staffing.roles(project.id)}
            for row in self.leaves(project):
                if row.owner_id and row.owner_id not in fillers:
                    yield line(project.name, row.name, row.owner)

    def overloads(self) -> Iterator[str]:
        """Who of the first roll-out is asked for too much in the two weeks from today."""
        project, last = self.projects[0].id, self.today + timedelta(days=13)
        for each in resources.overloads(project, self.today, last, SYSTEM):
            because = charts.causes_words(each.causes)
            yield line(each.person, day(each.first), day(each.last), f"{each.percent} %", because)

    def levelled(self) -> Iterator[str]:
        """What levelling comes to for those of them that lie in the first roll-out: a move, or what holds."""
        found = levelling.situation([self.projects[0].id], SYSTEM, self.today)
        result = levelling.outcome(found, level(found.problem))
        held = {each.overload: "; ".join(each.because) for each in levelled.clashes(result)}
        for each in found.overloads:
            mine = {named.cause.number for named in each.causes}
            moved = "; ".join(
                f"{move.name}: {day(move.start)} → {day(move.new_start)}"
                for move in result.moves
                if move.task_id in mine
            )
            yield line(each.person, day(each.first), f"{each.percent} %", held.get(each) or moved)

    def days_off(self) -> Iterator[str]:
        for person in db.session.scalars(select(Person).order_by(Person.id)):
            for row in reversed(absences.absences_of(person.id)):
                yield line(person.name, day(row.first), day(row.last))
            for share in absences.shares_of(person.id):
                yield line(person.name, f"from {day(share.first)}", f"{share.percent} % of a full day")

    def evidence(self) -> Iterator[str]:
        for project in self.projects:
            kinds: Counter[str] = Counter()
            for each in lists.lists(project.id, self.today):
                for section in lists.sections(project.id, each.id):
                    kinds.update(str(proof.kind) for item in section.items for proof in item.evidence)
            yield line(project.name, kinds["text"], kinds["link"], kinds["file"])

    def comments(self) -> Iterator[str]:
        names = {f"task:{row.id}": row.name for rows in self.rows.values() for row in rows}
        for project in self.projects:
            names |= {f"item:{item.id}": item.name for item in lists.open_items(project.id)}
        for said in db.session.scalars(select(Comment).order_by(Comment.created_at, Comment.id)):
            yield line(names[said.subject], said.author_name, said.text)

    def notices(self) -> Iterator[str]:
        """What waits unread for two of those whom the terminal names."""
        unread = select(Person.name, Notice.kind, func.count()).join(Notice, Notice.person_id == Person.id)
        kinds = Notice.kind.in_(["mentioned", "due_tomorrow", "overdue"])
        wanted = (kinds, Notice.read_at.is_(None), Person.name.in_(["Maren Solberg", "Samira Haddad"]))
        grouped = unread.where(*wanted).group_by(Person.name, Notice.kind).order_by(Person.name, Notice.kind)
        for row in db.session.execute(grouped):
            yield line(*row)

    def foreseen(self) -> Iterator[str]:
        for project in self.projects:
            states = Counter(each.state for each in foreseen.elements(project.id))
            late = len(foreseen.late(project.id, self.today))
            yield line(project.name, states["done"], states["planned"], late, states["dropped"])

    def risks(self) -> Iterator[str]:
        counted = actions.counts([project.id for project in self.projects], self.today)
        for project in self.projects:
            found, asked = risks.exposure(project.id, self.today), counted[project.id]
            numbers = (found.open, found.critical, found.total, found.appetite, asked.open, asked.late, asked.done)
            yield line(project.name, *numbers)

    def helped(self) -> Iterator[str]:
        for project in self.projects:
            crew = crews.crew(project.id)
            now = datetime.combine(self.today, time(8), UTC)
            for each in reversed(helps.offers(crew, frozenset(), helps.Look(None, True, now, UTC))):
                assert each.action is not None
                effect = each.effect.why if each.effect else "-"
                yield line(project.name, OFFERS[each.gap].name, each.name, each.action.owner, each.action.state, effect)

    def recognised(self) -> Iterator[str]:
        now = datetime.combine(self.today, time(8), UTC)
        for project in self.projects:
            found = praise.view(project.id, None, now, UTC)
            for kind, lines in (("team", found.teams), ("week", found.week), ("since go-live", found.people[:3])):
                for each in lines:
                    badges = ", ".join(badge.name for badge in each.badges) or "-"
                    yield line(project.name, kind, each.place.rank, each.name, f"{each.place.points:,.1f}", badges)
            for gift in found.rewards:
                yield line(project.name, "reward", day(gift.at.date()), gift.name, gift.what, gift.by)

    def money(self) -> Iterator[str]:
        for project in self.projects:
            found = money.money_of(project.id, self.today)
            amounts = (found.budget, found.planned_to_date, found.actual, found.forecast)
            told = ["-" if cents is None else f"{cents / 100:,.0f}" for cents in amounts]
            yield line(project.name, f"{found.total.minutes / 60:,.0f}", *told)

    def blockers(self) -> Iterator[str]:
        for project in self.projects:
            for each in timesheet.blockers(project.id, resolved=True):
                yield line(each.task, each.raised_by, "open" if each.open else "resolved", each.text)

    def noted(self) -> Iterator[str]:
        for project in self.projects:
            for each in foreseen.elements(project.id):
                if each.note:
                    yield line(each.name, each.state, each.note)

    def claims(self) -> Iterator[str]:
        """What managers claimed, the oldest first."""
        for project in self.projects:
            judged = health.one(project.id, self.today, SYSTEM)
            for each in reversed(health.past_claims(judged, self.today)):
                claim = each.claim
                yield line(project.name, COLOURS[claim.state], claim.by, day(claim.on), day(claim.until), claim.reason)

    def indicators(self) -> Iterator[str]:
        """The six colours of each running roll-out, the whole, what is claimed, and what contradicts it."""
        for project in self.projects[:2]:
            judged = health.one(project.id, self.today, SYSTEM)
            against = [each.kind.value for each in judged.contradictions if each.against != Against.NO_DATA]
            states = [COLOURS[each.state] for each in judged.indicators]
            whole, claimed = COLOURS[judged.worst], COLOURS[judged.claimed or judged.worst]
            yield line(project.name, *states, whole, claimed, ", ".join(against) or "nothing")

    def colours(self) -> Iterator[str]:
        """How the first roll-out stood at the end of each kept day: computed, claimed, exposure."""
        project = self.projects[0]
        for each in health.days(project.id, project.start, self.today):
            claimed = COLOURS[each.claimed] if each.claimed else "-"
            total = risks.exposure(project.id, each.day).total
            yield line(day(each.day), COLOURS[each.computed], claimed, total)

    def phases(self) -> Iterator[str]:
        """Budget, actual cost and forecast of the phases of the first roll-out."""
        for each in money.money_of(self.projects[0].id, self.today).phases:
            told = [
                "-" if cents is None else f"{cents / 100:,.0f}" for cents in (each.budget, each.actual, each.forecast)
            ]
            yield line(each.name or "For the whole", *told)

    def reports(self) -> Iterator[str]:
        for each in reversed(issued.reports(self.projects[0].id)):
            yield line(each.number, day(each.as_of), COLOURS[each.state], each.comment)
