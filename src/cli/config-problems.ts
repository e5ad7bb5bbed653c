import { isObject } from '../core/objects.ts';
import { type ColumnType, TYPE_WORDS } from '../core/schema.ts';

/** A node of the connection form's schema, as far as it is read here. */
export interface FormSchema {
  readonly title?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern_descriptor?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly FormSchema[];
  /** What each element of a list is. */
  readonly items?: FormSchema;
  readonly airbyte_secret?: boolean;
}

/** Longest value that a message quotes, in characters: keys are longer, and may have been put into any field. */
const LONGEST_VALUE = 30;

/** What ajv says of one violation. */
export interface Violation {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Turns ajv's violations into sentences that a person understands, one a problem, each beginning with the path of the
 * setting. Values are quoted, except those of secret settings.
 */
export function describeViolations(violations: readonly Violation[], form: FormSchema, config: unknown): string[] {
  const problems: string[] = [];
  for (const violation of violations) {
    const path = violation.instancePath.split('/').slice(1);
    const problem = isOfOtherVariant(violation, form, config) ? undefined : describe(violation, path, form, config);
    if (problem !== undefined && !problems.includes(problem)) problems.push(problem);
  }
  return problems;
}

function describe(violation: Violation, path: string[], form: FormSchema, config: unknown): string | undefined {
  const name = path.length === 0 ? 'The configuration' : path.join('.').replace(/\.(\d+)(?=\.|$)/g, '[$1]');
  const value = valueAt(config, path);
  const schema = schemaAt(form, path, config);
  switch (violation.keyword) {
    case 'required': {
      const missing = String(violation.params['missingProperty']);
      const place = [...path, missing];
      return `${place.join('.')} is missing${hint(schemaAt(form, place, config), place, form, config)}`;
    }
    case 'type':
      return `${name} must be ${TYPE_WORDS[schema?.type as ColumnType]}, not ${describeValue(value, schema)}${isNumber(schema) && typeof value === 'string' && !Number.isNaN(Number(value)) ? ': leave the quotes out' : ''}`;
    case 'pattern':
      return value === ''
        ? `${name} is empty`
        : `${name} must have the form ${schema?.pattern_descriptor}, not ${describeValue(value, schema)}`;
    case 'minimum':
      return `${name} must be ${schema?.minimum} or more, not ${describeValue(value, schema)}`;
    case 'maximum':
      return `${name} must be ${schema?.maximum} or less, not ${describeValue(value, schema)}`;
    case 'enum':
      return `${name} must be ${schema?.enum?.map((choice) => JSON.stringify(choice)).join(' or ')}, not ${describeValue(value, schema)}`;
    case 'minItems':
      return `${name} is empty`;
    case 'uniqueItems':
      return `${name} has ${quoteValue(valueAt(value, [String(violation.params['i'])]))} twice`;
    case 'oneOf': {
      // With a known kind of credentials its own violations say more.
      const kind = discriminatorOf(schema);
      if (!isObject(value) || kind === undefined || variantOf(schema, value) !== undefined) return undefined;
      const given = value[kind];
      const choices = variantsOf(schema, kind)
        .map((variant) => `"${String(variant.const)}" (${variant.title})`)
        .join(' or ');
      return given === undefined
        ? `${name}.${kind} is missing: it must be ${choices}`
        : `${name}.${kind} must be ${choices}, not ${describeValue(given, undefined)}`;
    }
    default:
      return undefined;
  }
}

function isNumber(schema: FormSchema | undefined): boolean {
  return schema?.type === 'integer' || schema?.type === 'number';
}

/** Inside a oneOf ajv reports the violations of every variant: only those of the one that was meant count. */
function isOfOtherVariant({ schemaPath }: Violation, form: FormSchema, config: unknown): boolean {
  let schema: FormSchema | undefined = form;
  let value = config;
  const steps = schemaPath.split('/').slice(1);
  for (let index = 0; index < steps.length; index += 2) {
    const step = steps[index];
    const next = steps[index + 1];
    if (step === 'properties' && next !== undefined) {
      schema = schema?.properties?.[next];
      value = isObject(value) ? value[next] : undefined;
    } else if (step === 'oneOf' && next !== undefined) {
      const variant: FormSchema | undefined = schema?.oneOf?.[Number(next)];
      if (variantOf(schema, value) !== variant) return true;
      schema = variant;
    }
  }
  return false;
}

function hint(schema: FormSchema | undefined, path: string[], form: FormSchema, config: unknown): string {
  const parent = schemaAt(form, path.slice(0, -1), config);
  if (schema?.oneOf !== undefined) {
    const kind = discriminatorOf(schema) ?? '';
    return `: it says how to sign in, by ${variantsOf(schema, kind)
      .map((variant) => variant.title)
      .join(' or ')}`;
  }
  const example = schema?.examples?.[0];
  if (example !== undefined) return `: for example ${JSON.stringify(example)}`;
  return schema?.title === undefined || parent?.title === schema.title ? '' : `: it is the ${schema.title}`;
}

/** The property that all variants have with a constant: it says which one is meant. */
function discriminatorOf(schema: FormSchema | undefined): string | undefined {
  const properties = Object.entries(schema?.oneOf?.[0]?.properties ?? {});
  return properties.find(([, property]) => property.const !== undefined)?.[0];
}

function variantsOf(schema: FormSchema | undefined, kind: string): { title: string; const: unknown }[] {
  return (schema?.oneOf ?? []).map((variant) => ({
    title: variant.title ?? '',
    const: variant.properties?.[kind]?.const,
  }));
}

function variantOf(schema: FormSchema | undefined, value: unknown): FormSchema | undefined {
  const kind = discriminatorOf(schema);
  if (kind === undefined || !isObject(value)) return undefined;
  return schema?.oneOf?.find((variant) => variant.properties?.[kind]?.const === value[kind]);
}

function schemaAt(form: FormSchema, path: readonly string[], config: unknown): FormSchema | undefined {
  let schema: FormSchema | undefined = form;
  let value = config;
  for (const step of path) {
    schema = Array.isArray(value) ? schema?.items : (variantOf(schema, value) ?? schema)?.properties?.[step];
    value = valueAt(value, [step]);
  }
  return schema;
}

function valueAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce((value: unknown, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isObject(value) ? value[step] : undefined;
  }, config);
}

function describeValue(value: unknown, schema: FormSchema | undefined): string {
  if (holdsSecrets(schema)) return `what it is now (a ${Array.isArray(value) ? 'list' : typeof value})`;
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return quoteValue(value);
}

/** A value as a message shows it. A long one is not cut: half of a secret that was pasted in would not be recognised. */
export function quoteValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_VALUE ? `what it is now (${text.length} characters)` : text;
}

/** True for a secret setting and for a group that has one: where the group should be, somebody may have put the secret. */
function holdsSecrets(schema: FormSchema | undefined): boolean {
  if (schema === undefined) return false;
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.oneOf ?? [])];
  return schema.airbyte_secret === true || inner.some(holdsSecrets);
}

/** Paths of settings that the form does not have, except those that begin with an underscore (Airbyte's internal ones). */
export function unknownSettings(form: FormSchema, config: unknown, path: readonly string[] = []): string[] {
  if (!isObject(config)) return [];
  // Which variant is meant may be open, and that is told: then a setting of any of them is none that is misspelt.
  const meant = variantOf(form, config);
  const variants = meant === undefined ? (form.oneOf ?? []) : [meant];
  const known: Record<string, FormSchema> = Object.assign({}, form.properties, ...variants.map((v) => v.properties));
  return Object.entries(config).flatMap(([name, value]) => {
    const schema = known[name];
    if (schema !== undefined) return unknownSettings(schema, value, [...path, name]);
    return name.startsWith('_') ? [] : [[...path, name].join('.')];
  });
}

/**
 * The values of all secret settings, whichever variant they belong to and whether or not they are valid, as given and as
 * they are used, without spaces around them. A text where a group with secrets should be may be one, too.
 */
export function secretValues(form: FormSchema, config: unknown): string[] {
  if (config === undefined || config === null) return [];
  if (!isObject(config)) {
    if (!holdsSecrets(form)) return [];
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    return [text, text.trim()];
  }
  if (form.airbyte_secret) return [JSON.stringify(config)];
  return [form, ...(form.oneOf ?? [])].flatMap((variant) =>
    Object.entries(variant.properties ?? {}).flatMap(([name, schema]) => secretValues(schema, config[name])),
  );
}
