import type { Json, JsonObject } from '@fedward/core';
import { asObject, listIn, numberIn, objectIn, textIn } from './details.js';

/** A number of things in words: `1 round`, `2 rounds`. */
export function counted(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** Four significant digits. */
export function rounded(x: number): string {
  return String(Number(x.toPrecision(4)));
}

/** Four significant digits, never less than it is: a price is not told too low. */
export function roundedUp(x: number): string {
  const near = Number(x.toPrecision(4));
  if (near >= x || !Number.isFinite(x) || x === 0) return String(near);
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(x))) - 3);
  return String(Number((near + unit).toPrecision(4)));
}

/** A digest as people compare it at a glance. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** The epsilon that an event tells: its own, or that of the run's statement. */
export function epsilonOf(details: JsonObject): number | undefined {
  return numberIn(details, 'epsilon') ?? numberIn(objectIn(details, 'privacy') ?? {}, 'epsilon');
}

/** Shapes are only ever added: one that is not known is told by its name, where that is one. */
const shape = /^[a-z]+(-[a-z]+){0,5}$/;

/** What was spent of a privacy budget (`DpEvent` of core) in words; undefined where nothing has a price. */
export function spentWords(spent: Json | undefined): string | undefined {
  const event = asObject(spent);
  if (!event) return undefined;
  const type = textIn(event, 'type');
  const inner = spentWords(event['event']) ?? 'unknown';
  const figure = (key: string): string => rounded(numberIn(event, key) ?? NaN);
  switch (type) {
    case 'none':
      return undefined;
    case 'non-private':
      return 'without protection';
    case 'gaussian':
      return `Gaussian noise ${figure('noiseMultiplier')}`;
    case 'laplace':
      return `Laplace noise ${figure('noiseMultiplier')}`;
    case 'discrete-gaussian':
      return `discrete Gaussian noise ${figure('sigma')} on ${figure('sensitivity')}`;
    case 'poisson-sampled':
      return `${inner} on samples of ${figure('samplingProbability')}`;
    case 'fixed-size-sampled':
      return `${inner} on ${figure('size')} of ${figure('population')}`;
    case 'repeated':
      return `${figure('count')} x ${inner}`;
    case 'composed':
      return (listIn(event, 'events') ?? []).map((part) => spentWords(part) ?? 'unknown').join(' + ') || undefined;
    default:
      return type !== undefined && shape.test(type) ? type : 'unknown';
  }
}
