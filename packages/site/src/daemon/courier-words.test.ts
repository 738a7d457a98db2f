import { describe, expect, it } from 'vitest';
import { levelOf, wordsOfEvent } from './courier-words.js';

const of = { run: 'heart-1', words: 'said so' };

describe('what the courier has met', () => {
  it('is quiet where nothing is new, and loud where somebody has to look', () => {
    expect(levelOf({ ...of, kind: 'answered', question: 'notice' })).toBe('debug');
    expect(levelOf({ ...of, kind: 'answered', question: 'answer', round: 3 })).toBe('info');
    expect(levelOf({ ...of, kind: 'refused', question: 'notice', code: 'TASK_STALE' })).toBe('info');
    expect(levelOf({ ...of, kind: 'refused', code: 'SIGNATURE_INVALID' })).toBe('warn');
    expect(levelOf({ ...of, kind: 'declined', question: 'answer', code: 'DISK_FULL' })).toBe('warn');
  });

  it('is a line', () => {
    expect(wordsOfEvent({ ...of, kind: 'answered', question: 'answer', round: 3 })).toBe(
      'answered, answer, study heart-1, round 3',
    );
    expect(wordsOfEvent({ ...of, kind: 'declined', code: 'DISK_FULL' })).toBe(
      'declined, study heart-1, DISK_FULL, said so',
    );
  });
});
