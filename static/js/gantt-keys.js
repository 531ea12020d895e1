// All that can be dragged, by keys and by buttons: what is chosen moves, stretches, is linked, put elsewhere, added and deleted.

import { addBelow, edit } from './gantt-cells.js';
import { letGo } from './gantt-drag.js';
import { barOf, drawBar, visible } from './gantt-draw.js';
import { choose, chooseTo, chosen, commit, current, focusOn, goBack, redraw, targets, toggle } from './gantt-edit.js';
import { clear, preview, say } from './gantt-ghosts.js';
import { childrenOf, fill, rows, topmost, withBelow, words } from './gantt-model.js';
import { iso, scale, stepped, told } from './gantt-time.js';
import { bars, go, tableRow, whenDrawn, work } from './gantt-view.js';

const PAUSE = 450; // milliseconds after the last key until steps that were made together are stored as one

// ---- steps along time: many presses, one act ------------------------------------------------------------------------------

let steps = null;

function moveBy(kind, way) {
  const ids = kind === 'move' ? topmost(targets()) : targets().filter((id) => rows.get(id).type === 'task');
  if (!ids.length) return say(words.no_stretch);
  if (steps && (steps.kind !== kind || steps.ids.join() !== ids.join())) store();
  steps ??= { kind, ids, count: 0 };
  steps.count += way;
  clearTimeout(steps.timer);
  steps.timer = setTimeout(store, PAUSE);
  return show();
}

// Where the first row would come to lie is drawn at once; what follows is asked.
function show() {
  const { kind, ids, count } = steps;
  const order = visible();
  const moved = kind === 'move' ? withBelow(ids) : new Set(ids);
  for (const id of moved) {
    const [row, bar] = [rows.get(id), barOf(id)];
    const start = kind === 'move' ? stepped(row.start, count) : row.start;
    const finish = kind === 'move' ? row.finish + start - row.start : Math.max(stepped(row.finish, count, true), row.start + 30);
    if (bar) drawBar(bar, { ...row, start, finish, stop: null, resume: null }, order.indexOf(id));
  }
  const row = rows.get(ids[0]);
  const day = kind === 'move' ? stepped(row.start, count) : stepped(row.finish, count, true);
  const title = fill(kind === 'move' ? words.starts : words.ends, { day: told(day) });
  work.querySelector('[data-gantt-said]').textContent = title;
  preview(actsOf(steps), (said) => say([title, ...said].join('. ')), 120);
}

function actsOf({ kind, ids, count }) {
  if (kind === 'move') return [{ act: 'move', ids, ...(scale().hourly ? { minutes: 60 * count } : { days: count }) }];
  const unit = scale().hourly ? 60 : words.day_minutes;
  return ids.map((id) => ({ act: 'stretch', id, duration_minutes: Math.max(rows.get(id).duration_minutes + count * unit, 30) }));
}

function store() {
  if (!steps) return undefined;
  const done = steps;
  clearTimeout(steps.timer);
  steps = null;
  clear();
  return done.count ? commit(actsOf(done)) : redraw(withBelow(done.ids));
}

function leave() {
  if (!steps) return false;
  clearTimeout(steps.timer);
  const { ids } = steps;
  steps = null;
  redraw(withBelow(ids));
  return true;
}

// ---- acts ---------------------------------------------------------------------------------------------------------------------

async function storeFor(acts, ids) {
  const stored = await commit(acts);
  if (stored && ids.length) focusOn(ids[0]);
  return stored;
}

function reorder(way) {
  const ids = topmost(targets());
  const parent = rows.get(ids[0])?.parent ?? null;
  const family = childrenOf(parent).map((row) => row.id);
  const still = family.filter((id) => !ids.includes(id));
  if (ids.some((id) => !family.includes(id))) return say(words.one_family);
  const position = family.indexOf(ids[0]) + way;
  if (position < 0 || position > still.length) return say(words.at_end);
  return storeFor([{ act: 'place', ids, parent, position }], ids);
}

function link() {
  const ids = [...chosen].filter((id) => rows.has(id));
  if (ids.length < 2) return say(words.link_two);
  return storeFor(ids.slice(1).map((to, n) => ({ act: 'link', from: ids[n], to, type: 'FS' })), [ids[0]]);
}

let cut = [];

// Marks rows that the next paste puts elsewhere.
function cutRows(ids = topmost(targets())) {
  for (const line of work.querySelectorAll('.gt .is-cut')) line.classList.remove('is-cut');
  cut = ids;
  for (const id of withBelow(cut)) tableRow(String(id))?.classList.add('is-cut');
  if (cut.length) say(fill(words.cut, { count: cut.length }));
}

// Puts what was cut below the row with the focus, as its sibling.
async function paste() {
  const [at, ids] = [rows.get(current()), cut.filter((id) => rows.has(id))];
  if (!ids.length || !at || withBelow(ids).has(at.id)) return say(words.cut_first);
  const family = childrenOf(at.parent).filter((row) => !ids.includes(row.id));
  const stored = await storeFor([{ act: 'place', ids, parent: at.parent, position: family.indexOf(at) + 1 }], ids);
  if (stored) cutRows([]);
  return stored;
}

// The links between what is chosen; of a single row all that it waits for.
function unlink() {
  const ids = targets();
  const among = (id) => ids.length === 1 || ids.includes(id);
  const acts = ids.flatMap((to) => rows.get(to).predecessors.filter(({ id }) => among(id)).map(({ id, type }) => ({ act: 'unlink', from: id, to, type })));
  return acts.length ? storeFor(acts, ids) : say(words.no_links);
}

async function remove() {
  const ids = topmost(targets());
  const order = visible();
  const gone = withBelow(ids);
  const next = order.slice(order.indexOf(ids[0])).find((id) => !gone.has(id)) ?? order.findLast((id) => !gone.has(id));
  if (ids.length && (await commit([{ act: 'delete', ids }])) && next) focusOn(next);
}

const ACTS = {
  earlier: () => moveBy('move', -1),
  later: () => moveBy('move', 1),
  shorter: () => moveBy('stretch', -1),
  longer: () => moveBy('stretch', 1),
  up: () => reorder(-1),
  down: () => reorder(1),
  indent: () => storeFor([{ act: 'indent', ids: topmost(targets()) }], targets()),
  outdent: () => storeFor([{ act: 'outdent', ids: topmost(targets()) }], targets()),
  link,
  unlink,
  add: () => addBelow(),
  cut: () => cutRows(),
  paste,
  rename: () => current() !== null && edit(current(), 'name'),
  delete: remove,
  undo: () => goBack('undo'),
  redo: () => goBack('redo'),
  keys: () => work.querySelector('[data-gantt-keys]').showModal(),
};

function act(name) {
  if (!['earlier', 'later', 'shorter', 'longer'].includes(name)) store();
  return ACTS[name]();
}

// ---- keys ---------------------------------------------------------------------------------------------------------------------

const spelled = ({ ctrlKey, metaKey, altKey, shiftKey, key }) =>
  `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shiftKey && key !== '?' ? 'Shift+' : ''}${key.length === 1 ? key.toLowerCase() : key}`;

const EVERYWHERE = { 'Ctrl+z': 'undo', 'Ctrl+Shift+z': 'redo', 'Ctrl+y': 'redo', '?': 'keys' };
const ON_ROWS = {
  ArrowLeft: 'earlier', ArrowRight: 'later', 'Ctrl+ArrowLeft': 'earlier', 'Ctrl+ArrowRight': 'later',
  'Shift+ArrowLeft': 'shorter', 'Shift+ArrowRight': 'longer', 'Alt+ArrowUp': 'up', 'Alt+ArrowDown': 'down',
  'Alt+Shift+ArrowLeft': 'outdent', 'Alt+Shift+ArrowRight': 'indent', l: 'link', 'Shift+l': 'unlink',
  'Ctrl+x': 'cut', 'Ctrl+v': 'paste', Insert: 'add', n: 'add', Delete: 'delete', F2: 'rename',
}; // prettier-ignore

function onKey(event) {
  if (event.target.closest('input, select, textarea, dialog[open], [popover]')) return;
  const key = spelled(event);
  const row = event.target.closest('.gc__b a, .gt tr[data-id]');
  const stays = rows.get(Number(row?.dataset.id))?.type === 'summary' && (key === 'ArrowLeft' || key === 'ArrowRight');
  if (EVERYWHERE[key]) act(EVERYWHERE[key]);
  else if (key === 'Escape') {
    if (!(letGo() || leave() || (cut.length > 0 && !cutRows([])) || (chosen.size > 0 && !choose([])))) return;
  } else if (!row || stays) return;
  else if (ON_ROWS[key]) act(ON_ROWS[key]);
  else if (!onChoosing(key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onChoosing(key) {
  const id = current();
  if (key === 'Ctrl+ ' || key === 'x') toggle(id);
  else if (key === 'Ctrl+a') choose(visible());
  else if (key === 'Shift+ArrowUp' || key === 'Shift+ArrowDown') {
    if (!chosen.size) choose([id], id);
    const order = bars();
    const next = order[order.findIndex((bar) => bar.dataset.id === String(id)) + (key.endsWith('Up') ? -1 : 1)];
    if (!next) return true;
    go(next);
    chooseTo(Number(next.dataset.id));
  } else return false;
  return true;
}

export function begin() {
  whenDrawn(() => cut.length && cutRows(cut));
  document.addEventListener('keydown', onKey, true);
  work.querySelector('[data-gantt-edit]').addEventListener('click', (event) => {
    const button = event.target.closest('[data-act]');
    if (!button) return;
    if (button.getAttribute('aria-disabled') === 'true') say(words.choose_first);
    else act(button.dataset.act);
  });
}
