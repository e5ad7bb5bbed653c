/**
 * `npm run test:interop`: Meltano, PyAirbyte, singer-tools and Singer targets run the built commands against the sandbox.
 * What stands after `--` goes to vitest: `npm run test:interop -- pyairbyte`.
 *
 * They need Python and, the first time, a package index. Where there is none the run is skipped, because whoever develops
 * source-chat needs neither for anything else. `.ci/run` says SOURCE_CHAT_INTEROP=required: there a run that was skipped
 * would look like one that passed. The variable CI alone does not count: it says nothing of what that machine has.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { prepareClients } from './helpers/clients.ts';
import { findPython } from './helpers/python.ts';

const required = process.env['SOURCE_CHAT_INTEROP'] === 'required';

async function main(): Promise<number | null> {
  try {
    await prepareClients(await findPython());
  } catch (error) {
    const reason = (error as Error).message;
    console.error(required ? `The interop tests cannot run: ${reason}` : `Interop tests SKIPPED: ${reason}`);
    return required ? 1 : 0;
  }
  const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
  const config = new URL('vitest.config.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code;
}

process.exitCode = (await main()) ?? 1;
