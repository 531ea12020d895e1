// The roadmap in a browser: what one sees, the task beside it, and, for who may, editing. Everything is a link first: without this
// script the page works by loading.

import { onTask } from './gantt-panel.js';
import { ROW, bars, collapse, fit, go, later, load, mark, onScroll, part, prepare, scroller, toOpenWork, toToday, work, zoom, zoomed } from './gantt-view.js';

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, [popover]')) return;
  if (event.key === '+' || event.key === '=') zoom(1);
  else if (event.key === '-') zoom(-1);
  else if (event.key === 't') toToday();
  else if (!event.target.matches('.gc__b a')) return;
  else if (!onBarKey(event.key, event.target)) return;
  event.preventDefault();
}

function onBarKey(key, bar) {
  const all = bars();
  const at = all.indexOf(bar);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1, PageDown: at + 20, PageUp: at - 20 };
  if (key in moves) go(all[Math.min(Math.max(moves[key], 0), all.length - 1)]);
  else if (key === 'ArrowLeft') collapse(bar, true);
  else if (key === 'ArrowRight') collapse(bar, false);
  else return false;
  return true;
}

function onChoice(event) {
  const link = event.target.closest('a[href^="?"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const still = link.classList.contains('tog');
  load(new URL(link.href), { history: still ? 'replace' : 'push', then: link.dataset.zoom ? zoomed() : 'shape' in link.dataset ? toToday : undefined });
}

function onFocus(event) {
  const bar = event.target.closest('.gc__b a[data-id]');
  if (!bar) return;
  work.dataset.current = bar.dataset.id;
  for (const other of bars()) other.setAttribute('tabindex', other === bar ? '0' : '-1');
  mark(bar.dataset.id);
}

if (work && scroller()) {
  work.addEventListener('click', onTask);
  work.addEventListener('click', onChoice);
  work.addEventListener('focusin', onFocus);
  work.addEventListener('keydown', onKey);
  scroller().addEventListener('scroll', () => later(onScroll), { passive: true });
  addEventListener('popstate', () => load(new URL(location.href), { history: 'none' }));
  addEventListener('resize', () => later(fit));
  prepare();
  const first = Number(part('chart').dataset.from);
  if (first) scroller().scrollTop = first * ROW;
  if (part('chart').dataset.zoom !== 'fit') toToday();
  else if (!first) toOpenWork();
  fit();
  if (work.dataset.planEdit) import('./gantt-edit.js').then(({ begin }) => begin());
}
