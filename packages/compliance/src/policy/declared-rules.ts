import { isTrainingPlan, type Asked } from '@fedward/core';
import * as z from 'zod';
import { verifyApprovals } from '../approval/verify.js';
import { matches, openly, type Rule, type Verdict } from './rule.js';
import type { SitePolicyRules } from './schema.js';

const texts = z.array(z.string());
const permitSchema = z.object({
  id: z.string().min(1),
  purpose: z.string().min(1),
  users: texts.min(1),
  datasets: texts.min(1),
  /** Days, or moments, ISO 8601: the last day is part of it. */
  from: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
  until: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
  outputs: texts.min(1),
});
const declaredSchema = z.object({ purpose: z.string().min(1), users: texts.min(1), permit: permitSchema });
const countriesSchema = z.object({ countries: texts.min(1) });

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
      const said = countriesSchema.safeParse(declared);
      if (!said.success) return openly('the study declares no countries of its endpoints: declare `countries`');
      const other = said.data.countries.find((country) => !countries.includes(country));
      if (other === undefined) return undefined;
      return openly(`the study has an endpoint in ${other}; those in ${countries.join(', ')} may be there`);
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
      const { ok, why } = await verifyApprovals(store, subjectOf(asked), { ...approvals, now: asked.time });
      return ok ? undefined : openly(why);
    },
  },
];

/** Regulation (EU) 2025/327: what a data permit binds its holder to. */
function assertPermit({ dataset, ids }: NonNullable<SitePolicyRules['permit']>, asked: Asked): Verdict {
  const said = declaredSchema.safeParse(asked.declared);
  if (!said.success) {
    const at = said.error.issues[0]!.path.join('.');
    return openly(`the study declares no whole data permit: ${at || 'permit'} is missing or malformed`);
  }
  const { purpose, users, permit } = said.data;
  if (ids && !ids.includes(permit.id)) return openly(`permit ${permit.id} is not known here`);
  const now = Date.parse(asked.time);
  if (!(now >= Date.parse(permit.from) && now < endOf(permit.until)))
    return openly(`permit ${permit.id} is for ${permit.from} to ${permit.until}, it is ${asked.time}`);
  if (purpose !== permit.purpose) return openly(`the study declares another purpose than permit ${permit.id} has`);
  const stranger = users.find((user) => !permit.users.includes(user));
  if (stranger !== undefined) return openly(`${stranger} is no user of permit ${permit.id}`);
  if (!permit.datasets.includes(dataset)) return openly(`permit ${permit.id} is not for the data set ${dataset}`);
  const output = isTrainingPlan(asked.plan) ? 'model' : 'statistics';
  if (permit.outputs.includes(output)) return undefined;
  return openly(`permit ${permit.id} has no output \`${output}\`; it has ${permit.outputs.join(', ')}`);
}

/** A day is over at its end (UTC), a moment when it is there. */
function endOf(until: string): number {
  return Date.parse(until) + (/^\d{4}-\d\d-\d\d$/.test(until) ? 86_400_000 : 0);
}

function localTime(time: string, timeZone: string): { readonly day: string; readonly clock: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const parts = new Map(format.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  return { day: parts.get('weekday')!.toLowerCase(), clock: `${parts.get('hour')}:${parts.get('minute')}` };
}
