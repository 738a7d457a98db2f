import {
  PluginRegistry,
  type Compression,
  type PrivacyMechanism,
  type SiteStrategy,
  type TrainingPlan,
} from '@fedward/core';
import { catalogue } from '../plugins/catalogue.js';

/** What a site has of the plugins of its plan, beside its trainer. */
export interface SiteHalves {
  readonly mechanisms: readonly PrivacyMechanism[];
  readonly strategy?: SiteStrategy;
  readonly compression?: Compression;
}

/**
 * Made from those that come with fedward, of which only the packages that the plan names are loaded.
 * @throws {FedwardError} PLUGIN_UNKNOWN
 */
export async function siteHalvesOf(plan: TrainingPlan, withStrategy: boolean): Promise<SiteHalves> {
  const { mechanisms = [] } = plan.privacy ?? {};
  const named = [...mechanisms.map(({ name }) => `mechanism ${name}`), ...(withStrategy ? [`aggregator ${plan.aggregator.name}`] : []), ...(plan.compression ? [`compression ${plan.compression.name}`] : [])]; // prettier-ignore
  const packages = catalogue.filter(({ plugins }) =>
    plugins.some(({ kind, name }) => named.includes(`${kind} ${name}`)),
  );
  const registry = new PluginRegistry((await Promise.all(packages.map(({ load }) => load()))).flatMap(({ plugins }) => plugins)); // prettier-ignore
  const strategy = withStrategy ? registry.site(plan.aggregator) : undefined;
  return {
    mechanisms: mechanisms.map((reference, i) => registry.create('mechanism', reference, `privacy.mechanisms.${i}`)),
    ...(strategy && { strategy }),
    ...(plan.compression && { compression: registry.create('compression', plan.compression) }),
  };
}

/**
 * Whether sites of this plan can answer in a thread: its plugins come with fedward, so that a thread finds them, and no
 * mechanism talks with its half at the server, for which all of a round would have to be in one thread.
 */
export function canLiveInThreads(plan: TrainingPlan, { mechanisms, strategy }: SiteHalves): boolean {
  const known = new Set(catalogue.flatMap(({ plugins }) => plugins.map(({ kind, name }) => `${kind} ${name}`)));
  if (strategy && !known.has(`aggregator ${plan.aggregator.name}`)) return false;
  if (plan.compression && !known.has(`compression ${plan.compression.name}`)) return false;
  return mechanisms.every(({ name, onCall }) => known.has(`mechanism ${name}`) && !onCall);
}
