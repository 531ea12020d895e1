// Editing: what is chosen, how an act is stored and its answer drawn, steps back and forth, and what others do meanwhile.

import { begin as beginCells } from './gantt-cells.js';
import { ask as askConflicts } from './gantt-conflicts.js';
import { begin as beginDragging, dragging } from './gantt-drag.js';
import { barOf, drawArrows, drawBar, drawCells, visible } from './gantt-draw.js';
import { clear, layer, say, svg } from './gantt-ghosts.js';
import { begin as beginKeys } from './gantt-keys.js';
import { fetchRows, fill, known, learn, rows, step, store, words } from './gantt-model.js';
import { covers } from './gantt-time.js';
import { ROW, bars, fetches, giveWay, go, load, part, scroller, tableRow, whenDrawn, work } from './gantt-view.js';

const QUIET = 1200; // milliseconds after the last act until the server draws all once more: sentence, slack, list by week
const LOOK = 8000; // milliseconds between looks at what others did

// ---- what is chosen ---------------------------------------------------------------------------------------------------

export const chosen = new Set();
let anchor = null;

export const current = () => (rows.has(Number(work.dataset.current)) ? Number(work.dataset.current) : null);

// The rows that an act is about, in tree order: the chosen ones, or the one with the focus.
export function targets() {
  const [at, order] = [current(), (one, other) => rows.get(one).row - rows.get(other).row];
  if (chosen.size && (at === null || chosen.has(at))) return [...chosen].filter((id) => rows.has(id)).sort(order);
  return at === null ? [] : [at];
}

export function choose(ids, from = anchor) {
  chosen.clear();
  for (const id of ids) chosen.add(id);
  anchor = from;
  showChosen();
}

export function toggle(id) {
  if (!chosen.size && current() !== null && current() !== id) chosen.add(current());
  if (!chosen.delete(id)) chosen.add(id);
  choose([...chosen], id);
}

// All rows between the one where choosing began and this one.
export function chooseTo(id) {
  const order = visible();
  const from = anchor !== null && order.includes(anchor) ? anchor : (current() ?? id);
  const [one, other] = [order.indexOf(from), order.indexOf(id)].sort((a, b) => a - b);
  choose(order.slice(one, other + 1), from);
}

function showChosen() {
  for (const line of work.querySelectorAll('.gt tr.is-chosen')) line.classList.remove('is-chosen');
  const order = visible();
  const tints = [];
  for (const id of chosen) {
    tableRow(String(id))?.classList.add('is-chosen');
    const index = order.indexOf(id);
    if (index >= 0) tints.push(svg('rect', { class: 'chosenrow', x: 0, y: index * ROW, width: '100%', height: ROW }));
  }
  const under = layer('chosen');
  under.replaceChildren(...tints);
  work.querySelector('.gc__b').prepend(under);
  showButtons();
  if (chosen.size > 1) say(fill(words.chosen, { count: chosen.size }));
}

// ---- storing --------------------------------------------------------------------------------------------------------------

let quiet = 0;
const busy = () => dragging() || fetches() || Boolean(work.querySelector('.gt input, .gt select, .gt form'));

// All of the chart as the server draws it, once nobody is in the middle of something.
export function settleSoon(wait = QUIET) {
  clearTimeout(quiet);
  quiet = setTimeout(() => (busy() ? settleSoon() : load(new URL(location.href), { quiet: true })), wait);
}

export const whole = () => load(new URL(location.href));

// Draws the rows again as they are known: after an answer, or when something was refused.
export function redraw(ids) {
  clear();
  const order = visible();
  const at = new Map(order.map((id, index) => [id, index]));
  for (const id of ids) {
    const bar = barOf(id);
    if (bar && rows.has(id)) drawBar(bar, rows.get(id), at.get(id));
    drawCells(id);
  }
  const { from, to, count } = part('chart').dataset;
  const filtered = ['phase', 'owner', 'critical', 'late'].some((name) => new URL(location.href).searchParams.has(name));
  if (!filtered || Number(to) - Number(from) >= Number(count)) drawArrows(order);
}

async function take(answer) {
  const { changed, moved } = learn(answer);
  for (const id of answer.gone ?? []) chosen.delete(id);
  showButtons();
  if (dragging()) return settleSoon(); // what is in somebody's hand stays there
  const outside = changed.some((id) => !covers(rows.get(id).start) || !covers(rows.get(id).finish));
  if (moved || outside) {
    clear();
    await whole();
  } else if (changed.length) {
    redraw(changed);
    settleSoon();
  }
}

// Says what went wrong; where the server was out of reach (0) what was wanted is kept, to be sent once more.
function fail(problem, run) {
  const again = problem.status === 0 ? { label: words.again, run } : null;
  document.dispatchEvent(new CustomEvent('toast', { detail: { message: problem.message, tone: 'bad', again } }));
}

// Stores acts; draws what the answer changed, or everything as it was. Gives the answer, null where nothing was stored.
export async function commit(acts, choices = []) {
  giveWay();
  try {
    const answer = await store(acts, choices);
    await take(answer);
    say([answer.message, ...(answer.problems ?? []).map(({ message }) => message)].join(' '));
    return answer;
  } catch (problem) {
    if (problem.told?.conflicts) {
      learn(problem.told);
      redraw(rows.keys());
      const picked = await askConflicts(problem.told);
      return picked ? commit(acts, picked) : whole().then(() => null);
    }
    redraw(rows.keys());
    fail(problem, () => commit(acts, choices));
    if (problem.status === 404) await refresh();
    return null;
  }
}

export async function goBack(way) {
  clear();
  try {
    const answer = await step(way);
    await take(answer);
    say(answer.message);
  } catch (problem) {
    fail(problem, () => goBack(way));
  }
}

// Brings a row into view and gives its bar the focus.
export function focusOn(id) {
  const bar = bars().find((each) => each.dataset.id === String(id));
  if (bar) go(bar);
  else work.dataset.current = String(id);
}

// ---- what others do -------------------------------------------------------------------------------------------------------

async function refresh() {
  const answer = await fetchRows().catch(() => null);
  if (!answer) return;
  const others = answer.by ?? [];
  if (busy()) {
    known.tag = null; // asked again at the next look, with the same version
    return;
  }
  await take(answer);
  if (answer.rows.length && others.length) say(fill(words.changed_by, { names: others.join(', ') }));
}

function showButtons() {
  const [ids, bar] = [targets(), work.querySelector('[data-gantt-edit]')];
  for (const button of bar.querySelectorAll('[data-act]')) {
    const { act } = button.dataset;
    const needs = { undo: known.undo?.may, redo: known.redo?.may, add: true, keys: true, link: ids.length > 1, unlink: ids.length > 0 }[act];
    button.setAttribute('aria-disabled', String(!(needs ?? ids.length > 0)));
    if (known[act]?.words !== undefined) button.title = known[act].words || button.getAttribute('aria-label');
  }
}

export async function begin() {
  const answer = await fetchRows().catch(() => null);
  if (!answer) return; // reading goes on as before
  learn(answer);
  work.querySelector('[data-gantt-edit]').hidden = false;
  work.dataset.editing = '';
  whenDrawn(showChosen);
  work.addEventListener('focusin', showButtons);
  beginDragging();
  beginKeys();
  beginCells();
  showButtons();
  setInterval(() => !document.hidden && !busy() && refresh(), LOOK);
  addEventListener('focus', () => !busy() && refresh());
  scroller().dispatchEvent(new CustomEvent('gantt:ready', { bubbles: true }));
}
