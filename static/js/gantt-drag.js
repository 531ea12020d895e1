// Dragging with a pointer: bars to move and to stretch, their ends to link, rows to put elsewhere. The bar follows the pointer at once;
// what follows from it is asked of the server and drawn as ghosts. Escape lets go, and so does a second finger.

import { corner, stretchBand } from './gantt-band.js';
import { barOf, reach, shape, visible } from './gantt-draw.js';
import { choose, chooseTo, chosen, commit, redraw, settleSoon, toggle } from './gantt-edit.js';
import { clear, layer, outline, preview, showTip, svg } from './gantt-ghosts.js';
import { fill, inOrder, rows, topmost, withBelow, words } from './gantt-model.js';
import { dropAt } from './gantt-place.js';
import { iso, snapFinish, snapStart, told } from './gantt-time.js';
import { begin as beginTouch, byFinger, leave, rest, slip } from './gantt-touch.js';
import { HEAD, ROW, giveWay, scroller, tableRow, whenDrawn, work } from './gantt-view.js';

const SLACK = 4; // pixels before a press becomes a drag
const REACH = 24; // pixels of a handle: the smallest target that a hand finds
const FINGER = 34; // the same for a finger
const EDGE = 44; // pixels from the border of the view where it begins to scroll

let drag = null;
let swallow = false;
export const dragging = () => drag?.moved === true;

// ---- what lies under the pointer --------------------------------------------------------------------------------------

function place(event) {
  const drawing = work.querySelector('.gc__b');
  const frame = drawing.getBoundingClientRect();
  const [at, y] = [event.clientX - frame.left, event.clientY - frame.top + drawing.viewBox.baseVal.y];
  const index = Math.floor(y / ROW);
  const row = rows.get(visible()[index]);
  return { row, index, at, y, zone: row ? zoneOf(row, at, byFinger(event) ? FINGER : REACH) : null };
}

function zoneOf(row, at, size) {
  const [x0, x1] = reach(row);
  if (at >= x0 - size - 2 && at < x0 - 2) return 'before';
  const grip = row.type === 'task' ? Math.min(size - 6, (x1 - x0) / 3) : 0;
  if (row.type === 'task' && at > x1 - grip && at <= x1 + 6) return 'stretch';
  if (at > x1 + (row.type === 'task' ? 6 : 2) && at <= x1 + size + 6) return 'after';
  return at >= x0 - 2 && at <= x1 + 2 ? 'move' : null;
}

function hover(event) {
  const drawing = work.querySelector('.gc__b');
  const found = event.target.closest('.gc__b') && !byFinger(event) ? place(event) : null;
  const id = found?.zone ? found.row.id : null;
  if (drawing.dataset.zone !== (found?.zone ?? '')) drawing.dataset.zone = found?.zone ?? '';
  if (String(id ?? '') !== (drawing.dataset.over ?? '')) handles(id === null ? null : found);
  drawing.dataset.over = id ?? '';
}

function handles(found) {
  const over = layer('handles');
  if (!found) return over.replaceChildren();
  const { row, index } = found;
  const [[x0, x1], y] = [reach(row), index * ROW + 12];
  const marks = [svg('circle', { class: 'dot', cx: x0 - 12, cy: y, r: 4 }), svg('circle', { class: 'dot', cx: x1 + 16, cy: y, r: 4 })];
  if (row.type === 'task' && x1 - x0 > 12) marks.push(svg('path', { class: 'grip', d: `M${x1 - 5} ${y - 3}v6M${x1 - 3} ${y - 3}v6` }));
  over.replaceChildren(...marks);
}

// ---- a drag from press to drop --------------------------------------------------------------------------------------------

function press(event) {
  if (drag) return void (event.pointerId !== drag.pointer && letGo());
  if (event.button) return undefined;
  if (!byFinger(event)) return void take(event);
  return rest(event, (pressed) => take(pressed) && hold(pressed));
}

// What a press takes hold of: the number of a row (for a finger its name, too), a part of a bar, or empty ground.
function grasp(event) {
  const finger = byFinger(event);
  const more = event.ctrlKey || event.metaKey || event.shiftKey;
  const grip = event.target.closest(finger ? '.gt tbody :is(td.w, th)' : '.gt tbody td.w');
  if (grip) return more ? null : { kind: 'place', row: rows.get(Number(grip.closest('tr').dataset.id)) };
  if (!event.target.closest('.gantt__in') || event.target.closest('.gt, .gc__h')) return null;
  const found = place(event);
  if (found.zone) return more ? null : { ...found, kind: KINDS[found.zone] };
  return finger ? null : corner([found.at, found.y], event);
}

function take(event) {
  const found = grasp(event);
  if (!found || (!found.row && found.kind !== 'band')) return false;
  const [box, { row, kind }] = [scroller(), found];
  drag = { ...found, pointer: event.pointerId, x: event.clientX, y: event.clientY, from: [box.scrollLeft, box.scrollTop], moved: false };
  drag.ids = !row ? [] : chosen.has(row.id) && kind !== 'stretch' && kind !== 'link' ? [...chosen] : [row.id];
  return true;
}

// What a finger has rested on is in its hand at once, so that it sees what it has.
function hold(event) {
  drag.event = event;
  start();
  step();
  return true;
}

const KINDS = { move: 'move', stretch: 'stretch', before: 'link', after: 'link' };

function move(event) {
  slip(event);
  if (!drag) return hover(event);
  if (event.pointerId !== drag.pointer) return undefined;
  drag.event = event;
  if (!drag.moved) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < SLACK) return undefined;
    start();
  }
  event.preventDefault();
  drag.frame ??= requestAnimationFrame(step);
  return undefined;
}

function start() {
  giveWay();
  drag.moved = true;
  scroller().setPointerCapture(drag.pointer);
  work.dataset.dragging = drag.kind;
  layer('handles').replaceChildren();
  for (const each of [barOf(drag.row?.id), tableRow(String(drag.row?.id))]) each?.classList.add('is-held');
  drag.ids = topmost(inOrder().map((row) => row.id).filter((id) => drag.ids.includes(id)));
  lookUp();
}

// The bars in hand; looked up once more where the chart was drawn anew meanwhile.
function lookUp() {
  if (!drag?.moved) return;
  drag.bars = drag.kind === 'move' ? [...withBelow(drag.ids)].map(barOf).filter(Boolean) : [];
  drag.order = visible();
}

function step() {
  if (!drag?.moved) return;
  drag.frame = null;
  const box = scroller();
  drag.dx = drag.event.clientX - drag.x + box.scrollLeft - drag.from[0];
  drag.dy = drag.event.clientY - drag.y + box.scrollTop - drag.from[1];
  STEP[drag.kind]();
  if (scrolled(box)) drag.frame = requestAnimationFrame(step);
}

function scrolled(box) {
  const [frame, { clientX, clientY }] = [box.getBoundingClientRect(), drag.event];
  const left = drag.kind === 'place' ? -1e9 : work.querySelector('.gt').getBoundingClientRect().right;
  const push = (at, low, high) => (at < low + EDGE ? -1 : at > high - EDGE ? 1 : 0) * 12;
  const before = [box.scrollLeft, box.scrollTop];
  if (drag.kind !== 'place') box.scrollLeft += push(clientX, left - EDGE / 2, frame.right);
  if (drag.kind !== 'move' && drag.kind !== 'stretch') box.scrollTop += push(clientY, frame.top + HEAD - EDGE / 2, frame.bottom);
  return before[0] !== box.scrollLeft || before[1] !== box.scrollTop;
}

// Shows where it would come to rest and asks what would follow, if that is another place than before.
function look(key, acts, title) {
  if (drag.key !== key) {
    Object.assign(drag, { key, acts, said: [], bad: false });
    if (acts) {
      const mine = drag;
      preview(acts, (said, bad) => {
        if (drag !== mine || drag.key !== key) return;
        Object.assign(drag, { said, bad });
        showTip(drag.event, [title, ...said], bad);
      });
    }
  }
  showTip(drag.event, [title, ...drag.said], drag.bad);
}

const STEP = {
  band: () => stretchBand(drag),
  move() {
    for (const bar of drag.bars) bar.setAttribute('transform', `translate(${drag.dx} 0)`);
    const { row } = drag;
    const begin = snapStart(row.start, drag.dx);
    const shift = begin - row.start;
    landing(row, { start: begin, finish: row.finish + shift });
    const title = row.type === 'milestone' ? told(begin) : fill(words.starts, { day: told(begin) });
    look(`move ${begin}`, shift ? [{ act: 'move', ids: [row.id, ...drag.ids.filter((id) => id !== row.id)], start: iso(begin) }] : null, title);
  },
  stretch() {
    const { row, index } = drag;
    const finish = Math.max(snapFinish(row.finish, drag.dx), row.start + 30);
    const drawn = barOf(row.id);
    const right = Math.max(reach(row)[1] + drag.dx, reach(row)[0] + 3);
    const title = drawn.querySelector('title');
    drawn.innerHTML = shape({ ...row, stop: null, resume: null }, index).replaceAll(/ width="[\d.]+"/g, (text) => resized(text, row, right));
    if (title) drawn.prepend(title);
    landing(row, { start: row.start, finish });
    look(`stretch ${finish}`, finish === row.finish ? null : [{ act: 'stretch', id: row.id, finish: iso(finish) }], fill(words.ends, { day: told(finish) }));
  },
  link() {
    const { row, index, zone, event } = drag;
    const [x0, x1] = reach(row);
    const from = [zone === 'after' ? x1 + 1 : x0 - 1, index * ROW + 12];
    const found = place(event);
    const to = found.row && found.row.id !== row.id ? found : null;
    const [a, b] = to ? reach(to.row) : [0, 0];
    const late = to && to.at > (a + b) / 2;
    const end = to ? [late ? b : a, to.index * ROW + 12] : [from[0] + drag.dx, from[1] + drag.dy];
    const line = svg('path', { class: 'newlink', d: `M${from[0]} ${from[1]}L${end[0]} ${end[1]}` });
    layer('drawn').replaceChildren(line, ...(to ? [outline(to.row, to.index, {})] : []));
    if (!to) return look('link', null, words.link_to);
    const type = `${zone === 'after' ? 'F' : 'S'}${late ? 'F' : 'S'}`;
    const title = fill(words[`link_${type}`], { from: row.name, to: to.row.name });
    return look(`link ${to.row.id} ${type}`, [{ act: 'link', from: row.id, to: to.row.id, type }], title);
  },
  place() {
    const found = dropAt(drag, drag.event);
    const where = found && { act: 'place', ids: drag.ids, parent: found.parent, position: found.position };
    const title = !found ? words.not_here : found.parent === null ? words.to_top : fill(words.below, { name: rows.get(found.parent).name });
    look(`place ${found?.parent} ${found?.position}`, where && [where], title);
  },
};

// The bar's right end under the pointer, its corners kept: shapes are drawn for the old width.
function resized(text, row, right) {
  const [x0, x1] = reach(row);
  const width = Number(/[\d.]+/.exec(text)[0]);
  return Math.abs(width - (x1 - x0)) < 2 ? ` width="${Math.max(width + right - x1, 2).toFixed(1)}"` : text;
}

function landing(row, dates) {
  layer('drawn').replaceChildren(outline(row, drag.index, dates));
}

function drop(event) {
  leave();
  if (!drag || event.pointerId !== drag.pointer) return undefined;
  if (!drag.moved) {
    if (drag.kind === 'band') choose(drag.before);
    return void (drag = null);
  }
  swallow = true; // the click that follows a drop is none, but a button that is hit at once is meant
  setTimeout(() => (swallow = false), 50);
  if (drag.frame) {
    cancelAnimationFrame(drag.frame);
    step();
  }
  const { acts, ids, kind, row, event: last } = drag;
  finish();
  if (kind === 'band') return barOf([...chosen][0])?.focus({ preventScroll: true });
  if (!acts) {
    redraw(kind === 'move' ? withBelow(ids) : [row.id]);
    return byFinger(last) ? tick(row.id) : undefined;
  }
  performance.mark('gantt:drop');
  return commit(acts).then(() => performance.measure('gantt:settled', 'gantt:drop'));
}

function finish() {
  if (drag?.frame) cancelAnimationFrame(drag.frame);
  drag = null;
  delete work.dataset.dragging;
  work.querySelector('.gt__drop')?.remove();
  for (const each of work.querySelectorAll('.is-held')) each.classList.remove('is-held');
  clear();
}

export function letGo() {
  leave();
  if (!drag) return false;
  const { moved, ids, row, kind, before } = drag;
  finish();
  if (moved && kind === 'band') choose(before);
  else if (moved) {
    redraw([...withBelow(ids), row.id]);
    settleSoon();
  }
  return moved;
}

// A finger that rested on a row and was lifted there chooses it, or no longer.
function tick(id) {
  choose(chosen.has(id) ? [...chosen].filter((each) => each !== id) : [...chosen, id], id);
  barOf(id)?.focus({ preventScroll: true });
}

// ---- choosing with a pointer ------------------------------------------------------------------------------------------------

function onClick(event) {
  if (swallow && !event.target.closest('[data-act]')) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const line = event.target.closest('.gt tbody tr[data-id], .gc__b a[data-id]');
  if (!line || event.button) return;
  const id = Number(line.dataset.id);
  const more = byFinger(event) && chosen.size > 0 && !event.target.closest('.tog');
  if (event.ctrlKey || event.metaKey || event.shiftKey || more) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.shiftKey) chooseTo(id);
    else toggle(id);
    getSelection().removeAllRanges();
    (barOf(id) ?? tableRow(String(id)).querySelector('th a:not(.tog)')).focus({ preventScroll: true });
  } else if (chosen.size && !event.target.closest('input, select')) choose([], id);
}

export function begin() {
  whenDrawn(lookUp);
  beginTouch(work, dragging);
  work.addEventListener('pointerdown', press);
  work.addEventListener('pointermove', move);
  work.addEventListener('pointerup', drop);
  work.addEventListener('pointercancel', letGo);
  work.addEventListener('dragstart', (event) => event.preventDefault());
  work.addEventListener('click', onClick, true);
}
