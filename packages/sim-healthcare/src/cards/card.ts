import type { BundleManifest } from '@fedward/model-bundle';

/** A part of a section, without any markup: what reads it writes it in its own way. */
export type CardBlock =
  | { readonly kind: 'text' | 'warning'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** The first cell of each row says what the row is about. */
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'commands'; readonly lines: readonly string[] };

/** A heading and what stands below it. */
export interface CardSection {
  readonly heading: string;
  readonly blocks: readonly CardBlock[];
}

/**
 * A model card (Mitchell et al. 2019, Model Cards for Model Reporting, section 4) as data: `model-card.json`, from which
 * the Markdown and the HTML are written. Members are only ever added.
 */
export interface ModelCard {
  readonly cardVersion: 1;
  readonly title: string;
  readonly runId: string;
  readonly planHash: string;
  /** The run's secret number: the log has this file's digest, from which no count in it may be found by trying. */
  readonly nonce: string;
  readonly sections: readonly CardSection[];
  /** The figures as numbers, for programs. */
  readonly evaluation: BundleManifest['evaluation'];
}

export const textBlock = (text: string): CardBlock => ({ kind: 'text', text });
export const warningBlock = (text: string): CardBlock => ({ kind: 'warning', text });
