/** What --about tells of the tap: the shape of the Meltano SDK, which the Hub's tools read (singer §2.3). */
export interface About {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** The SDK's place for its own version; we have none. */
  readonly sdk_version: null;
  readonly supported_python_versions: null;
  readonly capabilities: readonly string[];
  /** JSON Schema of the configuration. */
  readonly settings: SettingSchema;
}

interface SettingSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: unknown;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly oneOf?: readonly SettingSchema[];
  readonly airbyte_secret?: boolean;
  readonly airbyte_hidden?: boolean;
}

const CAPABILITIES = ['catalog', 'properties', 'discover', 'state', 'about', 'test', 'structured-logging'];

/** Describes the tap, from the release's version and the configuration's schema. */
export function describeTap(version: string, settings: unknown): About {
  return {
    name: 'tap-chat',
    description: 'Singer tap for LiveChat and LiveTex.',
    version,
    sdk_version: null,
    supported_python_versions: null,
    capabilities: CAPABILITIES,
    settings: settings as SettingSchema,
  };
}

/** The description for people on a terminal. */
export function aboutText(about: About): string {
  const lines = [`${about.name} ${about.version}: ${about.description}`, '', 'Settings:'];
  for (const { path, schema, required } of flatSettings(about.settings)) {
    lines.push(`  ${path}${required ? ' (required)' : ''}: ${schema.description ?? schema.title ?? ''}`);
  }
  return [...lines, '', `Capabilities: ${about.capabilities.join(', ')}`].join('\n');
}

/** The description as a Markdown page. */
export function aboutMarkdown(about: About): string {
  const rows = flatSettings(about.settings).map(({ path, schema, required }) => {
    const fallback = schema.const ?? schema.default;
    const value = fallback === undefined ? 'None' : `\`${JSON.stringify(fallback)}\``;
    return `| ${path} | ${required ? 'True' : 'False'} | ${value} | ${(schema.description ?? schema.title ?? '').replaceAll('|', '\\|')} |`;
  });
  return [
    `# \`${about.name}\``,
    '',
    about.description,
    '',
    `Version ${about.version}.`,
    '',
    '## Capabilities',
    '',
    ...about.capabilities.map((capability) => `* \`${capability}\``),
    '',
    '## Settings',
    '',
    '| Setting | Required | Default | Description |',
    '|:--------|:--------:|:-------:|:------------|',
    ...rows,
  ].join('\n');
}

/** Every setting by its dotted path, those of all variants included, the hidden ones left out. */
function flatSettings(
  schema: SettingSchema,
  path: readonly string[] = [],
): { path: string; schema: SettingSchema; required: boolean }[] {
  const variants = [schema, ...(schema.oneOf ?? [])];
  return variants.flatMap((variant) =>
    Object.entries(variant.properties ?? {}).flatMap(([name, inner]) => {
      if (inner.airbyte_hidden === true) return [];
      const place = [...path, name];
      if (inner.properties !== undefined || inner.oneOf !== undefined) return flatSettings(inner, place);
      return [{ path: place.join('.'), schema: inner, required: variant.required?.includes(name) ?? false }];
    }),
  );
}
