// The look-up bar: a combobox over the prefix look-up of the REST API (ARIA Authoring Practices, "combobox with list").

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get, query } from './http.js';
import { complain } from './notice.js';

const MOST = 8;
const PAUSE = 80;

/**
 * A look-up bar.
 *
 * @param chosen told which third party was taken; by default its page is opened
 */
export function lookup(context, { id = 'lookup', label = 'Look up a third party', region = 'Third parties', chosen } = {}) {
  let found = [];
  let more = false;
  let at = -1;
  let open = false;
  let text = '';
  let answered = null;
  let asking = null;
  let timer = null;

  const input = () => document.getElementById(id);
  const take = chosen ?? ((party) => context.go(`#/third-parties/${party.id}`));

  function typed(event) {
    text = event.target.value;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  async function ask() {
    clearTimeout(timer);
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const asked = text;
    try {
      const answer = await get(`third-parties${query({ name: asked.trim(), limit: MOST })}`, { signal: mine.signal });
      if (asking !== mine) {
        return;
      }
      found = answer.items;
      answered = asked;
      more = answer.next !== null;
      at = found.length && asked.trim() ? 0 : -1;
      open = document.activeElement === input();
    } catch (problem) {
      if (problem.name === 'AbortError') {
        return;
      }
      found = [];
      open = false;
      complain(problem);
    }
    context.update();
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }

  function close() {
    if (open) {
      open = false;
      context.update();
    }
  }

  function choose(party) {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    open = false;
    text = '';
    answered = null;
    at = -1;
    if (input()) {
      input().value = '';
      input().blur();
    }
    context.update();
    take(party);
  }

  async function key(event) {
    if (event.key === '/' && !event.target.value) {
      // The key that leads here is pressed here as well.
      event.preventDefault();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) {
        await ask();
        return;
      }
      const step = event.key === 'ArrowDown' ? 1 : -1;
      at = found.length ? (at + step + found.length) % found.length : -1;
      context.update();
      document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (answered !== text) {
        // Somebody types faster than the answers come.
        await ask();
      }
      if (found.length && text.trim()) {
        choose(found[Math.max(at, 0)]);
      }
    } else if (event.key === 'Escape') {
      if (open) {
        close();
      } else {
        text = '';
        answered = null;
        event.target.value = '';
      }
    }
  }

  const option = (party, index) => html`
    <li id="${id}-${index}" role="option" aria-selected=${index === at ? 'true' : 'false'}
      @mousedown=${(event) => { event.preventDefault(); choose(party); }}>
      <span class="name"><bdi>${party.name}</bdi></span>
      ${party.enabled
        ? html`<small>${party.activeTokens === 1 ? '1 active token' : `${party.activeTokens} active tokens`}</small>`
        : html`<small class="badge bad">disabled</small>`}
    </li>`;

  const view = () => html`
    <div class="lookup" role="search" aria-label=${region}>
      <label class="sr" for=${id}>${label}</label>
      <input id=${id} type="search" role="combobox" placeholder="${label} …" autocomplete="off" spellcheck="false"
        maxlength="200" aria-expanded=${open ? 'true' : 'false'} aria-controls="${id}-list" aria-autocomplete="list"
        aria-activedescendant=${open && at >= 0 ? `${id}-${at}` : nothing}
        @input=${typed} @keydown=${key} @blur=${close}>
      <ul id="${id}-list" role="listbox" aria-label="Third parties" ?hidden=${!open || !found.length}>
        ${open ? found.map(option) : nothing}
      </ul>
      ${open && !found.length ? html`<p class="nobody">No third party begins with this.</p>` : nothing}
      <span class="sr" role="status">${open ? `${found.length}${more ? ' or more' : ''} found` : ''}</span>
    </div>`;

  return {
    view,
    focus() {
      input()?.focus();
    },
  };
}
