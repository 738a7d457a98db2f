import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.js';

const identity = { certificate: 'a.pem', key: 'a.key' };

describe('parseAddress', () => {
  it.each([
    { url: 'nats://127.0.0.1:4222' },
    { url: 'nats://localhost:4222' },
    { url: 'nats://[::1]:4222' },
    { url: 'tls://hub.example.org:4222', ...identity },
    { url: 'nats://hub.example.org:4222', insecure: true },
  ])('takes $url', (address) => {
    expect(parseAddress(address)).toMatchObject(address);
  });

  it.each([
    [{ url: 'hub' }, 'no address'],
    [{ url: 'http://127.0.0.1:4222' }, 'no address'],
    [{ url: 'nats://hub.example.org:4222' }, 'another machine'],
    [{ url: 'nats://127.0.0.1.example.org' }, 'another machine'],
    [{ url: 'nats://user:secret@127.0.0.1:4222' }, 'password'],
    [{ url: 'tls://hub.example.org:4222' }, 'client certificate'],
    [{ url: 'tls://hub.example.org:4222', certificate: 'a.pem' }, 'go together'],
    [{ url: 'nats://127.0.0.1:4222', ...identity }, 'without TLS'],
  ])('refuses %j: %s', (address, why) => {
    expect(() => parseAddress(address)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) as string }),
    );
  });
});
