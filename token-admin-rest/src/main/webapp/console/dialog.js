// Dialogs on the browser's own <dialog>: focus stays in, Escape leaves, the page behind is inert.

import { html, render, nothing } from '../lib/lit-html/lit-html.js';
import { Problem } from './http.js';
import { copy } from './notice.js';

/**
 * Opens a dialog.
 *
 * @param view from the dialog's handle (`close(result)`, `update()`, `error`, `busy`, `act(work)`) to what it shows
 * @param mayClose asked before it closes by Escape or ×
 * @returns what it was closed with; undefined when it was left
 */
export function open(title, view, { mayClose = () => true } = {}) {
  return new Promise((resolve) => {
    const element = document.createElement('dialog');
    const id = `dialog-${Date.now()}`;
    element.setAttribute('aria-labelledby', id);
    let result;
    const handle = {
      element,
      error: null,
      busy: false,
      title,
      close(value) {
        result = value;
        element.close();
      },
      leave() {
        if (mayClose()) {
          element.close();
        } else {
          handle.update();
        }
      },
      update() {
        render(html`
          <header>
            <h2 id=${id}>${handle.title}</h2>
            <button class="link quiet close" aria-label="Close" @click=${handle.leave}>×</button>
          </header>
          ${view(handle)}`, element);
      },
      /** Does work; what it refuses is shown in the dialog. */
      async act(work) {
        handle.error = null;
        handle.busy = true;
        handle.update();
        try {
          return await work();
        } catch (problem) {
          handle.error = problem;
          if (!(problem instanceof Problem)) {
            throw problem;
          }
        } finally {
          handle.busy = false;
          if (element.open) {
            handle.update();
          }
        }
      },
    };
    element.addEventListener('cancel', (event) => {
      event.preventDefault();
      handle.leave();
    });
    element.addEventListener('close', () => {
      document.body.append(document.getElementById('notices'));
      element.remove();
      resolve(result);
    });
    document.body.append(element);
    handle.update();
    element.showModal();
    element.querySelector('[autofocus]')?.focus();
  });
}

/** Asks once; answers whether it is to be done. */
export function confirm(title, text, action, { danger = true } = {}) {
  return open(title, (dialog) => html`
    <div class="body">${text}</div>
    <footer>
      <button @click=${() => dialog.close(false)}>Cancel</button>
      <button class=${danger ? 'danger' : 'primary'} autofocus @click=${() => dialog.close(true)}>${action}</button>
    </footer>`);
}

/** What a dialog was refused, for the reader. */
export const refusal = (dialog) =>
  dialog.error ? html`<p class="error" role="alert">${dialog.error.text}</p>` : nothing;

/** A field with its label, its hint, and what is wrong with it. */
export function field(label, input, { hint, error, id }) {
  return html`
    <div class="field ${error ? 'wrong' : ''}">
      <label for=${id}>${label}</label>
      ${input}
      ${hint ? html`<small id="${id}-hint">${hint}</small>` : nothing}
      ${error ? html`<small class="error" role="alert">${error}</small>` : nothing}
    </div>`;
}

/** A secret, shown this once, with a button that copies it. */
export function secret(label, value, id, copied = () => {}) {
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <div class="secret">
        <input id=${id} readonly .value=${value} spellcheck="false" autocomplete="off"
          @focus=${(event) => event.target.select()}>
        <button type="button" class="copy" aria-label="Copy ${label}"
          @click=${async () => { if (await copy(value, label)) { copied(); } }}>Copy</button>
      </div>
    </div>`;
}
