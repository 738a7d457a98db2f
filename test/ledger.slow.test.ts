import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';
import { fedward, simulate, startInterrupted, temporaryFolder } from './support/command.ts';
import { runEvents } from './support/run-events.ts';

const hospitals = ['hospital-0', 'hospital-1', 'hospital-2', 'hospital-3', 'hospital-4'];
const run = ['--scenario', 'tutorial', '--no-local', '--privacy', 'dp-sgd', '--delta', '1e-5'];

/** A folder with one made-up hospital whose features need no scale, so that a priced study may read it. */
function ledgerStudy(): string {
  const folder = temporaryFolder();
  const columns = [{ name: 'smoker', kind: 'binary' }];
  const classes = [
    { name: 'healthy', values: ['0'] },
    { name: 'diseased', values: ['1'] },
  ];
  writeFileSync(
    join(folder, 'schema.json'),
    JSON.stringify({ columns, patientId: 'patient', label: { name: 'sick', kind: 'class', classes } }),
  );
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${(i >> 1) % 2},${i % 2}`);
  writeFileSync(join(folder, 'north.csv'), ['patient,smoker,sick', ...rows, ''].join('\n'));
  return folder;
}

interface Ledgers {
  readonly verified: boolean;
  readonly missingHeads: readonly string[];
  readonly ledgers: readonly {
    readonly terms: { readonly dataSet: string; readonly budget: number; readonly simulationOnly: boolean };
    readonly epsilon: number | null;
    readonly left: number | null;
    readonly releases: number;
    readonly head: string;
    readonly studies: readonly { runId: string; planHash: string; rounds: readonly number[]; epsilon: number }[];
    readonly fault: { readonly path: string } | null;
  }[];
}

async function ledgersOf(ledger: string, ...more: string[]): Promise<Ledgers & { readonly code: number | null }> {
  const { code, stdout, stderr } = await fedward('privacy', 'ledger', ledger, '--json', ...more);
  if (stdout === '') throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as Ledgers) };
}

it('counts all runs on the same data, and refuses the one that would pass their budget', async () => {
  const ledger = join(temporaryFolder(), 'ledger');
  const made = [...run, '--ledger', ledger];
  const first = await simulate(...made, '--rounds', '4', '--budget', '1.3', '--out', temporaryFolder());
  const out = temporaryFolder();
  const second = await simulate(...made, '--rounds', '2', '--learning-rate', '0.05', '--out', out);

  const { ledgers, verified } = await ledgersOf(ledger);
  expect(verified).toBe(true);
  expect(ledgers.map(({ terms }) => terms.dataSet)).toEqual(hospitals.map((id) => `tutorial/${id}`));
  for (const { epsilon, left, releases, studies, terms } of ledgers) {
    expect(terms).toMatchObject({ budget: 1.3, simulationOnly: true });
    expect(releases).toBe(6);
    expect(studies).toMatchObject([
      { runId: first.runId, planHash: first.planHash, rounds: [0, 1, 2, 3], epsilon: first.privacy!.epsilon },
      { runId: second.runId, planHash: second.planHash, rounds: [0, 1], epsilon: second.privacy!.epsilon },
    ]);
    expect(epsilon).toBeGreaterThan(first.privacy!.epsilon!);
    expect(left).toBeCloseTo(1.3 - epsilon!, 12);
  }
  // The result says both, and takes nothing for granted that it knows better.
  expect(second.privacy?.ledgers).toMatchObject(
    hospitals.map((id, n) => ({
      ...{ id, epsilon: ledgers[n]!.epsilon, head: ledgers[n]!.head, studies: 2, budget: 1.3, delta: 1e-5 },
      ...{ unit: 'record', adjacency: 'add-or-remove-one', accountant: 'rdp-filter' },
    })),
  );
  // One run's settings were fixed before it: pld. The next one's may hang on its result.
  expect(second.privacy).toMatchObject({ accountant: 'pld' });
  expect(second.privacy?.epsilon).toBeLessThan(ledgers[0]!.epsilon!);
  expect(JSON.stringify(second.privacy)).not.toContain('other runs is not counted');
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('hospital-0 over all studies: epsilon 1.1');

  const third = await fedward('simulate', ...made, '--rounds', '4', '--out', temporaryFolder());
  expect(third).toMatchObject({ code: 1, stderr: expect.stringContaining('its budget over all studies is 1.3') });
  expect(third.stderr).toMatch(
    /the 4 rounds of this run would take hospital-0 from epsilon 1\.1.*1 of them are within it/,
  );
  const after = await ledgersOf(ledger); // nothing of it was charged
  expect(after.ledgers.map(({ epsilon }) => epsilon)).toEqual(ledgers.map(({ epsilon }) => epsilon));
});

it('refuses before anything is written what does not go with a ledger', async () => {
  const parent = temporaryFolder();
  const ledger = join(parent, 'ledger');
  const out = join(parent, 'run');
  const refused = async (option: string, ...args: string[]): Promise<void> => {
    const { code, stderr } = await fedward('simulate', ...args, '--ledger', ledger, '--rounds', '1', '--out', out);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(option) });
  };
  await refused('--budget and --delta', ...run);
  await refused('--ledger', '--scenario', 'tutorial', '--privacy', 'none');
  await refused('--ledger', '--scenario', 'many-clients', '--privacy', 'dp-sgd', '--budget', '9');
  expect(readdirSync(parent)).toEqual([]);
  await simulate(...run, '--ledger', ledger, '--rounds', '1', '--budget', '2', '--out', temporaryFolder());
  await refused('made for budget 2, asked for is 3', ...run, '--budget', '3');
  await refused('made for delta 0.00001', '--scenario', 'tutorial', '--delta', '1e-6');
  await refused('made for simulationOnly true', ...run, '--secure-noise');
  await refused(
    'made for adjacency add-or-remove-one',
    ...run.slice(0, 3),
    '--privacy',
    'tutorial-041',
    '--delta',
    '1e-5',
  );
  // Simulated hospitals of another seed have other patients, whatever they are called.
  await refused('made for other data than these', ...run, '--seed', '7');
  expect(readdirSync(parent)).toEqual(['ledger']);
  expect((await ledgersOf(ledger)).ledgers.map(({ releases }) => releases)).toEqual([1, 1, 1, 1, 1]);
});

it('has one ledger for one file, however it is called', async () => {
  const ledger = join(temporaryFolder(), 'ledger');
  const data = ledgerStudy();
  const study = (folder: string, root = ledger) =>
    fedward(
      ...['simulate', '--scenario', 'csv', '--data', folder, '--no-local', '--privacy', 'dp-sgd', '--rounds', '1'],
      ...['--delta', '1e-5', '--budget', '50', '--ledger', root, '--out', temporaryFolder()],
    );
  expect(await study(data)).toMatchObject({ code: 0 });
  renameSync(join(data, 'north.csv'), join(data, 'arctic.csv'));
  const renamed = await study(data);
  expect(renamed).toMatchObject({ code: 2, stderr: expect.stringContaining('the very same data have a ledger') });
  expect(renamed.stderr).toContain('csv/north');
  expect(readdirSync(ledger)).toEqual(['north']);
  cpSync(join(data, 'arctic.csv'), join(data, 'copy.csv'));
  const twins = await study(data, `${ledger}-2`);
  expect(twins).toMatchObject({ code: 2, stderr: expect.stringContaining('arctic and copy have the very same data') });
});

it('lets one of two runs at once take the last of each budget', async () => {
  const ledger = join(temporaryFolder(), 'ledger');
  const made = [...run, '--ledger', ledger, '--rounds', '1'];
  // In a ledger with this budget a first round costs epsilon 0.467, two 0.670: there is room for one of them.
  const race = await Promise.all(
    ['0.05', '0.06'].map((rate) =>
      fedward('simulate', ...made, '--budget', '0.5', '--learning-rate', rate, '--out', temporaryFolder(), '--json'),
    ),
  );
  const { ledgers } = await ledgersOf(ledger);
  const results = race.flatMap(({ code, stdout }) => (code === 0 ? [JSON.parse(stdout) as SimulationResult] : []));
  expect(results.length).toBeGreaterThan(0);
  for (const [n, { releases, studies, epsilon }] of ledgers.entries()) {
    expect(releases).toBe(1);
    expect(epsilon).toBeLessThanOrEqual(0.5);
    const winners = results.filter(({ rounds }) => rounds[0]!.participants.includes(hospitals[n]!));
    expect(winners.map(({ runId }) => runId)).toEqual([studies[0]!.runId]);
  }
});

it('killed by SIGKILL under secure noise, nothing was trained that is not in the ledger', async () => {
  const ledger = join(temporaryFolder(), 'ledger');
  const made = [...run, '--ledger', ledger, '--secure-noise', '--rounds', '30', '--budget', '50'];
  let trained = 0;
  for (const diskCalls of [0, 2, 5, 11, 23]) {
    const out = temporaryFolder();
    const { signal } = await startInterrupted(['simulate', ...made, '--out', out], { after: 'round 2/', diskCalls });
    expect(signal).toBe('SIGKILL');
    const trainings = (await runEvents(out)).filter(({ type }) => type === 'training');
    trained += trainings.length;
    const { ledgers, verified } = await ledgersOf(ledger);
    expect(verified).toBe(true);
    for (const event of trainings) {
      const { studies } = ledgers.find(({ terms }) => terms.dataSet === `tutorial/${event.clientId}`)!;
      expect(studies.find(({ runId }) => runId === event.runId)?.rounds).toContain(event.round);
    }
  }
  expect(trained).toBeGreaterThan(5 * 5);
});

it('a simulation that is killed and resumed ends with the bits and the ledger of one that was not', async () => {
  const [whole, killed] = [join(temporaryFolder(), 'ledger'), join(temporaryFolder(), 'ledger')];
  const made = [...run, '--rounds', '12', '--epsilon', '1', '--budget', '1.3'];
  const expected = await simulate(...made, '--ledger', whole, '--out', temporaryFolder());
  const out = temporaryFolder();
  await startInterrupted(['simulate', ...made, '--ledger', killed, '--out', out], { after: 'round 3/' });
  const { code, stdout, stderr } = await fedward('simulate', '--resume', '--out', out, '--json');
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as SimulationResult).model.sha256).toBe(expected.model.sha256);
  const [a, b] = [await ledgersOf(whole), await ledgersOf(killed)];
  expect(b.ledgers.map(({ epsilon, releases }) => [epsilon, releases])).toEqual(
    a.ledgers.map(({ epsilon, releases }) => [epsilon, releases]),
  );
  expect(a.ledgers[0]).toMatchObject({ releases: 12 }); // calibrated to the budget: all of it fits
});

it('shows damage, and what was cut off behind a head that was kept', async () => {
  const ledger = join(temporaryFolder(), 'ledger');
  await simulate(...run, '--ledger', ledger, '--rounds', '3', '--budget', '2', '--out', temporaryFolder());
  const kept = (await ledgersOf(ledger)).ledgers.map(({ head }) => head);
  const heads = kept.flatMap((head) => ['--head', head]);
  expect(await ledgersOf(ledger, '--verify', ...heads)).toMatchObject({ code: 0, verified: true });

  rmSync(join(ledger, 'hospital-1', 'releases', '00000003.json'));
  expect(await ledgersOf(ledger, '--verify')).toMatchObject({ code: 0, verified: true }); // a chain alone can't tell
  const cut = await ledgersOf(ledger, '--verify', ...heads);
  expect(cut).toMatchObject({ code: 1, verified: false, missingHeads: [kept[1]] });

  const changed = join(ledger, 'hospital-3', 'releases', '00000002.json');
  writeFileSync(changed, readFileSync(changed, 'utf8').replace('"round":1', '"round":2'));
  const damaged = await ledgersOf(ledger, '--verify');
  expect(damaged).toMatchObject({ code: 1, verified: false });
  expect(damaged.ledgers[3]).toMatchObject({
    epsilon: null,
    fault: { path: changed },
  });
  const shown = await fedward('privacy', 'ledger', ledger);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/DAMAGED.*hospital-3/) });
  const next = await fedward('simulate', ...run, '--ledger', ledger, '--rounds', '1', '--out', temporaryFolder());
  expect(next).toMatchObject({ code: 1, stderr: expect.stringContaining('LEDGER_DAMAGED') });

  writeFileSync(join(ledger, 'hospital-4', 'ledger.json'), '{');
  expect((await fedward('privacy', 'ledger', ledger, '--verify')).stdout).toMatch(/DAMAGED.*hospital-4/);
  mkdirSync(join(ledger, 'empty'));
  expect(await fedward('privacy', 'ledger', join(ledger, 'empty'))).toMatchObject({ code: 2 });
});
