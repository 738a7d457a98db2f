import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './support/command.ts';

const data = process.env['FEDWARD_DATA'];

describe.skipIf(!data)('heart disease, four real hospitals (needs FEDWARD_DATA)', () => {
  it('runs under dp-sgd', async () => {
    const result = await simulate(
      ...['--scenario', 'heart-disease', '--data', data ?? '', '--privacy', 'dp-sgd'],
      ...['--epsilon', '5', '--delta', '1e-3', '--no-local', '--out', temporaryFolder()],
    );
    expect(result.privacy?.epsilon).toBeLessThanOrEqual(5);
    expect(result.privacy?.epsilon).toBeGreaterThan(4.9);
  });
});
