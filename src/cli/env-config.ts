import type { FormSchema } from './config-problems.ts';

/**
 * Reads the configuration from variables, one a setting: TAP_CHAT_ and the setting's path in capitals, joined by
 * underscores, e.g. TAP_CHAT_LIVECHAT_CREDENTIALS_API_KEY. These are the names under which Meltano sets them. Numbers
 * and lists, which are written as JSON, are converted; unset and empty variables count as absent.
 */
export function configFromEnvironment(form: FormSchema, env: NodeJS.ProcessEnv): Record<string, unknown> {
  return collect(form, ['TAP', 'CHAT'], env) ?? {};
}

function collect(
  form: FormSchema,
  path: readonly string[],
  env: NodeJS.ProcessEnv,
): Record<string, unknown> | undefined {
  const found: Record<string, unknown> = {};
  for (const variant of [form, ...(form.oneOf ?? [])]) {
    for (const [name, schema] of Object.entries(variant.properties ?? {})) {
      const place = [...path, name.toUpperCase()];
      const value =
        schema.properties !== undefined || schema.oneOf !== undefined
          ? collect(schema, place, env)
          : convert(env[place.join('_')], schema);
      if (value !== undefined) found[name] = value;
    }
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function convert(text: string | undefined, schema: FormSchema): unknown {
  if (text === undefined || text === '') return undefined;
  // What is no list or number stays text, so that the check of the configuration can say so.
  if (schema.type === 'array') return listIn(text);
  const number = Number(text);
  return (schema.type === 'integer' || schema.type === 'number') && !Number.isNaN(number) ? number : text;
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
