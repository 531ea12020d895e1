// What is seen of the Gantt, without page loads: zoom, filters, collapsing and far rows are fetched from the same address and swapped in,
// with scroll and focus kept. Everything is a link first: without this script the page works by loading.

export const work = document.querySelector('[data-gantt]');
const ZOOMS = ['month', 'week', 'day', 'hour'];
export const ROW = 26;
export const HEAD = 52;
const MARGIN = 40;
let fetching = null;
let quietly = false;
const followers = [];

export const part = (name) => work.querySelector(`[data-gantt-part="${name}"]`);
export const scroller = () => work.querySelector('[data-gantt-scroll]');
export const bars = () => [...work.querySelectorAll('.gc__b a[data-id]')];
export const tableRow = (id) => work.querySelector(`.gt tr[data-id="${CSS.escape(id)}"]`);

export function setParams(changes) {
  const url = new URL(location.href);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(key);
    else url.searchParams.set(key, value);
  }
  return url;
}

// ---- swapping -----------------------------------------------------------------------------------------------------

function focusKey() {
  const active = document.activeElement;
  if (!work.contains(active)) return null;
  if (active.matches('.gc__b a')) return { bar: active.dataset.id };
  const row = active.closest('.gt tr[data-id]');
  if (row) return { row: row.dataset.id, toggle: active.classList.contains('tog') };
  const name = active.closest('[data-gantt-part]')?.dataset.ganttPart;
  return name ? { part: name, at: focusables(part(name)).indexOf(active) } : null;
}

const focusables = (root) => [...root.querySelectorAll('a, button')];

function restoreFocus(key) {
  if (!key) return;
  let target = null;
  if (key.bar) target = bars().find((bar) => bar.dataset.id === key.bar);
  else if (key.row) target = tableRow(key.row)?.querySelector(key.toggle ? '.tog' : 'th a:not(.tog)');
  else if (part(key.part)) target = focusables(part(key.part))[key.at] ?? focusables(part(key.part))[0];
  (target ?? scroller())?.focus({ preventScroll: true });
}

function swap(page) {
  const fresh = page.querySelector('[data-gantt]');
  const old = scroller();
  if (!fresh || !old || !fresh.querySelector('[data-gantt-scroll]')) return false;
  const scroll = [old.scrollLeft, old.scrollTop];
  const key = focusKey();
  for (const name of ['answer', 'toolbar', 'chart', 'legend', 'pager', 'weeks']) {
    const [now, then] = [part(name), fresh.querySelector(`[data-gantt-part="${name}"]`)];
    if (now && then) now.replaceWith(then);
    else if (now) now.remove();
    else if (then && name === 'pager') old.after(then);
  }
  work.className = fresh.className;
  work.querySelector('[data-gantt-status]').textContent = fresh.querySelector('[data-gantt-status]').textContent;
  [old.scrollLeft, old.scrollTop] = scroll;
  prepare();
  restoreFocus(key);
  for (const follower of followers) follower();
  return true;
}

// What others do to a chart that was swapped in.
export function whenDrawn(follower) {
  followers.push(follower);
}

export const fetches = () => fetching !== null;

// A drawing that nobody waits for gives way to what somebody does.
export const giveWay = () => quietly && fetching?.abort();

export async function load(url, { history: how = 'replace', then, quiet = false } = {}) {
  fetching?.abort();
  const mine = new AbortController();
  fetching = mine;
  quietly = quiet;
  scroller()?.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: 'text/html' }, credentials: 'same-origin' });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (how === 'push') history.pushState(null, '', url);
    else if (how === 'replace') history.replaceState(null, '', url);
    if (!swap(page)) location.reload();
    else then?.();
  } catch (problem) {
    if (problem.name !== 'AbortError' && !quiet) location.assign(url);
  } finally {
    if (fetching === mine) {
      fetching = null;
      later(onScroll); // whoever scrolled in the meantime was not answered
    }
    scroller()?.removeAttribute('aria-busy');
  }
}

// ---- one stop for the tab key, arrows inside ------------------------------------------------------------------------

export function prepare() {
  for (const link of work.querySelectorAll('.gt tbody a')) link.tabIndex = -1;
  const all = bars();
  const wanted = all.find((bar) => bar.dataset.id === work.dataset.current) ?? all[0];
  for (const bar of all) bar.setAttribute('tabindex', bar === wanted ? '0' : '-1');
  mark(work.dataset.current);
}

export function mark(id) {
  work.querySelector('.gt .is-sel')?.classList.remove('is-sel');
  work.querySelector('.gc .selrow')?.remove();
  const row = id ? tableRow(id) : null;
  const index = row ? bars().findIndex((bar) => bar.dataset.id === id) : -1;
  if (index < 0) return;
  row.classList.add('is-sel');
  const tint = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const y = (Number(part('chart').dataset.from) + index) * ROW;
  for (const [name, value] of Object.entries({ class: 'selrow', x: 0, y, width: '100%', height: ROW })) tint.setAttribute(name, value);
  work.querySelector('.gc__b').prepend(tint);
}

export function go(bar) {
  if (!bar) return;
  bar.focus({ preventScroll: true });
  const box = scroller();
  const [seen, table] = [bar.getBoundingClientRect(), work.querySelector('.gt').getBoundingClientRect()];
  const frame = box.getBoundingClientRect();
  const top = frame.top + 52;
  if (seen.top < top) box.scrollTop -= top - seen.top + ROW;
  else if (seen.bottom > frame.top + box.clientHeight) box.scrollTop += seen.bottom - frame.top - box.clientHeight + ROW;
  if (seen.left < table.right + 8) box.scrollLeft -= table.right + 24 - seen.left;
  else if (seen.left > frame.left + box.clientWidth - 40) box.scrollLeft += seen.left - frame.left - box.clientWidth + 120;
}

export function collapse(bar, wanted) {
  const toggle = tableRow(bar.dataset.id)?.querySelector('.tog');
  const open = toggle?.getAttribute('aria-expanded') === 'true';
  if (toggle && open === wanted) load(new URL(toggle.href));
  else if (wanted) go(parentOf(bar));
}

function parentOf(bar) {
  let row = tableRow(bar.dataset.id);
  const level = Number(/\bl(\d)\b/.exec(row?.className ?? '')?.[1] ?? 1);
  while (row && Number(/\bl(\d)\b/.exec(row.className)?.[1] ?? 9) >= level) row = row.previousElementSibling;
  return row && bars().find((other) => other.dataset.id === row.dataset.id);
}

export function zoom(step) {
  const now = part('chart').dataset.zoom;
  const at = ZOOMS.indexOf(now);
  const next = at < 0 ? (step > 0 ? 'week' : 'month') : ZOOMS[at + step];
  if (next && next !== now) load(setParams({ zoom: next }), { history: 'push', then: zoomed() });
}

// Half of the room for bars, in pixels.
const half = () => (scroller().clientWidth - work.querySelector('.gt').offsetWidth) / 2;

export function toToday(top = scroller()?.scrollTop) {
  const x = part('chart').dataset.today;
  if (x === undefined || !scroller()) return;
  scroller().scrollLeft = Math.max(0, Number(x) - half());
  toWork(Number(x), top);
}

// Down to where work goes on, unless it is in view: its row is among the first after the one that the page names.
export function toOpenWork() {
  const at = Number(part('chart').dataset.work);
  if ((at + 10) * ROW > scroller().clientHeight - HEAD) scroller().scrollTop = at * ROW;
}

// What puts the day that is in the middle there again at another zoom; from the whole plan one goes to today.
export function zoomed() {
  const chart = () => part('chart').dataset;
  const { zoom: before, px, start } = chart();
  const { scrollTop: top } = scroller();
  if (before === 'fit') return () => toToday(top);
  const day = (scroller().scrollLeft + half()) / Number(px) + Date.parse(start) / 864e5;
  return () => {
    const at = (day - Date.parse(chart().start) / 864e5) * Number(chart().px);
    scroller().scrollLeft = Math.max(0, at - half());
    toWork(at, top);
  };
}

// Down to the first bar that ends after a place, where no bar is in view: else one looks at empty ground. Whoever has scrolled
// meanwhile stays there.
function toWork(x, top) {
  const [box, frame, ground] = [scroller(), scroller().getBoundingClientRect(), work.querySelector('.gc__b').getBoundingClientRect()];
  const left = work.querySelector('.gt').getBoundingClientRect().right;
  const found = bars().filter((bar) => !bar.querySelector('.sum')).map((bar) => bar.getBoundingClientRect());
  const seen = (bar) => bar.right > left && bar.left < frame.right && bar.bottom > frame.top + HEAD && bar.top < frame.bottom;
  const next = Math.abs(box.scrollTop - top) > 1 || found.some(seen) ? null : found.find((bar) => bar.right - ground.left >= x);
  if (next) box.scrollTop += next.top - frame.top - HEAD - 3 * ROW;
}

// ---- far rows, and the width of a fitted chart ----------------------------------------------------------------------

export function onScroll() {
  const { from, to, count } = part('chart').dataset;
  const box = scroller();
  if (fetching || Number(to) - Number(from) >= Number(count)) return;
  const first = Math.floor(box.scrollTop / ROW);
  const last = first + Math.ceil(box.clientHeight / ROW);
  if ((first - MARGIN < from && Number(from) > 0) || (last + MARGIN > to && Number(to) < count)) {
    const start = Math.max(0, first - 80);
    if (String(start) !== from) load(setParams({ rows: `${start}-${start + 200}` }));
  }
}

export function fit() {
  const chart = part('chart');
  const box = scroller();
  if (!box?.clientWidth || chart?.dataset.zoom !== 'fit') return;
  const room = Math.floor(box.clientWidth - work.querySelector('.gt').offsetWidth);
  if (room >= 320 && Math.abs(room - Number(chart.dataset.width)) > 16) load(setParams({ width: room }));
}

let waiting = 0;
export function later(action) {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(action);
}

