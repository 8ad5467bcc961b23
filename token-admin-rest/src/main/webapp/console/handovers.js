// Handing over: makes a one-time link, and shows what has become of links.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { post, remove, path } from './http.js';
import { open, refusal, secret, confirm } from './dialog.js';
import { notify, complain, copy } from './notice.js';
import { when, span, moment } from './format.js';
import { tokenFields, tokenDraft, OVERLAPS, overlapChoice } from './tokendialogs.js';

/**
 * Makes a one-time link in a dialog.
 *
 * @param renews the token that it renews; null for a new one
 * @param clientSecret whether a new client secret goes with it
 * @param atOnce whether it is made without asking anything
 * @returns whether a link was made
 */
export async function handOver(context, party, { renews = null, clientSecret = false, atOnce = false } = {}) {
  const draft = { label: '', lifetime: '', until: '', scopes: new Set(), overlap: 'P7D', clientSecret };
  let link = null;
  const title = renews ? `Renew ${renews.label ?? renews.hint} by link` : 'Hand over by link';
  await open(title, (dialog) => {
    if (link) {
      return made(dialog);
    }
    if (atOnce && !dialog.tried) {
      dialog.tried = true;
      queueMicrotask(() => make(dialog));
    }
    return form(dialog);
  });
  if (link) {
    context.changed?.();
  }
  return Boolean(link);

  async function make(dialog) {
    const body = renews
      ? { tokenId: renews.id, overlap: draft.overlap, ...(draft.lifetime && { lifetime: draft.lifetime }) }
      : tokenDraft(draft);
    if (draft.clientSecret) {
      body.clientSecret = true;
    }
    const answer = await dialog.act(() => post(path('third-parties', party.id, 'handover'), body));
    if (answer) {
      link = answer;
      dialog.update();
      dialog.element.querySelector('.primary')?.focus();
    }
  }

  function form(dialog) {
    return html`
      <form @submit=${(event) => { event.preventDefault(); make(dialog); }}>
        <div class="body">
          <p>The link opens once, within three days. ${renews ? 'The new token' : 'The token'} is made when it is opened, so nothing secret lies
            in a mailbox until then.</p>
          ${renews
            ? overlapChoice(renews, draft, dialog)
            : tokenFields(party, draft, dialog, { until: false })}
          ${context.may('admin') ? html`
            <label class="choice">
              <input type="checkbox" .checked=${draft.clientSecret}
                @change=${(event) => { draft.clientSecret = event.target.checked; dialog.update(); }}>
              <span>With a new client secret<br><small>The old one ${renews && draft.overlap !== 'PT0S' ? `works for ${OVERLAPS[draft.overlap]} more` : 'ends'} once the link is opened.</small></span>
            </label>` : nothing}
          ${refusal(dialog)}
        </div>
        <footer>
          <button type="button" @click=${dialog.leave}>Cancel</button>
          <button class="primary" ?disabled=${dialog.busy}>Make the link</button>
        </footer>
      </form>`;
  }

  function made(dialog) {
    const mail = `Your access to our API: open this link once, before ${moment(link.expiresAt)}, and keep what it shows in a safe place.\n\n${link.url}\n`;
    return html`
      <div class="body">
        ${secret('One-time link', link.url, 'link')}
        <p>Send it to ${party.contactEmail
          ? html`<a href="mailto:${party.contactEmail}?subject=${encodeURIComponent('Your access')}&body=${encodeURIComponent(mail)}">${party.contactName ?? party.contactEmail}</a>`
          : html`<b>${party.contactName ?? party.name}</b>`}. It opens once and dies ${when(link.expiresAt)}. You see here when it was opened.</p>
        <p class="hint">Whoever opens it first has the token. If that was somebody else, the third party’s own try says so: switch the token off then.</p>
      </div>
      <footer>
        <button @click=${() => dialog.close()}>Done</button>
        <button @click=${() => copy(mail, 'Text of the mail')}>Copy as mail</button>
        <button class="primary" @click=${() => copy(link.url, 'Link')}>Copy link</button>
      </footer>`;
  }
}

const WORDS = { waiting: 'waiting', opened: 'opened', expired: 'not opened in time' };

/** The links of a third party. */
export function handoverList(context, party, links, reload) {
  async function withdraw(link) {
    if (!await confirm('Take the link back?', 'Whoever has it can’t open it any more.', 'Take it back')) {
      return;
    }
    try {
      await remove(path('third-parties', party.id, 'handover', link.id));
      notify('The link is taken back.');
      await reload();
    } catch (refused) {
      complain(refused);
    }
  }
  return html`
    <ul class="rows">
      ${links.map((link) => html`
        <li>
          <div>
            <span class="badge ${link.status === 'waiting' ? 'soon' : link.status === 'opened' ? 'good' : ''}">${WORDS[link.status]}</span>
            ${link.renews ? 'renewal' : link.label ?? 'new token'}${link.clientSecret ? ', with a client secret' : ''}
            <br><small>made by ${link.createdBy} ${when(link.createdAt)}${link.openedAt
              ? html`, opened ${when(link.openedAt)} from ${link.openedFrom}`
              : link.status === 'waiting' ? html`, dies ${span(link.expiresAt)}` : nothing}</small>
          </div>
          ${link.status === 'waiting' && context.may('operator')
            ? html`<button @click=${() => withdraw(link)}>Take back</button>` : nothing}
        </li>`)}
    </ul>`;
}
