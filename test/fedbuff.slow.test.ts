import { expect, it } from 'vitest';
import { fedward, simulate, temporaryFolder } from './support/command.ts';

const args = ['--scenario', 'tutorial', '--privacy', 'none', '--rounds', '30', '--slow', 'hospital-4=20'];
const buffer = [...args, '--aggregator', 'fedbuff', '--collect', '2', '--no-local'];

it('FedBuff by the simulated clock has the same bits on one, two and four threads', async () => {
  const [one, ...others] = await Promise.all(
    ['1', '2', '4'].map((workers) => simulate(...buffer, '--workers', workers, '--out', temporaryFolder())),
  );
  expect(one!.rounds.flatMap(({ stale }) => stale).length).toBeGreaterThan(5);
  for (const other of others) {
    expect(other.model.sha256).toBe(one!.model.sha256);
    expect(other.rounds).toEqual(one!.rounds);
  }
});

it('tells on screen when each round ended, who came late and who is still at work', async () => {
  const { code, stdout, stderr } = await fedward('simulate', ...buffer, '--out', temporaryFolder());
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(
    /round 30\/30.*at [\d.]+ simulated seconds.*without .*hospital-4.*, still at work \(\d+ % of the weight\)/,
  );
  expect(stderr).toMatch(/late: hospital-\d by \d/);
  expect(stdout).toMatch(/30 rounds took [\d.]+ simulated seconds/);
  expect(stdout).toMatch(/Still at work when the run ended, so that this work is not in the model: .*hospital-4/);
});
