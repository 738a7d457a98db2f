import { describe, expect, it } from 'vitest';
import { withdrawalReport, type WithdrawalFacts, type WithdrawnHospital } from './withdrawal.js';

const hospital: WithdrawnHospital = {
  ...{ id: 'north', rounds: [1, 3], certificates: ['certificates/round-0001.json'], ledger: null, epsilon: null },
  personal: null,
};

function run(hospitals: readonly WithdrawnHospital[]): WithdrawalFacts {
  const models = [{ file: 'model.safetensors', sha256: 'a'.repeat(64), weights: 'b'.repeat(64) }];
  return { runId: 'run-1', folder: 'runs/1', rounds: 5, models, hospitals, delta: 1e-5 };
}

describe('withdrawal', () => {
  it('is from every model from the first round on', () => {
    const [of] = withdrawalReport([run([hospital])], { hospital: 'north' }).runs;
    expect(of).toMatchObject({
      hospitals: [{ id: 'north', firstRound: 1, modelsFrom: 1 }],
      models: [{ file: 'model.safetensors' }],
    });
    expect(of!.says.join(' ')).toMatch(/models of rounds 1 to 4.*still holds what it learned.*--rerun/);
    expect(of!.says.join(' ')).toMatch(/nothing bounds what both runs tell/);
  });

  it('costs privacy again where it had a price', () => {
    const [of] = withdrawalReport([run([{ ...hospital, epsilon: 0.7 }])], { hospital: 'north' }).runs;
    expect(of!.says.join(' ')).toMatch(/charged for a second run.*epsilon 0\.7 at delta 0\.00001/);
    const [calibrated] = withdrawalReport([run([{ ...hospital, epsilon: 3.9999998024649757 }])], {
      hospital: 'north',
    }).runs;
    expect(calibrated!.says.join(' ')).toContain('epsilon 4 at delta');
    const [little] = withdrawalReport([run([{ ...hospital, epsilon: 0.00001 }])], { hospital: 'north' }).runs;
    expect(little!.says.join(' ')).toContain('epsilon 0.0001 at delta');
  });

  it('of a hospital in no sum, or patients who were tested on alone, is from no model', () => {
    const never = withdrawalReport([run([{ ...hospital, rounds: [] }])], { hospital: 'north' }).runs[0]!;
    expect(never).toMatchObject({ models: [], hospitals: [{ firstRound: null, modelsFrom: null }] });
    const tested = { ...hospital, patients: { trained: 0, tested: 7 } };
    const alone = withdrawalReport([run([tested])], { patients: 'sha256:x' }).runs[0]!;
    expect(alone.models).toEqual([]);
    expect(alone.says.join(' ')).toMatch(/no model of this run holds them.*test part alone/);
    expect(withdrawalReport([run([])], { hospital: 'x' }).runs[0]!.says).toEqual([
      'None of those asked for is in this run: no row of theirs was used.',
    ]);
  });

  it('tells no small count of patients', () => {
    const patients = { trained: 4, tested: 5 };
    const [of] = withdrawalReport([run([{ ...hospital, patients }])], { patients: 'sha256:x' }).runs;
    expect(of!.hospitals[0]!.patients).toEqual({ trained: null, tested: 5 });
    expect(of!.hospitals[0]!.modelsFrom).toBe(1);
  });
});
