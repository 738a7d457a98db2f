import type { HospitalResult } from '../run/result.js';

/** Of the hospitals that have a personal model: which model each is advised to use and why, a sentence a hospital. */
export function deployText(hospitals: readonly Pick<HospitalResult, 'id' | 'deploy'>[]): string[] {
  const advised = hospitals.flatMap(({ id, deploy }) => (deploy ? [{ id, deploy }] : []));
  if (advised.length === 0) return [];
  return [
    ...advised.map(({ id, deploy: { model, because } }) => `Deploy at ${id}: ${model}; ${because}.`),
    `Personal models stay at their hospitals: hospitals/<hospital>/model.safetensors in the run's folder, in no other file.`,
  ];
}
