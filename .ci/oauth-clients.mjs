// Drives the OAuth endpoints with clients that nobody here wrote. Usage: node oauth-clients.mjs ISSUER CLIENT_ID CLIENT_SECRET
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { ClientCredentials } from 'simple-oauth2';

const [issuer, clientId, clientSecret] = process.argv.slice(2);
let failed = 0;
async function check(what, work) {
  try { await work(); console.log(`ok: ${what}`); } catch (e) { failed++; console.log(`FAILED: ${what}: ${e.stack ?? e}`, e.cause ?? ''); }
}
const insecure = { [oauth.allowInsecureRequests]: true };
const url = new URL(issuer);
await check('oauth4webapi', async () => {
  const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }));
  const client = { client_id: clientId };
  const auth = oauth.ClientSecretBasic(clientSecret);
  const res = await oauth.clientCredentialsGrantRequest(as, client, auth, new URLSearchParams({ scope: 'sample:write' }), insecure);
  const token = await oauth.processClientCredentialsResponse(as, client, res);
  if (token.expires_in !== 3600 || token.scope !== 'sample:write') throw new Error(JSON.stringify(token));
  const api = await oauth.protectedResourceRequest(token.access_token, 'GET', new URL('/sample/whoami', issuer), undefined, undefined, insecure);
  if (api.status !== 200) throw new Error(`${api.status}`);
  const intro = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, token.access_token, insecure));
  if (!intro.active) throw new Error(JSON.stringify(intro));
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, token.access_token, insecure));
  const after = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, token.access_token, insecure));
  if (after.active) throw new Error('still active');
});
await check('openid-client', async () => {
  const config = await openid.discovery(url, clientId, clientSecret, openid.ClientSecretPost(clientSecret), { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] });
  const token = await openid.clientCredentialsGrant(config, {});
  if (!token.access_token) throw new Error('no token');
  const intro = await openid.tokenIntrospection(config, token.access_token);
  if (!intro.active) throw new Error(JSON.stringify(intro));
  await openid.tokenRevocation(config, token.access_token);
});
await check('simple-oauth2', async () => {
  const client = new ClientCredentials({ client: { id: clientId, secret: clientSecret }, auth: { tokenHost: url.origin, tokenPath: `${url.pathname}/oauth/token` } });
  const token = await client.getToken({ scope: 'sample:write' });
  if (!token.token.access_token) throw new Error('no token');
});
process.exit(failed ? 1 : 0);
