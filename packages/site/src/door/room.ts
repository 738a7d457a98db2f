import { join } from 'node:path';
import { openWitness } from '@fedward/audit';
import { sitePolicy, type RunSubject } from '@fedward/compliance';
import {
  coordinator,
  createSite,
  FedwardError,
  isTrainingPlan,
  secretRandomness,
  simulatedRandomness,
  type Client,
  type Outbox,
  type PrivacyMechanism,
  type TrainingPlan,
} from '@fedward/core';
import { reached } from '@fedward/kit-daemon';
import { modelMetrics } from '@fedward/metrics-clinical';
import type { DiskLedger } from '@fedward/privacy-dp/ledger';
import { InstalledPlugins, pluginsOf, priceOf, sheetsOf, softwareOf, subjectAt } from '@fedward/sim-healthcare';
import { loadOwnData, type OwnData } from '../data/index.js';
import { asKnown, type StudyRecord } from '../studies/index.js';
import type { House } from './house.js';
import { ledgerOf } from './ledger.js';
import { pointed } from './pointed-trainer.js';

/** A study with the data and the plugins that it would run on here. */
export interface Room {
  readonly plan: TrainingPlan;
  readonly mechanisms: readonly PrivacyMechanism[];
  readonly data: OwnData;
  /** What is approved. */
  readonly subject: RunSubject;
  readonly ledger: DiskLedger | undefined;
  /** What its trainer runs on, as it describes itself; undefined until it was asked. */
  readonly runsOn: () => string | undefined;
  /** Answers behind ledger, log and rules; whether it may is for the door to say. */
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * Reads a study's data and makes its site of core.
 * @throws {FedwardError} what `pluginsOf`, `loadOwnData`, `ledgerOf` and `createSite` throw: the first before any record is read
 */
export async function openRoom(house: House, record: StudyRecord, plugins: RoomPlugins): Promise<Room> {
  const { config, files, signer, book } = house;
  const { study, nonce } = record;
  const { plan, made, trainer } = plugins;
  const data = await loadOwnData(config.data!, {
    ...{ id: config.id, folder: files.folder, plan, nonce, splitSecret: house.splitSecret, team: house.team },
  });
  const { inputs, hospital } = data;
  const simulation = study.declared === null ? {} : { declared: study.declared };
  const known = subjectAt({ plan, inputs, simulation }, hospital.id);
  const now: RunSubject = { ...known, hospital: config.id, initial: study.initial };
  const subject = asKnown(record.proposed?.subject, now);
  const dataSheet = sheetsOf(inputs).get(hospital.id);
  const { mechanisms, strategy, compression } = made;
  let runsOn: string | undefined;
  const ledger = await ledgerOf(house, { plan, mechanisms, digest: data.digest });
  const price = priceOf({ plugins: made });
  const witness = await openWitness(join(book.folderOf(study.id), 'witness'), {
    signer,
    known: (who) => (who === coordinator ? config.coordinator.verifierKey : undefined),
  });
  try {
    const client = createSite({
      ...{ id: config.id, plan, mechanisms, data: hospital.train },
      trainer: pointed(trainer, (said) => (runsOn = said)),
      ...(strategy && { strategy }),
      ...(compression && { compression }),
      ...(dataSheet !== undefined && { dataSheet }),
      ...(ledger && { ledger }),
      ...{ audit: house.audit, witness, outbox: told(house.outbox), store: house.store, answers: house.answers },
      randomness: config.noise === 'seeded' ? simulatedRandomness(plan.seed) : secretRandomness(),
      ...(plan.evaluation && {
        testData: hospital.test,
        metrics: (outputs, labels) => modelMetrics(plan.model.loss, outputs, labels),
      }),
      policy: sitePolicy(house.rules, {
        ...(price && { price }),
        approvals: house.approvals,
        // Of the plan that is asked for, which may be another than the study's.
        subjectOf: ({ planHash }) => ({ ...subject, plan: planHash }),
        ledgerBudget: ledger && config.ledger?.budget,
      }),
      ...(study.declared && { declared: study.declared }),
      ...(study.initial !== null && { startsFrom: study.initial }),
      software: softwareOf(inputs),
      onFailure: (error, { round }) => house.onEvent({ event: 'failed', study: study.id, round, error }),
      now: house.now,
    });
    const close = async (): Promise<void> => {
      await witness.close();
      await trainer.close?.();
    };
    return { plan, mechanisms, data, subject, ledger, client, close, runsOn: () => runsOn };
  } catch (error) {
    await witness.close();
    throw error;
  }
}

/** What a plan needs of this machine's software. */
export type RoomPlugins = Awaited<ReturnType<typeof roomPlugins>>;

/**
 * The plugins of a plan, by what is installed here: no record is read, and what goes wrong may be told to whoever proposes it.
 * @throws {FedwardError} PLUGIN_UNKNOWN, CONFIG_INVALID, CONFIG_INCOMPATIBLE
 */
export async function roomPlugins(house: Pick<House, 'config' | 'team' | 'trainerOf'>, { study }: StudyRecord) {
  const { plan } = study;
  if (!isTrainingPlan(plan))
    throw new FedwardError('CONFIG_INCOMPATIBLE', `the plan asks the query ${plan.query.name}; this daemon answers trainings`, 'query.name'); // prettier-ignore
  const { trainer } = plan.training;
  // Own keys alone: a plan may name anything.
  const { trainers } = house.config;
  const options = Object.hasOwn(trainers, trainer) ? trainers[trainer] : undefined;
  const installed = (await InstalledPlugins.load(house.team, plan)).withTrainerOptions(options);
  return { plan, made: await pluginsOf(plan, installed), trainer: await house.trainerOf(trainer, installed) };
}

/** Tells when an answer is on the disk. */
function told(outbox: Outbox): Outbox {
  return {
    find: (key) => outbox.find(key),
    async keep(key, answer) {
      await outbox.keep(key, answer);
      reached('site.answer-kept', { runId: key.runId, round: key.round });
    },
  };
}
