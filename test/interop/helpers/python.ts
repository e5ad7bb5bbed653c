import { finish } from './processes.ts';

/** A Python that works and can make virtual environments. */
export interface Python {
  /** Path of the program. */
  readonly program: string;
  /** Tells it from other ones: version and place. */
  readonly identity: string;
}

/** `python3` may be newer than PyAirbyte can take, so versions are tried by name, too. */
const NAMES = ['python3', 'python', 'python3.12', 'python3.11', 'python3.10'];

const PROBE = `import sys, venv, ensurepip
assert (3, 10) <= sys.version_info < (3, 13)
print(sys.executable)
print(sys.version.split()[0], sys.base_prefix)`;

/** The variable PYTHON, or the first of the usual names that is good enough. Throws what is missing and how to get it. */
export async function findPython(): Promise<Python> {
  const { PYTHON } = process.env;
  for (const name of PYTHON === undefined || PYTHON === '' ? NAMES : [PYTHON]) {
    const { code, stdout } = await finish(name, ['-c', PROBE]);
    const [program, identity] = stdout.split('\n');
    if (code === 0 && program && identity) return { program, identity };
  }
  throw new Error(
    `no Python 3.10 to 3.12 with venv and pip is there (${PYTHON || NAMES.join(', ')}). Install one (apt-get install python3 python3-venv, brew install python@3.12), or name it in the variable PYTHON.`,
  );
}
