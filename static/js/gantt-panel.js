// A task beside the chart: read, changed and read again without leaving the roadmap.

import { bars, load, mark, tableRow, work } from './gantt-view.js';

export const panel = () => document.getElementById('task-panel');

export async function openPanel(address, id) {
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

export function onTask(event) {
  const link = event.target.closest('.gc__b a[data-id], .gt tr[data-id] th a:not(.tog)');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  const address = link.getAttribute('href') ?? link.getAttribute('xlink:href');
  openPanel(address, link.dataset.id ?? link.closest('tr').dataset.id).then(() => panel()?.querySelector('button, input')?.focus());
}
