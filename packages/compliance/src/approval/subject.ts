import { canonicalJson, digestJson, isTrainingPlan, type Json, type Plan, type Software } from '@fedward/core'; // prettier-ignore
import * as z from 'zod';

const json = z.json() as z.ZodType<Json>;
const jsonObject = z.record(z.string(), json);

/** All that a result depends on at one hospital: what is approved there, and nothing else runs. */
export const runSubjectSchema = z.strictObject({
  /** Hash of the plan. */
  plan: z.string(),
  hospital: z.string(),
  /** Digest of the data sheet that it takes part with: which data, which rows of them, and why. */
  dataSheet: z.string().nullable(),
  /** Digest of the schema that its table was read by. */
  schema: z.string().nullable(),
  /** How records are parted into train and test part. */
  split: json,
  /** What is done to features. */
  preprocessing: json,
  software: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  /** Digest of the weights that training starts from, where they are in a file. */
  initial: z.string().nullable(),
  /** What the study declares of itself: purpose, users, countries, permit. */
  declared: jsonObject.nullable(),
});
/** What is approved, of one hospital. */
export type RunSubject = z.output<typeof runSubjectSchema>;

/** `sha256:` and the digest of what is approved. */
export function subjectDigest(subject: RunSubject): string {
  return digestJson(inOrder(subject));
}

const called: Readonly<Record<keyof RunSubject, string>> = {
  plan: 'the plan',
  hospital: 'the hospital',
  dataSheet: 'the data sheet',
  schema: 'the schema',
  split: 'the rule that parts records into train and test part',
  preprocessing: 'how features are prepared',
  software: 'the software',
  initial: 'the weights that it starts from',
  declared: 'what the study declares',
};

/** What differs, in words; no digest of data is in them. Empty where nothing does. */
export function subjectDifferences(approved: RunSubject, now: RunSubject): string[] {
  const [was, is] = [inOrder(approved), inOrder(now)];
  return (Object.keys(called) as (keyof RunSubject)[]).flatMap((key) => {
    if (canonicalJson(was[key]) === canonicalJson(is[key])) return [];
    return key === 'software' ? softwareDifferences(was.software, is.software) : [`${called[key]} is another`];
  });
}

function softwareDifferences(was: readonly Software[], is: readonly Software[]): string[] {
  const before = new Map(was.map(({ name, version }) => [name, version]));
  const after = new Map(is.map(({ name, version }) => [name, version]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    if (old === undefined) return [`${name} ${now} was not there`];
    return now === undefined ? [`${name} ${old} is not there`] : [`${name} is ${now}, approved was ${old}`];
  });
}

/** Software in no order but that of names. */
function inOrder(subject: RunSubject): RunSubject {
  const software = [...subject.software].sort((a, b) => (`${a.name}\n${a.version}` < `${b.name}\n${b.version}` ? -1 : 1)); // prettier-ignore
  return { ...subject, software };
}

/** What kind of work a plan is, in words. */
export function workOf(plan: Plan): string {
  return isTrainingPlan(plan) ? `training by ${plan.training.trainer}` : `the query ${plan.query.name}`;
}
