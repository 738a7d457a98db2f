import {
  composeEvents,
  FedwardError,
  type AccountantFactory,
  type Adjacency,
  type DpEvent,
  type PrivacyAccountant,
} from '@fedward/core';

/**
 * A correct accountant, as small as it can be: zero-concentrated differential privacy (Bun and Steinke 2016,
 * propositions 1.3, 1.6 and 1.7). A sample costs what the whole would cost, which is sound.
 */
export class Zcdp implements PrivacyAccountant {
  readonly name: string = 'zcdp';
  protected rho = 0;
  protected composed: DpEvent = { type: 'none' };

  constructor(readonly adjacency: Adjacency) {}

  get ledger(): DpEvent {
    return this.composed;
  }

  supports(event: DpEvent): boolean {
    switch (event.type) {
      case 'none':
        return true;
      case 'gaussian':
        return event.noiseMultiplier > 0;
      case 'poisson-sampled':
        return event.samplingProbability >= 0 && event.samplingProbability <= 1 && this.supports(event.event);
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
    this.composed = composeEvents(this.composed, event);
  }

  preview(event: DpEvent, delta: number): number {
    this.assertSupported(event);
    return this.convert(this.rho + this.price(event), delta);
  }

  epsilon(delta: number): number {
    return this.convert(this.rho, delta);
  }

  protected assertSupported(event: DpEvent): void {
    if (!this.supports(event)) throw new FedwardError('EVENT_UNSUPPORTED', `no price for ${JSON.stringify(event)}`);
  }

  protected price(event: DpEvent): number {
    switch (event.type) {
      case 'gaussian':
        return 1 / (2 * event.noiseMultiplier ** 2);
      case 'poisson-sampled':
        return this.price(event.event);
      case 'repeated':
        return event.count * this.price(event.event);
      case 'composed':
        return event.events.reduce((sum, part) => sum + this.price(part), 0);
      default:
        return 0;
    }
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
