// Two people changed the same: both versions side by side, field by field, and the choice.

import { fill, words } from './gantt-model.js';
import { work } from './gantt-view.js';

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function version(name, value, text, whose, checked) {
  const radio = element('input', { type: 'radio', class: 'check check--round', name, value });
  radio.checked = checked;
  return element('label', { class: 'conflict__c' }, radio, element('span', {}, text || words.nothing, element('span', { class: 'sub' }, whose)));
}

function question(conflict, number) {
  const { name, label, base, theirs, yours, who, may } = conflict;
  const key = `conflict-${number}`;
  const options = [version(key, 'theirs', theirs, fill(words.from, { who }), true)];
  if (may.includes('mine')) options.push(version(key, 'mine', yours, words.yours, false));
  const before = element('p', { class: 'muted' }, fill(words.before, { value: base || words.nothing }));
  return element('fieldset', { class: 'conflict' }, element('legend', {}, `${name}: ${label}`), before, element('div', { class: 'conflict__s' }, ...options));
}

// Shows the conflicts of an answer; gives the choices, or null when the change is left.
export function ask({ detail, conflicts }) {
  const dialog = work.querySelector('[data-gantt-conflict]');
  const back = document.activeElement;
  dialog.querySelector('[data-detail]').textContent = detail;
  dialog.querySelector('[data-fields]').replaceChildren(...conflicts.map(question));
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((decide) => {
    dialog.addEventListener(
      'close',
      () => {
        back?.focus?.({ preventScroll: true });
        if (dialog.returnValue !== 'store') return decide(null);
        const kept = (number) => dialog.querySelector(`[name="conflict-${number}"]:checked`)?.value ?? 'theirs';
        decide(conflicts.map(({ id, field }, number) => ({ id, field, keep: kept(number) })));
      },
      { once: true },
    );
  });
}
