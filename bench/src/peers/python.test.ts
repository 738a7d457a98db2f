import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findPython, peerScript, whyNot } from './python.js';

describe('whyNot', () => {
  const python = { program: 'python3', versions: { python: '3.12.1', numpy: '2.1.0' } };

  it('names the peer and what it lacks', () => {
    expect(whyNot(python, 'pytorch', ['numpy', 'torch'])).toBe('pytorch: python3 has no torch');
    expect(whyNot(python, 'opacus', ['torch', 'opacus'])).toBe('opacus: python3 has no torch, no opacus');
  });

  it('has nothing to say where all is there', () => {
    expect(whyNot(python, 'numpy', ['numpy'])).toBeUndefined();
  });
});

describe('findPython', () => {
  it('finds nothing in what is not there', async () => {
    const python = await findPython('no-such-python');
    expect(whyNot(python, 'numpy', ['numpy'])).toBe('numpy: no-such-python does not run');
  });

  it('finds nothing in what is no Python', async () => {
    // Node prints nothing for that program, or fails.
    expect((await findPython(process.execPath)).versions).toEqual({});
  });
});

describe('peerScript', () => {
  it.each(['tutorial_loop.py', 'opacus_overhead.py', 'numpy_matmul.py', 'flower_tutorial.py', 'nvflare_tutorial.py'])(
    'finds %s',
    (name) => {
      expect(existsSync(peerScript(name))).toBe(true);
    },
  );
});
