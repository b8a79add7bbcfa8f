// What AWS Lambda runs a function in, on this machine: node runtime.mjs BUNDLE, with events and answers as messages of the parent process.
import { subscribe } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';

const began = process.cpuUsage();
const module = import(pathToFileURL(process.argv[2]).href);

/** How many requests to AWS it may still make before it is killed. */
let left = Number.POSITIVE_INFINITY;
subscribe('http.client.request.start', () => {
  if (--left <= 0) process.kill(process.pid, 'SIGKILL');
});

process.on('message', async ({ event, dies }) => {
  left = dies ?? Number.POSITIVE_INFINITY;
  try {
    const { handler } = await module;
    const result = await handler(event);
    const { user, system } = process.cpuUsage(began);
    // `took`: milliseconds of processor time since it began to load the bundle.
    process.send({ payload: result ?? null, took: (user + system) / 1000 });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    process.send({
      failed: true,
      payload: { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') },
    });
  }
});
