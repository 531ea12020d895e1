// What would follow, before it is so: outlines where rows would come to lie, a tip at the pointer, and the same in words.

import { visible, reach } from './gantt-draw.js';
import { foresee, forget, rows } from './gantt-model.js';
import { parse } from './gantt-time.js';
import { ROW, part, work } from './gantt-view.js';

const SVG = 'http://www.w3.org/2000/svg';
let asked = 0;

export function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// A group of the drawing that is there for what one does just now.
export function layer(name) {
  const drawing = work.querySelector('.gc__b');
  return drawing.querySelector(`:scope > .${name}`) ?? drawing.appendChild(svg('g', { class: name, 'aria-hidden': 'true' }));
}

export function outline(row, index, dates) {
  const [x0, x1] = reach({ ...row, ...dates });
  if (row.type === 'milestone') return svg('path', { class: 'ghost', d: `M${(x0 + x1) / 2} ${index * ROW + 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z` });
  const flat = row.type === 'summary';
  return svg('rect', { class: 'ghost', x: x0, y: index * ROW + (flat ? 8 : 5), width: x1 - x0, height: flat ? 5 : 14, rx: flat ? 0 : 3 });
}

function drawGhosts(moved) {
  const at = new Map(visible().map((id, index) => [id, index]));
  const { from, to } = part('chart').dataset;
  const made = [];
  for (const { id, start, finish, critical } of moved) {
    const [row, index] = [rows.get(id), at.get(id)];
    if (!row || !(index >= Number(from) && index < Number(to))) continue;
    const ghost = outline(row, index, { start: parse(start), finish: parse(finish) });
    if (critical) ghost.classList.add('ghost--c');
    made.push(ghost);
  }
  layer('ghosts').replaceChildren(...made);
}

export function clear() {
  asked += 1;
  forget();
  for (const name of ['ghosts', 'drawn']) work.querySelector(`.gc__b > .${name}`)?.remove();
  hideTip();
}

// ---- words --------------------------------------------------------------------------------------------------------------

const live = () => work.querySelector('[data-gantt-status]');

export function say(text) {
  live().textContent = text;
  const shown = work.querySelector('[data-gantt-said]');
  if (shown) shown.textContent = text;
}

let bubble = null;
let spoken = '';

// Beside the pointer, above a finger, within the window; measured by the browser, so that no frame waits for a layout.
export function showTip(event, lines, bad = false) {
  const { clientX, clientY, pointerType } = event;
  bubble ??= work.appendChild(Object.assign(document.createElement('div'), { className: 'gtip', ariaHidden: 'true' }));
  const said = lines.filter(Boolean);
  if (spoken !== said.join('\n')) {
    bubble.replaceChildren(...said.map((line, n) => Object.assign(document.createElement(n ? 'span' : 'strong'), { textContent: line })));
    spoken = said.join('\n');
  }
  bubble.classList.toggle('gtip--bad', bad);
  bubble.hidden = false;
  const above = pointerType === 'mouse' ? clientY > innerHeight - 140 : clientY > 180;
  const left = `clamp(8px, ${clientX + (pointerType === 'mouse' ? 14 : -60)}px, calc(100vw - 100% - 8px))`;
  const top = above ? `calc(${clientY - (pointerType === 'mouse' ? 14 : 44)}px - 100%)` : `${clientY + (pointerType === 'mouse' ? 22 : 44)}px`;
  bubble.style.transform = `translate(${left}, ${top})`;
}

export function hideTip() {
  if (bubble) bubble.hidden = true;
}

// Asks what acts would do and shows it; `tell` gets the words as soon as they are there.
export async function preview(acts, tell, pause) {
  asked += 1;
  const mine = asked;
  const found = await foresee(acts, pause).catch((problem) => ({ may: false, moved: [], words: problem.message, problems: [] }));
  if (!found || mine !== asked) return null;
  drawGhosts(found.moved);
  const remarks = found.problems.map(({ message }) => message).filter((message) => message !== found.words);
  const text = [found.words, ...remarks.slice(0, 2)];
  live().textContent = text.join(' ');
  tell?.(text, !found.may);
  return found;
}
