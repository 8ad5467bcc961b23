// Signing in, and the change of the first password.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, post } from './http.js';
import { newPasswordFields } from './account.js';

const form = { busy: false, problem: null };
let ways = null;

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
    fields.querySelector('[type=password]').value = '';
  } finally {
    form.busy = false;
    context.update();
    if (form.problem) {
      fields.querySelector('[type=password]')?.focus();
    }
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

export function signIn(context) {
  if (!ways) {
    ask(context);
  }
  return frame(html`
    <h1>Sign in</h1>
    <form @submit=${(event) => submit(event, context, async (data) => {
      context.signedIn(await post('session', { name: data.get('name'), password: data.get('password') }, { anyone: true }));
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
