// The Gantt without page loads: zoom, filters, collapsing and far rows are fetched from the same address and swapped in,
// with scroll and focus kept. Everything is a link first: without this script the page works by loading.

const work = document.querySelector('[data-gantt]');
const ZOOMS = ['month', 'week', 'day'];
const ROW = 26;
const MARGIN = 40;
let fetching = null;

const part = (name) => work.querySelector(`[data-gantt-part="${name}"]`);
const scroller = () => work.querySelector('[data-gantt-scroll]');
const bars = () => [...work.querySelectorAll('.gc__b a[data-id]')];
const tableRow = (id) => work.querySelector(`.gt tr[data-id="${CSS.escape(id)}"]`);

function setParams(changes) {
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
  for (const name of ['toolbar', 'chart', 'legend', 'pager', 'weeks']) {
    const [now, then] = [part(name), fresh.querySelector(`[data-gantt-part="${name}"]`)];
    if (now && then) now.replaceWith(then);
    else if (now) now.remove();
    else if (then && name === 'pager') old.after(then);
  }
  work.querySelector('[data-gantt-status]').textContent = fresh.querySelector('[data-gantt-status]').textContent;
  [old.scrollLeft, old.scrollTop] = scroll;
  prepare();
  restoreFocus(key);
  return true;
}

async function load(url, { history: how = 'replace', then } = {}) {
  fetching?.abort();
  const mine = new AbortController();
  fetching = mine;
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
    if (problem.name !== 'AbortError') location.assign(url);
  } finally {
    if (fetching === mine) {
      fetching = null;
      later(onScroll); // whoever scrolled in the meantime was not answered
    }
    scroller()?.removeAttribute('aria-busy');
  }
}

// ---- one stop for the tab key, arrows inside ------------------------------------------------------------------------

function prepare() {
  for (const link of work.querySelectorAll('.gt tbody a')) link.tabIndex = -1;
  const all = bars();
  const wanted = all.find((bar) => bar.dataset.id === work.dataset.current) ?? all[0];
  for (const bar of all) bar.setAttribute('tabindex', bar === wanted ? '0' : '-1');
  mark(work.dataset.current);
}

function mark(id) {
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

function go(bar) {
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

function collapse(bar, wanted) {
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

function zoom(step) {
  const now = part('chart').dataset.zoom;
  const at = ZOOMS.indexOf(now);
  const next = at < 0 ? (step > 0 ? 'week' : 'month') : ZOOMS[at + step];
  if (next && next !== now) load(setParams({ zoom: next }), { history: 'push', then: toToday });
}

function toToday() {
  const x = part('chart').dataset.today;
  const box = scroller();
  if (x === undefined || !box) return;
  const table = work.querySelector('.gt').offsetWidth;
  box.scrollLeft = Math.max(0, Number(x) - (box.clientWidth - table) / 2);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, [popover]')) return;
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

// ---- far rows, and the width of a fitted chart ----------------------------------------------------------------------

function onScroll() {
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

function fit() {
  const chart = part('chart');
  const box = scroller();
  if (!box?.clientWidth || chart?.dataset.zoom !== 'fit') return;
  const room = Math.floor(box.clientWidth - work.querySelector('.gt').offsetWidth);
  if (room >= 320 && Math.abs(room - Number(chart.dataset.width)) > 16) load(setParams({ width: room }));
}

let waiting = 0;
function later(action) {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(action);
}

// ---- a task beside the chart ----------------------------------------------------------------------------------------

const panel = () => document.getElementById('task-panel');

async function openPanel(address, id) {
  const answer = await fetch(`${address}?panel=1`, { headers: { Accept: 'text/html' }, credentials: 'same-origin' }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(address);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('task-panel');
  if (!fresh) return location.assign(address);
  panel()?.remove();
  Object.assign(fresh.dataset, { address, task: id });
  work.after(fresh);
  fresh.show();
  fresh.addEventListener('close', closePanel);
  fresh.addEventListener('keydown', (event) => event.key === 'Escape' && fresh.close());
  fresh.querySelector('[data-panel-form]').addEventListener('submit', savePanel);
  work.dataset.current = id;
  mark(id);
}

function closePanel() {
  const id = panel()?.dataset.task;
  panel()?.remove();
  (bars().find((bar) => bar.dataset.id === id) ?? tableRow(id ?? '')?.querySelector('th a:not(.tog)'))?.focus({ preventScroll: true });
}

async function savePanel(event) {
  event.preventDefault();
  const form = event.target;
  const [box, problem] = [panel(), form.querySelector('[data-panel-problem]')];
  const answer = await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } }).catch(() => null);
  const told = answer ? await answer.json().catch(() => ({})) : {};
  problem.hidden = Boolean(answer?.ok);
  if (!answer?.ok) {
    problem.textContent = told.detail ?? document.querySelector('main')?.dataset.wordOffline ?? '';
    return problem.scrollIntoView({ block: 'nearest' });
  }
  document.dispatchEvent(new CustomEvent('toast', { detail: { message: told.message, undoUrl: told.undo_url ?? '' } }));
  await load(new URL(location.href));
  await openPanel(box.dataset.address, box.dataset.task);
}

function onTask(event) {
  const link = event.target.closest('.gc__b a[data-id], .gt tr[data-id] th a:not(.tog)');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  const address = link.getAttribute('href') ?? link.getAttribute('xlink:href');
  openPanel(address, link.dataset.id ?? link.closest('tr').dataset.id).then(() => panel()?.querySelector('button, input')?.focus());
}

if (work && scroller()) {
  work.addEventListener('click', onTask);
  work.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="?"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const still = link.classList.contains('tog');
    load(new URL(link.href), { history: still ? 'replace' : 'push', then: link.dataset.zoom ? toToday : undefined });
  });
  work.addEventListener('focusin', (event) => {
    const bar = event.target.closest('.gc__b a[data-id]');
    if (!bar) return;
    work.dataset.current = bar.dataset.id;
    for (const other of bars()) other.setAttribute('tabindex', other === bar ? '0' : '-1');
    mark(bar.dataset.id);
  });
  work.addEventListener('keydown', onKey);
  scroller().addEventListener('scroll', () => later(onScroll), { passive: true });
  addEventListener('popstate', () => load(new URL(location.href), { history: 'none' }));
  addEventListener('resize', () => later(fit));
  prepare();
  const first = Number(part('chart').dataset.from);
  if (first) scroller().scrollTop = first * ROW;
  if (part('chart').dataset.zoom !== 'fit') toToday();
  fit();
}
