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
  for (const { path, description, required, fallback } of flatSettings(about.settings)) {
    const value = typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
    const note = required ? ' (required)' : fallback === undefined ? '' : ` (default ${value})`;
    lines.push(`  ${path}${note}: ${description}`);
  }
  return [...lines, '', `Capabilities: ${about.capabilities.join(', ')}`].join('\n');
}

/** The description as a Markdown page. */
export function aboutMarkdown(about: About): string {
  const rows = flatSettings(about.settings).map(({ path, description, required, fallback }) => {
    const value = fallback === undefined ? 'None' : `\`${JSON.stringify(fallback)}\``;
    return `| ${path} | ${required ? 'True' : 'False'} | ${value} | ${description.replaceAll('|', '\\|')} |`;
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

interface FlatSetting {
  /** Dotted. */
  readonly path: string;
  readonly description: string;
  /** True for what every configuration must have: what only a section needs that may be left out is not. */
  readonly required: boolean;
  readonly fallback: unknown;
}

/** Every setting once, those of all variants included, the hidden ones left out. */
function flatSettings(schema: SettingSchema, path: readonly string[] = [], demanded = true): FlatSetting[] {
  const { properties = {}, required = [], oneOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, inner]) => {
    if (inner.airbyte_hidden === true) return [];
    const place = [...path, name];
    const wanted = demanded && required.includes(name);
    if (inner.properties !== undefined || inner.oneOf !== undefined) return flatSettings(inner, place, wanted);
    if (inner.const !== undefined) return [];
    const description = inner.description ?? inner.title ?? '';
    return [{ path: place.join('.'), description, required: wanted, fallback: inner.default }];
  });
  // Which of them is used, one may choose: none of a variant's settings is always demanded.
  return [...own, ...choices(schema, path), ...oneOf.flatMap((variant) => flatSettings(variant, path, false))];
}

/** The settings by which a variant is chosen: each variant has one value of them. */
function choices({ description, oneOf = [] }: SettingSchema, path: readonly string[]): FlatSetting[] {
  const values = new Map<string, unknown[]>();
  for (const [name, { const: value }] of oneOf.flatMap(({ properties = {} }) => Object.entries(properties))) {
    if (value !== undefined) values.set(name, [...(values.get(name) ?? []), value]);
  }
  return [...values].map(([name, all]) => ({
    path: [...path, name].join('.'),
    description: `${description ?? ''} One of ${all.join(', ')}.`,
    required: false,
    fallback: undefined,
  }));
}
