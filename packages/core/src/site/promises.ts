import { canonicalJson } from '../base/json.js';
import { FedwardError, incompatible } from '../base/errors.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import type { Applied, ClientContext, LocalTrainer, Trained, TrainerCapability } from '../interfaces/trainer.js';
import type { Adjacency } from '../privacy/events.js';
import type { Parameters, Tensors } from '../parameters/parameters.js';
import type { Protection } from '../privacy/protection.js';
import type { Randomness } from '../random/randomness.js';

// A price rests on what a trainer and a source of randomness do, and neither is core's: what they were asked for is
// asked back.

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a trainer that does not say that it can do to each step's gradient what
 *   the plan's mechanisms ask, or grant what the strategy wishes: it would train, and its update would be taken for
 *   another than it is
 */
export function assertProvided(
  { name, provides = [] }: LocalTrainer,
  { gradient }: Protection,
  { name: strategy, requires = [] }: SiteStrategy,
): void {
  const refuse = (who: string, wanted: TrainerCapability): void => {
    if (provides.includes(wanted)) return;
    const message = `${who} ${wanted}, which trainer ${name} does not provide (\`provides\`)`;
    throw incompatible(message, 'training.trainer');
  };
  if (gradient) refuse("the plan's mechanisms need", `${gradient.clip}-clipping`);
  for (const wanted of requires) refuse(`strategy ${strategy} needs`, wanted);
}

/** @throws {FedwardError} CLIENT_FAILED unless a trainer says that it carried out what it was asked for, and no other */
export function assertApplied({ name }: LocalTrainer, applied: Applied = {}, asked: Applied): void {
  const wrong = differing(applied, asked);
  if (!wrong) return;
  const message =
    `trainer ${name} was asked for ${told(wrong, asked)} in every step and says that it carried out ` +
    told(wrong, applied);
  throw new FedwardError('CLIENT_FAILED', `${message}: nothing is sent`, name);
}

/**
 * Of a model's bits: another for any one change of them, and for nearly any of several. In integers, since a loop over
 * fractions leaves an object a step behind until it is compiled.
 */
export function sumOf({ values }: Parameters): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let sum = 0;
  for (let i = 0; i < bits.length; i++) sum = (Math.imul(sum, 31) + bits[i]!) | 0;
  return sum;
}

/** @throws {FedwardError} CLIENT_FAILED for a trainer that has written to what it was to start from: what it changed in it is lost */
export function assertUntouched({ name }: LocalTrainer, before: number, from: Parameters): void {
  if (sumOf(from) === before) return;
  throw new FedwardError(
    'CLIENT_FAILED',
    `trainer ${name} has written to the model that it was given: nothing is sent`,
    name,
  );
}

/**
 * @param own names of tensors that are the site's own, of which the payload has what was sent
 * @throws {FedwardError} CLIENT_FAILED for a trainer that gives them back where what is sent is taken from
 */
export function assertKept(
  { name }: LocalTrainer,
  { payload }: Trained,
  from: Parameters,
  own: readonly string[],
): void {
  for (const { name: tensor, offset, size } of from.layout.tensors) {
    if (!own.includes(tensor)) continue;
    for (let i = offset; i < offset + size; i++)
      if (!Object.is(payload.values[i], from.values[i]))
        throw new FedwardError(
          'CLIENT_FAILED',
          `trainer ${name} gives back ${tensor}, which is private, with the model that is sent: nothing is sent`,
          tensor,
        );
  }
}

/**
 * @param frozen names of tensors that the plan freezes
 * @throws {FedwardError} CLIENT_FAILED for an update that moves one: whatever made it did not leave it as it was
 */
export function assertStill({ layout, values }: Tensors, frozen: readonly string[], strategy: string): void {
  for (const { name, offset, size } of layout.tensors) {
    if (!frozen.includes(name)) continue;
    for (let i = offset; i < offset + size; i++)
      if (values[i] !== 0)
        throw new FedwardError(
          'CLIENT_FAILED',
          `${strategy} moves ${name}, which the plan freezes: nothing is sent`,
          name,
        );
  }
}

function differing(a: Applied, b: Applied): keyof Applied | undefined {
  const members = [
    ...(['gradientPrivacy', 'proximalMu', 'frozen', 'correction', 'privateTensors'] as const),
    ...(['objective', 'augmentation'] as const),
  ];
  return members.find((member) => canonicalJson(a[member] ?? null) !== canonicalJson(b[member] ?? null));
}

const words: Readonly<Record<keyof Applied, string>> = {
  gradientPrivacy: 'clipping',
  proximalMu: 'proximal term',
  frozen: 'frozen tensors',
  correction: 'correction',
  privateTensors: 'private tensors',
  objective: 'objective',
  augmentation: 'augmentation',
};

function told(member: keyof Applied, applied: Applied): string {
  const value = applied[member];
  if (value === undefined) return `no ${words[member]}`;
  if (member === 'objective' || member === 'augmentation') return `the ${words[member]} ${canonicalJson(value)}`;
  if (member !== 'gradientPrivacy') return value === true ? `a ${words[member]}` : `${words[member]} ${String(value)}`;
  const { clip, clipNorm, noiseMultiplier } = applied.gradientPrivacy!;
  return `${clip} clipping (clip norm ${clipNorm}, noise multiplier ${noiseMultiplier})`;
}

export type Streams = Pick<ClientContext, 'random' | 'noise'>;

/**
 * A client's streams of one round.
 * @param adjacency of what has a price; undefined where nothing has
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where something has a price and a stream can be foretold, from a source that
 *   says that it is secret
 */
export function streamsOf(
  randomness: Randomness,
  clientId: string,
  round: number,
  adjacency: Adjacency | undefined,
): Streams {
  const [random, noise] = [randomness.random(clientId, round), randomness.noise(clientId, round)];
  const known = [...(random.secret ? [] : ['random']), ...(noise.simulationOnly ? ['noise'] : [])];
  if (adjacency && !randomness.simulationOnly && known.length > 0)
    throw incompatible(
      `${clientId}: the randomness says that it is secret, and its ${known.join(' and ')} can be foretold: dropout masks ` +
        'and batches must be as secret as the noise. Use secretRandomness(), or Random.secret() and SecureNoise',
      'randomness',
    );
  return { random, noise };
}
