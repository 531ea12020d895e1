"""The presses on a deal's products and people, and the page that holds them when one was wrong."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.deals import charts, service
from crm.deals.rules import LineData
from crm.objects.rules.catalogue import OPPORTUNITY, PRODUCT
from crm.rates.rules import read_amount
from crm.records import queries as records
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_deals", __name__)
BASE = "/crm/opportunities/<int:deal_id>"


@bp.get(f"{BASE}/products")
@requires("crm.use")
def page(deal_id: int) -> ResponseReturnValue:
    """The products, people and stages of a deal on a page of their own."""
    return _page(deal_id)


@bp.post(f"{BASE}/products")
@requires("crm.use")
def add_line(deal_id: int) -> ResponseReturnValue:
    """Add a product: from the catalogue, or by its name."""
    try:
        work = service.add_line(deal_id, _line(), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _refused(deal_id, problem)
    return _done(deal_id, _("The product is in the deal."), work)


@bp.post(f"{BASE}/products/<int:line_id>/remove")
@requires("crm.use")
def remove_line(deal_id: int, line_id: int) -> ResponseReturnValue:
    """Take a product out."""
    return _done(deal_id, _("Taken out."), service.remove_line(deal_id, line_id, actor=g.actor, now=g.now))


@bp.post(f"{BASE}/products/follow")
@requires("crm.use")
def follow(deal_id: int) -> ResponseReturnValue:
    """Let the amount follow the products."""
    return _done(deal_id, _("The amount follows the products."), service.follow(deal_id, actor=g.actor, now=g.now))


@bp.post(f"{BASE}/people")
@requires("crm.use")
def set_part(deal_id: int) -> ResponseReturnValue:
    """Say what somebody has to do with the deal."""
    contact_id = request.form.get("contact_id", type=row_number)
    try:
        if contact_id is None:
            return _refused(deal_id, RuleBroken("crm.part_who", "Choose a contact.", field="contact_id"))
        work = service.set_part(deal_id, contact_id, request.form.get("part", ""), actor=g.actor)
    except RuleBroken as problem:
        return _refused(deal_id, problem)
    return _done(deal_id, _("Saved."), work)


@bp.post(f"{BASE}/people/<int:part_id>/remove")
@requires("crm.use")
def remove_part(deal_id: int, part_id: int) -> ResponseReturnValue:
    """Somebody has nothing to do with it any more."""
    return _done(deal_id, _("Taken out."), service.remove_part(deal_id, part_id, actor=g.actor))


def _line() -> LineData:
    """A line as it was sent; a product brings its name and price along. Raises NotFound, RuleBroken."""
    sent = request.form
    product_id = sent.get("product_id", type=row_number)
    name, price = sent.get("name", ""), read_amount(sent.get("price", ""), "price", _("Price"))
    if product_id is not None:
        product = records.get(access_of(g.actor), PRODUCT, product_id)
        name, price = name or product.name, product.price if price is None else price
    if price is None:
        raise RuleBroken("crm.line_price", "Write a price.", field="price")
    quantity = read_amount(sent.get("quantity", "1"), "quantity", _("Quantity"))
    discount = sent.get("discount", "").strip().removesuffix("%").strip() or "0"
    if not (discount.isascii() and discount.isdigit()) or len(discount) > len("100"):
        raise RuleBroken("crm.line_discount", "A discount is 0 to 100 percent.", field="discount")
    return LineData(product_id, name, quantity or Decimal(0), price, int(discount))


def _done(deal_id: int, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(f"/crm/opportunities/{deal_id}", 303)


def _refused(deal_id: int, problem: RuleBroken) -> ResponseReturnValue:
    flash(told(problem), "bad")
    return _page(deal_id), problem.status


def _page(deal_id: int) -> str:
    access = access_of(g.actor)
    deal = records.get(access, OPPORTUNITY, deal_id)
    panel = charts.deal_panel("opportunity", deal, access) + charts.people_panel("opportunity", deal, access)
    return render_template("crm/deals/page.html", deal=deal, panel=panel)
