import { wordsOf } from '@fedward/core';
import type { HubAddress } from './hub-options.js';

/** By the code of an error of the system or of OpenSSL: what it means here and what to do. */
const meanings: readonly (readonly [RegExp, (address: HubAddress) => string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, ({ host }) => `no host ${host} is known here: check the name, and this machine's DNS`],
  [/^ECONNREFUSED$/, ({ url }) => `nothing answers at ${url}: the hub or the proxy is down, or the port is another`],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, ({ url }) => `${url} can't be reached from here: a firewall may be in between`], // prettier-ignore
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/,
    () =>
      "the hub's certificate is of an authority that is not known here: it is another hub, its authority is new, or a proxy in between opens TLS and has to leave this host alone",
  ],
  [/^CERT_NOT_YET_VALID$/, () => "the hub's certificate is not valid yet: this machine's clock may be behind, or the hub's was ahead"], // prettier-ignore
  [/^CERT_HAS_EXPIRED$/, () => "the hub's certificate has ended: this machine's clock may be ahead, or the hub needs a new one"], // prettier-ignore
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, ({ host }) => `the hub's certificate is not for ${host}: it is another host, or known under another name`], // prettier-ignore
  [
    /^(ECONNRESET|EPIPE)$/,
    ({ url }) =>
      `${url} closes the connection at once: the hub may not accept this party's certificate, or a firewall it`,
  ],
  [
    /EXPIRED/,
    () => "the hub refuses this party's certificate, which has ended by the hub's clock: renew it, or set the clocks",
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|ACCESS_DENIED|HANDSHAKE_FAILURE)|ALERT_BAD/,
    () => refusedCertificate,
  ],
];

const refusedCertificate =
  "the hub refuses this party's certificate: none was shown, it is of another authority, or the time in it is not now";

const refusedParty =
  "the hub does not know this party's certificate: it is not a member yet, or it was revoked; ask the coordinator";

/** Why there is no connection, in words that say what to do. Never names a password. */
export function wordsOfFailure(error: unknown, address: HubAddress): string {
  const { code, status, name, cause } = (error ?? {}) as Record<'code' | 'status' | 'name' | 'cause', unknown>;
  if (typeof status === 'number') return wordsOfProxy(status, address);
  if (name === 'AuthorizationError' || name === 'UserAuthenticationExpiredError') return refusedParty;
  const text = `${typeof code === 'string' ? code : ''}`;
  const known = meanings.find(([pattern]) => pattern.test(text));
  if (known) return known[1](address);
  if (Array.isArray((error as { errors?: unknown } | undefined)?.errors))
    return wordsOfFailure((error as { readonly errors: readonly unknown[] }).errors[0], address);
  if (cause !== undefined) return wordsOfFailure(cause, address);
  if (/alert/i.test(wordsOf(error))) return refusedCertificate;
  return `no connection to ${address.url}: ${wordsOf(error)}`;
}

function wordsOfProxy(status: number, { host, port }: HubAddress): string {
  if (status === 407) return 'the proxy asks for another user or password (407): set them in its address';
  if (status === 403)
    return `the proxy does not let through to ${host}:${port} (403): many allow 443 alone; its administrator has to allow this host`;
  return `the proxy answers ${status} to CONNECT ${host}:${port}: ask its administrator`;
}
