// The fields of a third party, for registering and for editing, and what they say in the REST API.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { field } from './dialog.js';

/** What can be edited, and how a person calls it. */
export const FIELDS = {
  name: 'Name',
  authorization: 'Authorization',
  callbackUrl: 'Callback URL',
  contactName: 'Contact name',
  contactEmail: 'Contact e-mail',
  scopes: 'Scopes',
  allowedNetworks: 'Allowed networks',
};

const LISTS = new Set(['scopes', 'allowedNetworks']);

/** The values that fields show of a third party; each is a text. */
export const valuesOf = (party) =>
  Object.fromEntries(Object.keys(FIELDS).map((name) =>
    [name, LISTS.has(name) ? party[name].join(name === 'scopes' ? ' ' : '\n') : party[name] ?? '']));

export const NEW = { name: '', authorization: 'manual', callbackUrl: '', contactName: '', contactEmail: '', scopes: '', allowedNetworks: '' };

/** What the REST API takes for a value. */
const said = (name, value) => {
  const text = value.trim();
  return LISTS.has(name) ? text.split(/[\s,]+/).filter(Boolean) : text || null;
};

/** What has changed, as a merge patch; callback URLs go with automatic authorization alone. */
export function patchOf(before, after) {
  const patch = {};
  for (const name of Object.keys(FIELDS)) {
    const value = said(name, after[name]);
    if (JSON.stringify(value) !== JSON.stringify(said(name, before[name]))) {
      patch[name] = value;
    }
  }
  return patch;
}

/** What registers a third party. */
export const creationOf = (values) =>
  Object.fromEntries(Object.keys(FIELDS).map((name) => [name, said(name, values[name])]).filter(([, value]) => value !== null));

/**
 * The fields.
 *
 * @param set told a name and a value when one changes
 * @param problem what was refused; null for nothing
 */
export function partyFields(values, set, problem, prefix) {
  const id = (name) => `${prefix}-${name}`;
  const error = (name) => {
    const message = problem?.of?.(name);
    return message && `${FIELDS[name]} ${message}.`;
  };
  const text = (name, { hint, type = 'text', ...more } = {}) => field(FIELDS[name], html`
    <input id=${id(name)} type=${type} .value=${values[name]} maxlength=${more.length ?? 200} ?required=${more.required}
      autocomplete="off" spellcheck="false" aria-describedby=${hint ? `${id(name)}-hint` : nothing}
      aria-invalid=${error(name) ? 'true' : 'false'}
      @input=${(event) => set(name, event.target.value)}>`, { id: id(name), hint, error: error(name) });
  const choice = (value, title, words) => html`
    <label class="choice">
      <input type="radio" name="${prefix}-authorization" value=${value} .checked=${values.authorization === value}
        @change=${() => set('authorization', value)}>
      <span><b>${title}</b><br><small>${words}</small></span>
    </label>`;
  const automatic = values.authorization === 'automatic';
  return html`
    ${text('name', { required: true })}
    <fieldset>
      <legend>Authorization</legend>
      ${choice('manual', 'Manual', 'Tokens expire. You hand over a new one when the old one ends.')}
      ${choice('automatic', 'Automatic', 'Tokens do not expire. You can still switch them off.')}
    </fieldset>
    ${automatic || values.callbackUrl || problem?.of?.('callbackUrl')
      ? text('callbackUrl', { type: 'url', length: 2000, hint: 'Where the third party’s system receives its authorization. It begins with https://' })
      : nothing}
    <div class="pair">
      ${text('contactName')}
      ${text('contactEmail', { type: 'email' })}
    </div>
    ${text('scopes', { length: 2000, hint: 'What its tokens may be allowed, separated by spaces, such as: licences:read reports:read' })}
    ${field(FIELDS.allowedNetworks, html`
      <textarea id=${id('allowedNetworks')} rows="2" .value=${values.allowedNetworks} spellcheck="false"
        aria-describedby="${id('allowedNetworks')}-hint" aria-invalid=${error('allowedNetworks') ? 'true' : 'false'}
        @input=${(event) => set('allowedNetworks', event.target.value)}></textarea>`,
      { id: id('allowedNetworks'), hint: 'From where it may call, such as 203.0.113.0/24. Nothing here: from anywhere.', error: error('allowedNetworks') })}`;
}
