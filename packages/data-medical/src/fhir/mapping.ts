import * as z from 'zod';
import {
  checkColumns,
  columnsOf,
  eventShape,
  factShape,
  fixedIndexSchema,
  pickSchema,
  readsValue,
} from '../records/mapping.js';
import { parsePath } from './path.js';
import { kindOf } from './kinds.js';

const pathSchema = z.string().refine((text) => parsePath(text) !== undefined, {
  error: 'a path such as gender, address.state, deceased[x] or extension("URL").valueCode',
});

const codesSchema = z.strictObject({
  /** Such as `http://loinc.org`. Without it codes of any system count. */
  system: z.string().min(1).optional(),
  codes: z.array(z.string().min(1)).min(1).readonly(),
});

const resourceName = z.string().regex(/^[A-Z][A-Za-z]+$/, 'a type of resource, such as Observation');

/** Which resources of a type. */
const queryShape = {
  resource: resourceName.refine((name) => name !== 'Patient', { error: 'of a Patient say the "path"' }),
  /** One of its codings. Without it all resources of the type count. */
  code: codesSchema.optional(),
  /** Where the date is. Default: where the type has it; of an Observation `effectiveDateTime` or `effectivePeriod.start`. */
  date: pathSchema.optional(),
};

const needsDate = ({ resource, date }: { readonly resource: string; readonly date?: string | undefined }): boolean =>
  date !== undefined || kindOf(resource).dates.length > 0;
const noDate = { path: ['date'], error: 'say where this type of resource has its date' };

/** A column of a patient's own: `{ "path": "gender" }`. */
const patientColumn = z.strictObject({ path: pathSchema, ...factShape });

/** A column of what was recorded. */
const eventColumn = z
  .strictObject({
    ...queryShape,
    /** The component of a panel that is meant, such as the systolic pressure. */
    component: codesSchema.optional(),
    /** Where the value is. Default: `value[x]`, whatever its type. */
    value: pathSchema.optional(),
    /** Of a coded value: the system whose code is the cell. Default: the first coding. */
    valueSystem: z.string().min(1).optional(),
    ...eventShape,
  })
  .refine(needsDate, noDate)
  .refine(
    ({ resource, value, component, aggregate }) =>
      !readsValue(aggregate) || value !== undefined || component !== undefined || resource === 'Observation',
    {
      path: ['aggregate'],
      error: 'only an Observation has a value of its own: take "any", "count", or say where the "value" is',
    },
  );

/**
 * How patients' records in FHIR R4 become rows of a table, as data: a name and a description of each column, and when the index is.
 */
export const fhirMappingSchema = z
  .strictObject({
    /** The moment of a patient that windows and ages count from. */
    index: z
      .union([
        fixedIndexSchema,
        z
          .strictObject({ ...queryShape, component: codesSchema.optional(), pick: pickSchema })
          .refine(needsDate, noDate),
      ])
      .optional(),
    columns: columnsOf(z.union([patientColumn, eventColumn], { error: 'a column has a "path", or a "resource"' })),
  })
  .superRefine(checkColumns);

export type FhirMapping = z.output<typeof fhirMappingSchema>;
/** A mapping as a person writes it: defaults left out. */
export type FhirMappingInput = z.input<typeof fhirMappingSchema>;
