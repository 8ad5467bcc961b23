// The page of a one-time link. Looking at it opens nothing; only the button does.

import { html, render, nothing } from '../lib/lit-html/lit-html.js';
import { post } from './http.js';
import { secret } from './dialog.js';
import { when, moment, scopes } from './format.js';

const root = document.getElementById('app');
const code = decodeURIComponent(location.hash.slice(1));
const state = { ready: null, opened: null, problem: null, busy: false };

const ask = async (what) => post(`handovers/${what}`, { code }, { anyone: true });

async function inspect() {
  try {
    state.ready = await ask('inspect');
  } catch (problem) {
    state.problem = problem;
  }
  update();
}

async function reveal() {
  state.busy = true;
  update();
  try {
    state.opened = await ask('open');
    // The code is of no more use, and need not stay in the history.
    history.replaceState(null, '', location.pathname);
    addEventListener('beforeunload', (event) => event.preventDefault());
  } catch (problem) {
    state.problem = problem;
  }
  state.busy = false;
  update();
  document.getElementById('title').focus();
}

function update() {
  render(html`
    <p class="brand"><img src="../console/key.svg" alt="" width="32" height="32">Latchkey</p>
    ${state.opened ? opened(state.opened) : state.problem ? refused(state.problem) : state.ready ? ready(state.ready)
      : html`<h1 id="title" tabindex="-1" class="none">…</h1>`}`, root);
}

const ready = (link) => html`
  <h1 id="title" tabindex="-1">Access for <bdi>${link.name}</bdi></h1>
  <p><b>${link.from}</b> has made credentials for you. They are shown <b>once</b>: have the place ready where you keep them, such as a password manager.</p>
  <p><button class="primary wide" ?disabled=${state.busy} @click=${reveal}>Show my credentials</button></p>
  <p class="hint">The link works until ${moment(link.expiresAt)}.</p>`;

const opened = (given) => html`
  <h1 id="title" tabindex="-1">Credentials of <bdi>${given.name}</bdi></h1>
  <p class="advice" role="status"><b>Copy them now.</b> When you leave this page, nobody can see them again.</p>
  ${secret('OAuth token', given.token, 'token')}
  <p>It ${given.expiresAt ? html`expires ${when(given.expiresAt)}` : 'does not expire'}. Scopes: ${scopes(given.scopes)}</p>
  ${secret('Client ID', given.clientId, 'client-id')}
  ${given.clientSecret ? secret('Client secret', given.clientSecret, 'client-secret') : nothing}
  <h2>Try it</h2>
  ${secret('curl line', `curl -i -H "Authorization: Bearer ${given.token}" ${given.tryUrl ?? 'https://ADDRESS-OF-THE-API/'}`, 'curl')}
  <p class="hint">${given.tryUrl ? nothing : 'Put the address that you were told in its place. '}Any answer but 401 says that the token works.</p>`;

const refused = (problem) => html`
  <h1 id="title" tabindex="-1">${problem.status === 410 && problem.body.openedAt ? 'This link was used' : problem.status === 410
    ? 'This link is over' : problem.status === 404 ? 'There is no such link' : 'This can’t be shown now'}</h1>
  ${problem.status === 410 && problem.body.openedAt ? html`
    <p>It was opened ${when(problem.body.openedAt)}, at ${moment(problem.body.openedAt)}, and opens once only.</p>
    <p>Was that not you? Tell <b>${problem.body.from}</b> at once: somebody else may have your token.</p>
    <p>If it was you, and you need it again, ask <b>${problem.body.from}</b> for another link.</p>`
    : html`<p>${problem.message}</p>
      ${[404, 410].includes(problem.status) ? nothing : html`<p><button @click=${() => location.reload()}>Try again</button></p>`}`}`;

inspect();
