// Registering a third party: one dialog for what it is, which then shows its client secret once.

import { html } from '../lib/lit-html/lit-html.js';
import { post } from './http.js';
import { open, refusal, secret } from './dialog.js';
import { partyFields, creationOf, NEW } from './partyform.js';
import { handOver } from './handovers.js';

/** Registers a third party; answers it, or undefined when it was left. */
export async function register(context) {
  const values = { ...NEW };
  let registered = null;
  await open('Register a third party', (dialog) => (registered ? done(dialog) : form(dialog)));
  return registered;

  function form(dialog) {
    return html`
      <form @submit=${async (event) => {
        event.preventDefault();
        registered = await dialog.act(() => post('third-parties', creationOf(values))) ?? null;
        if (registered) {
          dialog.title = 'Registered';
          dialog.update();
          dialog.element.querySelector('.primary').focus();
        } else {
          dialog.element.querySelector('[aria-invalid=true]')?.focus();
        }
      }}>
        <div class="body">
          ${partyFields(values, (name, value) => { values[name] = value; dialog.update(); }, dialog.error, 'new')}
          ${dialog.error?.body?.errors ? '' : refusal(dialog)}
        </div>
        <footer>
          <button type="button" @click=${dialog.leave}>Cancel</button>
          <button class="primary" ?disabled=${dialog.busy}>Register</button>
        </footer>
      </form>`;
  }

  function done(dialog) {
    return html`
      <div class="body">
        <p><b><bdi>${registered.name}</bdi></b> is registered. Its next need is a token. A one-time link is the safe way: the third
          party opens it and sees its client ID, a client secret and a token, which nobody else has seen.</p>
        <details>
          <summary>Show the client secret instead</summary>
          ${secret('Client ID', registered.clientId, 'registered-id')}
          ${secret('Client secret', registered.clientSecret, 'registered-secret')}
          <p class="hint">It is shown this once. When it is lost, make a new one.</p>
        </details>
      </div>
      <footer>
        <button @click=${() => dialog.close()}>Later</button>
        <button class="primary" @click=${() => { dialog.close(); handOver(context, registered, { clientSecret: true, atOnce: true }); }}>
          Hand over by link</button>
      </footer>`;
  }
}
