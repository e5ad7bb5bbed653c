import { expect } from 'vitest';
import { type Command, type Finished, file, type RunOptions, run } from './commands.ts';

export interface AirbyteMessage {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every kind
  readonly [payload: string]: any;
}

export interface AirbyteRecord {
  readonly stream: string;
  readonly namespace?: string;
  readonly data: Record<string, unknown>;
  readonly emitted_at: number;
  readonly meta?: { changes: { field: string; change: string; reason: string }[] };
}

export interface AirbyteState {
  readonly type: string;
  readonly stream: {
    readonly stream_descriptor: { readonly name: string; readonly namespace?: string };
    readonly stream_state: Record<string, unknown>;
  };
  readonly sourceStats: { readonly recordCount: number };
}

/** What a command printed, as Airbyte's EntrypointOutput shows it: by kind, in order. */
export class EntrypointOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly messages: AirbyteMessage[];

  /** Throws when a line is no JSON: on standard output there is nothing else. */
  constructor({ code, stdout, stderr }: Finished) {
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
    this.messages = linesOf(stdout).map((line) => JSON.parse(line));
  }

  /** The same of a process that may have been killed: it leaves half a line, which a reader drops. */
  static ofKilled(finished: Finished): EntrypointOutput {
    return new EntrypointOutput({
      ...finished,
      stdout: finished.stdout.slice(0, finished.stdout.lastIndexOf('\n') + 1),
    });
  }

  #payloads<T>(type: string, name = type.toLowerCase()): T[] {
    return this.messages.filter((message) => message.type === type).map((message) => message[name] as T);
  }

  records(stream?: string): AirbyteRecord[] {
    return this.#payloads<AirbyteRecord>('RECORD').filter((record) => stream === undefined || record.stream === stream);
  }

  rows(stream: string): Record<string, unknown>[] {
    return this.records(stream).map((record) => record.data);
  }

  states(stream?: string): AirbyteState[] {
    const states = this.#payloads<AirbyteState>('STATE');
    return states.filter((state) => stream === undefined || state.stream.stream_descriptor.name === stream);
  }

  /** The last state of each stream, as a platform hands it to the next run. */
  lastStates(): AirbyteState[] {
    const last = new Map(this.states().map((state) => [JSON.stringify(state.stream.stream_descriptor), state]));
    return [...last.values()];
  }

  statuses(stream: string): string[] {
    return this.traces('STREAM_STATUS')
      .filter((trace) => trace.stream_status.stream_descriptor.name === stream)
      .map((trace) => trace.stream_status.status);
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into traces of every kind
  traces(type: string): any[] {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return this.#payloads<any>('TRACE').filter((trace) => trace.type === type);
  }

  errors(): {
    message: string;
    failure_type: string;
    internal_message?: string;
    stream_descriptor?: { name: string; namespace?: string };
  }[] {
    return this.traces('ERROR').map((trace) => trace.error);
  }

  logs(): { level: string; message: string }[] {
    return this.#payloads('LOG');
  }

  get connectionStatus(): { status: string; message?: string } {
    const statuses = this.#payloads<{ status: string; message?: string }>('CONNECTION_STATUS', 'connectionStatus');
    if (statuses.length !== 1) throw new Error(`${statuses.length} CONNECTION_STATUS messages instead of one`);
    return statuses[0] as { status: string; message?: string };
  }

  // biome-ignore lint/suspicious/noExplicitAny: a spec is any JSON
  get spec(): any {
    return this.#payloads('SPEC')[0];
  }

  // biome-ignore lint/suspicious/noExplicitAny: a catalog is any JSON
  get catalog(): any {
    return this.#payloads('CATALOG')[0];
  }
}

/** The lines of an output whose last one is complete. */
export function linesOf(output: string): string[] {
  if (output === '') return [];
  if (!output.endsWith('\n')) throw new Error(`the last line is cut off: ${output.slice(-80)}`);
  return output.slice(0, -1).split('\n');
}

/** Runs `source-chat` with files made from the given values. A file name that is a text is passed on as it is. */
export async function sourceChat(
  command: 'spec' | 'check' | 'discover' | 'read',
  files: { readonly config?: unknown; readonly catalog?: unknown; readonly state?: unknown } = {},
  options: RunOptions = {},
): Promise<EntrypointOutput> {
  return new EntrypointOutput(await run('source-chat' satisfies Command, argumentsOf(command, files), options));
}

/** Checks a configuration that cannot work and returns what the user is told. Whatever is wrong, the check itself works. */
export async function checkFailure(config: unknown): Promise<string> {
  const output = await sourceChat('check', { config });
  expect(output.code).toBe(0);
  const { status, message } = output.connectionStatus;
  expect(status).toBe('FAILED');
  expect(message).toBeTruthy();
  return message as string;
}

export function argumentsOf(
  command: string,
  files: { readonly config?: unknown; readonly catalog?: unknown; readonly state?: unknown },
): string[] {
  return [
    command,
    ...Object.entries(files).flatMap(([name, content]) =>
      // PyAirbyte's catalogs and states are .txt files.
      content === undefined ? [] : [`--${name}`, file(content, name === 'config' ? 'config.json' : `${name}.txt`)],
    ),
  ];
}

/** A configured catalog, as a platform makes it from discover. */
export function configured(
  streams: readonly string[] = ['livechat_agents', 'livechat_tickets'],
  mode: 'incremental' | 'full_refresh' = 'incremental',
  namespace?: string | null,
): { streams: Record<string, unknown>[] } {
  return {
    streams: streams.map((name) => ({
      stream: {
        name,
        json_schema: {},
        supported_sync_modes: ['full_refresh'],
        ...(namespace === undefined ? {} : { namespace }),
      },
      sync_mode: mode,
      destination_sync_mode: 'overwrite',
    })),
  };
}
