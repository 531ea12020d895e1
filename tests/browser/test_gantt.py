"""The roadmap edited in a browser: dragged, and the same by keys; steps back and forth; what two people do at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import make_server

from infra.database import db
from kernel.actor import Actor
from roadmap.tasks import queries, service
from roadmap.tasks.queries import TaskRow
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
DAY = 480
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PX = 30  # pixels of a day at this zoom


@pytest.fixture
def project(app: Flask) -> int:
    """Mon 5 Jan: “Map” for two days, then “Load” for one; “Train” for three days beside them; go-live after all."""
    made = factories.project()
    phase = factories.task(made, "Migration")
    first = factories.task(made, "Map", parent_id=phase, duration_minutes=2 * DAY)
    load = factories.task(made, "Load", parent_id=phase, after=first, duration_minutes=DAY)
    factories.task(made, "Train", parent_id=phase, duration_minutes=3 * DAY)
    factories.task(made, "Go-live", type="milestone", is_go_live=True, after=load)
    return made


@pytest.fixture
def home(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()


def enter(app: Flask, page: Page, home: str, who: Actor) -> None:
    client = factories.sign_in(app.test_client(), who)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])


@pytest.fixture
def roadmap(app: Flask, project: int, home: str, page: Page) -> Page:
    """A manager's roadmap by the day, ready to be edited."""
    enter(app, page, home, factories.person("Priya Nair", projects={project: "manager"}))
    page.goto(f"{home}projects/{project}/roadmap?zoom=day")
    expect(page.locator("[data-editing]")).to_be_attached()
    return page


def stored(project: int, name: str) -> TaskRow:
    db.session.rollback()
    return next(row for row in queries.rows(project, date(2026, 2, 18)) if row.name == name)


def number(project: int, name: str) -> int:
    return stored(project, name).id


def bar(page: Page, name: str) -> Locator:
    line = page.locator(".gt tbody tr", has=page.get_by_role("link", name=name, exact=True))
    return page.locator(f'.gc__b a[data-id="{line.get_attribute("data-id")}"]')


def cell(page: Page, name: str, column: str) -> Locator:
    line = page.locator(".gt tbody tr", has=page.get_by_role("link", name=name, exact=True))
    return line.locator(f'[data-c="{column}"]')


def ends(page: Page, name: str) -> tuple[float, float, float]:
    """Left and right end of a bar in the window, and its middle in height."""
    box = bar(page, name).bounding_box()
    assert box is not None
    return box["x"], box["x"] + box["width"], box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + (end[0] - start[0]) / 2, start[1] + (end[1] - start[1]) / 2)
    page.mouse.move(*end, steps=3)
    if drop:
        page.mouse.up()


def test_a_bar_is_dragged_to_another_day_and_what_waits_follows(roadmap: Page, project: int) -> None:
    left, right, y = ends(roadmap, "Map")
    middle = (left + right) / 2
    drag(roadmap, (middle, y), (middle + 2 * PX + 4, y), drop=False)
    expect(roadmap.locator(".gtip")).to_contain_text("Starts Wed 7 Jan")
    expect(roadmap.locator(".gtip")).to_contain_text("go-live 2 days later")
    expect(roadmap.locator("[data-gantt-status]")).to_contain_text("go-live 2 days later")
    assert roadmap.locator(".ghosts .ghost").count() >= 3  # itself, what waits for it, and the go-live
    roadmap.mouse.up()
    expect(cell(roadmap, "Map", "start")).to_have_text("7 Jan")
    expect(cell(roadmap, "Load", "start")).to_have_text("9 Jan")
    expect(roadmap.locator(".ghost")).to_have_count(0)
    assert stored(project, "Map").start == datetime(2026, 1, 7, 8)
    assert stored(project, "Load").start == datetime(2026, 1, 9, 8)
    assert ends(roadmap, "Map")[0] == pytest.approx(left + 2 * PX, abs=1)


def test_a_bar_over_a_weekend_snaps_to_the_next_working_day(roadmap: Page, project: int) -> None:
    left, right, y = ends(roadmap, "Train")
    middle = (left + right) / 2
    drag(roadmap, (middle, y), (middle + 5 * PX, y))
    expect(cell(roadmap, "Train", "start")).to_have_text("12 Jan")
    assert stored(project, "Train").start == datetime(2026, 1, 12, 8)


def test_escape_lets_go_and_nothing_is_stored(roadmap: Page, project: int) -> None:
    left, right, y = ends(roadmap, "Map")
    drag(roadmap, ((left + right) / 2, y), ((left + right) / 2 + 3 * PX, y), drop=False)
    roadmap.keyboard.press("Escape")
    assert ends(roadmap, "Map")[0] == pytest.approx(left, abs=1)
    roadmap.mouse.up()
    expect(roadmap.locator(".ghost")).to_have_count(0)
    assert stored(project, "Map").start == datetime(2026, 1, 5, 8)


def test_the_end_of_a_bar_is_dragged_to_stretch_it(roadmap: Page, project: int) -> None:
    _, right, y = ends(roadmap, "Train")
    drag(roadmap, (right - 4, y), (right - 4 + 2 * PX, y), drop=False)
    expect(roadmap.locator(".gtip")).to_contain_text("Ends Fri 9 Jan")
    roadmap.mouse.up()
    expect(cell(roadmap, "Train", "finish")).to_contain_text("9 Jan")
    assert stored(project, "Train").duration_minutes == 5 * DAY


@pytest.mark.parametrize(("from_end", "to_part", "kind"), [(True, 0.25, "FS"), (True, 0.75, "FF"), (False, 0.25, "SS")])
def test_from_an_end_to_another_bar_a_link_is_drawn(
    roadmap: Page, project: int, from_end: bool, to_part: float, kind: str
) -> None:
    left, right, y = ends(roadmap, "Load")
    begin, end, below = ends(roadmap, "Train")
    start = (right + 16 if from_end else left - 12, y)
    drag(roadmap, start, (begin + (end - begin) * to_part, below))
    expect(roadmap.locator("[data-gantt-said]")).not_to_be_empty()
    expect(roadmap.locator(".newlink")).to_have_count(0)
    ties = stored(project, "Train").predecessors
    assert [(each.task_id, each.type) for each in ties] == [(number(project, "Load"), kind)]


def test_a_link_that_would_close_a_circle_is_refused_in_words(roadmap: Page, project: int) -> None:
    right, y = ends(roadmap, "Load")[1:]
    begin, end, below = ends(roadmap, "Map")
    drag(roadmap, (right + 16, y), (begin + (end - begin) / 4, below), drop=False)
    expect(roadmap.locator(".gtip--bad")).to_contain_text("wait for each other")
    roadmap.mouse.up()
    expect(roadmap.locator(".toast--bad")).to_contain_text("wait for each other")
    assert stored(project, "Map").predecessors == ()


def test_a_row_is_dragged_to_another_place(roadmap: Page, project: int) -> None:
    line = roadmap.locator(".gt tbody tr", has=roadmap.get_by_role("link", name="Train", exact=True))
    box, top = line.locator("td.w").bounding_box(), roadmap.get_by_role("link", name="Map", exact=True).bounding_box()
    assert box is not None
    assert top is not None
    drag(roadmap, (box["x"] + 20, box["y"] + 12), (top["x"] + 30, top["y"] - 4))
    expect(cell(roadmap, "Train", "name").locator("xpath=preceding-sibling::td")).to_have_text("1.1")
    assert [stored(project, name).wbs for name in ("Train", "Map", "Load")] == ["1.1", "1.2", "1.3"]


def test_keys_move_stretch_link_place_and_indent(roadmap: Page, project: int) -> None:
    place = cell(roadmap, "Train", "name").locator("xpath=preceding-sibling::td")
    bar(roadmap, "Train").focus()
    roadmap.keyboard.press("ArrowRight")
    roadmap.keyboard.press("ArrowRight")
    expect(cell(roadmap, "Train", "start")).to_have_text("7 Jan")
    expect(bar(roadmap, "Train")).to_be_focused()
    roadmap.keyboard.press("Shift+ArrowRight")
    expect(cell(roadmap, "Train", "finish")).to_contain_text("12 Jan")
    assert stored(project, "Train").duration_minutes == 4 * DAY
    roadmap.keyboard.press("Alt+ArrowUp")
    expect(place).to_have_text("1.2")
    expect(bar(roadmap, "Train")).to_be_focused()
    assert stored(project, "Train").wbs == "1.2"
    roadmap.keyboard.press("Alt+Shift+ArrowLeft")
    expect(place).to_have_text("2")
    roadmap.keyboard.press("Alt+Shift+ArrowRight")
    expect(place).to_have_text("1.3")
    expect(bar(roadmap, "Train")).to_be_focused()


def test_several_rows_are_chosen_and_linked_by_keys_and_by_pointer(roadmap: Page, project: int) -> None:
    bar(roadmap, "Load").focus()
    roadmap.keyboard.press("Shift+ArrowDown")
    expect(roadmap.locator(".gt tr.is-chosen")).to_have_count(2)
    roadmap.keyboard.press("l")
    expect(roadmap.locator("[data-gantt-said]")).not_to_have_text("2 rows chosen")
    assert [each.task_id for each in stored(project, "Train").predecessors] == [number(project, "Load")]
    roadmap.keyboard.press("Escape")
    expect(roadmap.locator(".gt tr.is-chosen")).to_have_count(0)
    roadmap.locator(".gt td.w").nth(1).click(modifiers=["Control"])
    roadmap.locator(".gt td.w").nth(3).click(modifiers=["Shift"])
    expect(roadmap.locator(".gt tr.is-chosen")).to_have_count(3)
    roadmap.get_by_role("button", name="Move later").click()
    expect(cell(roadmap, "Map", "start")).to_have_text("6 Jan")


def test_a_row_is_added_and_named_where_it_stands(roadmap: Page, project: int) -> None:
    bar(roadmap, "Map").focus()
    roadmap.keyboard.press("Insert")
    name = roadmap.get_by_role("textbox", name="Name of the new task")
    name.fill("Profile")
    name.press("Enter")
    expect(roadmap.get_by_role("link", name="Profile", exact=True)).to_be_visible()
    expect(name).to_be_focused()  # the next one can be typed
    name.press("Escape")
    expect(bar(roadmap, "Profile")).to_be_focused()
    assert stored(project, "Profile").wbs == "1.2"
    roadmap.keyboard.press("F2")
    field = roadmap.get_by_role("textbox", name="Name")
    field.fill("Profile sources")
    field.press("Enter")
    expect(roadmap.get_by_role("link", name="Profile sources", exact=True)).to_be_visible()
    roadmap.keyboard.press("Delete")
    expect(roadmap.get_by_role("link", name="Profile sources", exact=True)).to_have_count(0)


def test_a_cell_is_edited_and_what_is_refused_stays_to_be_put_right(roadmap: Page, project: int) -> None:
    roadmap.goto(roadmap.url + "&columns=start,finish,duration,done,waits")
    expect(roadmap.locator("[data-editing]")).to_be_attached()
    cell(roadmap, "Train", "duration").click()
    field = roadmap.get_by_role("textbox", name="Duration")
    field.fill("2 moons")
    field.press("Enter")
    expect(roadmap.locator(".toast--bad")).to_contain_text("“2 moons” is no duration")
    expect(roadmap.get_by_role("textbox", name="Duration")).to_have_value("2 moons")
    field.fill("1w")
    field.press("Tab")
    expect(roadmap.get_by_role("spinbutton", name="Done")).to_be_focused()
    roadmap.keyboard.press("Escape")
    expect(cell(roadmap, "Train", "duration")).to_have_text("5d")
    assert stored(project, "Train").duration_minutes == 5 * DAY


def test_many_steps_go_back_and_forth(roadmap: Page, project: int) -> None:
    bar(roadmap, "Train").focus()
    for day in ("6 Jan", "7 Jan", "8 Jan"):
        roadmap.keyboard.press("ArrowRight")
        expect(cell(roadmap, "Train", "start")).to_have_text(day)
        expect(roadmap.locator("[data-gantt-said]")).to_contain_text("another time")
    for day in ("7 Jan", "6 Jan", "5 Jan"):
        roadmap.keyboard.press("Control+z")
        expect(cell(roadmap, "Train", "start")).to_have_text(day)
    roadmap.keyboard.press("Control+Shift+z")
    expect(cell(roadmap, "Train", "start")).to_have_text("6 Jan")
    assert stored(project, "Train").start == datetime(2026, 1, 6, 8)


def test_where_another_changed_the_same_one_is_asked(roadmap: Page, project: int) -> None:
    other = factories.person("Maren Vogel", projects={project: "manager"})
    service.change(project, number(project, "Train"), {"duration_minutes": DAY}, actor=other, now=NOW)
    db.session.remove()
    bar(roadmap, "Train").focus()
    roadmap.keyboard.press("Shift+ArrowRight")
    dialog = roadmap.get_by_role("dialog", name="Somebody changed the same")
    expect(dialog).to_contain_text("Maren Vogel")
    expect(dialog).to_contain_text("4 d")
    dialog.get_by_role("radio", name="yours").check()
    dialog.get_by_role("button", name="Store my choice").click()
    expect(cell(roadmap, "Train", "finish")).to_contain_text("8 Jan")
    assert stored(project, "Train").duration_minutes == 4 * DAY


def test_what_another_does_appears_by_itself(roadmap: Page, project: int) -> None:
    other = factories.person("Maren Vogel", projects={project: "manager"})
    service.change(project, number(project, "Train"), {"name": "Train the trainers"}, actor=other, now=NOW)
    db.session.remove()
    roadmap.evaluate("dispatchEvent(new Event('focus'))")
    expect(roadmap.get_by_role("link", name="Train the trainers", exact=True)).to_be_visible()
    expect(roadmap.locator("[data-gantt-said]")).to_contain_text("Maren Vogel changed the plan")


def test_who_reads_only_sees_no_handles(app: Flask, project: int, home: str, page: Page) -> None:
    enter(app, page, home, factories.person("Elena Petrova", projects={project: "stakeholder"}))
    page.goto(f"{home}projects/{project}/roadmap?zoom=day")
    left, right, y = ends(page, "Map")
    drag(page, ((left + right) / 2, y), ((left + right) / 2 + 3 * PX, y))
    assert page.locator("[data-gantt-edit], .handles, [data-editing]").count() == 0
    assert ends(page, "Map")[0] == pytest.approx(left, abs=1)


def test_what_the_script_draws_is_what_the_server_draws(roadmap: Page, project: int) -> None:
    roadmap.route("**/roadmap?*", lambda _route: None)  # never answered: the script's own drawing stays
    bar(roadmap, "Map").focus()
    roadmap.keyboard.press("ArrowRight")
    expect(cell(roadmap, "Map", "start")).to_have_text("6 Jan")
    expect(roadmap.locator("[data-gantt-said]")).to_contain_text("another time")
    drawn = looks(roadmap)
    roadmap.unroute("**/roadmap?*")
    roadmap.reload()
    for one, other in zip(drawn, looks(roadmap), strict=True):
        assert NUMBER.sub("", one) == NUMBER.sub("", other)
        assert [float(x) for x in NUMBER.findall(one)] == pytest.approx(
            [float(x) for x in NUMBER.findall(other)], abs=0.11
        )


def looks(page: Page) -> list[str]:
    """Bars with their labels, arrows and the table's cells as they are drawn."""
    found: list[str] = page.evaluate("""() => [
      ...[...document.querySelectorAll('.gc__b a')].map(each => each.ariaLabel + each.innerHTML),
      ...[...document.querySelectorAll('.gc__b .dep, .gc__b .ah')].map(each => each.getAttribute('d')),
      ...[...document.querySelectorAll('.gt tbody tr')].map(each => each.innerHTML)]""")
    return found


def test_no_barrier_while_editing(roadmap: Page, axe: Axe) -> None:
    bar(roadmap, "Train").focus()
    assert axe(roadmap) == []
    roadmap.keyboard.press("?")
    expect(roadmap.get_by_role("dialog", name="Keys of the roadmap")).to_be_visible()
    assert axe(roadmap) == []
    roadmap.keyboard.press("Escape")
    roadmap.keyboard.press("n")
    assert axe(roadmap) == []
    roadmap.keyboard.press("Escape")
    roadmap.keyboard.press("F2")
    assert axe(roadmap) == []


def test_every_button_is_large_enough_to_hit(roadmap: Page) -> None:
    boxes = [each.bounding_box() for each in roadmap.locator("[data-act]").all()]
    assert boxes
    assert all(box is not None and min(box["width"], box["height"]) >= 24 for box in boxes)


def test_a_band_over_empty_ground_chooses_the_rows_it_touches(roadmap: Page) -> None:
    begin, end, y = ends(roadmap, "Map")
    below = ends(roadmap, "Train")[2]
    drag(roadmap, (end + 5 * PX, y - 8), (begin - 6, below + 4))
    expect(roadmap.locator(".gt tr.is-chosen")).to_have_count(3)
    expect(roadmap.locator("[data-gantt-said]")).to_have_text("3 rows chosen")
    roadmap.get_by_role("button", name="Move later").click()
    expect(cell(roadmap, "Train", "start")).to_have_text("6 Jan")
    roadmap.mouse.click(end + 8 * PX, y)
    expect(roadmap.locator(".gt tr.is-chosen")).to_have_count(0)


def test_rows_are_cut_and_put_below_another(roadmap: Page, project: int) -> None:
    bar(roadmap, "Map").focus()
    roadmap.keyboard.press("Control+x")
    expect(roadmap.locator(".gt tr.is-cut")).to_have_count(1)
    bar(roadmap, "Train").focus()
    roadmap.keyboard.press("Control+v")
    expect(cell(roadmap, "Map", "name").locator("xpath=preceding-sibling::td")).to_have_text("1.3")
    expect(roadmap.locator(".gt tr.is-cut")).to_have_count(0)
    assert [stored(project, name).wbs for name in ("Load", "Train", "Map")] == ["1.1", "1.2", "1.3"]


def test_a_drop_that_does_not_reach_the_server_can_be_sent_again(roadmap: Page, project: int) -> None:
    left, right, y = ends(roadmap, "Train")
    roadmap.route("**/plan/*", lambda route: route.abort())
    drag(roadmap, ((left + right) / 2, y), ((left + right) / 2 + PX, y))
    toast = roadmap.locator(".toast--bad")
    expect(toast).to_be_visible()
    assert ends(roadmap, "Train")[0] == pytest.approx(left, abs=1)
    roadmap.unroute("**/plan/*")
    toast.get_by_role("button", name="Try again").click()
    expect(cell(roadmap, "Train", "start")).to_have_text("6 Jan")
    assert stored(project, "Train").start == datetime(2026, 1, 6, 8)
