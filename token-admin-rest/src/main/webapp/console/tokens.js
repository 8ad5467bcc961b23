// The grid of tokens: which one is active, and until when.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, patch, path, query, Problem } from './http.js';
import { open, confirm, refusal } from './dialog.js';
import { notify, complain } from './notice.js';
import { when, scopes, number, daysUntil } from './format.js';
import { sparkline } from './chart.js';
import { renewToken } from './tokendialogs.js';
import { handOver } from './handovers.js';

const SOON = 30;
const LOST = new Set(['expired']);

/** A grid of the tokens of a third party, by who has made them; it reloads the page when it has changed something. */
export function tokenGrid(context, id, party, reload) {
  const groups = Object.keys(ORIGINS).map((origin) =>
    ({ origin, tokens: [], next: null, total: 0, active: 0, open: origin !== HOURLY, unfolded: false }));

  const address = (token) => path('third-parties', id, 'tokens', token.id);
  const page = (group, cursor) =>
    get(`${path('third-parties', id, 'tokens')}${query({ origin: group.origin, limit: 200, cursor })}`);

  async function first(group) {
    const { items, next } = group.open ? await page(group) : { items: [], next: null };
    Object.assign(group, { tokens: items, next });
  }

  async function load() {
    const [counts] = await Promise.all([get(path('third-parties', id, 'tokens', 'counts')), ...groups.map(first)]);
    for (const group of groups) {
      const { total, active } = counts.items.find((each) => each.origin === group.origin);
      Object.assign(group, { total, active });
    }
  }

  async function more(group) {
    try {
      const { items, next } = await page(group, group.next);
      group.tokens = [...group.tokens, ...items];
      group.next = next;
    } catch (problem) {
      complain(problem);
    }
    context.update();
  }

  async function fold(group) {
    group.open = !group.open;
    try {
      await first(group);
    } catch (problem) {
      group.open = false;
      complain(problem);
    }
    context.update();
  }

  async function change(token, body) {
    try {
      await patch(address(token), body);
      await reload();
      return true;
    } catch (problem) {
      complain(problem);
      context.update();
      if (!(problem instanceof Problem)) {
        throw problem;
      }
      return false;
    }
  }

  async function activate(event, token) {
    const wanted = event.target.checked;
    event.target.checked = isOn(token);
    if (!wanted && !await confirm(`Switch ${called(token)} off?`,
      html`<p>It stops working, everywhere, at once. You can switch it on again until it expires.</p>`, 'Switch off')) {
      return;
    }
    if (await change(token, { active: wanted })) {
      notify(wanted ? `${called(token)} is on again.` : `${called(token)} is off.`, {
        action: 'Undo',
        act: () => change(token, { active: !wanted }),
      });
    }
  }

  async function label(token) {
    let text = token.label ?? '';
    await open('Label', (dialog) => html`
      <form @submit=${async (event) => {
        event.preventDefault();
        if (await dialog.act(async () => { await patch(address(token), { label: text.trim() || null }); return true; })) {
          dialog.close(true);
          await reload();
        }
      }}>
        <div class="body">
          <label for="label">What ${token.hint}… is for</label>
          <input id="label" maxlength="200" autocomplete="off" .value=${text} autofocus @input=${(event) => { text = event.target.value; }}>
          ${refusal(dialog)}
        </div>
        <footer>
          <button type="button" @click=${dialog.leave}>Cancel</button>
          <button class="primary" ?disabled=${dialog.busy}>Save</button>
        </footer>
      </form>`);
  }

  async function renew(token) {
    let byLink = false;
    const renewed = await renewToken(context, party(), token, (event) => {
      byLink = true;
      event.target.closest('dialog').close();
    });
    if (byLink) {
      await handOver(context, party(), { renews: token });
    } else if (renewed) {
      await reload();
    }
  }

  const row = (token) => {
    const soon = token.active && !token.replacedBy && !isFetched(token) && token.expiresAt && daysUntil(token.expiresAt) <= SOON;
    return html`
      <tr class="${token.status} ${soon ? 'soon' : ''}" data-token=${token.id}>
        <td class="tick">
          <input type="checkbox" aria-label="Active: ${called(token)}" .checked=${isOn(token)}
            ?disabled=${!context.may('operator') || ENDED.has(token.status)} @change=${(event) => activate(event, token)}>
          ${token.status === 'active' ? nothing : html`<span class="badge ${token.status === 'expired' ? '' : 'bad'}">${STATUS[token.status]}</span>`}
        </td>
        <th scope="row">
          ${context.may('operator')
            ? html`<button class="link label" title="Change the label" @click=${() => label(token)}><bdi>${token.label ?? 'no label'}</bdi></button>`
            : html`<bdi>${token.label ?? 'no label'}</bdi>`}
          <code class="hint">${token.hint}…</code>
          ${token.certificate ? html`<span class="badge" title="SHA-256 thumbprint ${token.certificate}">bound to a certificate</span>` : nothing}
        </th>
        <td data-name="Created">${when(token.createdAt)}</td>
        <td data-name="Expires">${when(token.expiresAt)}
          ${soon ? html`<span class="badge soon">renew it</span>` : token.replacedBy ? html`<span class="badge">has a successor</span>` : nothing}</td>
        <td data-name="Scopes">${scopes(token.scopes)}</td>
        <td data-name="Last used">${token.lastUsedAt
          ? html`${when(token.lastUsedAt)} <small>from ${token.lastUsedFrom}</small>` : html`<span class="none">never</span>`}</td>
        <td data-name="Uses, 30 days" class="uses">${sparkline(token.usesPerDay, `${number(sum(token.usesPerDay))} uses in the last 30 days`)}
          <span class="count">${number(sum(token.usesPerDay))}</span></td>
        <td class="act">${context.may('operator') && !token.replacedBy && ['active', 'expired'].includes(token.status) && !isFetched(token)
          ? html`<button aria-label="Renew ${called(token)}" @click=${() => renew(token)}>Renew …</button>` : nothing}</td>
      </tr>`;
  };

  const grid = (group) => {
    const { tokens, unfolded } = group;
    // The hourly ones have a heading that folds them all.
    const kept = (token) => unfolded || group.origin === HOURLY || !LOST.has(token.status);
    const shown = tokens.filter(kept);
    const folded = group.origin === HOURLY ? 0 : tokens.filter((token) => LOST.has(token.status)).length;
    return html`
      ${shown.length ? html`
        <div class="scroll" tabindex="0" role="region" aria-label=${group.origin === 'admin' ? 'Tokens' : `Tokens: ${ORIGINS[group.origin]}`}>
        <table class="grid">
          <thead><tr><th scope="col">Active</th><th scope="col">Token</th><th scope="col">Created</th><th scope="col">Expires</th>
            <th scope="col">Scopes</th><th scope="col">Last used</th><th scope="col">Uses, 30 days</th><th scope="col"><span class="sr">Actions</span></th></tr></thead>
          <tbody>${shown.map(row)}</tbody>
        </table>
        </div>` : nothing}
      ${folded ? html`
        <button class="link" aria-expanded=${unfolded ? 'true' : 'false'} @click=${() => { group.unfolded = !unfolded; context.update(); }}>
          ${unfolded ? 'Fold expired tokens away' : folded === 1 ? 'Show 1 expired token' : `Show ${folded} expired tokens`}</button>` : nothing}
      ${group.next ? html`<button class="link" @click=${() => more(group)}>Show older tokens</button>` : nothing}`;
  };

  const section = (group) => html`
    ${group.origin === HOURLY ? html`
      <h3>${ORIGINS[HOURLY]}</h3>
      <p>${hourly(group)} <button class="link" aria-expanded=${group.open ? 'true' : 'false'}
        @click=${() => fold(group)}>${group.open ? 'Fold them away' : 'Show them'}</button></p>`
      : html`<h3>${ORIGINS[group.origin]}</h3>`}
    ${grid(group)}`;

  const view = () => {
    const used = groups.filter((group) => group.total || group.tokens.length);
    if (!used.length) {
      return html`<p class="none">There is no token yet. Hand one over by link, or add one and copy it.</p>`;
    }
    // Where people have made all of them there is nothing to tell apart.
    return used.length === 1 && used[0].origin === 'admin' ? grid(used[0]) : used.map(section);
  };

  return {
    view,
    load,
    active: () => groups.filter((group) => group.origin !== HOURLY).flatMap((group) => group.tokens).filter((token) => token.active),
  };
}

const HOURLY = 'client_credentials';
const ORIGINS = { admin: 'Made by people', authorization_code: 'Approved for its software', [HOURLY]: 'Fetched by its software' };

/** Counting ends there (docs/admin-api.md). */
const MOST = 10_000;
const counted = (count) => (count >= MOST ? `${number(MOST)} or more` : number(count));
const hourly = (group) => `${counted(group.total)} hourly ${group.total === 1 ? 'token' : 'tokens'}, ${counted(group.active)} active`;

const STATUS = { expired: 'expired', deactivated: 'off', 'reported-leaked': 'reported as leaked', 'third-party-disabled': 'third party disabled' };
const sum = (values) => values.reduce((total, value) => total + value, 0);
const called = (token) => token.label ?? token.hint;

// A token of a disabled third party is still switched on: it comes back with the third party.
/** Nothing makes such a token active again. */
const ENDED = new Set(['expired', 'reported-leaked']);

/** The third party's software has fetched it, and fetches the next one by itself. */
const isFetched = (token) => token.createdBy === 'oauth:client_credentials';

const isOn = (token) => token.status === 'active' || (token.status === 'third-party-disabled' && !token.deactivatedAt);
