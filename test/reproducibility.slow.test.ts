import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './support/command.ts';

const run = (...args: string[]) =>
  simulate('--scenario', 'tutorial', '--rounds', '3', '--no-local', '--out', temporaryFolder(), ...args);

describe.each([['none'], ['dp-sgd'], ['tutorial-041']])('privacy %s', (privacy) => {
  it('gives the same bits twice, and others for another seed', async () => {
    const [first, again, other] = [
      await run('--privacy', privacy),
      await run('--privacy', privacy),
      await run('--privacy', privacy, '--seed', '7'),
    ];
    expect(again.model.sha256).toBe(first.model.sha256);
    expect(again.planHash).toBe(first.planHash);
    expect(again.rounds).toEqual(first.rounds);
    expect(other.model.sha256).not.toBe(first.model.sha256);
  });
});

it('gives other bits under secure noise, and does not call it a simulation of noise', async () => {
  const [first, again] = [await run('--secure-noise'), await run('--secure-noise')];
  expect(again.model.sha256).not.toBe(first.model.sha256);
  expect(first.simulationOnly).toBe(false);
  expect(again.planHash).toBe(first.planHash);
});

it('gives the same bits with drop-outs, and names them', async () => {
  const args = ['--privacy', 'none', '--drop-rate', '0.4'];
  const [first, again] = [await run(...args), await run(...args)];
  expect(again.model.sha256).toBe(first.model.sha256);
  const dropped = first.rounds.flatMap((round) => round.dropped);
  expect(dropped.length).toBeGreaterThan(0);
  expect(dropped[0]).toMatchObject({ code: 'CLIENT_FAILED' });
  expect(dropped.some(({ weightLost }) => weightLost !== null && weightLost >= 200)).toBe(true);
});
