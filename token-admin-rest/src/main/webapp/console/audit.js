// Who did what, when.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, download, query } from './http.js';
import { complain, notify } from './notice.js';
import { moment, exact } from './format.js';

export function audit(context, thirdParty = '') {
  const filter = { thirdParty, actor: '', from: '', to: '' };
  let events = null;
  let next = null;

  const parameters = () => ({
    'third-party': filter.thirdParty.trim(), actor: filter.actor.trim(), from: dayStart(filter.from), to: dayStart(filter.to, 1),
  });

  async function start() {
    const page = await get(`audit-events${query({ ...parameters(), limit: 100 })}`);
    events = page.items;
    next = page.next;
  }

  async function search(event) {
    event?.preventDefault();
    try {
      await start();
    } catch (problem) {
      complain(problem);
    }
    context.update();
  }

  async function more() {
    try {
      const page = await get(`audit-events${query({ ...parameters(), limit: 100, cursor: next })}`);
      events = [...events, ...page.items];
      next = page.next;
    } catch (problem) {
      complain(problem);
    }
    context.update();
  }

  async function save() {
    try {
      const url = URL.createObjectURL(await download(`audit-events.csv${query(parameters())}`, 'text/csv'));
      const link = Object.assign(document.createElement('a'), { href: url, download: `audit-${new Date().toISOString().slice(0, 10)}.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      notify('The file is being saved.');
    } catch (problem) {
      complain(problem);
    }
  }

  async function verify() {
    try {
      const { unbroken, firstBroken, reason } = await get('audit-events/verification');
      notify(unbroken ? 'The chain of events is unbroken: nothing was changed or taken out.' : `The chain is broken at event ${firstBroken}: ${reason}.`, { bad: !unbroken });
    } catch (problem) {
      complain(problem);
    }
  }

  const field = (name, text, type = 'text') => html`
    <div class="field">
      <label for="audit-${name}">${text}</label>
      <input id="audit-${name}" type=${type} autocomplete="off" spellcheck="false" .value=${filter[name]}
        @change=${(event) => { filter[name] = event.target.value; }}>
    </div>`;

  const view = () => html`
    <div class="head">
      <h1 id="title" tabindex="-1">Audit trail</h1>
      <div class="actions">
        ${context.may('admin') ? html`<button @click=${verify}>Verify the chain</button>` : nothing}
        <button @click=${save}>Export CSV</button>
      </div>
    </div>
    <form class="card filters" @submit=${search} role="search" aria-label="Filter events">
      ${field('thirdParty', 'Third party (client ID)')}
      ${field('actor', 'Who')}
      ${field('from', 'From', 'date')}
      ${field('to', 'To', 'date')}
      <button class="primary">Filter</button>
    </form>
    <section class="card">
      ${events ? table() : html`<p class="none">…</p>`}
      ${next ? html`<button class="link" @click=${more}>Show older events</button>` : nothing}
    </section>`;

  const table = () => (events.length ? html`
    <div class="scroll" tabindex="0" role="region" aria-label="Events">
    <table class="grid">
      <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Third party</th>
        <th scope="col">Token</th><th scope="col">Details</th></tr></thead>
      <tbody>${events.map((event) => html`
        <tr>
          <td data-name="When"><time datetime=${event.at} title=${exact(event.at)}>${moment(event.at)}</time></td>
          <td data-name="Who"><bdi>${event.actor}</bdi><br><small>${event.address}</small></td>
          <td data-name="What"><code>${event.action}</code></td>
          <td data-name="Third party">${event.thirdPartyId ? html`<a href="#/third-parties/${event.thirdPartyId}"><code>${event.thirdPartyId}</code></a>` : nothing}</td>
          <td data-name="Token">${event.tokenId ? html`<code>${event.tokenId}</code>` : nothing}</td>
          <td data-name="Details" class="long">${details(event.detail)}</td>
        </tr>`)}</tbody>
    </table>
    </div>` : html`<p class="none">There is no such event.</p>`);

  return { title: () => 'Audit trail', view, start };
}

/** The start of a day where the reader is, as an instant; empty for none. */
function dayStart(day, later = 0) {
  if (!day) {
    return '';
  }
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

const text = (value) => (value === null ? 'none' : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** What a change has made of each field; anything else as it is. */
const details = (detail) => (detail.before instanceof Object && detail.after instanceof Object
  ? html`<small>${Object.keys({ ...detail.before, ...detail.after }).map((name) => html`
      <div>${name}: <bdi>${text(detail.before[name] ?? null)}</bdi> → <bdi>${text(detail.after[name] ?? null)}</bdi></div>`)}</small>`
  : plain(detail));

const plain = (detail) => html`<small>${Object.entries(detail).map(([name, value], index) => html`${index ? ', ' : ''}${name}: <bdi>${text(value)}</bdi>`)}</small>`;
