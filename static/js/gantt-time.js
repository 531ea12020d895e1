// Time as pixels and back, by the scale that the server drew; and where work is possible. A moment is a number of minutes.

import { part, work } from './gantt-view.js';

const DAY = 1440;
const THURSDAY = 3; // 1 January 1970
const FAR = 800; // days to look for work at most
const HOUR_ROOM = 120; // pixels of a day from which on hours can be told apart, as in rules/scale.py

export const parse = (text) => Date.parse(`${text}Z`) / 60000;
export const iso = (minute) => new Date(minute * 60000).toISOString().slice(0, 16);
const clock = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const modulo = (number, by) => ((number % by) + by) % by;
export const dayOf = (minute) => Math.floor(minute / DAY);
export const timeOf = (minute) => modulo(minute, DAY);

let known = { chart: null, scale: null };

// The scale of the chart as it stands.
export function scale() {
  const chart = part('chart');
  if (known.chart !== chart) {
    const { start, days, px, begin, end } = chart.dataset;
    const wide = Number(px);
    known = {
      chart,
      scale: { start: dayOf(parse(`${start}T00:00`)), days: Number(days), px: wide, begin: clock(begin), end: clock(end), hourly: wide >= HOUR_ROOM },
    };
  }
  return known.scale;
}

const worked = (minute, { begin, end }) => Math.min(Math.max((timeOf(minute) - begin) / Math.max(end - begin, 1), 0), 1);

export function x(minute) {
  const on = scale();
  return (dayOf(minute) - on.start + worked(minute, on)) * on.px;
}

// Where a milestone stands: at its hour where hours can be told apart, else in the middle of its day.
export function stoneX(minute) {
  const on = scale();
  return on.hourly ? x(minute) : (dayOf(minute) - on.start + 0.5) * on.px;
}

export function momentAt(at) {
  const on = scale();
  const day = Math.floor(at / on.px);
  return (day + on.start) * DAY + on.begin + Math.round((at / on.px - day) * (on.end - on.begin));
}

export const covers = (minute) => dayOf(minute) >= scale().start && dayOf(minute) < scale().start + scale().days;

// ---- working time ---------------------------------------------------------------------------------------------------

let calendar = null;

function periods(day) {
  calendar ??= JSON.parse(work.dataset.planEdit).calendar;
  return calendar.other[iso(day * DAY).slice(0, 10)] ?? calendar.week[modulo(day + THURSDAY, 7)];
}

// The first moment from here on at which work can begin.
export function nextWork(minute) {
  for (let day = dayOf(minute), left = FAR; left > 0; day += 1, left -= 1) {
    const found = periods(day).find(([, end]) => day * DAY + end > minute);
    if (found) return Math.max(minute, day * DAY + found[0]);
  }
  return minute;
}

// The last moment up to here at which work can end.
export function lastWork(minute) {
  for (let day = dayOf(minute), left = FAR; left > 0; day -= 1, left -= 1) {
    const found = periods(day).findLast(([begin]) => day * DAY + begin < minute);
    if (found) return Math.min(minute, day * DAY + found[1]);
  }
  return minute;
}

// A working day later or earlier, at the same time of day; by the hour an hour of work.
export function stepped(minute, steps, end = false) {
  const [way, settle] = [Math.sign(steps), end ? lastWork : nextWork];
  let at = minute;
  for (let left = Math.abs(steps); left > 0; left -= 1) {
    if (scale().hourly) at = way > 0 ? settle(nextWork(at) + 60) : settle(lastWork(at) - 60);
    else do at += way * DAY; while (!periods(dayOf(at)).length && Math.abs(at - minute) < FAR * DAY);
  }
  return at;
}

const grain = () => (scale().px >= 480 ? 30 : 60);

// Where a start that was dragged by some pixels comes to rest: on a working day at its time of day, by the hour on a full hour.
export function snapStart(minute, pixels) {
  const on = scale();
  if (on.hourly) return nextWork(Math.round(momentAt(x(minute) + pixels) / grain()) * grain());
  const moved = minute + Math.round(pixels / on.px) * DAY;
  return periods(dayOf(moved)).length ? moved : nextWork(dayOf(moved) * DAY) + Math.max(0, timeOf(minute) - timeOf(nextWork(dayOf(minute) * DAY)));
}

export function snapFinish(minute, pixels) {
  const on = scale();
  if (on.hourly) return lastWork(Math.round(momentAt(x(minute) + pixels) / grain()) * grain());
  const moved = minute + Math.round(pixels / on.px) * DAY;
  return periods(dayOf(moved)).length ? moved : lastWork(dayOf(moved) * DAY);
}

// ---- in words ---------------------------------------------------------------------------------------------------------

const language = document.documentElement.lang || 'en';
const writers = new Map();

function written(minute, options) {
  const key = Object.keys(options).join();
  if (!writers.has(key)) writers.set(key, new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }));
  const found = Object.fromEntries(writers.get(key).formatToParts(minute * 60000).map(({ type, value }) => [type, value]));
  return [found.weekday, found.day, found.month].filter(Boolean).join(' ');
}

export const short = (minute) => written(minute, { day: 'numeric', month: 'short' });
export const long = (minute) => written(minute, { weekday: 'short', day: 'numeric', month: 'short' });
export const told = (minute) => (scale().hourly ? `${long(minute)} ${iso(minute).slice(11)}` : long(minute));
