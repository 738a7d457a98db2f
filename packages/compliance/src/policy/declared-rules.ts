import { isTrainingPlan, type Asked } from '@fedward/core';
import * as z from 'zod';
import { verifyApprovals } from '../approval/verify.js';
import { permitSchema } from '../checks/declarations.js';
import { permitFaults } from '../checks/permit.js';
import { matches, openly, type Rule, type Verdict } from './rule.js';
import type { SitePolicyRules } from './schema.js';

const texts = z.array(z.string());
const declaredSchema = z.object({ users: texts.min(1), ehds: z.object({ permit: permitSchema }) });
const endpointsSchema = z.object({
  endpoints: z.array(z.object({ id: z.string(), country: z.string() })).min(1),
});

/** What is declared, when it is asked, what runs, and who has approved it. */
export const declaredRules: readonly Rule[] = [
  {
    name: 'hours',
    admits({ hours }, { time }) {
      if (!hours) return undefined;
      const { timeZone, days, from, until } = hours;
      const { day, clock } = localTime(time, timeZone);
      if (days.some((each) => each === day) && clock >= from && clock < until) return undefined;
      return openly(`work is done here on ${days.join(', ')} from ${from} to ${until} (${timeZone}): ask again then`);
    },
  },
  {
    name: 'countries',
    admits({ countries }, { declared }) {
      if (!countries) return undefined;
      const said = endpointsSchema.safeParse(declared);
      if (!said.success) return openly('the study declares no countries of its endpoints: declare `endpoints`');
      const other = said.data.endpoints.find(({ country }) => !countries.includes(country));
      if (!other) return undefined;
      return openly(
        `the study has the endpoint ${other.id} in ${other.country}; those in ${countries.join(', ')} may be there`,
      );
    },
  },
  {
    name: 'permit',
    admits({ permit }, asked) {
      return permit && assertPermit(permit, asked);
    },
  },
  {
    name: 'software',
    admits({ software }, { software: running }) {
      if (!software) return undefined;
      for (const { name, version } of running) {
        const allowed = Object.hasOwn(software, name) ? software[name]! : undefined;
        if (!allowed) return openly(`${name} is no software that may run here`);
        if (!allowed.some((each) => matches(each, version)))
          return openly(`${name} ${version} runs here, allowed is ${allowed.join(', ')}`);
      }
      return undefined;
    },
  },
  {
    name: 'approvals',
    async admits({ approvals }, asked, { approvals: store, subjectOf }) {
      if (!approvals) return undefined;
      if (!store || !subjectOf) return openly('plans are approved here before they run, and nobody can look up which are: name the folder of approvals'); // prettier-ignore
      const { ok, why, told } = await verifyApprovals(store, subjectOf(asked), { ...approvals, now: asked.time });
      return ok ? undefined : { reason: why, told };
    },
  },
];

/** Regulation (EU) 2025/327, Articles 61 and 68: what a data permit binds its holder to. */
function assertPermit({ dataset, ids, purposes }: NonNullable<SitePolicyRules['permit']>, asked: Asked): Verdict {
  const said = declaredSchema.safeParse(asked.declared);
  if (!said.success) {
    const at = said.error.issues[0]!.path.join('.');
    return openly(`the study declares no whole data permit: ${at || 'ehds.permit'} is missing or malformed`);
  }
  const { users, ehds } = said.data;
  const { permit } = ehds;
  if (ids && !ids.includes(permit.id)) return openly(`permit ${permit.id} is not known here`);
  if (purposes && !purposes.includes(permit.purpose))
    return openly(`permit ${permit.id} has the purpose ${permit.purpose}; here it is ${purposes.join(' or ')}`);
  const faults = permitFaults(permit, {
    today: new Date(asked.time).toISOString().slice(0, 10),
    users,
    datasets: [dataset === undefined ? { id: asked.clientId, digest: asked.dataSheet } : { id: dataset }],
    outputs: outputsOf(asked),
  });
  return faults.length === 0 ? undefined : openly(faults.map(({ words }) => words).join('; '));
}

/** What leaves by what is asked, as permits call it. */
function outputsOf({ kind, plan }: Asked): string[] {
  if (!isTrainingPlan(plan)) return ['statistics'];
  return plan.evaluation || kind === 'evaluation' ? ['model', 'site-scores'] : ['model'];
}

function localTime(time: string, timeZone: string): { readonly day: string; readonly clock: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const parts = new Map(format.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  return { day: parts.get('weekday')!.toLowerCase(), clock: `${parts.get('hour')}:${parts.get('minute')}` };
}
