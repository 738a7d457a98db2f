import type { RunSubject } from '@fedward/compliance';
import { describe, expect, it } from 'vitest';
import { asKnown } from './approval.js';

const subject: RunSubject = {
  ...{ plan: 'sha256:11', hospital: 'north', dataSheet: null, schema: null, split: null, preprocessing: null },
  software: [
    { name: '@fedward/core', version: '0.3.1' },
    { name: 'fedward', version: '0.3.1' },
    { name: 'our-trainer', version: '1.0.0 sha256:22' },
  ],
  ...{ initial: null, declared: null },
};

function by(versions: Readonly<Record<string, string>>, changes: Partial<RunSubject> = {}): RunSubject {
  const software = subject.software.map(({ name, version }) => ({ name, version: versions[name] ?? version }));
  return { ...subject, software, ...changes };
}

describe('what would run after an upgrade', () => {
  it('is what was approved, where patch numbers of fedward alone differ', () => {
    expect(asKnown(subject, by({ '@fedward/core': '0.3.7', fedward: '0.3.7' }))).toBe(subject);
  });

  it.each([
    ['another minor version of fedward', by({ fedward: '0.4.0', '@fedward/core': '0.4.0' })],
    ["another patch version of a team's own plugin", by({ 'our-trainer': '1.0.1 sha256:22' })],
    ["other code of a team's own plugin", by({ 'our-trainer': '1.0.0 sha256:33' })],
    ['another plan', by({ fedward: '0.3.2' }, { plan: 'sha256:44' })],
    ['other data', by({}, { dataSheet: 'sha256:55' })],
  ])('is another thing with %s', (_, now) => {
    expect(asKnown(subject, now)).toBe(now);
  });

  it('is what it is where nothing was written down before', () => {
    expect(asKnown(null, subject)).toBe(subject);
  });
});
