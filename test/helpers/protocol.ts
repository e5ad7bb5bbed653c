import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { ROOT } from './commands.ts';

let ajv: Ajv | undefined;

/** The validator for a definition of the official protocol schema, e.g. `AirbyteMessage`. */
export function protocolValidator(definition: string): ValidateFunction {
  if (ajv === undefined) {
    const schema = parse(readFileSync(join(ROOT, 'test/conformance/protocol/airbyte_protocol.yaml'), 'utf8'));
    ajv = new Ajv({ strict: false, allErrors: true, formats: { uri: true } });
    ajv.addSchema({ ...schema, $id: 'protocol' });
  }
  const validator = ajv.getSchema(`protocol#/definitions/${definition}`);
  if (validator === undefined) throw new Error(`the protocol has no ${definition}`);
  return validator;
}

/** RFC 3339 with a zone, as the acceptance tests and strict targets read it. */
export const RFC_3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

/** Compiles a stream's schema as a strict reader does: date-times are checked. */
export function rowValidator(schema: object): ValidateFunction {
  const strict = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': RFC_3339 } });
  return strict.compile(schema);
}
