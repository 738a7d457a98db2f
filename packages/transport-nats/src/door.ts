import type { Client, Json } from '@fedward/core';
import type { Study } from './study.js';

/** What is known of a question before anything of it is downloaded: all of it is signed by the coordinator. */
export interface QuestionAbout {
  readonly kind: 'describe' | 'propose' | 'answer' | 'evaluate' | 'call';
  readonly runId: string;
  readonly planHash: string;
  /** Absent before round 0. */
  readonly round?: number;
  /** What would be downloaded, bytes. */
  readonly bytes: number;
}

/** What a coordinator tells a hospital of a study that is no question to its client. */
export type StudyNotice =
  /** Answered with where the study stands there. */
  | { readonly kind: 'proposed'; readonly study: Study }
  /** Nothing more is asked. What was kept for questions that come again can go. */
  | {
      readonly kind: 'ended';
      readonly runId: string;
      readonly how: 'done' | 'stopped' | 'failed';
      readonly words: string;
    };

/** Where a study stands at a hospital. */
export interface StudyStanding extends Readonly<Record<string, Json>> {
  readonly state: 'waiting' | 'approved' | 'refused';
  /** Why, in words for people at the coordinator: without anything of patients. */
  readonly why: string;
}

/** What a hospital's courier knocks at. Each method is asked of what was verified to be the coordinator's. */
export interface SiteDoor {
  /**
   * Before anything is downloaded.
   * @throws {FedwardError} to refuse: PLAN_NOT_APPROVED and the like
   */
  admit(about: QuestionAbout): Promise<void>;
  /** The client that answers under this plan. @throws {FedwardError} PLAN_NOT_APPROVED */
  clientOf(planHash: string): Promise<Client>;
  /** For `proposed`; of `ended` nothing is waited for. */
  study(notice: StudyNotice): Promise<StudyStanding>;
  /** The coordinator's state has this hospital's update of the round: what was kept to be sent again can go. */
  taken(runId: string, round: number): Promise<void>;
}
