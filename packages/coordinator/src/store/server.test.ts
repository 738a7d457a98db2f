import { describe, expect, it } from 'vitest';
import { openServer } from './server.js';

describe('a URL of a PostgreSQL server', () => {
  it.each(['', 'store/', 'http://secret@host/db', 'mysql://user:secret@host/db'])(
    '%s is refused unseen',
    async (url) => {
      const refused = await openServer(url).catch((error: Error) => error);
      expect(refused).toMatchObject({ code: 'CONFIG_INVALID', subject: 'store.url' });
      expect((refused as Error).message).not.toContain('secret');
    },
  );

  it('that nobody answers at is told without its password', async () => {
    const refused = await openServer('postgres://user:secret@127.0.0.1:1/db').catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'STORAGE_FAILED', subject: 'postgres://127.0.0.1:1/db' });
    expect((refused as Error).message).not.toContain('secret');
  });
});
