// Two admins have edited the same third party: puts both edits together, and asks where they differ.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { span } from './format.js';

/**
 * What two edits of the same thing make together.
 *
 * @param base the values that both began with
 * @param event the newest audit event, which tells who it was; may be undefined
 * @returns the merged values; what both have changed differently is `open`, and has one's own value until it is decided
 */
export function conflictOf(base, mine, theirs, event) {
  const merged = { ...theirs };
  const open = [];
  const taken = [];
  for (const name of Object.keys(base)) {
    const changedByMe = mine[name] !== base[name];
    const changedByThem = theirs[name] !== base[name];
    if (changedByMe) {
      merged[name] = mine[name];
    }
    if (changedByMe && changedByThem && mine[name] !== theirs[name]) {
      open.push(name);
    } else if (changedByThem && !changedByMe) {
      taken.push(name);
    }
  }
  return { merged, open, asked: [...open], taken, mine: { ...mine }, theirs, event };
}

/** Says what has happened, and asks for what is open. */
export function conflictView(conflict, names, decide) {
  const { asked, open, taken, mine, theirs, event } = conflict;
  const choice = (name, whose, value) => html`
    <label class="choice">
      <input type="radio" name="conflict-${name}" @change=${() => decide(name, value)}>
      <span><b>${whose}:</b> <bdi>${value || 'nothing'}</bdi></span>
    </label>`;
  return html`
    <div class="conflict" role="alert">
      <p><b>${event?.actor ?? 'Somebody else'} has changed this third party${event ? ` ${span(event.at)}` : ''}, while you were editing.</b>
        ${taken.length ? html`Taken over from there: ${taken.map((name) => names[name]).join(', ')}.` : nothing}
        ${open.length ? 'Choose what holds, then save.' : 'Save again to keep what you see.'}</p>
      ${asked.map((name) => html`
        <fieldset>
          <legend>${names[name]}</legend>
          ${choice(name, 'Yours', mine[name])}
          ${choice(name, 'Theirs', theirs[name])}
        </fieldset>`)}
    </div>`;
}
