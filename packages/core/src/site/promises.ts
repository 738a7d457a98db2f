import { FedwardError } from '../base/errors.js';
import type { GradientPrivacy } from '../interfaces/privacy.js';
import type { ClientContext, LocalTrainer } from '../interfaces/trainer.js';
import type { Adjacency } from '../privacy/events.js';
import type { Randomness } from '../random/randomness.js';
import { incompatible, type Protection } from '../privacy/protection.js';

// A price rests on what a trainer and a source of randomness do, and neither is core's: what they were asked for is
// asked back.

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a trainer that does not say that it can do to each step's gradient what
 *   the plan's mechanisms ask: it would train, and its update would be taken for a protected one
 */
export function requireProvided({ name, provides = [] }: LocalTrainer, { gradient }: Protection): void {
  if (!gradient) return;
  const wanted = `${gradient.clip}-clipping` as const;
  if (provides.includes(wanted)) return;
  throw incompatible(
    `the plan's mechanisms need ${wanted}, which trainer ${name} does not provide (\`provides\`)`,
    'training.trainer',
  );
}

/** @throws {FedwardError} CLIENT_FAILED unless a trainer says that it carried out what it was asked for, and no other */
export function requireApplied(
  { name }: LocalTrainer,
  applied: GradientPrivacy | undefined,
  asked: GradientPrivacy | undefined,
): void {
  const same =
    applied?.clip === asked?.clip &&
    applied?.clipNorm === asked?.clipNorm &&
    applied?.noiseMultiplier === asked?.noiseMultiplier;
  if (same) return;
  const message = `trainer ${name} was asked for ${told(asked)} in every step and says that it carried out ${told(applied)}`;
  throw new FedwardError('CLIENT_FAILED', `${message}: nothing is sent`, name);
}

function told(privacy: GradientPrivacy | undefined): string {
  if (!privacy) return 'no clipping';
  return `${privacy.clip} clipping (clip norm ${privacy.clipNorm}, noise multiplier ${privacy.noiseMultiplier})`;
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
