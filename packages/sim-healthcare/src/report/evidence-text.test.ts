import { expect, it } from 'vitest';
import { evidenceText } from './evidence-text.js';

const audit = { events: 9, hospitals: 2, trainingEvents: 4, root: 'r', verified: true };

it('says how many logs are signed and how many rounds have a certificate, and what to do with them', () => {
  expect(evidenceText({ audit: { ...audit, entries: 5, logs: 3, certificates: 2 } })).toMatch(
    /^3 logs.*keys\.txt; 2 rounds with a certificate: hand the keys out/,
  );
});

it('says that hospitals share a log where they do, and nothing of a run that had one log for all', () => {
  expect(evidenceText({ audit: { ...audit, entries: 9, logs: 1, certificates: 0 } })).toMatch(/share the server's log/);
  expect(evidenceText({ audit })).toBeUndefined();
});
