// Where a row that is dragged up or down would come to stand: between two rows, as deep as the pointer is to the right.

import { childrenOf, rows, withBelow } from './gantt-model.js';
import { HEAD, ROW, work } from './gantt-view.js';

const STEP = 12; // pixels of a level

// The place below the pointer: parent and position among its children; null inside what is dragged. Draws the line.
export function dropAt({ ids, order }, event) {
  const table = work.querySelector('.gt');
  const frame = table.getBoundingClientRect();
  const gap = Math.min(Math.max(Math.round((event.clientY - frame.top - HEAD) / ROW), 0), order.length);
  const taken = withBelow(ids);
  const still = (from, way) => {
    for (let at = from; at >= 0 && at < order.length; at += way) if (!taken.has(order[at])) return rows.get(order[at]);
    return null;
  };
  const [above, below] = [still(gap - 1, -1), still(gap, 1)];
  const name = table.querySelector('thead th:nth-child(2)').getBoundingClientRect().left;
  const deepest = above ? above.level + 1 : 1;
  const wanted = Math.floor((event.clientX - name) / STEP) + 1;
  const level = Math.min(Math.max(wanted, below ? Math.min(below.level, deepest) : 1), above?.type === 'milestone' ? above.level : deepest);
  let parent = above;
  while (parent && parent.level >= level) parent = rows.get(parent.parent) ?? null;
  line(gap, level);
  const before = (row) => above && row.row <= above.row;
  const position = childrenOf(parent?.id ?? null).filter((row) => !taken.has(row.id) && before(row)).length;
  return { parent: parent?.id ?? null, position };
}

function line(gap, level) {
  const table = work.querySelector('.gt');
  const mark = table.querySelector('.gt__drop') ?? table.querySelector('tbody td.w').appendChild(document.createElement('span'));
  mark.className = 'gt__drop';
  mark.style.top = `${HEAD + gap * ROW - 1}px`;
  mark.style.insetInlineStart = `${44 + (level - 1) * STEP}px`;
}
