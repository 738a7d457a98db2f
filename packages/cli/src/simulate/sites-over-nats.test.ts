import { expect, it, vi } from 'vitest';
import { sitesOverNats } from './sites-over-nats.js';

vi.mock(import('@fedward/sim-healthcare'), async (load) => ({ ...(await load()), findPackage: () => undefined }));

const scenario = 'tutorial';

it('leaves hospitals in this process without --nats', async () => {
  expect(await sitesOverNats({ scenario })).toBeUndefined();
});

it('says what to install', async () => {
  await expect(sitesOverNats({ scenario, nats: 'nats://127.0.0.1:4222' })).rejects.toMatchObject({
    code: 'PLUGIN_UNKNOWN',
    message: expect.stringContaining('npm install @fedward/sim-nats') as string,
    subject: '--nats',
  });
});

it.each([
  [{ natsCertificate: 'a.pem' }, '--nats-certificate'],
  [{ natsKey: 'a.key' }, '--nats-key'],
  [{ natsAuthority: 'ca.pem' }, '--nats-authority'],
  [{ natsInsecure: true }, '--nats-insecure'],
])('asks for a hub with %j', async (flags, subject) => {
  await expect(sitesOverNats({ scenario, ...flags })).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject });
});
