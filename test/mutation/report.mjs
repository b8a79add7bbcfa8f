// A reporter for StrykerJS: each survivor as it is found, and at the end the count by file. Only of the sample.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { inSample, LEFT_OUT } from './sample.mjs';

const COLUMNS = ['Killed', 'Survived', 'Timeout', 'NoCoverage'];

class Report {
  #counts = new Map();
  #all = 0;

  constructor() {
    // Also of a run that was broken off.
    process.once('exit', () => this.#table());
  }

  onMutantTested(mutant) {
    this.#all += 1;
    const { status, location, replacement, statusReason } = mutant;
    // The runner says what it left out; it never sees what no test reaches.
    if (status === 'NoCoverage' ? !inSample(mutant) : statusReason === LEFT_OUT) return;
    const file = path.relative('', mutant.fileName);
    const counts = this.#counts.get(file) ?? {};
    counts[status] = (counts[status] ?? 0) + 1;
    this.#counts.set(file, counts);
    if (status === 'Killed' || status === 'Timeout') return;
    const { start } = location;
    const original = textAt(readFileSync(file, 'utf8'), location);
    console.log(`${file}:${start.line}:${start.column} ${status}: ${brief(original)} → ${brief(replacement)}`);
    if (status !== 'Survived' && status !== 'NoCoverage') console.log(`  ${statusReason}`);
  }

  #table() {
    console.log(`\n${COLUMNS.map((name) => name.padStart(11)).join('')}  share killed`);
    const total = {};
    for (const [file, counts] of [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      row(file, counts);
      for (const [status, count] of Object.entries(counts)) total[status] = (total[status] ?? 0) + count;
    }
    row(`in all, of ${this.#all} mutants`, total);
  }
}

function row(name, counts) {
  const known = COLUMNS.map((status) => counts[status] ?? 0);
  const [killed, survived, timeout, uncovered] = known;
  const share = (100 * (killed + timeout)) / (killed + survived + timeout + uncovered);
  console.log(
    `${known.map((count) => String(count).padStart(11)).join('')} ${share.toFixed(1).padStart(12)} %  ${name}`,
  );
}

/** Lines and columns count from 1 here. */
function textAt(text, { start, end }) {
  const lines = text.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join(' ');
}

function brief(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 87)}…` : line;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'sample', Report)];
