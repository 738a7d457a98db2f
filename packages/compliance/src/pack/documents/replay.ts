import type { PackFacts } from '../facts.js';
import type { Draft, Statement } from '../statement.js';

/** Commands that repeat the run, and what they must print. */
export function replay({ run, replay: again }: PackFacts): Draft {
  const { command, exact, notes } = again;
  const statements: Statement[] =
    exact && run.model !== null
      ? [
          {
            says: 'The same plan comes of the same settings.',
            ...{ command, pointer: '/planHash', expect: run.planHash },
          },
          {
            says: `The same plan on the same data makes the same weights, bit by bit: ${run.model}.`,
            ...{ command, pointer: '/model/sha256', expect: run.model },
          },
        ]
      : [];
  return {
    name: 'replay',
    title: 'Replay',
    clauses: ['hipaa-164.312(c)(1)', 'gdpr-5(2)', 'gdpr-32'],
    contributes: 'that the model follows from the plan and the data, for whoever has both',
    doesNotShow: ['anything to whoever does not have the data', 'bits on a machine whose floating point differs'],
    lacking: exact ? [] : [...notes],
    needsPerson: [],
    statements: [
      {
        says: exact ? 'The run can be repeated bit by bit.' : 'The run can not be repeated bit by bit.',
        fact: 'exact',
        value: exact,
      },
      { says: 'The command that repeats it.', fact: 'command', value: command },
      ...(notes.length > 0 ? [{ says: notes.join(' '), fact: 'notes', value: [...notes] }] : []),
      ...statements,
    ],
    tables: [],
  };
}
