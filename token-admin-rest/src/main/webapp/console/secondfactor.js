// One's own second factor: an authenticator app, and recovery codes for when it is lost.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, post } from './http.js';
import { open, refusal, secret, field } from './dialog.js';
import { notify } from './notice.js';

const passwordField = (dialog) => field('Present password', html`
  <input id="factor-password" name="currentPassword" type="password" autocomplete="current-password" required autofocus>`,
  { id: 'factor-password', error: dialog.error?.of?.('currentPassword') && `It ${dialog.error.of('currentPassword')}.` });

const codeField = (dialog, hint) => field('Code', html`
  <input id="factor-code" name="code" autocomplete="one-time-code" spellcheck="false" maxlength="40" required
    aria-describedby="factor-code-hint">`,
  { id: 'factor-code', hint, error: dialog.error?.of?.('code') && `It ${dialog.error.of('code')}.` });

const otherRefusal = (dialog) => (dialog.error?.body?.errors ? nothing : refusal(dialog));

/** A dialog with one form; closes with what `work` answers for its fields. */
const ask = (title, fields, action, work) => open(title, (dialog) => html`
  <form @submit=${async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const done = await dialog.act(async () => (await work(data)) ?? true);
    if (done) {
      dialog.close(done);
    }
  }}>
    <div class="body">
      ${fields(dialog)}
      ${otherRefusal(dialog)}
    </div>
    <footer>
      <button type="button" @click=${dialog.leave}>Cancel</button>
      <button class="primary" ?disabled=${dialog.busy}>${action}</button>
    </footer>
  </form>`);

/**
 * The part of the account page that turns it on and off.
 *
 * @param changed called when other sessions have ended
 */
export function secondFactor(context, changed) {
  let state = null;

  async function start() {
    state = await get('account/second-factor');
  }

  async function turnOn() {
    const offered = await ask('Turn the second factor on', passwordField, 'Next',
      (data) => post('account/second-factor', { currentPassword: data.get('currentPassword') }));
    if (!offered) {
      return;
    }
    const confirmed = await ask('Add Latchkey to your app', (dialog) => html`
      <p>In your authenticator app, add an account by its key. Then enter the code that the app shows.</p>
      ${secret('Key', offered.secret, 'factor-secret')}
      ${secret('Address for apps that take one', offered.uri, 'factor-uri')}
      ${codeField(dialog, 'Six digits; the clock of the device must be right.')}`, 'Turn it on',
      (data) => post('account/second-factor/confirm', { code: data.get('code') }));
    if (!confirmed) {
      return;
    }
    await open('Your recovery codes', (dialog) => html`
      <div class="body">
        <p>Each of them signs you in once when you have lost your app. Keep them where only you get at them.
          <b>They are shown this once.</b></p>
        <ul class="codes" aria-label="Recovery codes">${confirmed.recoveryCodes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
      </div>
      <footer><button class="primary" @click=${() => dialog.close()}>I have kept them</button></footer>`);
    notify('The second factor is on. Your other sessions have ended.');
    await refresh();
  }

  async function turnOff() {
    const off = await ask('Turn the second factor off', (dialog) => html`
      ${passwordField(dialog)}
      ${codeField(dialog, 'Of your app, or a recovery code.')}`, 'Turn it off',
      (data) => post('account/second-factor/off', { currentPassword: data.get('currentPassword'), code: data.get('code') }));
    if (off) {
      notify('The second factor is off.');
      await refresh();
    }
  }

  async function refresh() {
    await start();
    await changed();
    context.update();
  }

  const view = () => html`
    <section class="card narrow">
      <h2>Second factor</h2>
      ${state === null ? html`<p class="none">…</p>` : state.on ? html`
        <p>On: signing in takes a code of your authenticator app. ${state.recoveryCodesLeft} recovery codes are left.
          HTTP Basic does not work for you; programs use access tokens.</p>
        <button @click=${turnOff}>Turn it off …</button>` : html`
        <p>Off: the password is enough. With an authenticator app (TOTP) a stolen password is not.</p>
        <button @click=${turnOn}>Turn it on …</button>`}
    </section>`;

  return { start, view };
}
