import { digestJson, type ModelSpec } from '@fedward/core';
import { models } from '@fedward/models-medical';
import type { Population } from '../scenario/scenario.js';

/** The name under which the command line knows a model; `custom` for one that a config spells out. */
export function modelNameOf(
  spec: ModelSpec,
  { inputShape, classes, label }: Pick<Population, 'inputShape' | 'classes' | 'label'>,
): string {
  const digest = digestJson(spec);
  const data = {
    inputShape,
    classes,
    ...(spec.loss === 'cox' ? { label: 'time-to-event' as const } : label && { label }),
  };
  // A model may not fit the data, such as one of classes where there is a time to an event.
  const isIt = (name: string): boolean => {
    try {
      return digestJson(models[name]!(data)) === digest;
    } catch {
      return false;
    }
  };
  return Object.keys(models).find(isIt) ?? 'custom';
}
