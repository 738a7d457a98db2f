import { isTrainingPlan, layoutOf } from '@fedward/core';
import { openly, type Rule } from './rule.js';

/** What is asked: which plan, which work, which model, together with whom. */
export const workRules: readonly Rule[] = [
  {
    name: 'plans',
    admits({ plans }, { planHash }) {
      if (!plans || plans.includes(planHash)) return undefined;
      return openly(`plan ${planHash} is none of those that are let in here; ask this hospital to add it`);
    },
  },
  {
    name: 'work',
    admits({ work }, { plan }) {
      if (!work) return undefined;
      const [kind, named, allowed] = isTrainingPlan(plan)
        ? (['trainer', plan.training.trainer, work.trainers] as const)
        : (['query', plan.query.name, work.queries] as const);
      if (allowed?.includes(named)) return undefined;
      return openly(`${kind} ${named} does not run here; ${allowed ? `what does: ${allowed.join(', ')}` : 'no such work does'}`); // prettier-ignore
    },
  },
  {
    name: 'models',
    admits({ models }, { plan }) {
      if (!models || !isTrainingPlan(plan)) return undefined;
      const { losses, layers, mostParameters } = models;
      const { model } = plan;
      if (losses && !losses.includes(model.loss))
        return openly(`models of loss ${model.loss} are not trained here; those of ${losses.join(', ')} are`);
      const layer = model.layers.find(({ type }) => layers && !layers.includes(type));
      if (layer) return openly(`models with a layer ${layer.type} are not trained here; ${layers!.join(', ')} may be in one`); // prettier-ignore
      const { size } = layoutOf(model);
      if (mostParameters === undefined || size <= mostParameters) return undefined;
      return openly(`the model has ${size} parameters, the most here is ${mostParameters}`);
    },
  },
  {
    name: 'minimumRecords',
    async admits({ minimumRecords }, { records }) {
      if (minimumRecords === undefined) return undefined;
      const count = await records();
      if (count >= minimumRecords) return undefined;
      // How many there are is a fact about patients, and so is that there are fewer: it can't be hidden from who asks.
      return {
        reason: `there are ${count} records, the least is ${minimumRecords}`,
        told: 'there are too few records here for this plan: leave this hospital out',
      };
    },
  },
  {
    name: 'minimumHospitals',
    admits({ minimumHospitals }, { kind, plan, cohort }) {
      if (minimumHospitals === undefined || kind === 'evaluation') return undefined;
      const { cohort: choice } = plan;
      const size = 'size' in choice ? choice.size : undefined;
      const together = kind === 'plan' ? (size ?? Infinity) : new Set(cohort).size;
      if (together >= minimumHospitals) return undefined;
      return openly(`${together} hospitals are asked together, the least is ${minimumHospitals}: raise cohort.size, or ask more hospitals`); // prettier-ignore
    },
  },
  {
    name: 'requireSecureAggregation',
    admits({ requireSecureAggregation }, { plan }) {
      if (!requireSecureAggregation) return undefined;
      const { mechanism } = requireSecureAggregation;
      if (plan.privacy?.mechanisms.at(-1)?.name === mechanism) return undefined;
      return openly(`updates leave masked only: name ${mechanism} last in privacy.mechanisms`);
    },
    releases({ requireSecureAggregation }, leaving) {
      if (!requireSecureAggregation || leaving.kind !== 'update') return undefined;
      // What the plan names may be another plugin here, under the same name.
      if (leaving.message.payload.values instanceof Uint32Array) return undefined;
      return openly('the update was to leave with numbers that nothing has masked');
    },
  },
];
