// What has just happened, said and shown; a copy on the clipboard.

import { html, render, nothing } from '../lib/lit-html/lit-html.js';

const STAYS = 5_000;
const STAYS_WITH_ACTION = 12_000;
let notices = [];

/** Says something; with an action, such as Undo. */
export function notify(text, { action, act, bad = false } = {}) {
  const notice = { text, action, bad, act: () => { dismiss(notice); act?.(); } };
  notices = [...notices.slice(-2), notice];
  draw();
  setTimeout(() => dismiss(notice), action ? STAYS_WITH_ACTION : STAYS);
}

export const complain = (problem) => notify(problem.text ?? String(problem.message ?? problem), { bad: true });

function dismiss(notice) {
  notices = notices.filter((each) => each !== notice);
  draw();
}

function draw() {
  const region = document.getElementById('notices');
  // What is behind an open dialog can be neither seen well nor used.
  const home = document.querySelector('dialog[open]') ?? document.body;
  if (region.parentElement !== home) {
    home.append(region);
  }
  render(
    notices.map((notice) => html`
      <div class="notice ${notice.bad ? 'bad' : ''}">
        <span>${notice.text}</span>
        ${notice.action ? html`<button class="link" @click=${notice.act}>${notice.action}</button>` : nothing}
        <button class="link quiet" aria-label="Dismiss" @click=${() => dismiss(notice)}>×</button>
      </div>`),
    region);
}

/** Copies a text; answers whether that has worked. */
export async function copy(text, what) {
  const copied = await toClipboard(text);
  notify(copied ? `${what} copied.` : `${what} could not be copied: select it and copy it by hand.`, { bad: !copied });
  return copied;
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byHand(text);
  }
}

// navigator.clipboard is there on https and localhost only.
function byHand(text) {
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}
