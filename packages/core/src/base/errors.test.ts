import { describe, expect, it } from 'vitest';
import { FedwardError, hasCode, isFedwardError } from './errors.js';

describe('FedwardError', () => {
  it('has a code, a family, a subject and a cause', () => {
    const cause = new Error('disk');
    const error = new FedwardError('STORAGE_FAILED', 'no space', 'model.bin', { cause });
    expect(error).toMatchObject({ code: 'STORAGE_FAILED', family: 'run', subject: 'model.bin', message: 'no space' });
    expect(error.cause).toBe(cause);
    expect(new FedwardError('CONFIG_INVALID', 'x').family).toBe('configuration');
  });

  it('is known by its code from another copy of core', () => {
    const foreign = Object.assign(new Error('x'), { name: 'FedwardError', code: 'QUORUM_NOT_MET' });
    expect(isFedwardError(foreign)).toBe(true);
    expect(hasCode(foreign, 'QUORUM_NOT_MET')).toBe(true);
    expect(hasCode(foreign, 'ABORTED')).toBe(false);
  });

  it.each([
    ['a code that is none', Object.assign(new Error('x'), { name: 'FedwardError', code: 'constructor' })],
    ['a code that is no text', Object.assign(new Error('x'), { name: 'FedwardError', code: {} })],
    ['another error with a code', Object.assign(new Error('x'), { code: 'ENOENT' })],
    ['what is no error', { name: 'FedwardError', code: 'ABORTED' }],
    ['nothing', undefined],
  ])('is not %s', (_, error) => {
    expect(isFedwardError(error)).toBe(false);
  });
});
