import { describe, expect, it, vi } from 'vitest';
import { abortable, throwIfAborted } from './abort.js';
import { FedwardError } from './errors.js';

const never = () => new Promise<never>(() => undefined);

describe('abortable', () => {
  it('gives what the work gives', async () => {
    const { signal } = new AbortController();
    expect(await abortable(async () => 7, signal)).toBe(7);
    await expect(abortable(() => Promise.reject(new Error('x')), signal)).rejects.toThrow('x');
    const throwing = () => {
      throw new TypeError('at once');
    };
    await expect(abortable(throwing, signal)).rejects.toThrow(TypeError);
  });

  it('ends once the signal fires, with its reason where that is a FedwardError', async () => {
    for (const [reason, code] of [
      [undefined, 'ABORTED'],
      [new Error('x'), 'ABORTED'],
      [new FedwardError('DEADLINE_PASSED', 'late'), 'DEADLINE_PASSED'],
    ] as const) {
      const controller = new AbortController();
      const waiting = abortable(never, controller.signal);
      controller.abort(reason);
      await expect(waiting).rejects.toMatchObject({ code });
    }
  });

  it('does not begin where the signal has fired already', async () => {
    const work = vi.fn(never);
    await expect(abortable(work, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    expect(work).not.toHaveBeenCalled();
  });

  it('leaves no listener, and no rejection of work that fails later', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const controller = new AbortController();
    const { signal } = controller;
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    await abortable(async () => 1, signal);
    await abortable(() => Promise.reject(new Error('x')), signal).catch(() => undefined);
    const late = abortable(() => new Promise((_, reject) => setTimeout(reject, 5, new Error('late'))), signal);
    controller.abort();
    await expect(late).rejects.toMatchObject({ code: 'ABORTED' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', unhandled);
    expect(add).toHaveBeenCalledTimes(3);
    expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('throwIfAborted', () => {
  it('throws only for a signal that has fired', () => {
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
    expect(() => throwIfAborted(AbortSignal.abort())).toThrow(expect.objectContaining({ code: 'ABORTED' }));
  });
});
