import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { start, startInterrupted, temporaryFolder } from './support/command.ts';

const rows = 300_000;

/** Two hospitals; of the first the patients are more than a call takes arguments. */
async function dataOf(folder: string): Promise<string> {
  const data = join(folder, 'data');
  mkdirSync(data);
  const classes = ['no', 'yes'].map((name, i) => ({ name, values: [i] }));
  const columns = [{ name: 'age', kind: 'numeric', range: [0, 100] }];
  const label = { name: 'ill', kind: 'class', classes };
  writeFileSync(join(data, 'schema.json'), JSON.stringify({ columns, label, patientId: 'patient' }));
  for (const [name, count] of [
    ['large', rows],
    ['small', 300],
  ] as const) {
    const out = createWriteStream(join(data, `${name}.csv`));
    out.write('patient,age,ill\n');
    for (let i = 0; i < count; i++)
      if (!out.write(`${name}${i},${(i * 37) % 100},${i % 2}\n`)) await once(out, 'drain');
    out.end();
    await once(out, 'close');
  }
  return data;
}

it('a hospital of 300,000 patients trains to a result under dp-sgd, and goes on after a stop', async () => {
  const folder = temporaryFolder();
  const data = await dataOf(folder);
  const args = (name: string): string[] => [
    ...['simulate', '--scenario', 'csv', '--data', data, '--privacy', 'dp-sgd', '--epsilon', '1', '--delta', '1e-6'],
    ...['--unit', 'record', '--rounds', '3', '--no-local', '--out', join(folder, name), '--json'],
  ];
  const whole = await start(args('whole'));
  expect(whole.code, whole.stderr).toBe(0);
  const result = JSON.parse(whole.stdout) as { model: { sha256: string }; privacy: { epsilon: number } };
  expect(result.privacy.epsilon).toBeLessThanOrEqual(1);

  // In the last round: what follows is what used to fail, and failed again when it was resumed.
  const killed = await startInterrupted(args('killed'), { after: 'round 2/' });
  expect(killed.signal).toBe('SIGKILL');
  const resumed = await start(['simulate', '--resume', '--out', join(folder, 'killed'), '--json']);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect((JSON.parse(resumed.stdout) as typeof result).model).toEqual(result.model);
});
