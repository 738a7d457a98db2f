import {
  composeEvents,
  FedwardError,
  type AccountantFactory,
  type Adjacency,
  type DpEvent,
  type PrivacyAccountant,
  type Unpriced,
} from '@fedward/core';

/** Why it has no price for an event. */
export const noPrice = 'zero-concentrated privacy knows noise above zero, on samples with numbers in their range';

/**
 * A correct accountant, as small as it can be: zero-concentrated differential privacy (Bun and Steinke 2016,
 * propositions 1.3, 1.4, 1.6 and 1.7), and pure differential privacy where all is Laplace noise. A sample costs what
 * the whole would cost, which is sound.
 */
export class Zcdp implements PrivacyAccountant {
  readonly name: string = 'zcdp';
  protected rho = 0;
  /** Sum of the pure epsilons. */
  protected pure = 0;
  protected spent: DpEvent = { type: 'none' };

  constructor(readonly adjacency: Adjacency) {}

  get composed(): DpEvent {
    return this.spent;
  }

  unpriced(event: DpEvent): Unpriced | undefined {
    if (this.supports(event)) return undefined;
    const parts = event.type === 'composed' ? event.events : 'event' in event ? [event.event] : [];
    for (const part of parts) {
      const unpriced = this.unpriced(part);
      if (unpriced) return unpriced;
    }
    return { part: event, reason: noPrice };
  }

  protected supports(event: DpEvent): boolean {
    switch (event.type) {
      case 'none':
        return true;
      case 'gaussian':
      case 'laplace':
        return event.noiseMultiplier > 0;
      case 'discrete-gaussian':
        return event.sigma > 0 && event.sensitivity >= 0;
      case 'poisson-sampled':
        return event.samplingProbability >= 0 && event.samplingProbability <= 1 && this.supports(event.event);
      case 'fixed-size-sampled': {
        const { size, population } = event;
        const drawn = Number.isSafeInteger(size) && Number.isSafeInteger(population) && size >= 0 && size <= population;
        return this.adjacency === 'replace-one' && drawn && this.supports(event.event);
      }
      case 'repeated':
        return Number.isSafeInteger(event.count) && event.count >= 1 && this.supports(event.event);
      case 'composed':
        return event.events.every((part) => this.supports(part));
      default:
        return false;
    }
  }

  compose(event: DpEvent): void {
    this.assertSupported(event);
    this.rho += this.price(event);
    this.pure += this.purePrice(event);
    this.spent = composeEvents(this.spent, event);
  }

  preview(event: DpEvent, delta: number): number {
    this.assertSupported(event);
    return this.least(this.rho + this.price(event), this.pure + this.purePrice(event), delta);
  }

  epsilon(delta: number): number {
    return this.least(this.rho, this.pure, delta);
  }

  protected assertSupported(event: DpEvent): void {
    const unpriced = this.unpriced(event);
    if (unpriced) throw new FedwardError('EVENT_UNSUPPORTED', `${JSON.stringify(unpriced.part)}: ${unpriced.reason}`);
  }

  protected price(event: DpEvent): number {
    switch (event.type) {
      case 'gaussian':
      case 'laplace':
        return 1 / (2 * event.noiseMultiplier ** 2);
      case 'discrete-gaussian':
        return event.sensitivity ** 2 / (2 * event.sigma ** 2);
      case 'poisson-sampled':
      case 'fixed-size-sampled':
        return this.price(event.event);
      case 'repeated':
        return event.count * this.price(event.event);
      case 'composed':
        return event.events.reduce((sum, part) => sum + this.price(part), 0);
      default:
        return 0;
    }
  }

  /** Infinity for all noise but Laplace's. */
  protected purePrice(event: DpEvent): number {
    switch (event.type) {
      case 'none':
        return 0;
      case 'laplace':
        return 1 / event.noiseMultiplier;
      case 'poisson-sampled':
      case 'fixed-size-sampled':
        return this.purePrice(event.event);
      case 'repeated':
        return event.count * this.purePrice(event.event);
      case 'composed':
        return event.events.reduce((sum, part) => sum + this.purePrice(part), 0);
      default:
        return Number.POSITIVE_INFINITY;
    }
  }

  private least(rho: number, pure: number, delta: number): number {
    const epsilon = this.convert(rho, delta);
    return pure > 0 ? Math.min(epsilon, pure) : epsilon;
  }

  protected convert(rho: number, delta: number): number {
    if (!(delta > 0 && delta < 1)) throw new FedwardError('ARGUMENT_INVALID', `delta ${delta}`, 'delta');
    return rho + 2 * Math.sqrt(rho * Math.log(1 / delta));
  }
}

export const using =
  (accountant: new (adjacency: Adjacency) => PrivacyAccountant): (() => AccountantFactory) =>
  () =>
  (adjacency) =>
    new accountant(adjacency);

export const referenceAccountant = using(Zcdp);
