import {
  createLayout,
  createTensors,
  FedwardError,
  type Query,
  type TensorsForm,
  type TrainingData,
} from '@fedward/core';
import * as z from 'zod';

/** The options of `my-plugin`. */
export const myPluginOptions = z.strictObject({
  classes: z.int().min(1).max(100_000).describe('number of classes; labels are whole numbers from 0 on'),
});

/** Of `myPluginQuery`. */
export type MyPluginOptions = z.output<typeof myPluginOptions>;

/** What sites answer and the server sums: `counts` [classes]. */
export const formOf = ({ classes }: MyPluginOptions): TensorsForm => ({
  layout: createLayout([{ name: 'counts', shape: [classes] }]),
  element: 'f64',
});

/** How many records of each class there are. */
export function myPluginQuery(options: MyPluginOptions): Query<TrainingData> {
  const form = formOf(options);
  return {
    name: 'my-plugin',
    form,
    // A record more moves one count by 1. How many records a patient or a hospital has, nothing bounds: no price there.
    sensitivity: (unit) => (unit === 'record' ? 1 : undefined),
    validateData({ labels }) {
      const row = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= options.classes);
      if (row < 0) return;
      const message = `the label of row ${row} is no class number from 0 to ${options.classes - 1}`;
      throw new FedwardError('DATA_MALFORMED', message, 'labels');
    },
    async answer({ data: { count, labels } }) {
      const { layout, values } = createTensors(form);
      for (let row = 0; row < count; row++) values[labels[row]!]! += 1;
      return { layout, values };
    },
  };
}
