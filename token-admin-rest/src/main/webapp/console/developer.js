// What the developer of a third party with automatic authorization needs: where to ask, and lines that work.

import { html, nothing } from '../lib/lit-html/lit-html.js';
import { get } from './http.js';
import { copy } from './notice.js';

/** Where the OAuth endpoints are, by the public address; null when that can't be told now. */
export const endpoints = () =>
  get('../../.well-known/oauth-authorization-server', { anyone: true }).catch(() => null);

/** The section; of the client secret it has the name of a variable only, so that it can be sent to anybody. */
export function developerSection(party, metadata) {
  return html`
    <section class="card" aria-labelledby="developer-title">
      <div class="head">
        <h2 id="developer-title">For its developer</h2>
        ${metadata ? html`<div class="actions">
          <button @click=${() => copy(summary(party, metadata), 'Endpoints')}>Copy endpoints</button></div>` : nothing}
      </div>
      ${metadata ? details(party, metadata) : html`<p class="none">The endpoints can’t be read at the moment. Load the page again.</p>`}
    </section>`;
}

const details = (party, metadata) => html`
  <p>Its software fetches an hourly token with its Client ID and its client secret (OAuth 2.0, client credentials), and sends it
    with each call. For a token that does not expire it opens the authorize address with PKCE (S256), and somebody approves.</p>
  <dl class="facts">
    ${places(party, metadata).map(([name, value]) => html`
      <div><dt>${name}</dt><dd><code>${value}</code>
        <button class="link" aria-label="Copy ${name}" @click=${() => copy(value, name)}>Copy</button></dd></div>`)}
  </dl>
  <p class="hint">The lines below take the client secret from the environment variable <code>LATCHKEY_CLIENT_SECRET</code>, and the
    address of the call from <code>API_URL</code>.</p>
  ${Object.entries(LINES).map(([language, lines]) => {
    const text = lines(metadata.token_endpoint, party.clientId);
    return html`
      <details>
        <summary>${language}</summary>
        <button aria-label="Copy the lines for ${language}" @click=${() => copy(text, `Lines for ${language}`)}>Copy</button>
        <pre tabindex="0" role="region" aria-label="Lines for ${language}"><code>${text}</code></pre>
      </details>`;
  })}`;

const places = (party, metadata) => [
  ['Client ID for OAuth', party.clientId],
  ['Token endpoint', metadata.token_endpoint],
  ['Authorize endpoint', metadata.authorization_endpoint],
  ['Revocation endpoint', metadata.revocation_endpoint],
  ['Introspection endpoint', metadata.introspection_endpoint],
  ['Metadata', `${metadata.issuer}/.well-known/oauth-authorization-server`],
];

const summary = (party, metadata) => places(party, metadata).map(([name, value]) => `${name}: ${value}`).join('\n');

// docs/oauth.md shows the same; ConsoleDeveloperIT runs them.
const LINES = {
  curl: (endpoint, id) => String.raw`TOKEN=$(curl -sSf -u "${id}:$LATCHKEY_CLIENT_SECRET" -d grant_type=client_credentials \
  ${endpoint} | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
curl -sS --oauth2-bearer "$TOKEN" "$API_URL"
`,
  Java: (endpoint, id) => String.raw`import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Call {
  public static void main(String[] args) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    String both = "${id}:" + System.getenv("LATCHKEY_CLIENT_SECRET");
    String basic = Base64.getEncoder().encodeToString(both.getBytes());
    HttpRequest fetch = HttpRequest.newBuilder(URI.create("${endpoint}"))
        .header("Authorization", "Basic " + basic)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("grant_type=client_credentials"))
        .build();
    String answer = http.send(fetch, BodyHandlers.ofString()).body();
    // Use your JSON library here.
    Matcher token = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(answer);
    if (!token.find()) {
      throw new IllegalStateException(answer);
    }
    HttpRequest call = HttpRequest.newBuilder(URI.create(System.getenv("API_URL")))
        .header("Authorization", "Bearer " + token.group(1))
        .build();
    System.out.println(http.send(call, BodyHandlers.ofString()).body());
  }
}
`,
  Python: (endpoint, id) => String.raw`import base64, json, os, urllib.request

basic = base64.b64encode(("${id}:" + os.environ["LATCHKEY_CLIENT_SECRET"]).encode()).decode()
fetch = urllib.request.Request(
    "${endpoint}",
    data=b"grant_type=client_credentials",
    headers={"Authorization": "Basic " + basic})
with urllib.request.urlopen(fetch) as answer:
    token = json.load(answer)["access_token"]

call = urllib.request.Request(os.environ["API_URL"], headers={"Authorization": "Bearer " + token})
with urllib.request.urlopen(call) as answer:
    print(answer.read().decode())
`,
  JavaScript: (endpoint, id) => `const basic = btoa('${id}:' + process.env.LATCHKEY_CLIENT_SECRET);
const answer = await fetch('${endpoint}', {
  method: 'POST',
  headers: { Authorization: 'Basic ' + basic },
  body: new URLSearchParams({ grant_type: 'client_credentials' }),
});
const { access_token } = await answer.json();

const call = await fetch(process.env.API_URL, { headers: { Authorization: 'Bearer ' + access_token } });
console.log(await call.text());
`,
};
