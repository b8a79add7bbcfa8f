import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs `work` with a folder that is gone afterwards. It is on the disk the project is on: where the system's folder for
 * temporary files is kept in memory, a commit would cost nothing.
 */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync('.parley', { recursive: true });
  const folder = mkdtempSync(path.resolve('.parley', 'bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
