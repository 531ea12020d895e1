"""The pages of the knowledge base: reading and searching it, writing it, and what visitors may read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.knowledge import queries, service
from crm.knowledge.forms import ArticleForm
from crm.knowledge.models import Article
from crm.knowledge.rules import articles as rules
from crm.knowledge.rules.articles import ArticleData, State
from crm.knowledge.rules.comparing import compare
from crm.knowledge.rules.drawing import blocks
from crm.objects.rules.catalogue import TICKET
from crm.records import queries as records
from infra.forms import told
from infra.http import public, requires
from infra.lists import Column, Format, Kind, ListSpec, answer
from infra.undo import flash_undo
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_knowledge", __name__)
BASE = "/crm/knowledge"
ONE = f"{BASE}/<int:article_id>"


@bp.before_request
def _only_with_its_module() -> None:
    """Articles belong to service: where that is switched off they are not there."""
    if not queries.is_on():
        raise NotFound


@bp.get(BASE)
@requires("article.see")
def page() -> ResponseReturnValue:
    """The knowledge base: by category, or what was looked for."""
    reader, text = queries.reader_of(g.actor), request.args.get("q", "").strip()[:200]
    category = request.args.get("category", "")[: rules.CATEGORY]
    found = queries.search(text, reader) if text else queries.shelf(reader, category)
    return render_template(
        "crm/knowledge/page.html",
        found=found,
        text=text,
        category=category,
        categories=queries.categories(),
        states=rules.STATES,
        writes=reader.writes,
    )


@bp.get(f"{BASE}/suggest")
@requires("article.see")
def suggest() -> ResponseReturnValue:
    """A few articles that fit what somebody writes, as a part of a page."""
    text = " ".join(request.args.get(key, "") for key in ("q", "name", "subject"))[:500]
    found = queries.suggest(text, queries.reader_of(g.actor)) if text.strip() else []
    return render_template("crm/knowledge/_suggest.html", found=found)


@bp.get(f"{BASE}/all")
@requires("crm.knowledge")
def table() -> ResponseReturnValue:
    """All articles, for who looks after them."""
    found = queries.rows(g.today)
    return answer(_spec(), found, "crm/knowledge/table.html", stale=[each for each in found if each.stale])


def _spec() -> ListSpec:
    return ListSpec(
        "articles",
        _("Articles"),
        (
            Column("title", _("Article"), Kind.TEXT, searched=True),
            Column(
                "state", _("State"), Kind.CHOICE, choices=[(key.value, _(said)) for key, said in rules.STATES.items()]
            ),
            Column("category", _("Category"), Kind.CHOICE, choices=[(each, each) for each in queries.categories()]),
            Column(
                "audience", _("For whom"), Kind.CHOICE, choices=[("staff", _("Staff")), ("customers", _("Customers"))]
            ),
            Column("views", _("Opened in 90 days"), Kind.NUMBER, format=Format.NUMBER, numeric=True),
            Column(
                "helped",
                _("Helped"),
                Kind.NUMBER,
                value=lambda row: row.votes.share,
                format=Format.PERCENT,
                numeric=True,
            ),
            Column(
                "answers",
                _("Said so"),
                Kind.NUMBER,
                value=lambda row: row.votes.n,
                format=Format.NUMBER,
                numeric=True,
                visible=False,
            ),
            Column("tickets", _("Tickets"), Kind.NUMBER, format=Format.NUMBER, numeric=True),
            Column("owner", _("Owner"), Kind.TEXT, visible=False),
            Column("changed_on", _("Changed"), Kind.DATE, format=Format.DAY),
            Column("review_on", _("Look again"), Kind.DATE, format=Format.DAY, visible=False),
            Column(
                "needs",
                _("Needs a look"),
                Kind.FLAG,
                value=lambda row: bool(row.stale),
                format=Format.FLAG,
                visible=False,
            ),
        ),
        default_sort="title",
    )


@bp.get(f"{BASE}/new")
@requires("crm.knowledge")
def new() -> ResponseReturnValue:
    """An empty article, or the draft that a solved ticket makes."""
    return _edit(None, ArticleForm(formdata=None, data=_values(_draft_of(_ticket()))))


@bp.post(f"{BASE}/new")
@requires("crm.knowledge")
def add() -> ResponseReturnValue:
    """Begin an article."""
    form = ArticleForm()
    if form.validate_on_submit():
        try:
            ticket = _ticket()
            number, work = service.begin(
                form.article(), actor=g.actor, now=g.now, ticket_id=ticket.id if ticket else None
            )
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The article is a draft; publish it once it is right."), work)
            return redirect(url_for(".one", article_id=number), 303)
    return _edit(None, form), 422


@bp.get(ONE)
@requires("article.see")
def one(article_id: int) -> ResponseReturnValue:
    """An article."""
    reader = queries.reader_of(g.actor)
    article = queries.article(article_id, reader)
    if not reader.writes:
        service.count_view(article_id, g.today)
    return _one(article)


@bp.get(f"{ONE}/edit")
@requires("crm.knowledge")
def edit(article_id: int) -> ResponseReturnValue:
    """The form of an article."""
    article = queries.article(article_id, queries.reader_of(g.actor))
    data = ArticleData(article.title, article.body, article.summary, article.category, rules.Audience(article.audience))
    return _edit(article, ArticleForm(formdata=None, data=_values(data) | {"number": str(article.number)}))


@bp.post(f"{ONE}/edit")
@requires("crm.knowledge")
def change(article_id: int) -> ResponseReturnValue:
    """Change an article."""
    article, form = queries.article(article_id, queries.reader_of(g.actor)), ArticleForm()
    if form.validate_on_submit():
        try:
            work = service.change(article_id, form.version(), form.article(), actor=g.actor, now=g.now)
        except (RuleBroken, Conflict) as problem:
            form.absorb(problem)
            form.number.data = str(article.number)
            return _edit(article, form, clash=isinstance(problem, Conflict)), problem.status
        flash_undo(_("The article is changed."), work)
        return redirect(url_for(".one", article_id=article_id), 303)
    return _edit(article, form), 422


@bp.post(f"{ONE}/act")
@requires("crm.knowledge")
def act(article_id: int) -> ResponseReturnValue:
    """Publish an article, retire it, say that it still holds, or remove a draft."""
    what, target = request.form.get("act", ""), url_for(".one", article_id=article_id)
    try:
        if what == "publish":
            work = service.publish(article_id, actor=g.actor, now=g.now, today=g.today)
            flash_undo(_("The article is published."), work)
        elif what == "retire":
            flash_undo(_("The article is retired."), service.retire(article_id, actor=g.actor))
        elif what == "review":
            flash_undo(_("It still holds."), service.review(article_id, actor=g.actor, today=g.today))
        elif what == "remove":
            flash_undo(_("The draft is gone."), service.remove(article_id, actor=g.actor))
            target = url_for(".table")
        else:
            raise NotFound
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(target, 303)


@bp.get(f"{ONE}/versions")
@requires("crm.knowledge")
def versions(article_id: int) -> ResponseReturnValue:
    """The versions of an article, two of them side by side."""
    article, found = queries.article(article_id, queries.reader_of(g.actor)), queries.versions(article_id)
    by_number = {each.number: each for each in found}
    newer = by_number.get(request.args.get("to", type=row_number) or article.number, found[0])
    older = by_number.get(request.args.get("from", type=row_number) or newer.number - 1)
    return render_template(
        "crm/knowledge/versions.html",
        article=article,
        versions=found,
        newer=newer,
        older=older,
        lines=compare(_whole(older), _whole(newer)) if older else [],
    )


@bp.post(f"{ONE}/versions/<int:number>/restore")
@requires("crm.knowledge")
def restore(article_id: int, number: int) -> ResponseReturnValue:
    """Let an older version hold again."""
    work = service.restore(article_id, number, actor=g.actor, now=g.now)
    flash_undo(_("Version %(number)d holds again, as a new one.", number=number), work)
    return redirect(url_for(".one", article_id=article_id), 303)


@bp.post(f"{ONE}/vote")
@requires("article.see")
def vote(article_id: int) -> ResponseReturnValue:
    """Say whether an article helped."""
    helped = request.form.get("helped") == "yes"
    try:
        service.vote(article_id, helped=helped, lacking=request.form.get("lacking", ""), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash(
            _("Thank you.") if helped else _("Thank you. Whoever looks after the article reads what is missing."),
            "good",
        )
    return redirect(f"{url_for('.one', article_id=article_id)}#helped", 303)


@bp.post(f"{BASE}/tickets/<int:ticket_id>")
@requires("crm.use")
def tie(ticket_id: int) -> ResponseReturnValue:
    """Say that an article answers a ticket, or that it does not."""
    article_id = request.form.get("article_id", type=row_number) or 0
    if request.form.get("act") == "unlink":
        flash_undo(_("The article is no longer linked."), service.unlink(article_id, ticket_id, actor=g.actor))
    else:
        flash_undo(_("The article is linked."), service.link(article_id, ticket_id, actor=g.actor, now=g.now))
    return redirect(f"/crm/{TICKET.plural}/{ticket_id}", 303)


@bp.get("/help")
@public
def for_visitors() -> ResponseReturnValue:
    """What customers may read, without signing in. Raises NotFound where there is nothing for them."""
    if not queries.any_for_customers():
        raise NotFound
    text = request.args.get("q", "").strip()[:200]
    found = queries.search(text, queries.VISITOR) if text else queries.shelf(queries.VISITOR)
    return render_template("crm/knowledge/help.html", found=found, text=text)


@bp.get("/help/<int:article_id>")
@public
def for_visitor(article_id: int) -> ResponseReturnValue:
    """An article for customers."""
    article = queries.article(article_id, queries.VISITOR)
    service.count_view(article_id, g.today)
    return render_template("crm/knowledge/help_one.html", article=article, blocks=blocks(article.body))


def _one(article: Article) -> str:
    reader, access = queries.reader_of(g.actor), access_of(g.actor)
    votes = queries.votes(article.id)
    state = State(article.state)
    more: dict[str, Any] = {}
    if reader.writes:
        more = {
            "lacking": queries.lacking(article.id),
            "views": queries.views(article.id, g.today),
            "tickets": queries.tickets(article.id, access),
            "stale": rules.why_stale(state, article.review_on, votes, g.today),
            "owner": queries.owner_of(article),
            "audiences": rules.AUDIENCES,
        }
    return render_template(
        "crm/knowledge/one.html",
        article=article,
        blocks=blocks(article.body),
        votes=votes,
        mine=queries.vote_of(article.id, g.actor.id),
        writes=reader.writes,
        states=rules.STATES,
        **more,
    )


def _edit(article: Article | None, form: ArticleForm, *, clash: bool = False) -> str:
    return render_template(
        "crm/knowledge/edit.html", article=article, form=form, categories=queries.categories(), clash=clash,
        ticket=_ticket() if article is None else None,
    )  # fmt: skip


def _ticket() -> Any:
    """The ticket that an article is written from, as the address names it. Raises NotFound for one that is not seen."""
    number = request.args.get("ticket", type=row_number)
    return records.get(access_of(g.actor), TICKET, number) if number else None


def _draft_of(ticket: Any) -> ArticleData:
    if ticket is None:
        return ArticleData("", "")
    access = access_of(g.actor)
    seen = records.fields_of_many(access, TICKET, [ticket])[ticket.id]
    wanted = ("name", "description", "resolution", "root_cause", "workaround")
    return rules.of_ticket(*(getattr(ticket, key) if key in seen else "" for key in wanted))


def _values(data: ArticleData) -> dict[str, Any]:
    return {
        "title": data.title,
        "summary": data.summary,
        "body": data.body,
        "category": data.category,
        "audience": data.audience.value,
    }


def _whole(version: queries.Version) -> str:
    return f"{version.title}\n{version.summary}\n\n{version.body}"
