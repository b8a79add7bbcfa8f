import { startLocalBedrock, uses } from '@parley/deciders/local-bedrock';

/**
 * The server that both sides of the measure ask, in a process of its own. It answers at once, for as long as whoever
 * started it is there.
 */
const DECISION = { choice: 'human', values: {}, confidence: 0.9, why: 'They ask for a person.' };
const server = await startLocalBedrock({ keep: 1, countTokens: () => 0, answer: () => uses('decide', DECISION) });
process.stdout.write(`${server.url}\n`);
process.stdin.on('close', () => void server.close().then(() => process.exit()));
process.stdin.resume();
