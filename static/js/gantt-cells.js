// The table, edited where it stands: a cell becomes a field, Tab goes on to the next one, Enter stores, Escape leaves; and a new row.

import { visible } from './gantt-draw.js';
import { commit, current, focusOn } from './gantt-edit.js';
import { people, rows, words } from './gantt-model.js';
import { iso, timeOf } from './gantt-time.js';
import { HEAD, ROW, scroller, tableRow, work } from './gantt-view.js';

const day = (minute) => iso(minute).slice(0, 10);
const at = (text, minute) => `${text}T${iso(timeOf(minute)).slice(11)}`;
const set = (field) => (row, value) => ({ act: 'set', id: row.id, values: { [field]: value } });
const leaf = (row) => row.type !== 'summary';
const task = (row) => row.type === 'task';

// For each column: may a row have it edited, what the field begins with, and the act that its text becomes.
const COLUMNS = {
  name: { may: () => true, value: (row) => row.name, act: set('name') },
  owner: { may: () => true, value: (row) => String(row.owner_id ?? ''), act: (row, value) => set('owner_id')(row, value === '' ? null : Number(value)) },
  start: { type: 'date', may: () => true, value: (row) => day(row.start), act: (row, value) => ({ act: 'move', ids: [row.id], start: at(value, row.start) }) },
  finish: { type: 'date', may: task, value: (row) => day(row.finish), act: (row, value) => ({ act: 'stretch', id: row.id, finish: at(value, row.finish) }) },
  duration: { may: task, value: (row) => row.duration, act: set('duration_minutes') },
  done: { type: 'number', may: leaf, value: (row) => String(Math.trunc(row.percent)), act: set('percent_complete') },
  waits: { may: () => true, value: (row) => row.waits_for, act: set('predecessors') },
  deadline: { type: 'date', may: () => true, value: (row) => row.deadline ?? '', act: set('deadline') },
};

let editing = null;

function field(row, name) {
  const { type = 'text', value } = COLUMNS[name];
  const made = document.createElement(name === 'owner' ? 'select' : 'input');
  made.className = `${name === 'owner' ? 'select' : 'input'} gt__in gt__in--${name}`;
  made.setAttribute('aria-label', `${words[`c_${name}`]}: ${row.wbs} ${row.name}`);
  if (name === 'owner') for (const [id, label] of [['', words.nobody], ...people]) made.add(new Option(label, id));
  else made.type = type;
  if (type === 'number') Object.assign(made, { min: 0, max: 100, step: 1 });
  made.value = value(row);
  return made;
}

export function edit(id, name) {
  const row = rows.get(id);
  const cell = tableRow(String(id))?.querySelector(`[data-c="${name}"]`);
  if (!cell || editing || !COLUMNS[name]?.may(row)) return false;
  const input = field(row, name);
  editing = { id, name, input, cell, before: input.value };
  cell.classList.add('is-edited');
  cell.append(input);
  input.focus({ preventScroll: true });
  input.select?.();
  input.addEventListener('keydown', onKey);
  input.addEventListener('blur', () => editing?.input === input && close(true));
  if (name === 'owner') input.addEventListener('change', () => close(true, true));
  return true;
}

function onKey(event) {
  event.stopPropagation();
  const { id, name } = editing;
  if (event.key === 'Escape') close(false, true);
  else if (event.key === 'Enter') close(true, true);
  else if (event.key === 'Tab') {
    const next = beside(id, name, event.shiftKey ? -1 : 1);
    if (!next) return void close(true, true);
    close(true);
    edit(id, next);
  } else return;
  event.preventDefault();
}

// The next column of the row that can be edited.
function beside(id, name, way) {
  const shown = [...tableRow(String(id)).querySelectorAll('[data-c]')].map((cell) => cell.dataset.c);
  const able = shown.filter((each) => COLUMNS[each]?.may(rows.get(id)));
  return able[able.indexOf(name) + way];
}

function close(keep, focus = false) {
  const { id, name, input, cell, before } = editing;
  editing = null;
  const value = input.value.trim();
  input.remove();
  cell.classList.remove('is-edited');
  if (focus) focusOn(id);
  if (!keep || value === before || (COLUMNS[name].type === 'date' && name !== 'deadline' && !value)) return;
  commit([COLUMNS[name].act(rows.get(id), value)]).then((stored) => {
    if (stored || editing || !tableRow(String(id))) return;
    if (edit(id, name)) editing.input.value = value; // what was refused is still there to be put right
  });
}

// ---- a new row ------------------------------------------------------------------------------------------------------------

// A strip below a row (the last one where none has the focus), to type a name into; Enter adds and opens the next one.
export function addBelow(id = current()) {
  const order = visible();
  const above = rows.get(id ?? order.at(-1));
  if (!above || editing || work.querySelector('.gt__add')) return;
  const inside = above.type === 'summary';
  const siblings = [...rows.values()].filter((row) => row.parent === above.parent && row.row < above.row).length;
  const place = inside ? { parent: above.id, position: 0 } : { parent: above.parent, position: siblings + 1 };
  const form = document.createElement('form');
  form.className = 'gt__add';
  form.style.top = `${HEAD + (order.indexOf(above.id) + 1) * ROW}px`;
  const name = Object.assign(document.createElement('input'), { className: 'input', placeholder: words.new_name, maxLength: 200 });
  name.setAttribute('aria-label', words.new_row);
  const duration = Object.assign(document.createElement('input'), { className: 'input', value: '1d' });
  duration.setAttribute('aria-label', words.c_duration);
  const button = Object.assign(document.createElement('button'), { className: 'btn btn--primary btn--sm', textContent: words.add });
  form.append(name, duration, button);
  (tableRow(String(above.id)) ?? work.querySelector('.gt tbody tr[data-id]')).querySelector('td.w').append(form);
  const [box, below] = [scroller(), form.getBoundingClientRect().bottom];
  box.scrollTop += Math.max(0, below + ROW - box.getBoundingClientRect().bottom); // down only: the days in view stay
  name.focus({ preventScroll: true });
  const leave = (focus) => {
    name.value = ' '; // a field that is taken away loses the focus, which would leave once more
    form.remove();
    if (focus) focusOn(above.id);
  };
  form.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') leave(true);
  });
  form.addEventListener('pointerdown', (event) => event.stopPropagation());
  form.addEventListener('focusout', ({ relatedTarget }) => !form.contains(relatedTarget) && !name.value && leave(false));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (name.value.trim()) add(form, name.value.trim(), duration.value.trim(), place);
    else leave(true);
  });
}

async function add(form, name, duration, place) {
  form.inert = true;
  const stone = /^0\s*[a-z]?$/i.test(duration);
  const act = { act: 'add', name, ...place, ...(stone ? { type: 'milestone' } : duration ? { duration } : {}) };
  const kept = document.activeElement;
  const stored = await commit([act]);
  if (!stored) {
    form.inert = false;
    return void kept?.focus?.();
  }
  form.remove();
  const became = stored.added.find((each) => each.id === -1)?.became;
  if (!became) return undefined;
  focusOn(became);
  return addBelow(became);
}

// ---- starting with a pointer ----------------------------------------------------------------------------------------------

function onClick(event) {
  const cell = event.target.closest('.gt tbody td[data-c]');
  if (!cell || event.defaultPrevented || event.target.closest('input, select')) return;
  const id = Number(cell.closest('tr').dataset.id);
  work.dataset.current = String(id);
  edit(id, cell.dataset.c);
}

export function begin() {
  work.addEventListener('click', onClick);
}
