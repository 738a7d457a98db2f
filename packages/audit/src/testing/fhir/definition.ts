/** What is wrong with a resource. */
export interface Issue {
  /** Such as `AuditEvent.agent[0].requestor`. */
  readonly path: string;
  /** `min`, `max`, `array`, `type`, `regex`, `binding`, `choice`, `unknown`, `empty`, `target`, or the key of an invariant. */
  readonly rule: string;
}

/** An element of a resource or data type, with what may be below it. */
export interface Definition {
  readonly name: string;
  readonly min: number;
  /** Infinity for `*`. */
  readonly max: number;
  readonly types: readonly string[];
  /** Types of resources that a reference may name; empty where any may be. */
  readonly targets: readonly string[];
  /** Value set, where only its codes are allowed. */
  readonly required?: string;
  /** Keys of invariants. */
  readonly constraints: readonly string[];
  readonly children: ReadonlyMap<string, Definition>;
}

interface SnapshotElement {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly type?: readonly { readonly code: string; readonly targetProfile?: readonly string[] }[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
  readonly constraint?: readonly { readonly key: string; readonly severity: string }[];
}

/** A StructureDefinition with its snapshot. */
export interface StructureDefinition {
  readonly type: string;
  readonly snapshot: { readonly element: readonly SnapshotElement[] };
}

/** The tree of a snapshot's elements, which lists each below the one that it belongs to. */
export function treeOf({ type, snapshot }: StructureDefinition): Definition {
  const below = (path: string): ReadonlyMap<string, Definition> =>
    new Map(
      snapshot.element
        .filter((element) => element.path.startsWith(`${path}.`) && !element.path.slice(path.length + 1).includes('.'))
        .map((element) => [element.path.slice(path.length + 1), definitionOf(element)]),
    );
  const definitionOf = ({ path, min, max, type: types, binding, constraint }: SnapshotElement): Definition => ({
    name: path.slice(path.lastIndexOf('.') + 1),
    min,
    max: max === '*' ? Infinity : Number(max),
    // The logical id of a resource is an id (hl7.org/fhir/R4/resource.html#id); its snapshot says String.
    types: path === `${type}.id` ? ['id'] : (types ?? []).map(({ code }) => code),
    targets: (types ?? [])
      .flatMap(({ targetProfile }) => targetProfile ?? [])
      .map((profile) => profile.slice(profile.lastIndexOf('/') + 1))
      .filter((name) => name !== 'Resource'),
    ...(binding?.strength === 'required' && binding.valueSet && { required: binding.valueSet.replace(/\|.*$/, '') }),
    constraints: (constraint ?? []).filter(({ severity }) => severity === 'error').map(({ key }) => key),
    children: below(path),
  });
  return definitionOf(snapshot.element.find(({ path }) => path === type)!);
}

/** An element in short: `name:type`, `!` where it must be there, `*` where there may be many, `{a|b}` its only codes. */
function inShort(text: string): Definition {
  const [, name, type, mark, codes] = /^([\w[\]]+):(\w+)([!*]?)(?:\{([^}]*)\})?$/.exec(text)!;
  return {
    name: name!,
    min: mark === '!' ? 1 : 0,
    max: mark === '*' ? Infinity : 1,
    types: [type!],
    targets: [],
    ...(codes !== undefined && { required: `codes:${codes}` }),
    constraints: [],
    children: new Map(),
  };
}

const type = (elements: string): ReadonlyMap<string, Definition> =>
  new Map(
    `id:string extension:Extension* ${elements}`.split(/\s+/).map((each) => {
      const definition = inShort(each);
      return [definition.name, definition];
    }),
  );

/** The data types that an AuditEvent is made of (hl7.org/fhir/R4/datatypes.html, references.html, narrative.html). */
export const dataTypes: Readonly<Record<string, ReadonlyMap<string, Definition>>> = {
  Coding: type('system:uri version:string code:code display:string userSelected:boolean'),
  CodeableConcept: type('coding:Coding* text:string'),
  Reference: type('reference:string type:uri identifier:Identifier display:string'),
  Identifier: type(
    'use:code{usual|official|temp|secondary|old} type:CodeableConcept system:uri value:string period:Period assigner:Reference',
  ),
  Period: type('start:dateTime end:dateTime'),
  Narrative: type('status:code!{generated|extensions|additional|empty} div:xhtml!'),
  Meta: type('versionId:id lastUpdated:instant source:uri profile:canonical* security:Coding* tag:Coding*'),
  Extension: type('url:uri! value[x]:any'),
};
