// The plan as the server last told it: its rows by number, the version, and what can be taken back. What is sent goes one after another.

import { parse } from './gantt-time.js';
import { work } from './gantt-view.js';

export const rows = new Map();
export const known = { version: null, undo: null, redo: null, tag: null, turn: 0 };
const settings = JSON.parse(work?.dataset.planEdit ?? '{}');
export const { url, people = [], words = {} } = settings;

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');

// A row with its dates as moments.
function read(row) {
  const moments = {};
  for (const name of ['start', 'finish', 'late_finish', 'stop', 'resume']) moments[name] = row[name] ? parse(row[name]) : null;
  return { ...row, ...moments };
}

const FRAME = ['row', 'level', 'parent', 'wbs', 'type', 'is_go_live', 'active', 'manual'];

// Takes over what an answer says; tells which rows changed, and whether their order, numbers or kinds did.
export function learn(answer) {
  const changed = [];
  known.turn += 1;
  let moved = Boolean(answer.gone?.length || answer.all);
  for (const told of answer.rows ?? []) {
    const before = rows.get(told.id);
    const now = read(told);
    moved ||= !before || FRAME.some((name) => before[name] !== now[name]);
    rows.set(now.id, now);
    changed.push(now.id);
  }
  for (const id of answer.gone ?? []) rows.delete(id);
  for (const name of ['version', 'undo', 'redo']) if (answer[name] !== undefined) known[name] = answer[name];
  return { changed, moved };
}

export const inOrder = () => [...rows.values()].sort((one, other) => one.row - other.row);
export const childrenOf = (parent) => inOrder().filter((row) => row.parent === parent);

// Rows without those that come along with a chosen summary anyway.
export function topmost(ids) {
  const chosen = new Set(ids);
  const above = (row) => row.parent !== null && (chosen.has(row.parent) || above(rows.get(row.parent)));
  return ids.map((id) => rows.get(id)).filter((row) => row && !above(row)).map((row) => row.id);
}

// The rows that move when these do: summaries take all below them along.
export function withBelow(ids) {
  const found = new Set(ids);
  for (const row of inOrder()) if (found.has(row.parent)) found.add(row.id);
  return found;
}

// ---- speaking with the server -------------------------------------------------------------------------------------

export class Refused extends Error {
  constructor(status, told) {
    super(told.detail ?? told.title ?? '');
    Object.assign(this, { status, told });
  }
}

const offline = () => document.querySelector('main')?.dataset.wordOffline ?? '';

async function ask(path, body, signal) {
  const headers = { Accept: 'application/json' };
  if (body) Object.assign(headers, { 'Content-Type': 'application/json', 'X-CSRFToken': document.body.dataset.csrf ?? '' });
  else if (known.tag && known.version) headers['If-None-Match'] = known.tag;
  const options = { method: body ? 'POST' : 'GET', headers, credentials: 'same-origin', signal };
  if (body) options.body = JSON.stringify(body);
  const answer = await fetch(`${url}/${path}`, options).catch((problem) => {
    if (problem.name === 'AbortError') throw problem;
    throw new Refused(0, { detail: offline() });
  });
  if (answer.status === 304) return null;
  const told = answer.redirected ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok || answer.redirected) throw new Refused(answer.status, { detail: offline(), ...told });
  if (!body) known.tag = answer.headers.get('ETag');
  return told;
}

// All rows at first, later those that others changed; null where nothing did.
export const fetchRows = () => ask(known.version ? `rows?since=${encodeURIComponent(known.version)}` : 'rows');

let last = Promise.resolve();

// One after another, so that each is sent with the version that the one before it left.
function inTurn(action) {
  const mine = last.then(action);
  last = mine.catch(() => undefined);
  return mine;
}

export const store = (acts, choices = []) => inTurn(() => ask('acts', { version: known.version, acts, choices }));
export const step = (way) => inTurn(() => ask(way, { version: known.version }));

let looking = null;
let waiting = 0;
const PAUSE = 70;

// What would follow, after a short pause; of several questions only the last one is answered. Null where it was overtaken.
export function foresee(acts, pause = PAUSE) {
  forget();
  return new Promise((answer, refuse) => {
    waiting = setTimeout(() => {
      looking = new AbortController();
      ask('preview', { version: known.version, acts }, looking.signal).then(answer, (problem) => (problem.name === 'AbortError' ? answer(null) : refuse(problem)));
    }, pause);
  });
}

export function forget() {
  clearTimeout(waiting);
  looking?.abort();
}
