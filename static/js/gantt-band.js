// A band drawn over empty ground: it chooses the rows whose bars it touches.

import { reach } from './gantt-draw.js';
import { choose, chosen } from './gantt-edit.js';
import { layer, svg } from './gantt-ghosts.js';
import { rows } from './gantt-model.js';
import { ROW } from './gantt-view.js';

// Where a band begins; with Ctrl or Shift it adds to what is chosen.
export const corner = (at, event) => ({ kind: 'band', at, before: event.ctrlKey || event.metaKey || event.shiftKey ? [...chosen] : [] });

export function stretchBand({ at: [x, y], dx, dy, order, before }) {
  const [left, right] = [Math.min(x, x + dx), Math.max(x, x + dx)];
  const [top, bottom] = [Math.min(y, y + dy), Math.max(y, y + dy)];
  layer('drawn').replaceChildren(svg('rect', { class: 'band', x: left, y: top, width: right - left, height: bottom - top }));
  const touched = order.slice(Math.max(Math.floor(top / ROW), 0), Math.floor(bottom / ROW) + 1).filter((id) => {
    const [x0, x1] = reach(rows.get(id));
    return x0 <= right && x1 >= left;
  });
  const ids = new Set([...before, ...touched]);
  if (ids.size !== chosen.size || [...ids].some((id) => !chosen.has(id))) choose([...ids], touched[0] ?? null);
}
