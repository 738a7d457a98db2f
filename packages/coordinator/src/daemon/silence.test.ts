import { describe, expect, it } from 'vitest';
import { Silence } from './silence.js';

describe('the silence of a hub', () => {
  it('counts once it has lasted, over several questions, and ends with an answer', () => {
    let time = 100;
    const silence = new Silence({ seconds: 20, now: () => time });
    expect(silence.seconds).toBeUndefined();
    for (let asked = 0; asked < 3; asked++) silence.unanswered((time += 2) - 2);
    expect(silence.seconds).toBeUndefined();
    time = 119;
    silence.unanswered(117);
    expect(silence.seconds).toBeUndefined();
    time = 120;
    expect(silence.seconds).toBe(20);
    silence.answered();
    expect(silence.seconds).toBeUndefined();
  });

  it('is not taken from one question, however late it ends', () => {
    let time = 0;
    const silence = new Silence({ seconds: 20, now: () => time });
    time = 3600;
    silence.unanswered(0);
    expect(silence.seconds).toBeUndefined();
  });
});
