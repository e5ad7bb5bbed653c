import { chmodSync, chownSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Log } from '../core/log.ts';
import { isObject } from '../core/objects.ts';
import { controlMessage } from '../faces/airbyte/messages.ts';
import type { VendorDependencies } from '../vendors/dependencies.ts';
import { readJsonFile } from './input-files.ts';
import type { Runtime } from './runtime.ts';

/** Keeps what a vendor gives in place of a setting: see VendorDependencies. */
export type KeepSetting = VendorDependencies['keepSetting'];

/**
 * For Airbyte: the whole configuration as the user gave it, with the new value, as a CONTROL message, which the platform stores.
 * It is the one message that holds secrets, because the protocol wants it so.
 */
export function keepInPlatform(given: unknown, { out, clock }: Pick<Runtime, 'out' | 'clock'>, log: Log): KeepSetting {
  let config = given;
  return (path, value) => {
    log(
      'info',
      `LiveChat has replaced ${path.join('.')}. The old one may be worth nothing any more: whoever runs this has to store the configuration of the CONTROL message, as Airbyte does.`,
    );
    config = withSetting(config, path, value);
    out.write(controlMessage(config, clock.now()));
  };
}

/**
 * For Singer: into the configuration file in which the setting stands, the last one of several (its specification allows a tap
 * to do so). Where that cannot be, a warning says what will happen. `variables` is the configuration that the environment gives,
 * if it does: it goes over what stands in files.
 */
export function keepInFile(files: readonly string[], log: Log, variables?: unknown): KeepSetting {
  return (path, value) => {
    const name = path.join('.');
    const found = files
      .map((file) => ({ file, config: readJson(file) }))
      .findLast(({ config }) => hasSetting(config, path));
    if (found === undefined || hasSetting(variables, path)) {
      log(
        'warn',
        `LiveChat has replaced ${name}, which did not come from a configuration file: the next sync needs the new one, and cannot have it. Use a configuration file that tap-chat may write, or a personal access token.`,
      );
      return;
    }
    try {
      replaceFile(found.file, `${JSON.stringify(withSetting(found.config, path, value), null, 2)}\n`);
      log('info', `LiveChat has replaced ${name}: the new one is in the configuration file.`);
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      log(
        'warn',
        `LiveChat has replaced ${name}, and the configuration file cannot be written (${code}): the next sync will not be able to sign in. Let tap-chat write that file, or use a personal access token.`,
      );
    }
  };
}

function readJson(file: string): unknown {
  try {
    // A pipe has been read, and would be waited for.
    return statSync(file).isFile() ? readJsonFile(file, 'configuration') : undefined;
  } catch {
    // ENV, or a file that is gone meanwhile: then the setting is not there.
    return undefined;
  }
}

/** Why a file cannot be replaced that perhaps can be rewritten: its folder is closed, or it is a mount of its own. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['EACCES', 'EBUSY', 'EPERM', 'EROFS', 'EXDEV']);

/** Puts a new file in the place of an old one, with its rights; where no other name may be made beside it, its contents. */
function replaceFile(name: string, text: string): void {
  // A link stays one: others may know the file by its own name.
  const file = realpathSync(name);
  const { mode, uid, gid } = statSync(file);
  const beside = `${file}.new`;
  try {
    // Nobody's link or leftover is written into: it is made anew.
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    chownSync(beside, uid, gid);
    chmodSync(beside, mode & 0o777);
    renameSync(beside, file);
  } catch (error) {
    // A file that is mounted into a container by itself cannot be replaced, only rewritten. On a full disk not even that: the
    // old one would be lost as well.
    rmSync(beside, { force: true });
    if (!IN_THE_WAY.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeFileSync(file, text, { flush: true });
  }
}

function hasSetting(config: unknown, [name, ...rest]: readonly string[]): boolean {
  if (!isObject(config) || name === undefined || !(name in config)) return false;
  return rest.length === 0 || hasSetting(config[name], rest);
}

/** A copy with the value at that path. */
function withSetting(config: unknown, [name, ...rest]: readonly string[], value: string): unknown {
  if (name === undefined) return value;
  const section = isObject(config) ? config : {};
  return { ...section, [name]: withSetting(section[name], rest, value) };
}
