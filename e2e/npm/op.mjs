// A certified OpenID provider with the demo people, for tests. It takes one argument, a JSON text:
//
//   { "port": 0, "people": [{"id", "name", "email", "groups", "title"}],
//     "client": {"id", "secret", "redirectURIs", "postLogoutURIs", "backChannelURL"} }
//
// It listens on 127.0.0.1, prints its issuer as its first line, and ends when its standard input does, so that it
// never outlives the test that started it. SLIPWAY_NODE_MODULES names the folder with its modules, if they are not
// beside this file.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = process.env.SLIPWAY_NODE_MODULES || path.join(here, 'node_modules');
const entry = createRequire(path.join(modules, '..', 'from-here.js')).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(entry).href);

const config = JSON.parse(process.argv[2]);
const people = new Map(config.people.map((p) => [p.id, p]));
const scopes = 'openid profile email groups';

process.stdin.on('end', () => process.exit(0)).resume();

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const html = (text) => String(text).replace(/[&<>"']/g, (c) => escapes[c]);

function page(title, body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${html(title)}</title></head>` +
    `<body><main><h1>${html(title)}</h1>${body}</main></body></html>`;
}

function account(ctx, id) {
  const person = people.get(id);
  if (!person) return undefined;
  const claims = {
    sub: person.id,
    name: person.name,
    preferred_username: person.id,
    email: person.email,
    email_verified: true,
    groups: person.groups,
  };
  return { accountId: person.id, claims: () => claims };
}

// Slipway is the provider owner's own application here, so nobody is asked for consent.
async function grantEverything(ctx) {
  const grant = new ctx.oidc.provider.Grant({
    clientId: ctx.oidc.client.clientId,
    accountId: ctx.oidc.session.accountId,
  });
  grant.addOIDCScope(scopes);
  await grant.save();
  return grant;
}

function configuration() {
  return {
    clients: [{
      client_id: config.client.id,
      client_secret: config.client.secret,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: config.client.redirectURIs,
      post_logout_redirect_uris: config.client.postLogoutURIs,
      backchannel_logout_uri: config.client.backChannelURL,
      backchannel_logout_session_required: true,
    }],
    scopes: ['openid', 'groups'],
    claims: {
      openid: ['sub', 'sid'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    conformIdTokenClaims: config.claimsInUserinfoOnly === true,
    findAccount: account,
    loadExistingGrant: grantEverything,
    pkce: { required: () => true },
    cookies: { keys: [randomUUID()] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    // Its own fetch refuses loopback addresses, which is where the client under test listens.
    fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = page('Sign out?', `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = page('You are signed out', '');
        },
      },
    },
  };
}

async function readForm(req) {
  let body = '';
  for await (const chunk of req) {
    body += chunk;
    if (body.length > 16384) throw new Error('form too long');
  }
  return new URLSearchParams(body);
}

async function interact(provider, req, res) {
  if (req.method === 'POST') {
    const form = await readForm(req);
    const login = { accountId: form.get('person') };
    await provider.interactionFinished(req, res, { login }, { mergeWithLastSubmission: false });
    return;
  }
  await provider.interactionDetails(req, res);
  const buttons = config.people.map((p) => `<button name="person" value="${html(p.id)}">${html(p.name)}</button>`);
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.end(page('Pick a demo person', `<form method="post" action="${html(req.url)}">${buttons.join(' ')}</form>`));
}

const server = http.createServer();
server.listen(config.port || 0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration());
  provider.on('backchannel.error', (ctx, err) => console.error('back-channel logout:', err));
  provider.on('server_error', (ctx, err) => console.error('server error:', err));
  const answer = provider.callback();
  server.on('request', (req, res) => {
    if (!req.url.startsWith('/interaction/')) {
      answer(req, res);
      return;
    }
    interact(provider, req, res).catch((err) => {
      console.error('interaction:', err);
      res.statusCode = 400;
      res.end('bad request');
    });
  });
  console.log(issuer);
});
