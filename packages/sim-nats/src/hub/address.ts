import { FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';

/** Where the hub is, and by what it is known and knows us. */
export const addressSchema = z.strictObject({
  url: z.string().min(1),
  /** Paths of PEM files. */
  certificate: z.string().optional(),
  key: z.string().optional(),
  authority: z.string().optional(),
  /** Without TLS to another machine: whoever is on the network reads and writes along. */
  insecure: z.boolean().default(false),
});
/** Where a hub is, and who we are to it. */
export type HubAddress = z.output<typeof addressSchema>;

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * @param option how the URL's option is called, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function parseAddress(value: z.input<typeof addressSchema>, option = '--nats'): HubAddress {
  const address = parseWith(addressSchema, value, option);
  const { url, certificate, key, insecure } = address;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const { protocol, hostname } = parsed ?? { protocol: '', hostname: '' };
  if ((protocol !== 'tls:' && protocol !== 'nats:') || hostname === '')
    throw invalid(option, `${url} is no address of a hub: write tls://HOST:PORT, or nats://127.0.0.1:PORT`);
  if (parsed!.username !== '' || parsed!.password !== '')
    throw invalid(option, 'a password in an address is seen by all: use a client certificate');
  if ((certificate === undefined) !== (key === undefined))
    throw invalid(option, 'a certificate and its key go together: give both, or neither');
  if (protocol === 'tls:' && certificate === undefined)
    throw invalid(option, `${url} asks who we are: give a client certificate and its key (PEM)`);
  if (protocol === 'nats:' && !insecure && !loopback.test(hostname))
    throw invalid(option, `${url} is on another machine and without TLS: write tls://, or add the option that allows insecure connections`); // prettier-ignore
  if (protocol === 'nats:' && certificate !== undefined)
    throw invalid(option, `${url} is without TLS, where a certificate says nothing: write tls://`);
  return address;
}

function invalid(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}
