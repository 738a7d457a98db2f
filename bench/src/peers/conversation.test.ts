import { describe, expect, it } from 'vitest';
import { converse } from './conversation.js';

const doubling = `
require('node:readline').createInterface(process.stdin).on('line', (line) => {
  const { value } = JSON.parse(line);
  if (value < 0) { console.error('too small'); process.exit(4); }
  console.log(JSON.stringify({ twice: 2 * value }));
});`;

describe('converse', () => {
  it('asks one thing after the other', async () => {
    const peer = converse([process.execPath, '-e', doubling]);
    expect(await peer.ask({ value: 3 })).toEqual({ twice: 6 });
    expect(await peer.ask({ value: 4 })).toEqual({ twice: 8 });
    peer.end();
  });

  it('says why a peer has ended, also to whoever asks later', async () => {
    const peer = converse([process.execPath, '-e', doubling]);
    const ended = { code: 'CLIENT_FAILED', message: expect.stringMatching(/exit code 4: too small/) };
    await expect(peer.ask({ value: -1 })).rejects.toMatchObject(ended);
    await expect(peer.ask({ value: 1 })).rejects.toMatchObject(ended);
  });

  it('fails the question to a program that is not there', async () => {
    await expect(converse(['no-such-program-here']).ask({})).rejects.toMatchObject({ code: 'CLIENT_FAILED' });
  });
});
