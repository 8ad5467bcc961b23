// Dialogs that issue tokens: a new one, and one in the place of another.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { post, path } from './http.js';
import { open, refusal, secret, field } from './dialog.js';
import { copy } from './notice.js';
import { when, date } from './format.js';

const LIFETIMES = [['', 'As usual (in six months, if nothing else is set)'], ['P30D', '30 days'], ['P3M', '3 months'],
  ['P6M', '6 months'], ['P1Y', '1 year'], ['P2Y', '2 years']];

/** How long an old secret goes on, and how a person says so. */
export const OVERLAPS = { PT0S: 'no time', P1D: 'a day', P7D: 'a week', P30D: '30 days' };
const MILLIS = { PT0S: 0, P1D: 86_400_000, P7D: 7 * 86_400_000, P30D: 30 * 86_400_000 };

/** The fields of a new token. */
export function tokenFields(party, draft, dialog, { until = true } = {}) {
  const set = (name) => (event) => { draft[name] = event.target.value; dialog.update(); };
  const error = (name) => dialog.error?.of?.(name);
  return html`
    ${field('Label', html`
      <input id="token-label" maxlength="200" autocomplete="off" .value=${draft.label} @input=${set('label')}
        placeholder="Production" aria-describedby="token-label-hint">`,
      { id: 'token-label', hint: 'What it is for, so that you know it again. You may leave it out.', error: error('label') })}
    ${party.authorization === 'automatic'
      ? html`<p class="hint">Under automatic authorization the token does not expire.</p>`
      : field('Expires', html`
        <select id="token-lifetime" @change=${set('lifetime')}>
          ${LIFETIMES.map(([value, text]) => html`<option value=${value} ?selected=${draft.lifetime === value}>${value ? `in ${text}` : text}</option>`)}
          ${until ? html`<option value="until" ?selected=${draft.lifetime === 'until'}>on a day …</option>` : nothing}
        </select>`, { id: 'token-lifetime', error: error('lifetime') })}
    ${draft.lifetime === 'until'
      ? field('Last moment', html`<input id="token-until" type="datetime-local" required .value=${draft.until} @input=${set('until')}>`,
        { id: 'token-until', hint: 'In your own time zone.', error: error('expiresAt') })
      : nothing}
    ${party.scopes.length ? html`
      <fieldset aria-describedby="scopes-hint">
        <legend>Scopes</legend>
        <div class="ticks">
          ${party.scopes.map((scope) => html`
            <label><input type="checkbox" .checked=${draft.scopes.has(scope)} @change=${(event) => {
              draft.scopes[event.target.checked ? 'add' : 'delete'](scope);
              dialog.update();
            }}><code>${scope}</code></label>`)}
        </div>
        <small id="scopes-hint">None ticked: all of them.</small>
        ${error('scopes') ? html`<small class="error" role="alert">Scopes ${error('scopes')}.</small>` : nothing}
      </fieldset>` : nothing}`;
}

/** The client certificate that a token is bound to. */
function certificateField(draft, dialog, hint) {
  const error = dialog.error?.of?.('certificate');
  return field('Client certificate', html`
    <textarea id="token-certificate" rows="3" spellcheck="false" autocomplete="off" .value=${draft.certificate}
      placeholder="-----BEGIN CERTIFICATE-----" aria-describedby="token-certificate-hint" aria-invalid=${error ? 'true' : 'false'}
      @input=${(event) => { draft.certificate = event.target.value; dialog.update(); }}></textarea>`,
  { id: 'token-certificate', hint, error });
}

/** What the REST API takes for the fields. */
export function tokenDraft(draft) {
  return {
    ...(draft.label.trim() && { label: draft.label.trim() }),
    ...(draft.lifetime === 'until' ? { expiresAt: new Date(draft.until).toISOString() } : draft.lifetime && { lifetime: draft.lifetime }),
    ...(draft.scopes.size && { scopes: [...draft.scopes] }),
    ...certificate(draft),
  };
}

const certificate = (draft) => (draft.certificate?.trim() ? { certificate: draft.certificate.trim() } : {});

/** The choice of how long the old token goes on. */
export function overlapChoice(old, draft, dialog) {
  const end = (overlap) => {
    const until = new Date(Date.now() + MILLIS[overlap]);
    return old.expiresAt && new Date(old.expiresAt) < until ? new Date(old.expiresAt) : until;
  };
  return html`
    <fieldset>
      <legend>How long does the old token keep working?</legend>
      ${Object.entries({ PT0S: 'It ends at once', P1D: 'A day', P7D: 'A week', P30D: '30 days' }).map(([value, text]) => html`
        <label class="choice">
          <input type="radio" name="overlap" value=${value} .checked=${draft.overlap === value}
            @change=${() => { draft.overlap = value; dialog.update(); }}>
          <span>${text}${value === 'PT0S' ? nothing : html` <small>until ${date(end(value))}</small>`}</span>
        </label>`)}
      <small>Both tokens work in the meantime, so the third party can change over without a break. The old one never outlives its own expiry.</small>
    </fieldset>`;
}

/** Issues a token; answers whether one was issued. */
export function addToken(context, party) {
  const draft = { label: '', lifetime: '', until: '', scopes: new Set(), certificate: '' };
  return issue('Add OAuth token', context, party,
    (dialog) => html`
      ${tokenFields(party, draft, dialog)}
      ${certificateField(draft, dialog, 'You may leave it out. With it, the token works only for a client that has this certificate and its private key. '
        + 'Paste the certificate in PEM, or its SHA-256 thumbprint. Never paste the private key.')}`,
    () => post(path('third-parties', party.id, 'tokens'), tokenDraft(draft)), 'Add token');
}

/** Renews a token; answers whether it was renewed. */
export function renewToken(context, party, old, byLink) {
  const draft = { overlap: 'P7D', certificate: '' };
  return issue(`Renew ${old.label ?? old.hint}`, context, party,
    (dialog) => html`
      <p>The third party gets a new token, good for one more lifetime from now.</p>
      ${overlapChoice(old, draft, dialog)}
      ${old.certificate ? certificateField(draft, dialog, 'The new token is bound to the same certificate as the old one. '
        + 'Paste another certificate in PEM, or its SHA-256 thumbprint, if the third party has a new one.') : nothing}`,
    () => post(path('third-parties', party.id, 'tokens', old.id, 'renew'), { overlap: draft.overlap, ...certificate(draft) }), 'Renew and show it',
    html`<button type="button" @click=${byLink}>Renew by link …</button>`);
}

async function issue(title, context, party, fields, work, action, more = nothing) {
  let issued = null;
  let copied = false;
  let warned = false;
  await open(title, (dialog) => (issued ? shown(dialog) : html`
    <form @submit=${async (event) => {
      event.preventDefault();
      issued = await dialog.act(work) ?? null;
      if (issued) {
        dialog.title = 'The new token';
        dialog.update();
        dialog.element.querySelector('.primary').focus();
      }
    }}>
      <div class="body">${fields(dialog)}${refusal(dialog)}</div>
      <footer>
        <button type="button" @click=${dialog.leave}>Cancel</button>
        ${more}
        <button class="primary" ?disabled=${dialog.busy}>${action}</button>
      </footer>
    </form>`), {
    mayClose() {
      if (!issued || copied || warned) {
        return true;
      }
      warned = true;
      return false;
    },
  });
  return Boolean(issued);

  function shown(dialog) {
    const took = () => { copied = true; dialog.update(); };
    const all = [['Client ID', party.clientId], ['OAuth token', issued.token], ['Expires', issued.expiresAt ?? 'never'],
      ['Scopes', issued.scopes.join(' ') || 'none']].map(([name, value]) => `${name}: ${value}`).join('\n');
    return html`
      <div class="body">
        ${secret('OAuth token', issued.token, 'token', took)}
        <p>It ${issued.expiresAt ? html`expires ${when(issued.expiresAt)}` : 'does not expire'}. <b>It is shown this once</b>: only a hash of it is kept.</p>
        ${warned && !copied ? html`<p class="error" role="alert">You have not copied it. When you close this, nobody can see it again.</p>` : nothing}
      </div>
      <footer>
        <button @click=${async () => { if (await copy(all, 'OAuth information')) { took(); } }}>Copy OAuth information</button>
        <button class=${copied ? 'primary' : ''} @click=${dialog.leave}>${warned && !copied ? 'Close all the same' : 'Close'}</button>
        ${copied ? nothing : html`<button class="primary" @click=${async () => { if (await copy(issued.token, 'OAuth token')) { took(); } }}>Copy token</button>`}
      </footer>`;
  }
}
