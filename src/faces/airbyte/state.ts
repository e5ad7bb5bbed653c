import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { ConfiguredStream } from './catalog.ts';

/** Finds a stream's bookmark in the state that was handed in; undefined where it has none. */
export type StateLookup = (stream: Pick<ConfiguredStream, 'name' | 'namespace'>) => unknown;

/**
 * Reads a state in every form in which sources are given one: a list of STREAM states (platform, PyAirbyte, with nulls
 * for all that is not set, or empty), whole STATE messages, one of either instead of a list, a GLOBAL state, and the
 * LEGACY object of bookmarks by stream name. Of several states for one stream the last counts.
 *
 * Takes the parsed values of the file, one for a JSON file, several for JSON lines. Throws a configuration error for
 * what is none of these.
 */
export function readState(values: readonly unknown[]): StateLookup {
  const found = new Map<string, unknown>();
  for (const value of values.flat()) collect(value, found);
  return ({ name, namespace }) => found.get(keyOf(name, namespace));
}

function collect(value: unknown, found: Map<string, unknown>): void {
  if (value === null || value === undefined) return;
  if (!isObject(value)) throw notAState(`an entry is ${JSON.stringify(value)?.slice(0, 40)} instead of an object`);
  if (isObject(value['state']) && (value['type'] === 'STATE' || value['type'] === undefined)) {
    collect(value['state'], found);
    return;
  }
  // Output of a run that was saved whole: the states in it are what is wanted.
  if (typeof value['type'] === 'string' && MESSAGE_TYPES.has(value['type'])) return;
  if (isObject(value['stream']) && 'stream_descriptor' in value['stream']) {
    collectStream(value['stream'], found);
    return;
  }
  if (isObject(value['global'])) {
    const states = value['global']['stream_states'];
    for (const state of Array.isArray(states) ? states : []) if (isObject(state)) collectStream(state, found);
    return;
  }
  if (isObject(value['stream_descriptor'])) {
    collectStream(value, found);
    return;
  }
  // A state of a known kind whose content is null: nothing has been synced yet.
  if (value['type'] === 'STREAM' || value['type'] === 'GLOBAL') return;
  const legacy = 'data' in value ? value['data'] : value;
  if (legacy === null || legacy === undefined) return;
  if (!isObject(legacy)) throw notAState('"data" is not an object');
  // A Singer state, or a message with one: by stream name nothing would be found in it, and all be loaded again.
  if (isObject(legacy['bookmarks']) || value['type'] === 'STATE') {
    throw notAState("it is one of Singer's, whose bookmarks lie elsewhere");
  }
  for (const [name, bookmark] of Object.entries(legacy)) found.set(keyOf(name, undefined), bookmark);
}

function collectStream(entry: Record<string, unknown>, found: Map<string, unknown>): void {
  const descriptor = entry['stream_descriptor'];
  const name = isObject(descriptor) ? descriptor['name'] : undefined;
  if (!isObject(descriptor) || typeof name !== 'string') throw notAState('a stream_descriptor has no name');
  const { namespace } = descriptor;
  found.set(keyOf(name, typeof namespace === 'string' ? namespace : undefined), entry['stream_state']);
}

/** null, absent and "" are the same namespace on input (airbyte §1.7). */
function keyOf(name: string, namespace: string | undefined): string {
  return JSON.stringify([namespace ?? '', name]);
}

const MESSAGE_TYPES = new Set(['RECORD', 'LOG', 'TRACE', 'CONTROL', 'CATALOG', 'SPEC', 'CONNECTION_STATUS']);

function notAState(what: string): SyncError {
  return new SyncError(
    'config',
    `The state file is not an Airbyte state: ${what}. It should be a list of STREAM states, such as the STATE lines of an earlier run; leave --state out to start over.`,
  );
}
