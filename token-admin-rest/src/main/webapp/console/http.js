// Calls of the REST API: the console uses nothing that is not public.

const API = new URL('../api/v1/', import.meta.url);

/** An answer that is not what was asked for (RFC 9457). */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `The server answered ${status}.`);
    this.status = status;
    this.body = body ?? {};
  }

  /** What is wrong with a field; undefined for nothing. */
  of(field) {
    return this.body.errors?.find((error) => error.field === field)?.message;
  }

  /** All that is to be said, for one line. */
  get text() {
    const errors = this.body.errors?.map((error) => `${error.field} ${error.message}`) ?? [];
    return errors.length ? errors.join('; ') : this.message;
  }
}

let signedOut = () => {};

/** Told when a session has ended. */
export function whenSignedOut(listener) {
  signedOut = listener;
}

/**
 * Calls the API.
 *
 * @returns the answer's body, with its entity tag as `etag`; null when there is none
 * @throws Problem when it is refused, or the server can't be reached (status 0)
 */
export async function call(method, path, { body, etag, key, signal, anyone } = {}) {
  const headers = { Accept: 'application/json', 'X-Latchkey-Console': '1' };
  if (body !== undefined) {
    headers['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  }
  if (etag) {
    headers['If-Match'] = etag;
  }
  if (key) {
    headers['Idempotency-Key'] = key;
  }
  const response = await send(path, {
    method, headers, signal, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = /json/.test(response.headers.get('Content-Type') ?? '') ? await response.json() : null;
  if (response.ok) {
    const deactivated = response.headers.get('Latchkey-Tokens-Deactivated');
    return json ? { ...json, etag: response.headers.get('ETag') } : deactivated && { tokensDeactivated: Number(deactivated) };
  }
  if (response.status === 401 && !anyone) {
    signedOut();
  }
  throw new Problem(response.status, json);
}

/** What the API answers in another type, as a Blob. */
export async function download(path, type) {
  const response = await send(path, { headers: { Accept: type, 'X-Latchkey-Console': '1' }, cache: 'no-store' });
  if (!response.ok) {
    throw new Problem(response.status, await response.json().catch(() => null));
  }
  return response.blob();
}

async function send(path, options) {
  try {
    return await fetch(new URL(path, API), { credentials: 'same-origin', referrerPolicy: 'no-referrer', ...options });
  } catch (failed) {
    if (failed.name === 'AbortError') {
      throw failed;
    }
    throw new Problem(0, { detail: 'The server can’t be reached. See whether it runs, then try again.' });
  }
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body = {}, options = {}) =>
  call('POST', path, { body, key: options.anyone ? undefined : crypto.randomUUID?.() ?? randomKey(), ...options });
export const patch = (path, body, etag) => call('PATCH', path, { body, etag });
export const remove = (path, etag) => call('DELETE', path, { etag });

// crypto.randomUUID is there on https and localhost only.
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A path of encoded parts. */
export const path = (...parts) => parts.map(encodeURIComponent).join('/');

/** A query of what has a value. */
export function query(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(name, value);
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}
