import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  remove(): void;
}

/** Mounts a file system of so many bytes in memory, at `folder`; undefined where that isn't allowed, as it takes root on Linux. */
export function smallDisk(folder: string, bytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]).status !== 0) return undefined;
  const ballast = path.join(folder, 'ballast');
  const free = () => rmSync(ballast, { recursive: true, force: true });
  return {
    folder,
    fill() {
      mkdirSync(ballast, { recursive: true });
      for (let count = 0; ; count++) {
        try {
          writeFileSync(path.join(ballast, String(count)), Buffer.alloc(4096));
        } catch {
          return;
        }
      }
    },
    free,
    // The driver keeps a file open until its connection is collected: what is busy is let go of when it no longer is.
    remove: () => void spawnSync('umount', ['--lazy', folder]),
  };
}
