import type { PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft } from '../statement.js';

/** What left which hospital, when, to whom, how many bytes, by kind. */
export function dataFlow({ flows, bytes, notices, refusals, secureAggregation }: PackFacts): Draft {
  const out = flows.filter(({ from }) => from !== 'coordinator');
  const kinds = [...new Set(out.map(({ kind }) => kind))].sort();
  const hospitals = [...new Set(out.map(({ from }) => from))].sort();
  return {
    name: 'data-flow',
    title: 'Data-flow record',
    clauses: [
      ...['hipaa-164.312(b)', 'hipaa-164.312(e)(1)', 'hipaa-164.502(b)'],
      ...['gdpr-5(1)(c)', 'gdpr-5(1)(f)', 'gdpr-30', 'ehds-66', 'ehds-73'],
    ],
    contributes: 'each message that carried something computed from records out of a hospital, as the logs have it',
    doesNotShow: [
      'what a hospital sent beside this software',
      'what can be learned of a patient from the numbers of an update: see the privacy statement',
      'a transfer between machines: `fedward simulate` has all hospitals on one',
    ],
    lacking: out.some((flow) => flow.bytes === null && flow.kind !== 'description')
      ? ['bytes by hospital: of a compressed update, of scores and of calls the log tells no size']
      : [],
    needsPerson: ['name the recipients behind "coordinator", and the country that each is in'],
    statements: [
      { says: `${counted(out.length, 'message')} left hospitals.`, fact: 'messages', value: out.length },
      ...kinds.map((kind) => {
        const count = out.filter((flow) => flow.kind === kind).length;
        return { says: `Of the kind "${kind}": ${counted(count, 'message')}.`, fact: `kind ${kind}`, value: count };
      }),
      ...hospitals.map((id) => {
        const count = out.filter(({ from }) => from === id).length;
        return { says: `From ${id}: ${counted(count, 'message')}.`, fact: `from ${id}`, value: count };
      }),
      ...(bytes
        ? [
            {
              says: `Tensors of ${bytes.received} bytes reached the coordinator in updates.`,
              ...{ fact: 'bytes received', value: bytes.received },
            },
            {
              says: `Tensors of ${bytes.sent} bytes were sent to hospitals in tasks.`,
              ...{ fact: 'bytes sent', value: bytes.sent },
            },
          ]
        : []),
      { says: `Refused: ${counted(refusals.length, 'request')}.`, fact: 'refusals', value: refusals.length },
      {
        says: secureAggregation
          ? 'Updates were masked: the coordinator learned sums over hospitals alone.'
          : 'Updates were not masked: the coordinator saw each by itself.',
        ...{ fact: 'masked', value: secureAggregation },
      },
      {
        says:
          notices.length === 0
            ? 'Nothing was told between hospitals before the first round.'
            : `Told before the first round, outside of the log: ${notices.join(' ')}`,
        ...{ fact: 'before the first round', value: [...notices] },
      },
    ],
    tables: [
      {
        caption: 'What left a hospital',
        head: ['Hospital', 'To', 'Kind', 'Round', 'Time', 'Bytes'],
        rows: out.map(({ from, to, kind, round, time, bytes: size }) => [
          ...[from, to, kind, round === null ? '-' : String(round), time, size === null ? 'not told' : String(size)],
        ]),
      },
      ...(refusals.length > 0
        ? [
            {
              caption: 'What was refused',
              head: ['Time', 'By', 'Code'],
              rows: refusals.map(({ time, by, code }) => [time, by, code]),
            },
          ]
        : []),
    ],
  };
}
