import { describe, expect, it } from 'vitest';
import { participationOf } from '../run/participation.js';
import { aboutParticipation } from '../run/warnings.js';
import type { SimulationResult } from '../run/result.js';
import { renderReport } from './report.js';
import { fullResult, oldResult } from './testing/fixtures.js';

/** The result of a run whose first hospital was away in these rounds. */
function resultWithout(rounds: readonly number[]): SimulationResult {
  const result = fullResult('binary');
  const [away, ...others] = result.hospitals.map(({ id }) => id);
  const reports = result.rounds.map((report) =>
    rounds.includes(report.round)
      ? { ...report, participants: others, dropped: [{ id: away!, code: 'CLIENT_FAILED', reason: '', weightLost: 1 }] }
      : report,
  );
  const weights = new Map(result.hospitals.map(({ id, samples }) => [id, samples]));
  const participation = participationOf(reports, [away!, ...others], weights);
  const warnings = [...aboutParticipation(participation), ...result.warnings];
  return { ...result, rounds: reports, participation, warnings };
}

/** The text of one section. */
const section = (page: string, id: string): string =>
  page.slice(page.indexOf(`<section id="${id}"`)).split('</section>')[0]!;

describe('the report of a run that went on without a hospital', () => {
  it('says so on its first page, among its limits and under its rounds, with the weight lost', async () => {
    const result = resultWithout([28, 29]);
    const page = await renderReport(result);
    const share = /The last round was without .+ \(\d+ % of the weight\)/;
    for (const id of ['result', 'limits', 'rounds']) {
      const text = section(page, id);
      expect(text, id).toMatch(/not complete|Not complete/);
      expect(text, id).toContain('2 of 30 rounds went on without hospitals that were asked');
      expect(text, id).toMatch(share);
    }
    expect(section(page, 'rounds')).toContain('Who took part in rounds');
    expect(section(page, 'rounds').split('2 of 30 rounds')).toHaveLength(2);
    expect(page).not.toContain('Complete: each round');
  });

  it('does so though all were there at the end', async () => {
    const page = await renderReport(resultWithout([3]));
    expect(section(page, 'result')).toContain('1 of 30 rounds went on without');
    expect(section(page, 'result')).not.toContain('The last round was without');
  });

  it('says that it is complete where it is, and nothing of a run of before, which did not say', async () => {
    const page = await renderReport(resultWithout([]));
    expect(section(page, 'rounds')).toContain('Complete: each round has the updates of all hospitals');
    expect(page).not.toMatch(/not complete/i);
    expect(await renderReport(oldResult('binary'))).not.toMatch(/complete: /i);
  });
});
