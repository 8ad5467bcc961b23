// Test access: why it works, or what to do.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { post } from './http.js';
import { lookup } from './lookup.js';
import { complain } from './notice.js';
import { exact, number, span } from './format.js';

const CHECKS = { known: 'Known', enabled: 'Enabled', active: 'Switched on', expiry: 'Not expired', certificate: 'Client certificate', scopes: 'Scopes', networks: 'Networks', 'last-used': 'Last used' };
const RESULTS = { true: ['✓', 'passed'], false: ['✗', 'failed'], null: ['·', 'for information'] };
const FAILURES = { 'wrong-secret': 'Wrong secret', 'third-party-disabled': 'Third party disabled', network: 'Outside its networks' };

export function accessTest(context, clientId) {
  let report = null;
  let busy = false;
  const search = lookup(context, { id: 'tested', label: 'or pick a third party', region: 'What is tested', chosen: (party) => ask({ clientId: party.clientId }) });

  async function ask(what) {
    busy = true;
    context.update();
    try {
      report = await post('access-check', what, { key: undefined });
    } catch (problem) {
      report = null;
      complain(problem);
    }
    busy = false;
    context.update();
    document.getElementById('result')?.focus();
  }

  async function start() {
    if (clientId) {
      await ask({ clientId });
    }
  }

  const step = (each) => {
    const [sign, words] = RESULTS[each.passed];
    return html`
      <li class=${words}>
        <span class="sign" aria-hidden="true">${sign}</span>
        <div><b>${CHECKS[each.check] ?? each.check}</b> <span class="sr">(${words})</span><br><bdi>${readable(each.detail)}</bdi></div>
      </li>`;
  };

  const failure = ({ reason, at, from, count }) => html`
    <li><div>${FAILURES[reason] ?? reason} <time datetime=${at} title=${exact(at)}>${span(at)}</time> from <code>${from}</code>
      ${count > 1 ? html`<small>${number(count)} times</small>` : nothing}</div></li>`;

  const view = () => html`
    <h1 id="title" tabindex="-1">Test access</h1>
    <section class="card">
      <form @submit=${(event) => {
        event.preventDefault();
        const input = event.target.elements.token;
        if (input.value.trim()) {
          ask({ token: input.value.trim() });
          input.value = '';
        }
      }}>
        <label for="tested-token">Paste a token</label>
        <div class="line">
          <input id="tested-token" name="token" type="password" autocomplete="off" spellcheck="false" placeholder="lk_…">
          <button class="primary" ?disabled=${busy}>Test</button>
        </div>
        <small>It is neither stored nor logged.</small>
      </form>
      ${search.view()}
    </section>
    ${report ? html`
      <section class="card" aria-labelledby="result">
        <h2 id="result" tabindex="-1" class=${report.works ? 'good' : 'bad'}>${report.works ? 'Access works' : 'Access does not work'}</h2>
        ${report.advice ? html`<p class="advice"><b>What to do:</b> ${report.advice}</p>` : nothing}
        <ol class="steps">${report.steps.map(step)}</ol>
        ${report.clientFailures.length ? html`
          <h3>Its software failed to sign in with its client secret</h3>
          <ul class="rows">${report.clientFailures.map(failure)}</ul>` : nothing}
        ${report.thirdParty ? html`<p><a href="#/third-parties/${report.thirdParty.id}">Open <bdi>${report.thirdParty.name}</bdi></a></p>` : nothing}
      </section>` : nothing}`;

  return { title: () => 'Test access', view, start };
}

/** Instants in a sentence, as the reader writes them. */
const readable = (text) =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }));
