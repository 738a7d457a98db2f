import type { Frame, SiteDone } from '@fedward/sim-healthcare';
import { describe, expect, it } from 'vitest';
import {
  decodeAsk,
  decodeFrame,
  decodeHere,
  decodeJob,
  decodeResult,
  encodeAsk,
  encodeFrame,
  encodeHere,
  encodeJob,
  encodeResult,
} from './messages.js';

const layout = { tensors: [{ name: 'w', shape: [3], offset: 0 }], size: 3 };
const values = new Float32Array([1e-40, -0, 1 / 3]);

describe('messages of a simulation and its workers', () => {
  it('carry a frame from shared memory bit by bit', () => {
    const sent = new Float32Array(new SharedArrayBuffer(12));
    sent.set(values);
    const task = { runId: 'r', round: 2, planHash: 'h', cohort: ['a', 'b'], instructions: { mu: 0.1 + 0.2, zero: -0 } };
    const frame = { task, layout, sent, sites: { plan: '{}', strategy: false, seeded: true } } as unknown as Frame;
    const { payload, ...rest } = decodeFrame(encodeFrame(frame));
    expect(rest).toEqual({ ...task, taken: null });
    expect(payload.layout).toEqual(layout);
    expect(Buffer.from(payload.values.buffer, payload.values.byteOffset, 12)).toEqual(Buffer.from(values.buffer));
    expect(Object.isFrozen(rest.cohort)).toBe(true);
  });

  it('carry what came of clients, and when by the clock of whoever reads', () => {
    const update = { clientId: 'a', baseRound: 1, weight: 3, metrics: { loss: NaN }, spent: [], simulationOnly: true };
    const error = { name: 'FedwardError', code: 'PLAN_NOT_APPROVED', family: 'run' as const, message: 'no' };
    const work = [{ steps: 2, began: 100, seconds: 1 }];
    const done = [
      { events: [{ type: 'training', time: 't', runId: 'r', details: { n: 1 } }], work, update, values },
      { events: [], work: [], error },
    ] as unknown as SiteDone[];
    const read = decodeResult(encodeResult({ worker: 'w', done }, 103), 5000);
    expect(read).toEqual({
      worker: 'w',
      done: [{ ...done[0], work: [{ steps: 2, began: 4997, seconds: 1 }] }, done[1]],
    });
  });

  it('carry jobs, questions and who is there', () => {
    const frame = { sha256: 'a'.repeat(64), size: 9 };
    const job = { frame, clients: [{ id: 'a', taken: null, ledger: true, vouches: true, dataSheet: 'd' }] };
    expect(decodeJob(encodeJob(job))).toEqual({ v: 1, ...job });
    const ask = { job: '1', client: 0, ask: 2, service: 'save' as const, given: [{ epsilon: Infinity }, values] };
    expect(decodeAsk(encodeAsk(ask))).toEqual(ask);
    expect(decodeHere(encodeHere({ id: 'w', parallel: 2 }))).toMatchObject({ id: 'w', parallel: 2 });
  });

  it('are refused where they are of another version, or nothing', () => {
    const other = Buffer.from(JSON.stringify({ v: 2, id: 'w', parallel: 2 }));
    expect(() => decodeHere(other)).toThrow(/another version/);
    for (const bytes of [new Uint8Array(0), Buffer.from('null'), Buffer.from('{"v":1}')]) {
      expect(() => decodeJob(bytes)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(() => decodeResult(bytes, 0)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
      expect(() => decodeAsk(bytes)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
      expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    }
  });
});
