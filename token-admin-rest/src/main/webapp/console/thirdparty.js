// A third party's page: its card, its tokens, the links that hand them over.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, post, patch, remove, path, Problem } from './http.js';
import { open, confirm, refusal, secret } from './dialog.js';
import { notify, complain, copy } from './notice.js';
import { when, scopes, orNone } from './format.js';
import { FIELDS, partyFields, valuesOf, patchOf } from './partyform.js';
import { addToken, OVERLAPS } from './tokendialogs.js';
import { handOver, handoverList } from './handovers.js';
import { tokenGrid } from './tokens.js';
import { conflictOf, conflictView } from './conflict.js';
import { developerSection, endpoints } from './developer.js';

export function thirdParty(context, id) {
  const at = path('third-parties', id);
  let party = null;
  let links = [];
  let editing = null;
  let metadata = null;
  const grid = tokenGrid(context, id, () => party, reload);

  async function start() {
    const [card, handovers] = await Promise.all([get(at), get(`${at}/handover`), grid.load()]);
    if (card.authorization === 'automatic') {
      metadata ??= await endpoints();
    }
    party = card;
    links = handovers.items;
  }

  async function reload() {
    await start();
    context.update();
  }

  /** Does something, and shows what it has changed; a refusal is shown as a notice. */
  async function act(work) {
    try {
      await work();
      await reload();
      return true;
    } catch (problem) {
      complain(problem);
      if (!(problem instanceof Problem)) {
        throw problem;
      }
      context.update();
      return false;
    }
  }

  function edit() {
    if (party && !editing && context.may('admin')) {
      editing = { base: party, before: valuesOf(party), values: valuesOf(party), problem: null, conflict: null, busy: false };
      context.update();
      document.getElementById('edit-name').focus();
    }
  }

  function cancel() {
    editing = null;
    context.update();
    document.getElementById('edit')?.focus();
  }

  async function save() {
    const form = editing;
    if (!form || form.busy || form.conflict?.open.length) {
      return;
    }
    const changes = patchOf(form.before, form.values);
    if (!Object.keys(changes).length) {
      cancel();
      return;
    }
    form.busy = true;
    form.problem = null;
    context.update();
    try {
      party = await patch(at, changes, form.base.etag);
      editing = null;
      notify('Saved.');
      await reload();
      document.getElementById('edit')?.focus();
    } catch (problem) {
      await refused(form, problem);
    }
    form.busy = false;
    context.update();
    if (editing) {
      document.querySelector('.card [aria-invalid=true], .conflict input')?.focus();
    }
  }

  // Somebody else has saved meanwhile: what both have changed is asked for, nothing of either is lost.
  async function refused(form, problem) {
    if (problem.status === 412) {
      const [theirs, events] = await Promise.all([get(at), get(`audit-events?third-party=${encodeURIComponent(id)}&limit=1`)]);
      form.conflict = conflictOf(form.before, form.values, valuesOf(theirs), events.items[0]);
      form.base = theirs;
      form.before = valuesOf(theirs);
      form.values = form.conflict.merged;
    } else {
      form.problem = problem;
      if (!(problem instanceof Problem)) {
        throw problem;
      }
    }
  }

  async function enable(event) {
    const wanted = event.target.checked;
    event.target.checked = party.enabled;
    if (!wanted && !await confirm(`Disable ${party.name}?`,
      html`<p>All its tokens stop working, everywhere, at once. They come back when you enable it again.</p>`, 'Disable')) {
      return;
    }
    if (await act(() => patch(at, { enabled: wanted }))) {
      notify(wanted ? 'Enabled.' : 'Disabled. None of its tokens works any more.', {
        action: 'Undo',
        act: () => act(() => patch(at, { enabled: !wanted })),
      });
    }
  }

  async function newSecret() {
    let overlap = 'PT0S';
    let made = null;
    await open('New client secret', (dialog) => (made ? html`
      <div class="body">
        ${secret('Client ID', party.clientId, 'client-id')}
        ${secret('Client secret', made.clientSecret, 'client-secret')}
        <p><b>It is shown this once</b>: only a hash of it is kept.</p>
      </div>
      <footer><button class="primary" @click=${() => dialog.close()}>Close</button></footer>` : html`
      <form @submit=${async (event) => {
        event.preventDefault();
        made = await dialog.act(() => post(`${at}/client-secret`, { overlap })) ?? null;
        dialog.update();
      }}>
        <div class="body">
          <p>The third party needs the new secret before the old one ends.</p>
          <label for="secret-overlap">The old one works for</label>
          <select id="secret-overlap" @change=${(event) => { overlap = event.target.value; }}>
            ${Object.entries(OVERLAPS).map(([value, text]) => html`<option value=${value}>${value === 'PT0S' ? 'no time: it ends at once' : `${text} more`}</option>`)}
          </select>
          ${refusal(dialog)}
        </div>
        <footer>
          <button type="button" @click=${dialog.leave}>Cancel</button>
          <button class="primary" ?disabled=${dialog.busy}>Make a new secret</button>
        </footer>
      </form>`));
    if (made) {
      await reload();
    }
  }

  async function erase() {
    if (!await confirm(`Delete ${party.name}?`,
      html`<p>Its tokens go with it, and this can’t be undone. What was done stays in the audit trail.</p>`, 'Delete')) {
      return;
    }
    try {
      await remove(at, party.etag);
      notify(`${party.name} is deleted.`);
      context.go('#/');
    } catch (problem) {
      complain(problem);
    }
  }

  const information = () => [
    `Third party: ${party.name}`, `Client ID: ${party.clientId}`,
    ...(party.callbackUrl ? [`Callback URL: ${party.callbackUrl}`] : []),
    ...grid.active().map((token) => `Active token: ${token.hint}… ${token.expiresAt ? `expires ${token.expiresAt}` : 'does not expire'}`),
    'Secrets are shown once, when they are made; hand new ones over by link.',
  ].join('\n');

  const view = () => (party ? html`
    <div class="head">
      <h1 id="title" tabindex="-1"><bdi>${party.name}</bdi></h1>
      ${party.enabled ? nothing : html`<span class="badge bad">disabled</span>`}
      <div class="actions">
        ${context.may('operator') ? html`
          <button class="primary" ?disabled=${!party.enabled} @click=${() => handOver(context, party)}>Hand over …</button>` : nothing}
        ${context.may('admin') ? html`<a class="button" href="#/access/${party.clientId}">Test access</a>` : nothing}
        <a class="button" href="#/audit/${party.id}">Audit trail</a>
      </div>
    </div>
    ${editing ? form() : card()}
    <section class="card" aria-labelledby="tokens-title">
      <div class="head">
        <h2 id="tokens-title">OAuth tokens</h2>
        <div class="actions">
          <button @click=${() => copy(information(), 'OAuth information')}>Copy OAuth information</button>
          ${context.may('operator') ? html`
            <button class="primary" @click=${async () => { if (await addToken(context, party)) { await reload(); } }}>Add OAuth token</button>` : nothing}
        </div>
      </div>
      ${grid.view()}
    </section>
    ${party.authorization === 'automatic' ? developerSection(party, metadata) : nothing}
    ${links.length ? html`
      <section class="card" aria-labelledby="links-title">
        <h2 id="links-title">One-time links</h2>
        ${handoverList(context, party, links, reload)}
      </section>` : nothing}` : html`<h1 id="title" tabindex="-1" class="none">…</h1>`);

  const card = () => html`
    <section class="card" aria-label="Third party">
      <div class="head">
        <label class="switch">
          <input type="checkbox" role="switch" id="enabled" .checked=${party.enabled} ?disabled=${!context.may('operator')} @change=${enable}>
          <span>Enabled</span>
        </label>
        <div class="actions">
          ${context.may('admin') ? html`
            <button id="edit" @click=${edit} aria-keyshortcuts="Control+E">Edit</button>
            <button @click=${newSecret}>New client secret …</button>
            ${party.enabled ? nothing : html`<button class="danger" @click=${erase}>Delete …</button>`}` : nothing}
        </div>
      </div>
      <dl class="facts">
        <div><dt>Client ID</dt><dd><code>${party.clientId}</code>
          <button class="link" aria-label="Copy client ID" @click=${() => copy(party.clientId, 'Client ID')}>Copy</button></dd></div>
        <div><dt>Authorization</dt><dd>${party.authorization === 'manual' ? 'Manual: tokens expire' : 'Automatic: tokens do not expire'}</dd></div>
        <div><dt>Callback URL</dt><dd class="long">${orNone(party.callbackUrl)}</dd></div>
        <div><dt>Contact</dt><dd><bdi>${party.contactName ?? ''}</bdi>
          ${party.contactEmail ? html`<a href="mailto:${party.contactEmail}">${party.contactEmail}</a>` : party.contactName ? nothing : html`<span class="none">none</span>`}</dd></div>
        <div><dt>Scopes</dt><dd>${scopes(party.scopes)}</dd></div>
        <div><dt>Allowed networks</dt><dd>${party.allowedNetworks.length ? party.allowedNetworks.join(', ') : html`<span class="none">from anywhere</span>`}</dd></div>
        <div><dt>Registered</dt><dd>${when(party.createdAt)} by ${party.createdBy}</dd></div>
      </dl>
    </section>`;

  const form = () => html`
    <section class="card" aria-label="Edit the third party">
      <form @submit=${(event) => { event.preventDefault(); save(); }}>
        ${editing.conflict ? conflictView(editing.conflict, FIELDS, (name, value) => {
          editing.values[name] = value;
          editing.conflict.open = editing.conflict.open.filter((each) => each !== name);
          context.update();
        }) : nothing}
        ${partyFields(editing.values, (name, value) => { editing.values[name] = value; context.update(); }, editing.problem, 'edit')}
        ${editing.problem && !editing.problem.body?.errors ? html`<p class="error" role="alert">${editing.problem.message}</p>` : nothing}
        <footer>
          <button type="button" @click=${cancel}>Cancel</button>
          <button class="primary" aria-keyshortcuts="Control+S" ?disabled=${editing.busy || editing.conflict?.open.length > 0}>Save</button>
        </footer>
      </form>
    </section>`;

  return { title: () => party?.name ?? 'Third party', view, start, reload, edit, save };
}
