// Signing in, and the change of the first password.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, post } from './http.js';
import { newPasswordFields } from './account.js';

const form = { busy: false, problem: null };
let ways = null;

// Name and password of somebody who is asked for a code; null before.
let known = null;

/** Does what a form asks for; what is refused stays in the form. */
async function submit(event, context, work) {
  event.preventDefault();
  form.problem = null;
  form.busy = true;
  context.update();
  const fields = event.target;
  try {
    await work(new FormData(fields));
  } catch (problem) {
    form.problem = problem;
    clear(fields);
  } finally {
    form.busy = false;
    context.update();
    if (form.problem || known) {
      document.querySelector('.door #code, .door [type=password]')?.focus();
    }
  }
}

function clear(fields) {
  const secret = fields.querySelector('[type=password], #code');
  if (secret) {
    secret.value = '';
  }
}

const complaint = () => (form.problem ? html`<p class="error" role="alert">${form.problem.text ?? form.problem.message}</p>` : nothing);

const frame = (content) => html`
  <main class="door" id="main">
    <p class="brand"><img src="console/key.svg" alt="" width="32" height="32">Latchkey</p>
    ${content}
  </main>`;

/** Asks once which ways there are. */
async function ask(context) {
  ways = {};
  try {
    ways = await get('session/ways', { anyone: true });
    context.update();
  } catch {
    // Name and password are there always.
  }
}

/** Signs in; whoever has a second factor is asked for a code next. */
async function enter(context, credentials) {
  try {
    const user = await post('session', credentials, { anyone: true });
    known = null;
    context.signedIn(user);
  } catch (problem) {
    const second = problem.body?.secondFactor;
    known = second || (problem.status !== 401 && known) ? credentials : null;
    if (second !== 'required') {
      throw problem;
    }
  }
}

const secondFactor = (context) => frame(html`
    <h1>Enter the code</h1>
    <p>Your authenticator app shows it. If you have lost the app, enter one of your recovery codes.</p>
    <form @submit=${(event) => submit(event, context, async (data) => {
      await enter(context, { name: known.name, password: known.password, code: data.get('code') });
    })}>
      <div class="field">
        <label for="code">Code</label>
        <input id="code" name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"
          maxlength="40" required>
      </div>
      ${complaint()}
      <button class="primary wide" ?disabled=${form.busy}>Sign in</button>
    </form>
    <p><button class="link" @click=${() => { known = null; form.problem = null; context.update(); }}>Sign in as somebody else</button></p>`);

export function signIn(context) {
  if (known) {
    return secondFactor(context);
  }
  if (!ways) {
    ask(context);
  }
  return frame(html`
    <h1>Sign in</h1>
    <form @submit=${(event) => submit(event, context, async (data) => {
      await enter(context, { name: data.get('name'), password: data.get('password') });
    })}>
      <div class="field">
        <label for="name">Name</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required>
      </div>
      <div class="field">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required>
      </div>
      ${complaint()}
      <button class="primary wide" ?disabled=${form.busy}>Sign in</button>
    </form>
    ${ways?.singleSignOn ? html`<p><a class="button wide" href=${ways.singleSignOn}>Single sign-on</a></p>` : nothing}
    <details>
      <summary>For the first time?</summary>
      <p>The first user is <code>admin</code>. The password is in the file <code>initial-admin-password</code> in
        Latchkey’s data folder on the server, or what <code>latchkey.admin.password</code> was set to.</p>
    </details>`);
}

export function firstPassword(context) {
  return frame(html`
    <h1>Choose a password of your own</h1>
    <p>The one that you signed in with was made for you. It ends here.</p>
    <form @submit=${(event) => submit(event, context, async (data) => {
      await post('account/password',
        { currentPassword: data.get('currentPassword'), newPassword: data.get('newPassword') });
      context.signedIn({ ...context.user, mustChangePassword: false });
    })}>
      ${newPasswordFields(context.user.name, form.problem)}
      ${form.problem && !form.problem.body?.errors ? complaint() : nothing}
      <button class="primary wide" ?disabled=${form.busy}>Change it and go on</button>
    </form>`);
}
