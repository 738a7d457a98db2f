import { isTrainingPlan, layoutOf, type Json, type Plan } from '@fedward/core';
import { subjectDifferences, type Proposal } from '@fedward/compliance';

/** A proposal for whoever is to approve it: what is asked, and its answer, in words. */
export function summaryOf({ plan, subjects, name, time }: Proposal): (readonly [string, string])[] {
  const [first] = subjects;
  const { about } = plan;
  return [
    ['proposal', `${name}, of ${time}`],
    ...(about?.question === undefined ? [] : [['question', about.question] as const]),
    ...(about?.intendedUse === undefined ? [] : [['intended use', about.intendedUse] as const]),
    ...workWords(plan),
    ['rounds', `${plan.rounds}, combined by ${plan.aggregator.name}${optionsText(plan.aggregator.options)}`],
    ['who is asked', `${cohortText(plan)} of ${subjects.map(({ hospital }) => hospital).join(', ')}; a round needs ${plan.quorum} of them`], // prettier-ignore
    ['privacy', privacyText(plan)],
    ['what leaves', leavingText(plan)],
    ...subjects.map(({ hospital, dataSheet }) => [`data of ${hospital}`, dataSheet ?? 'without a data sheet'] as const),
    ['schema', first!.schema ?? "the scenario's own"],
    ['split', text(first!.split)],
    ['preprocessing', text(first!.preprocessing)],
    ['starts from', first!.initial ?? startText(plan)],
    ['software', first!.software.map(({ name, version }) => `${name} ${version}`).join(', ')],
    ...declaredWords(first!.declared),
  ];
}

function workWords(plan: Plan): (readonly [string, string])[] {
  if (!isTrainingPlan(plan)) return [['question to records', `${plan.query.name}${optionsText(plan.query.options)}`]];
  const { model, training } = plan;
  const layers = model.layers.map(({ type, ...rest }) => `${type}${optionsText(rest as Readonly<Record<string, Json>>)}`); // prettier-ignore
  const batches = Object.entries(training.batches).map(([key, value]) => `${key} ${value}`);
  return [
    ['model', `${layoutOf(model).size} parameters, inputs ${model.inputShape.join(' x ')}, ${layers.join(', ')}, loss ${model.loss}`], // prettier-ignore
    ['training', `${training.trainer}, ${training.optimizer.name} at rate ${training.optimizer.learningRate}, batches: ${batches.join(', ')}`], // prettier-ignore
  ];
}

function startText(plan: Plan): string {
  if (!isTrainingPlan(plan)) return 'nothing: a question is asked';
  return plan.initialWeights === 'zeros' ? 'zeros' : `weights of seed ${plan.seed}`;
}

/** A line for each thing that the study declares of itself. */
function declaredWords(declared: Json): (readonly [string, string])[] {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return [['declared', 'nothing']];
  return Object.entries(declared).flatMap(([key, value]) =>
    key === 'schemaVersion' || value === undefined ? [] : [[`declared ${key}`, text(value)] as const],
  );
}

function cohortText({ cohort }: Plan): string {
  if (cohort.select === 'all') return 'all';
  return 'size' in cohort ? `${cohort.size} in a round (${cohort.select})` : `in ${cohort.groups} turns`;
}

function privacyText({ privacy }: Plan): string {
  if (!privacy) return 'none: updates leave as they are';
  const mechanisms = privacy.mechanisms.map(({ name, options }) => `${name}${optionsText(options)}`).join(', then ');
  const priced = privacy.delta === undefined ? 'nothing has a price' : `delta ${privacy.delta}, accountant ${privacy.accountant}`; // prettier-ignore
  const budget = privacy.budget ? `, ends before a round that would go beyond epsilon ${privacy.budget.epsilon}` : '';
  return `${mechanisms}; of a ${privacy.unit}; ${priced}${budget}`;
}

function leavingText(plan: Plan): string {
  const what = isTrainingPlan(plan)
    ? `an update of the model a round from each that is asked${plan.compression ? `, made smaller by ${plan.compression.name}` : ''}`
    : 'an answer in numbers a round from each that is asked';
  const scores = isTrainingPlan(plan) && plan.evaluation ? `; scores on its own test part after every ${plan.evaluation.every} rounds` : ''; // prettier-ignore
  const beside =
    plan.privacy?.delta === undefined ? '; means over its records, such as the loss, and their number' : '';
  return what + scores + beside;
}

function optionsText(options: Readonly<Record<string, Json>>): string {
  const said = Object.entries(options).map(([key, value]) => `${key} ${text(value)}`);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What differs, key by key: of the plan by its path, of each hospital in words. Empty where nothing does. */
export function differencesOf(was: Proposal, is: Proposal): string[] {
  const [before, after] = [flat(was.plan as unknown as Json), flat(is.plan as unknown as Json)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  const ofPlan = keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old === now) return [];
    if (old === undefined) return [`${key} is new: ${now}`];
    return now === undefined ? [`${key} is gone, was ${old}`] : [`${key} was ${old}, is ${now}`];
  });
  return [...ofPlan, ...hospitalDifferences(was, is)];
}

function hospitalDifferences(was: Proposal, is: Proposal): string[] {
  const comparable = was.nonce === is.nonce;
  const before = new Map(was.subjects.map((subject) => [subject.hospital, subject]));
  const after = new Set(is.subjects.map(({ hospital }) => hospital));
  const words = is.subjects.flatMap((subject) => {
    const old = before.get(subject.hospital);
    if (!old) return [`hospital ${subject.hospital} is new`];
    // Of the plan it is said key by key.
    const same = { ...old, plan: subject.plan, ...(!comparable && { dataSheet: subject.dataSheet }) };
    return subjectDifferences(same, subject).map((difference) => `${subject.hospital}: ${difference}`);
  });
  const gone = [...before.keys()].filter((id) => !after.has(id)).map((id) => `hospital ${id} is gone`);
  const other = comparable ? [] : ['data sheets can’t be compared: the proposals are of two folders, each with a secret number of its own']; // prettier-ignore
  return [...words, ...gone, ...other];
}

/** Each value by its path, with dots. */
function flat(value: Json, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    found.set(path, JSON.stringify(value)); // prettier-ignore
  else
    for (const [key, member] of Object.entries(value) as [string, Json | undefined][])
      if (member !== undefined) flat(member, path === '' ? key : `${path}.${key}`, found);
  return found;
}
