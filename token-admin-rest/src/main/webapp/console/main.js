// The console: who is signed in, which page is shown, and the keys that work everywhere. Start reading here.

import { html, render, nothing } from '../lib/lit-html/lit-html.js';
import { get, remove, whenSignedOut, Problem } from './http.js';
import { complain } from './notice.js';
import { lookup } from './lookup.js';
import { signIn, firstPassword } from './signin.js';
import { overview } from './overview.js';
import { thirdParty } from './thirdparty.js';
import { register } from './register.js';
import { accessTest } from './access.js';
import { audit } from './audit.js';
import { people } from './people.js';
import { account } from './account.js';

const ROLES = ['viewer', 'operator', 'admin'];
const root = document.getElementById('app');

const state = { user: null, known: false, page: null, failure: null };

/** Whether the one who is signed in may do what needs a role. */
const may = (role) => Boolean(state.user) && ROLES.indexOf(state.user.role) >= ROLES.indexOf(role);

/** What a page is given. */
const context = {
  get user() {
    return state.user;
  },
  may,
  update,
  go(hash) {
    location.hash = hash;
  },
  signedIn,
  /** Something of what the page shows has changed. */
  async changed() {
    await state.page?.reload?.();
  },
  async register() {
    const party = await register(context);
    if (party) {
      context.go(`#/third-parties/${party.id}`);
    }
  },
};

const bar = lookup(context);

const PAGES = [
  [/^#\/third-parties\/([^/]+)$/, thirdParty],
  [/^#\/access(?:\/([^/]+))?$/, accessTest],
  [/^#\/audit(?:\/([^/]+))?$/, audit],
  [/^#\/people$/, people],
  [/^#\/account$/, account],
];

const LINKS = [
  ['#/', 'Third parties', 'viewer'],
  ['#/access', 'Test access', 'admin'],
  ['#/audit', 'Audit', 'viewer'],
  ['#/people', 'People', 'admin'],
];

function pageOf(hash) {
  for (const [pattern, make] of PAGES) {
    const match = pattern.exec(hash);
    if (match) {
      return make(context, ...match.slice(1).map((part) => part && decodeURIComponent(part)));
    }
  }
  return overview(context);
}

const AUTHORIZE = '#/authorize?';
const LATER = 'latchkey-authorize';

/** Goes back to the authorization request that somebody was signed in for; whether there is one. */
function backToAuthorization() {
  const waiting = location.hash.startsWith(AUTHORIZE) ? location.hash : sessionStorage.getItem(LATER);
  sessionStorage.removeItem(LATER);
  if (waiting?.startsWith(AUTHORIZE)) {
    location.replace(`oauth/authorize?${waiting.slice(AUTHORIZE.length)}`);
    return true;
  }
  return false;
}

async function show() {
  if (!state.user || state.user.mustChangePassword) {
    // Single sign-on leaves this page, and loses what stands behind the #.
    if (location.hash.startsWith(AUTHORIZE)) {
      sessionStorage.setItem(LATER, location.hash);
    }
    update();
    root.querySelector('input:not([readonly])')?.focus();
    return;
  }
  if (backToAuthorization()) {
    return;
  }
  state.page?.end?.();
  const page = pageOf(location.hash);
  const moved = state.page !== null;
  state.page = page;
  state.failure = null;
  update();
  if (!moved || location.hash.length <= 2) {
    bar.focus();
  }
  await load(page);
  if (moved && state.page === page && document.activeElement?.closest('input, dialog') === null) {
    document.getElementById('title')?.focus();
  }
}

async function load(page) {
  try {
    await page.start?.();
  } catch (problem) {
    if (state.page === page) {
      state.failure = problem;
    }
    if (!(problem instanceof Problem)) {
      throw problem;
    }
  }
  update();
}

function update() {
  const title = state.user && state.page ? state.page.title() : 'Sign in';
  document.title = `${title} · Latchkey`;
  render(state.known ? view() : nothing, root);
}

function view() {
  if (!state.user) {
    return signIn(context);
  }
  if (state.user.mustChangePassword) {
    return firstPassword(context);
  }
  return html`
    <a class="skip" href="#main" @click=${skip}>Skip to the content</a>
    <header class="top">
      <a class="brand" href="#/"><img src="console/key.svg" alt="" width="24" height="24">Latchkey</a>
      ${bar.view()}
      <nav aria-label="Pages">
        ${LINKS.filter(([, , role]) => may(role)).map(([href, text]) => html`
          <a href=${href} aria-current=${current(href) ? 'page' : 'false'}>${text}</a>`)}
        <a href="#/account" aria-current=${current('#/account') ? 'page' : 'false'}>
          <span class="sr">Signed in as </span>${state.user.name}</a>
        <button class="link" @click=${signOut}>Sign out</button>
      </nav>
    </header>
    <main id="main" tabindex="-1">
      ${state.failure ? failure(state.failure) : state.page?.view()}
    </main>
    <footer class="bottom">
      <span><kbd>/</kbd> look up</span><span><kbd>Ctrl</kbd> <kbd>E</kbd> edit</span><span><kbd>Ctrl</kbd> <kbd>S</kbd> save</span>
    </footer>`;
}

function failure(problem) {
  return html`
    <h1 id="title" tabindex="-1">${problem.status === 404 ? 'Not found' : 'This can’t be shown'}</h1>
    <p role="alert">${problem.message}</p>
    <p><button @click=${() => { state.failure = null; load(state.page); }}>Try again</button></p>`;
}

const current = (href) => {
  const hash = location.hash || '#/';
  return href === '#/' ? hash === '#/' || hash.startsWith('#/third-parties') : hash.startsWith(href);
};

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

/** Somebody has signed in, or has changed their first password. */
function signedIn(user) {
  state.user = user;
  state.page = null;
  show();
}

function signedOut() {
  state.page?.end?.();
  Object.assign(state, { user: null, page: null, failure: null });
  document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
  show();
}

async function signOut() {
  try {
    await remove('session');
    signedOut();
  } catch (problem) {
    complain(problem);
  }
}

function onKey(event) {
  if (!state.user || state.user.mustChangePassword || document.querySelector('dialog[open]')) {
    return;
  }
  const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    bar.focus();
  } else if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    const act = { e: state.page?.edit, s: state.page?.save }[event.key.toLowerCase()];
    if (act) {
      event.preventDefault();
      act();
    }
  }
}

async function boot() {
  try {
    state.user = await get('session', { anyone: true });
  } catch (problem) {
    if (!(problem instanceof Problem)) {
      throw problem;
    }
    if (problem.status !== 401 && problem.status !== 403) {
      complain(problem);
    }
  }
  state.known = true;
  await show();
}

whenSignedOut(signedOut);
addEventListener('hashchange', show);
addEventListener('keydown', onKey);
boot();
