// One's own password and sessions.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, post, remove, path } from './http.js';
import { field } from './dialog.js';
import { secondFactor } from './secondfactor.js';
import { notify, complain } from './notice.js';
import { when, span } from './format.js';

/** The fields of a form that changes a password, with what was wrong with them. */
export function newPasswordFields(name, problem) {
  return html`
    <input class="sr" name="username" autocomplete="username" value=${name} readonly tabindex="-1" aria-hidden="true">
    ${field('Present password', html`
      <input id="current-password" name="currentPassword" type="password" autocomplete="current-password" required
        aria-describedby=${problem?.of?.('currentPassword') ? 'current-password-error' : nothing}>`,
      { id: 'current-password', error: said('It', problem?.of?.('currentPassword')) })}
    ${field('New password', html`
      <input id="new-password" name="newPassword" type="password" autocomplete="new-password" minlength="12" maxlength="128"
        required aria-describedby="new-password-hint">`,
      { id: 'new-password', hint: '12 characters or more. Several words that do not belong together are good.',
        error: said('It', problem?.of?.('newPassword')) })}`;
}

const said = (subject, message) => message && `${subject} ${message}.`;

export function account(context) {
  const { user } = context;
  let sessions = null;
  let problem = null;
  let busy = false;
  const isUser = user.signedInBy === 'session';
  const factor = secondFactor(context, readSessions);

  async function readSessions() {
    sessions = (await get('account/sessions')).items;
  }

  async function start() {
    if (isUser) {
      await readSessions();
      await factor.start();
    }
  }

  async function change(event) {
    event.preventDefault();
    const form = event.target;
    const data = new FormData(form);
    busy = true;
    problem = null;
    context.update();
    try {
      await post('account/password', { currentPassword: data.get('currentPassword'), newPassword: data.get('newPassword') });
      form.reset();
      notify('The password is changed. Your other sessions have ended.');
      await start();
    } catch (refused) {
      problem = refused;
    } finally {
      busy = false;
      context.update();
    }
  }

  async function end(session) {
    try {
      await remove(path('account', 'sessions', session.id));
      notify('The session has ended.');
      await start();
      context.update();
    } catch (refused) {
      complain(refused);
    }
  }

  const view = () => html`
    <h1 id="title" tabindex="-1">${user.name}</h1>
    <p>You have the role <b>${user.role}</b>: ${{
      viewer: 'you can see everything, and change nothing.',
      operator: 'you manage tokens, and enable and disable third parties.',
      admin: 'you can do everything.',
    }[user.role]}</p>
    ${isUser ? html`
      <section class="card narrow">
        <h2>Password</h2>
        <form @submit=${change}>
          ${newPasswordFields(user.name, problem)}
          ${problem && !problem.body?.errors ? html`<p class="error" role="alert">${problem.message}</p>` : nothing}
          <button class="primary" ?disabled=${busy}>Change password</button>
        </form>
      </section>
      ${factor.view()}
      <section class="card">
        <h2>Where you are signed in</h2>
        ${sessions ? sessionList() : html`<p class="none">…</p>`}
      </section>` : html`<p>You are signed in by ${user.signedInBy === 'server' ? 'the server’s single sign-on' : user.signedInBy}: there is no password here to change.</p>`}`;

  const sessionList = () => html`
    <ul class="rows">
      ${sessions.map((session) => html`
        <li>
          <div>
            <b>${session.userAgent ? browserOf(session.userAgent) : 'Unknown browser'}</b> from ${session.address}
            ${session.present ? html`<span class="badge good">this one</span>` : nothing}<br>
            <small>since ${when(session.createdAt)}, last seen ${span(session.lastSeenAt)}, ends ${span(session.endsAt)} at the latest</small>
          </div>
          ${session.present ? nothing : html`
            <button @click=${() => end(session)} aria-label="End the session from ${session.address}">End</button>`}
        </li>`)}
    </ul>`;

  return { title: () => user.name, view, start };
}

/** A browser's usual name; what it calls itself where it is none of the usual ones. */
function browserOf(agent) {
  const name = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']]
    .find(([mark]) => agent.includes(mark))?.[1];
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'].find((mark) => agent.includes(mark));
  return name ? name + (system ? ` on ${system}` : '') : agent.slice(0, 60);
}
