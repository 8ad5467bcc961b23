// The people who administer, and their roles.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, post, patch, remove, path, query } from './http.js';
import { open, confirm, refusal, secret, field } from './dialog.js';
import { notify, complain } from './notice.js';
import { when } from './format.js';

const ROLES = { viewer: 'sees everything, changes nothing', operator: 'manages tokens, enables and disables', admin: 'everything' };

export function people(context) {
  let users = null;

  async function start() {
    users = (await get('users')).items;
  }

  async function act(work, done) {
    try {
      const ended = (await work())?.tokensDeactivated;
      notify(ended ? `${done} ${ended === 1 ? 'One token was' : `${ended} tokens were`} deactivated.` : done);
    } catch (problem) {
      complain(problem);
    }
    await start();
    context.update();
  }

  const passwordShown = (name, password) => open(`The password of ${name}`, (dialog) => html`
    <div class="body">
      ${secret('First password', password, 'first-password')}
      <p>Give it to ${name}. It must be changed at the first sign-in. <b>It is shown this once.</b></p>
    </div>
    <footer><button class="primary" @click=${() => dialog.close()}>Close</button></footer>`);

  async function add() {
    const draft = { name: '', role: 'operator' };
    const added = await open('Add somebody', (dialog) => html`
      <form @submit=${async (event) => {
        event.preventDefault();
        const user = await dialog.act(() => post('users', draft));
        if (user) {
          dialog.close(user);
        }
      }}>
        <div class="body">
          ${field('Name', html`<input id="user-name" required maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false" autofocus
            aria-describedby="user-name-hint" .value=${draft.name} @input=${(event) => { draft.name = event.target.value; }}>`,
            { id: 'user-name', hint: 'Lower-case letters, digits, and . - _ @', error: dialog.error?.of?.('name') && `Name ${dialog.error.of('name')}.` })}
          <fieldset>
            <legend>Role</legend>
            ${Object.entries(ROLES).map(([role, words]) => html`
              <label class="choice"><input type="radio" name="role" value=${role} .checked=${draft.role === role}
                @change=${() => { draft.role = role; }}><span><b>${role}</b><br><small>${words}</small></span></label>`)}
          </fieldset>
          ${dialog.error?.body?.errors ? nothing : refusal(dialog)}
        </div>
        <footer>
          <button type="button" @click=${dialog.leave}>Cancel</button>
          <button class="primary" ?disabled=${dialog.busy}>Add</button>
        </footer>
      </form>`);
    if (added) {
      await passwordShown(added.name, added.password);
      await start();
      context.update();
    }
  }

  async function reset(user) {
    if (await confirm(`A new password for ${user.name}?`, html`<p>The present one ends, and so do all sessions of ${user.name}.</p>`, 'New password')) {
      try {
        await passwordShown(user.name, (await post(path('users', user.name, 'password'))).password);
      } catch (problem) {
        complain(problem);
      }
    }
  }

  // Asked before somebody loses rights: what they issued would give the rights back.
  const tokensChoice = (user, choice) => html`
    <label class="choice"><input type="checkbox" id="end-tokens" .checked=${!choice.keep}
      @change=${(event) => { choice.keep = !event.target.checked; }}><span><b>Deactivate the tokens for Latchkey that ${user.name} issued</b><br>
      <small>Those with a scope <code>latchkey:…</code>, and what was issued with them in turn. Links that nobody has opened are taken back in any case.</small></span></label>`;
  async function resetSecondFactor(user) {
    if (await confirm(`Turn off the second factor of ${user.name}?`, html`<p>From then on the password is enough. The sessions of
        ${user.name} end. Be sure that it is ${user.name} who asks for this.</p>`, 'Turn it off')) {
      await act(() => remove(path('users', user.name, 'second-factor')), `The second factor of ${user.name} is off.`);
    }
  }

  async function leave(user) {
    const choice = { keep: false };
    if (await confirm(`Remove ${user.name}?`, html`<p>${user.name} can’t sign in any more. What was done stays in the audit trail.</p>
      ${tokensChoice(user, choice)}`, 'Remove')) {
      await act(() => remove(path('users', user.name) + query({ 'keep-tokens': choice.keep || null })), `${user.name} is removed.`);
    }
  }

  async function changeRole(user, select) {
    const role = select.value;
    const choice = { keep: false };
    const order = Object.keys(ROLES);
    const lesser = order.indexOf(role) < order.indexOf(user.role);
    if (lesser && !await confirm(`Make ${user.name} ${role}?`, tokensChoice(user, choice), 'Change role')) {
      select.value = user.role;
      return;
    }
    await act(() => patch(path('users', user.name), choice.keep ? { role, keepTokens: true } : { role }), `${user.name} has another role now.`);
  }

  const row = (user) => {
    const oneself = user.name === context.user.name;
    return html`
      <tr>
        <th scope="row">${user.name} ${oneself ? html`<span class="badge good">you</span>` : nothing}</th>
        <td data-name="Role">
          <select aria-label="Role of ${user.name}" ?disabled=${oneself} .value=${user.role}
            @change=${(event) => changeRole(user, event.target)}>
            ${Object.keys(ROLES).map((role) => html`<option value=${role} ?selected=${role === user.role}>${role}</option>`)}
          </select></td>
        <td data-name="Added">${when(user.createdAt)}</td>
        <td data-name="Password">${user.mustChangePassword ? html`<span class="badge soon">first one, not changed yet</span>` : 'of their own'}${user.secondFactor ? ' and a code' : ''}</td>
        <td class="act">${oneself ? nothing : html`
          <button @click=${() => reset(user)} aria-label="New password for ${user.name}">New password …</button>
          ${user.secondFactor ? html`<button @click=${() => resetSecondFactor(user)} aria-label="Turn off the second factor of ${user.name}">Second factor …</button>` : nothing}
          <button class="danger" @click=${() => leave(user)} aria-label="Remove ${user.name}">Remove …</button>`}</td>
      </tr>`;
  };

  const view = () => html`
    <div class="head">
      <h1 id="title" tabindex="-1">People</h1>
      <div class="actions"><button class="primary" @click=${add}>Add somebody</button></div>
    </div>
    <section class="card">
      ${users ? html`
        <div class="scroll" tabindex="0" role="region" aria-label="People">
        <table class="grid">
          <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Added</th><th scope="col">Password</th>
            <th scope="col"><span class="sr">Actions</span></th></tr></thead>
          <tbody>${users.map(row)}</tbody>
        </table>
        </div>` : html`<p class="none">…</p>`}
    </section>`;

  return { title: () => 'People', view, start };
}
