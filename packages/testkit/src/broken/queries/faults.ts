import {
  createLayout,
  createTensors,
  FedwardError,
  parseQueryPlan,
  type Query,
  type QueryContext,
  type Random,
  type Records,
  type TensorsForm,
} from '@fedward/core';
import { queryCompliance } from '../../query.js';
import type { Broken } from '../expect.js';

/** Records of one number each. */
export interface Numbers extends Records {
  readonly values: Float64Array;
}

const form: TensorsForm = {
  layout: createLayout([
    { name: 'count', shape: [] },
    { name: 'sum', shape: [] },
  ]),
  element: 'f64',
};

/** One record's part in the answer: 1, and its value cut to [-1, 1]. */
const partOf = (value: number): [number, number] => [1, Math.min(1, Math.max(-1, value))];

/** What all the records of one patient add, shortened to the length that a single one may have. */
function addPatients({ count, values, patientIds }: Numbers, answer: { values: ArrayLike<number> }): void {
  const byPatient = new Map<string | number, [number, number]>();
  for (let row = 0; row < count; row++) {
    const [n, x] = byPatient.get(patientIds?.[row] ?? row) ?? [0, 0];
    const [one, value] = partOf(values[row]!);
    byPatient.set(patientIds?.[row] ?? row, [n + one, x + value]);
  }
  const sums = answer.values as Float64Array;
  for (const [n, x] of byPatient.values()) {
    const factor = Math.min(1, Math.SQRT2 / Math.hypot(n, x));
    sums[0]! += n * factor;
    sums[1]! += x * factor;
  }
}

/** A correct query, as small as it can be: how many there are and their sum, no patient counting more than one record. */
export function referenceQuery(): Query<Numbers> {
  return {
    name: 'numbers',
    form,
    sensitivity: (unit) => (unit === 'hospital' ? undefined : Math.SQRT2),
    validate({ query }) {
      if (query.options['median']) throw new FedwardError('CONFIG_INCOMPATIBLE', 'no median', 'query.options.median');
    },
    validateData({ count, values }) {
      if (values?.length !== count) throw new FedwardError('DATA_MALFORMED', 'not a number each', 'values');
    },
    async answer({ data }) {
      const answer = createTensors(form);
      addPatients(data, answer);
      return answer;
    },
  };
}

const planOf = (options = {}) =>
  parseQueryPlan({
    ...{ schemaVersion: 1, name: 'numbers', seed: 1, rounds: 1 },
    ...{ aggregator: { name: 'sums' }, query: { name: 'numbers', options } },
  });

export const suiteOf = (create: () => Query<Numbers>) =>
  queryCompliance<Numbers>({
    create,
    plan: planOf(),
    records: (random: Random, count) => ({
      count,
      values: Float64Array.from({ length: count }, () => 2 * random.normal()),
    }),
    join: (a, b) => ({
      count: a.count + b.count,
      values: Float64Array.of(...a.values, ...b.values),
      ...(a.patientIds && b.patientIds && { patientIds: [...a.patientIds, ...b.patientIds] }),
    }),
    rejects: [{ count: 3 }],
    rejectsPlans: [planOf({ median: true })],
    rounding: 1e-12,
    units: ['record', 'patient'],
  });

const changed =
  (change: (reference: Query<Numbers>) => Partial<Query<Numbers>>): (() => Query<Numbers>) =>
  () => ({ ...referenceQuery(), ...change(referenceQuery()) });
/** The reference whose numbers are changed once they are there. */
const answering = (change: (values: Float64Array, context: QueryContext<Numbers>) => Float64Array) =>
  changed(({ answer }) => ({
    async answer(context) {
      const { layout, values } = await answer(context);
      return { layout, values: change(values as Float64Array, context) };
    },
  }));

const accepted = 'it has a name, and the plan that asks it is accepted, unchanged';
const formed = 'its form is the same in each process, and its tensors fill it';
const inForm = 'each answer is in its form, and finite';
const zeros = 'no records give zeros';
const additive = 'the answer of two sets of records is the sum of their answers';
const repeats = 'the same records give the same bits, whatever was asked before';
const apart = 'questions at once do not mix';
const untouched = 'what was sent, and the records, are left as they were';
const ownAnswer = 'an answer is its own, and not that of the next question';
const said = 'what it says that a unit moves is a number above zero, or nothing';
const order = 'what it says does not grow from hospital to patient to record';
const record = 'a record moves the answer by what it says at most';
const patient = 'all the records of a patient move the answer by what it says at most';
const data = 'records that it can not be asked of are refused, before it is asked';
const plan = 'a plan that it can not work under is refused';

let processes = 0;

export const brokenQueries: Record<string, Broken<Query<Numbers>>> = {
  'has another name than the plan asks': { create: changed(() => ({ name: 'others' })), fails: [accepted] },
  'writes its own plan': {
    create: changed(() => ({ validate: (given) => void Object.assign(given.query, { name: 'mine' }) })),
    fails: [accepted, plan],
  },
  'takes any plan': { create: changed(() => ({ validate: () => undefined })), fails: [plan] },
  'takes any records': { create: changed(() => ({ validateData: () => undefined })), fails: [data] },
  'has another form in each process': {
    create: () => {
      const layout = createLayout([{ name: `t${processes++}`, shape: [2] }]);
      return changed(() => ({ form: { layout, element: 'f64' } }))();
    },
    fails: [formed, inForm],
  },
  'answers in float32': {
    create: changed(({ answer }) => ({
      async answer(context) {
        const { layout, values } = await answer(context);
        return { layout, values: Float32Array.from(values) };
      },
    })),
    fails: [inForm, zeros],
  },
  'answers a mean': {
    create: answering(([n, x]) => Float64Array.of(n!, x! / n!)),
    fails: [inForm, zeros, additive, record, patient],
  },
  'adds one to every count': {
    create: answering(([n, x]) => Float64Array.of(n! + 1, x!)),
    fails: [zeros, additive],
  },
  'answers what is largest': {
    create: answering((_, context) => Float64Array.of(context.data.count, Math.max(0, ...context.data.values))),
    fails: [additive, record, patient],
  },
  'does not cut values to their bounds': {
    create: answering((_, context) =>
      Float64Array.of(
        context.data.count,
        context.data.values.reduce((sum, x) => sum + x, 0),
      ),
    ),
    fails: [record, patient],
  },
  'counts patients as often as they have records': {
    create: changed(({ answer }) => ({
      answer: ({ data: given, ...context }) =>
        answer({ ...context, data: { count: given.count, values: given.values } }),
    })),
    fails: [patient],
  },
  'says that half of it is moved': { create: changed(() => ({ sensitivity: () => 0.7 })), fails: [record, patient] },
  'says that nothing is moved': {
    create: changed(() => ({ sensitivity: (unit) => (unit === 'hospital' ? undefined : 0) })),
    fails: [said, record, patient],
  },
  'says nothing of patients': {
    create: changed(() => ({ sensitivity: (unit) => (unit === 'record' ? Math.SQRT2 : undefined) })),
    fails: [said, patient],
  },
  'says that a record moves more than its patient': {
    create: changed(() => ({ sensitivity: (unit) => ({ record: 9, patient: Math.SQRT2, hospital: undefined })[unit] })),
    fails: [order],
  },
  'answers from what it was asked before': {
    create: changed(({ answer }) => {
      let before = 0;
      return {
        async answer(context) {
          const { layout, values } = await answer(context);
          const carried = values.map((x) => x + before);
          before += context.data.count > 0 ? 1 : 0;
          return { layout, values: carried };
        },
      };
    }),
    fails: [repeats, apart],
  },
  'answers by the records that came last': {
    create: changed(({ answer }) => {
      let newest: Numbers | undefined;
      return {
        async answer(context) {
          newest = context.data;
          await Promise.resolve();
          return answer({ ...context, data: newest });
        },
      };
    }),
    fails: [apart],
  },
  'sorts the records that it is given': {
    create: changed(({ answer }) => ({
      async answer(context) {
        const given = await answer(context);
        context.data.values.sort();
        return given;
      },
    })),
    fails: [untouched],
  },
  'gives the same array each time': {
    create: changed(({ answer }) => {
      const own = createTensors(form);
      return {
        async answer(context) {
          own.values.set((await answer(context)).values);
          return own;
        },
      };
    }),
    fails: [ownAnswer, apart],
  },
};
