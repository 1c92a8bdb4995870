// A certified provider of OpenID Connect on loopback, for the tests: two clients' worth of settings, a handful of people, no mail.
// node provider.mjs PORT APP_URL; prints "ready" when it answers.
import { Provider } from 'oidc-provider';
import { generateKeyPair, exportJWK } from './keys.mjs';

const [port, app] = [Number(process.argv[2]), process.argv[3]];
const people = {
  ada: { email: 'ada@identity.example', email_verified: true, name: 'Ada', groups: ['support', 'payments-eu'] },
  lena: { email: 'lena@identity.example', email_verified: true, name: 'Lena Brandt', groups: ['support-leads'] },
  unverified: { email: 'dana@identity.example', email_verified: false, name: 'Somebody', groups: ['support-ops'] },
  visitor: { email: 'visitor@identity.example', email_verified: true, name: 'Visitor', groups: ['sales'] },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'ombud',
    client_secret: 'a secret of the tests',
    redirect_uris: [`${app}/sign-in/oidc/back`],
    post_logout_redirect_uris: [`${app}/sign-in`],
    backchannel_logout_uri: `${app}/sign-in/oidc/ended`,
    backchannel_logout_session_required: true,
  }],
  jwks: { keys: [await exportJWK(await generateKeyPair())] },
  cookies: { keys: ['of the tests'] },
  pkce: { required: () => true },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  scopes: ['openid', 'profile', 'email', 'groups'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...(people[id] ?? {}) }) }),
  // It refuses addresses of this machine unless it is told to fetch them plainly.
  fetch: (url, options) => { const { dispatcher, ...rest } = options; return globalThis.fetch(url, rest); },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
