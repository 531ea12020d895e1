// Redraws what an answer changed, as roadmap/gantt/rules drew it first (drawing.py, links.py); a test holds the two against each other.

import { fill, known, rows, words } from './gantt-model.js';
import { long, short, stoneX, x } from './gantt-time.js';
import { ROW, bars, part, tableRow, work } from './gantt-view.js';

const [TOP, HEIGHT, MIDDLE, DIAMOND, OUT, MIN_BAR, ROUND] = [5, 14, 12, 6.5, 5, 3, 3];
const SHAPES = { task: [TOP, TOP + HEIGHT, MIDDLE], summary: [8, 13, 10.5], milestone: [6.5, 19.5, 13] };
const f = (number) => number.toFixed(1);

export const barOf = (id) => work.querySelector(`.gc__b a[data-id="${CSS.escape(String(id))}"]`);

// Left and right end of what stands for a row.
export function reach({ type, start, finish }) {
  if (type === 'milestone') return [stoneX(finish) - DIAMOND, stoneX(finish) + DIAMOND];
  return [x(start), Math.max(x(finish), x(start) + MIN_BAR)];
}

let order = { chart: null, turn: -1, ids: [] };

// The rows that are drawn or could be, top to bottom: those below a collapsed summary are left out.
export function visible() {
  const chart = part('chart');
  if (order.chart !== chart || order.turn !== known.turn) order = { chart, turn: known.turn, ids: listed(chart.dataset) };
  return order.ids;
}

function listed({ from, to, count }) {
  const drawn = bars().map((bar) => Number(bar.dataset.id));
  if (Number(to) - Number(from) >= Number(count)) return drawn;
  const closed = new Set((new URL(location.href).searchParams.get('collapsed') ?? '').split(',').map(Number));
  const hidden = new Set();
  return [...rows.values()]
    .sort((one, other) => one.row - other.row)
    .filter((row) => {
      if (!closed.has(row.parent) && !hidden.has(row.parent)) return true;
      hidden.add(row.id);
      return false;
    })
    .map((row) => row.id);
}

// ---- bars -------------------------------------------------------------------------------------------------------------

const yOf = (index) => index * ROW;
const box = (name, left, y, width, extra = '') => `<rect class="${name}" x="${f(left)}" y="${y}" width="${f(width)}" height="${HEIGHT}" rx="3"${extra}/>`;
const edge = (left, y, width) => `<rect class="edge" x="${f(left + 0.5)}" y="${y + 0.5}" width="${f(Math.max(width - 1, 1))}" height="${HEIGHT - 1}" rx="2.5"/>`;

function taskShape(row, y0, [x0, x1]) {
  const [y, width] = [y0 + TOP, x1 - x0];
  const done = (width * row.percent) / 100;
  if (row.stop && row.resume && x(row.resume) - x(row.stop) >= 1) return pieces(row, y0, x0, x1);
  if (row.percent >= 100) return box('fill', x0, y, width) + edge(x0, y, width);
  if (done < ROUND) return box('track', x0, y, width) + edge(x0, y, width);
  const fill = `<path class="fill" d="M${f(x0 + 3)} ${y}h${f(done - 3)}v${HEIGHT}H${f(x0 + 3)}a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3z"/>`;
  return box('track', x0, y, width) + fill + edge(x0, y, width);
}

function pieces(row, y0, x0, x1) {
  const [stop, resume] = [x(row.stop), x(row.resume)];
  const worked = (row.percent / 100) * (stop - x0 + x1 - resume);
  const piece = (left, right, done) => {
    const width = Math.max(right - left, 2);
    return box('track', left, y0 + TOP, width) + (done >= ROUND ? box('fill', left, y0 + TOP, done) : '') + edge(left, y0 + TOP, width);
  };
  const pause = `<path class="pause" d="M${f(stop)} ${y0 + MIDDLE}H${f(resume)}"/>`;
  return pause + piece(x0, stop, Math.min(worked, stop - x0)) + piece(resume, x1, Math.max(worked - stop + x0, 0));
}

function summaryShape(row, y0, [x0, x1]) {
  const [y, width] = [y0 + 8, x1 - x0];
  const [done, foot] = [(width * Math.trunc(row.percent)) / 100, Math.min(6, width / 2)];
  const feet = `M${f(x0)} ${y}h${f(foot)}l${f(-foot)} 10zM${f(x1)} ${y}h${f(-foot)}l${f(foot)} 10z`;
  return `<rect class="hit" x="${f(x0)}" y="${y - 3}" width="${f(width)}" height="16"/><path class="sumd" d="M${f(x0)} ${y}h${f(width)}v5h${f(-width)}z"/><path class="sum" d="M${f(x0)} ${y}h${f(done)}v5h${f(-done)}z${feet}"/>`;
}

function stoneShape(row, y0, [x0, x1]) {
  return `<path class="ms${row.percent >= 100 ? ' ms--on' : ''}" d="M${f((x0 + x1) / 2)} ${y0 + 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z"/>`;
}

const DRAW = { task: taskShape, summary: summaryShape, milestone: stoneShape };

// A row's shapes; `over` gives other dates, for what is being dragged.
export function shape(row, index, over = {}) {
  const at = { ...row, percent: Math.trunc(row.percent), ...over };
  return DRAW[at.type](at, yOf(index), reach(at));
}

export function spoken(row) {
  const values = { ...row, start: long(row.start), finish: long(row.finish), percent: Math.trunc(row.percent) };
  const facts = [
    [row.type === 'milestone' && row.done, words.reached],
    [row.critical, words.critical],
    [row.late, words.late],
    [!row.active, words.inactive],
    [row.manual, words.own_dates],
  ];
  return [fill(words[`a_${row.type}`], values), ...facts.filter(([holds]) => holds).map(([, word]) => word)].join(', ');
}

export function drawBar(bar, row, index) {
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = spoken(row);
  bar.innerHTML = shape(row, index);
  bar.prepend(title);
  bar.setAttribute('aria-label', title.textContent);
  bar.removeAttribute('transform');
  bar.classList.toggle('c', row.critical);
}

// ---- arrows -------------------------------------------------------------------------------------------------------------

function end(row, index) {
  const [x0, x1] = reach(row);
  const [top, bottom, middle] = SHAPES[row.type].map((y) => y + yOf(index));
  const entry = row.type === 'milestone' ? (x0 + x1) / 2 : x0 + Math.min(3.5, (x1 - x0) / 2);
  return { index, type: row.type, x0, x1, top, bottom, middle, entry };
}

const lane = (from, down) => (down ? (from.index + 1) * ROW - 1 : from.index * ROW + 1);

function finishStart(from, to, down) {
  const arrive = [to.entry, down ? to.top - 1 : to.bottom + 1];
  const between = lane(from, down);
  if (from.type === 'milestone') {
    const leave = [from.entry, down ? from.bottom : from.top];
    if (Math.abs(from.entry - to.entry) < 1) return [leave, [from.entry, arrive[1]]];
    return [leave, [from.entry, between], [to.entry, between], arrive];
  }
  if (to.entry >= from.x1 + 4) return [[from.x1, from.middle], [to.entry, from.middle], arrive];
  const out = from.x1 + OUT;
  return [[from.x1, from.middle], [out, from.middle], [out, between], [to.entry, between], arrive];
}

function sameSide([x0, y0], [x1, y1], side) {
  const turn = (side > 0 ? Math.max(x0, x1) : Math.min(x0, x1)) + side * (OUT + 3);
  return [[x0, y0], [turn, y0], [turn, y1], [x1 + side, y1]];
}

function startFinish(from, to, down) {
  const [out, into, between] = [from.x0 - OUT, to.x1 + OUT + 3, lane(from, down)];
  return [[from.x0, from.middle], [out, from.middle], [out, between], [into, between], [into, to.middle], [to.x1 + 1, to.middle]];
}

export function route(from, to, type) {
  const down = to.index > from.index;
  if (type === 'FS') return [finishStart(from, to, down), down ? 'down' : 'up'];
  if (type === 'SS') return [sameSide([from.x0, from.middle], [to.x0, to.middle], -1), 'right'];
  if (type === 'FF') return [sameSide([from.x1, from.middle], [to.x1, to.middle], 1), 'left'];
  return [startFinish(from, to, down), 'left'];
}

function path(points) {
  let text = `M${f(points[0][0])} ${f(points[0][1])}`;
  for (let at = 1; at < points.length - 1; at += 1) {
    const [[x0, y0], [x1, y1], [x2, y2]] = points.slice(at - 1, at + 2);
    const [before, after] = [Math.abs(x1 - x0) + Math.abs(y1 - y0), Math.abs(x2 - x1) + Math.abs(y2 - y1)];
    const [into, out] = [Math.min(3, before / 2) / (before || 1), Math.min(3, after / 2) / (after || 1)];
    text += `L${f(x1 - (x1 - x0) * into)} ${f(y1 - (y1 - y0) * into)}Q${f(x1)} ${f(y1)} ${f(x1 + (x2 - x1) * out)} ${f(y1 + (y2 - y1) * out)}`;
  }
  return `${text}L${f(points.at(-1)[0])} ${f(points.at(-1)[1])}`;
}

const HEADS = { down: 'l-3-4.5h6z', up: 'l-3 4.5h6z', right: 'l-4.5-3v6z', left: 'l4.5-3v6z' };

// All links between visible rows of which one end or the way between is drawn; a hidden row is stood for by the summary it is in.
function links(at) {
  const standIn = (id) => {
    for (let row = rows.get(id); row; row = rows.get(row.parent)) if (at.has(row.id)) return at.get(row.id);
    return undefined;
  };
  const found = new Map();
  for (const row of rows.values()) {
    for (const { id, type } of row.predecessors) {
      const [from, to] = [standIn(id), standIn(row.id)];
      if (from === undefined || to === undefined || from === to) continue;
      const critical = Boolean(row.critical && rows.get(id)?.critical);
      const key = `${from} ${to} ${type}`;
      if (!found.has(key) || critical) found.set(key, { from, to, type, critical });
    }
  }
  return [...found.values()];
}

export function drawArrows(order = visible()) {
  const { from, to } = part('chart').dataset;
  const at = new Map(order.map((id, index) => [id, index]));
  const drawn = { false: ['', ''], true: ['', ''] };
  for (const link of links(at)) {
    if (Math.max(link.from, link.to) < Number(from) || Math.min(link.from, link.to) >= Number(to)) continue;
    const [points, head] = route(end(rows.get(order[link.from]), link.from), end(rows.get(order[link.to]), link.to), link.type);
    drawn[link.critical][0] += path(points);
    drawn[link.critical][1] += `M${f(points.at(-1)[0])} ${f(points.at(-1)[1])}${HEADS[head]}`;
  }
  for (const mark of [false, true]) {
    const [line, head] = ['dep', 'ah'].map((name) => work.querySelector(`.gc__b .${name}${mark ? `--${'c'}` : `:not(.${name}--c)`}`));
    line?.setAttribute('d', drawn[mark][0]);
    head?.setAttribute('d', drawn[mark][1]);
  }
}

// ---- the table ------------------------------------------------------------------------------------------------------------

const say = (text) => document.createTextNode(text);

function late(row) {
  if (!row.late) return [];
  const [mark, word] = [document.createElement('span'), document.createElement('i')];
  Object.assign(mark, { className: 'dn', textContent: '▼', ariaHidden: 'true' });
  Object.assign(word, { className: 'vh', textContent: words.late });
  return [mark, word];
}

function owner(row) {
  if (!row.owner) return [];
  const mark = document.createElement('span');
  const letters = row.owner.split(/\s+/).filter(Boolean);
  mark.className = `av av-${((row.owner_id ?? 0) % 5) + 1}`;
  mark.textContent = (letters[0][0] + (letters.length > 1 ? letters.at(-1)[0] : '')).toUpperCase();
  for (const [name, value] of Object.entries({ role: 'img', 'aria-label': row.owner, title: row.owner })) mark.setAttribute(name, value);
  return [mark];
}

const slack = ({ slack_minutes: minutes, done, type }) => (minutes === null || done || type === 'summary' ? '' : fill(words.days, { days: Number((minutes / words.day_minutes).toFixed(1)) }));

const CELLS = {
  owner,
  start: (row) => [say(short(row.type === 'milestone' ? row.finish : row.start)), ...(row.type === 'milestone' ? late(row) : [])],
  finish: (row) => (row.type === 'milestone' ? [] : [say(short(row.finish)), ...late(row)]),
  duration: (row) => [say(row.type === 'milestone' ? '' : row.duration)],
  slack: (row) => [say(slack(row))],
  done: (row) => [say(row.type !== 'milestone' ? String(Math.trunc(row.percent)) : row.done ? '✓' : '')],
  waits: (row) => [say(row.waits_for)],
  deadline: (row) => [say(row.deadline ? short(Date.parse(`${row.deadline}T00:00Z`) / 60000) : '')],
};

export function drawCells(id) {
  const [line, row] = [tableRow(String(id)), rows.get(id)];
  if (!line || !row) return;
  line.classList.toggle('crit', row.critical);
  const name = line.querySelector('th bdi');
  name.textContent = row.name;
  name.parentElement.title = row.name;
  for (const [name, made] of Object.entries(CELLS)) line.querySelector(`[data-c="${name}"]`)?.replaceChildren(...made(row));
}
