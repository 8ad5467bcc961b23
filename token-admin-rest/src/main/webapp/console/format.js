// Instants, spans and numbers in the reader's own language and zone.

import { html } from '../lib/lit-html/lit-html.js';

const DAY = 86_400_000;
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const SPAN = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const NUMBER = new Intl.NumberFormat();

const UNITS = [
  ['year', 365 * DAY], ['month', 30 * DAY], ['day', DAY], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000],
];

/** "in 12 days", "3 hours ago". */
export function span(instant, now = Date.now()) {
  const millis = new Date(instant) - now;
  // The nearest whole number: what is made to last three days says so at once.
  // Days up to two months: "in 45 days" says more than "in 2 months".
  const [unit, length] =
    UNITS.find(([name, size]) => Math.abs(millis) >= (name === 'month' ? 2 * size : size)) ?? UNITS.at(-1);
  return SPAN.format(Math.round(millis / length), unit);
}

export const number = (value) => NUMBER.format(value);
export const moment = (instant) => MOMENT.format(new Date(instant));
export const date = (instant) => DATE.format(new Date(instant));
export const exact = (instant) => `${EXACT.format(new Date(instant))} (${instant})`;

/** A date, with the span in words, and exactly on hover. */
export function when(instant, none = 'never') {
  return instant
    ? html`<time datetime=${instant} title=${exact(instant)}>${date(instant)} <span class="span">${span(instant)}</span></time>`
    : html`<span class="none">${none}</span>`;
}

/** Days until an instant; less than nothing when it has passed. */
export const daysUntil = (instant) => (new Date(instant) - Date.now()) / DAY;

/** The days of a list that ends today (of UTC). */
export function lastDays(count) {
  const today = new Date(new Date().toISOString().slice(0, 10));
  return Array.from({ length: count }, (_, i) => new Date(today - (count - 1 - i) * DAY));
}

const UTC_DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
export const utcDay = (day) => UTC_DAY.format(day);

/** Scopes, or that there are none. */
export function scopes(list) {
  return list.length
    ? html`<span class="scopes">${list.map((scope) => html`<code class="scope">${scope}</code>`)}</span>`
    : html`<span class="none">none</span>`;
}

/** What is there, or a dash. */
export const orNone = (value) => (value ? html`${value}` : html`<span class="none">none</span>`);
