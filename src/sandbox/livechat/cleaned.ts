import { UGLY_TEXT, UGLY_TEXT_CLEANED } from './ticket-data.ts';

/** A value with every text in it as it has to arrive. */
export function cleaned<T>(value: T): T {
  return cleanedValue(value) as T;
}

function cleanedValue(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(UGLY_TEXT, UGLY_TEXT_CLEANED);
  if (Array.isArray(value)) return value.map(cleanedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleanedValue(inner)]));
}
