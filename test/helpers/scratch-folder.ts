import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tells the processes of a test run where its files go. */
export const SCRATCH_VARIABLE = 'SOURCE_CHAT_TEST_FOLDER';

/** Makes a folder for the whole run; what it returns removes it. Workers are ended too abruptly to tidy up themselves. */
export default function makeScratchFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'source-chat-test-'));
  process.env[SCRATCH_VARIABLE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
