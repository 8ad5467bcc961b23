// What needs attention, and how much is going on.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, query } from './http.js';
import { complain } from './notice.js';
import { number, when } from './format.js';
import { dayChart, barList } from './chart.js';

const KINDS = {
  'disabled-still-calling': ['Disabled, still calling', 'bad'],
  expiring: ['Expires soon, no successor', 'soon'],
  'refused-a-lot': ['Refused a lot', 'soon'],
  'never-used': ['Never used', ''],
};

const FILTERS = {
  '': ['All', {}],
  enabled: ['Enabled', { enabled: true }],
  disabled: ['Disabled', { enabled: false }],
  expiring: ['With a token that expires within 30 days', { 'expiring-within': 'P30D' }],
};

const REASONS = {
  foreign: 'not of this system', unknown: 'not known (any more)', expired: 'expired', deactivated: 'switched off',
  'third-party-disabled': 'third party disabled', network: 'from another network', certificate: 'without its client certificate', scope: 'without the scope',
};

export function overview(context) {
  let stats = null;
  let parties = [];
  let next = null;
  let filter = '';

  const page = (cursor) => get(`third-parties${query({ ...FILTERS[filter][1], limit: 25, cursor })}`);

  async function start() {
    const [figures, first] = await Promise.all([get('stats'), page()]);
    stats = figures;
    parties = first.items;
    next = first.next;
  }

  async function list(cursor) {
    try {
      const more = await page(cursor);
      parties = cursor ? [...parties, ...more.items] : more.items;
      next = more.next;
    } catch (problem) {
      complain(problem);
    }
    context.update();
  }

  const says = (item) => ({
    'disabled-still-calling': html`${number(item.refusals)} refused in 24 hours`,
    expiring: html`expires ${when(item.expiresAt)}`,
    'refused-a-lot': html`${number(item.refusals)} refused in 24 hours`,
    'never-used': html`active for more than a week`,
  })[item.kind];

  const figure = (value, text) => html`<div class="figure"><b>${number(value)}</b><span>${text}</span></div>`;

  const view = () => html`
    <div class="head">
      <h1 id="title" tabindex="-1">Third parties</h1>
      <div class="actions">
        ${context.may('admin') ? html`<button class="primary" @click=${context.register}>Register a third party</button>` : nothing}
      </div>
    </div>
    ${stats ? shown() : html`<p class="none">…</p>`}`;

  const shown = () => (stats.thirdParties === 0 ? html`
    <section class="card"><p>Nobody is registered yet. ${context.may('admin')
      ? 'Register the first third party: a payment provider, a licence portal, an integration of your own.'
      : 'An admin can register the first third party.'}</p></section>` : html`
    <div class="figures">
      ${figure(stats.thirdParties, `third parties, ${number(stats.enabledThirdParties)} enabled`)}
      ${figure(stats.activeTokens, 'active tokens')}
      ${figure(stats.expiringTokens, 'expire within 30 days without a successor')}
    </div>
    <section class="card" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      ${stats.attention.length ? html`
        <ul class="rows">${stats.attention.map((item) => html`
          <li><div>
            <span class="badge ${KINDS[item.kind][1]}">${KINDS[item.kind][0]}</span>
            <a href="#/third-parties/${item.thirdPartyId}"><bdi>${item.thirdPartyName}</bdi></a>
            <span><bdi>${item.label ?? ''}</bdi> <code class="hint">${item.hint}…</code></span>
            <small>${says(item)}</small>
          </div></li>`)}</ul>` : html`<p class="none">Nothing. All is well.</p>`}
    </section>
    <section class="card" aria-labelledby="everybody">
      <div class="head">
        <h2 id="everybody">By name</h2>
        <div class="actions"><select aria-label="Which third parties" @change=${(event) => { filter = event.target.value; list(); }}>
          ${Object.entries(FILTERS).map(([value, [text]]) => html`<option value=${value} ?selected=${value === filter}>${text}</option>`)}
        </select></div>
      </div>
      ${parties.length ? html`
        <ul class="rows columns">${parties.map((party) => html`
          <li><a href="#/third-parties/${party.id}"><bdi>${party.name}</bdi></a>
            ${party.enabled ? html`<small>${party.activeTokens === 1 ? '1 active token' : `${number(party.activeTokens)} active tokens`}</small>`
              : html`<span class="badge bad">disabled</span>`}</li>`)}</ul>` : html`<p class="none">None.</p>`}
      ${next ? html`<button class="link" @click=${() => list(next)}>Show more</button>` : nothing}
    </section>
    <div class="pair">
      <section class="card" aria-labelledby="uses"><h2 id="uses">Uses per day</h2>${dayChart(stats.usesPerDay, 'Uses per day')}</section>
      <section class="card" aria-labelledby="refused"><h2 id="refused">Refused in the last ${stats.refusalHours} hours</h2>
        ${barList(Object.entries(stats.refusals).map(([reason, count]) => [REASONS[reason] ?? reason, count]), 'Refused, by reason')}</section>
    </div>`);

  return { title: () => 'Third parties', view, start, reload: async () => { await start(); context.update(); } };
}
