import { linesOf } from './airbyte.ts';
import { type Finished, file, type RunOptions, run } from './commands.ts';

export interface SingerMessage {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every kind
  readonly [field: string]: any;
}

/** What tap-chat printed. Throws when a line of standard output is no Singer message. */
export class TapOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly messages: SingerMessage[];

  constructor({ code, stdout, stderr }: Finished) {
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
    this.messages = linesOf(stdout).map((line) => JSON.parse(line));
    const strange = this.messages.find(({ type }) => !['SCHEMA', 'RECORD', 'STATE'].includes(type));
    if (strange !== undefined) throw new Error(`not a Singer message: ${JSON.stringify(strange)}`);
  }

  rows(stream: string): Record<string, unknown>[] {
    return this.of('RECORD', stream).map((message) => message.record);
  }

  of(type: string, stream?: string): SingerMessage[] {
    return this.messages.filter(
      (message) => message.type === type && (stream === undefined || message.stream === stream),
    );
  }

  /** What a target would save at the end. */
  lastState(): Record<string, unknown> {
    return this.of('STATE').at(-1)?.value;
  }
}

export interface TapFiles {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly properties?: unknown;
  readonly state?: unknown;
}

/** Runs a sync of `tap-chat` with files made from the given values, and flags. */
export async function tapChat(
  files: TapFiles,
  flags: readonly string[] = [],
  options: RunOptions = {},
): Promise<TapOutput> {
  return new TapOutput(await run('tap-chat', [...tapArguments(files), ...flags], options));
}

export function tapArguments(files: TapFiles): string[] {
  return Object.entries(files).flatMap(([name, content]) => [`--${name}`, file(content, `${name}.json`)]);
}

/** The catalog that --discover prints. */
// biome-ignore lint/suspicious/noExplicitAny: a catalog is any JSON
export async function discoverTap(config: unknown = {}): Promise<any> {
  const { stdout } = await run('tap-chat', [...tapArguments({ config }), '--discover']);
  return JSON.parse(stdout);
}
