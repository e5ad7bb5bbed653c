import { loadSchemaFile } from '../../core/schema.ts';
import { specMessage } from '../../faces/airbyte/messages.ts';
import type { Runtime } from '../runtime.ts';

/** `source-chat spec`: the connection form. */
export function writeSpec({ out }: Runtime): number {
  out.write(specMessage(loadSchemaFile('spec')));
  return 0;
}
