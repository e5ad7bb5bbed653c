import type { Log } from '../core/log.ts';
import { type CheckedConfig, checkConfig, secretsOf } from './config.ts';
import type { Runtime } from './runtime.ts';

/**
 * Makes a configuration out of what the user gave: its secrets are masked from here on, whatever else is wrong with it,
 * and what is merely odd is logged. Throws a configuration error that lists every problem.
 */
export function openConfiguration(raw: unknown, runtime: Runtime, log: Log): CheckedConfig {
  runtime.addSecrets(secretsOf(raw));
  const checked = checkConfig(raw, process.env);
  for (const warning of checked.warnings) log('warn', warning);
  return checked;
}
