// Small bar charts. The bars are drawn by attributes, which the content security policy allows, as style is not.

import { html, svg } from '../lib/lit-html/lit-html.js';
import { number, utcDay, lastDays } from './format.js';

const bars = (values, width, height, gap, title) => {
  const most = Math.max(...values, 1);
  const step = width / values.length;
  return values.map((value, index) => {
    const size = value ? Math.max((value / most) * height, 1) : 0;
    return svg`<rect x=${index * step} y=${height - size} width=${step - gap} height=${size}>${title(value, index)}</rect>`;
  });
};

/** A line of bars as high as a word. */
export const sparkline = (values, label) => html`
  <svg class="spark" viewBox="0 0 90 18" width="90" height="18" role="img" aria-label=${label}>
    <line x1="0" y1="17.5" x2="90" y2="17.5"></line>
    ${bars(values, 90, 17, 1, () => '')}
  </svg>`;

/** What happened on each of the last days, today last; the same figures as a table for whoever can't see it. */
export function dayChart(values, label) {
  const days = lastDays(values.length).map((day) => utcDay(day));
  return html`
    <figure>
      <svg class="chart" viewBox="0 0 600 120" preserveAspectRatio="none" aria-hidden="true">
        ${bars(values, 600, 118, 4, (value, index) => svg`<title>${days[index]}: ${number(value)}</title>`)}
        <line x1="0" y1="119.5" x2="600" y2="119.5"></line>
      </svg>
      <p class="axis" aria-hidden="true"><span>${days[0]}</span><span>most: ${number(Math.max(...values))}</span><span>today</span></p>
      <table class="sr"><caption>${label}</caption>
        <tbody>${values.map((value, index) => html`<tr><th scope="row">${days[index]}</th><td>${number(value)}</td></tr>`)}</tbody></table>
    </figure>`;
}

/** How much of each kind there was: rows of `[name, count]`. */
export function barList(rows, label) {
  const most = Math.max(...rows.map(([, count]) => count), 1);
  return html`
    <table class="bars"><caption class="sr">${label}</caption>
      <tbody>${rows.map(([name, count]) => html`
        <tr><th scope="row">${name}</th>
          <td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect x="0" y="0" width=${(count / most) * 100} height="10"></rect></svg></td>
          <td class="count">${number(count)}</td></tr>`)}</tbody></table>`;
}
