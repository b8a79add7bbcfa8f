import { once } from 'node:events';
import {
  type EndedRequest,
  offlineAnswerer,
  recordedAnswerer,
  type SeenRequest,
  startLocalBedrock,
} from '@parley/deciders/local-bedrock';
import { readRecording } from '@parley/replay';
import { readText } from './files.ts';
import { print, styled } from './terminal.ts';

export interface BedrockLocalOptions {
  readonly port: number;
  readonly recording?: string;
  readonly verbose?: boolean;
}

/** Stands in for Bedrock on this machine until it is interrupted; prints a line a request, and none of its words. */
export async function bedrockLocal({ port, recording, verbose }: BedrockLocalOptions): Promise<number> {
  const answer =
    recording === undefined ? offlineAnswerer() : recordedAnswerer(readRecording(await readText(recording), recording));
  const server = await startLocalBedrock({
    port,
    answer,
    keep: 0,
    onEnd: (request, ended) => print(describe(request, ended, verbose === true)),
  });
  const from = recording === undefined ? 'the offline decider' : recording;
  print(`Bedrock's stand-in listens on ${styled('bold', server.url)} and answers from ${from}. Ctrl-C ends it. Try it:
  npx parley talk support --decider bedrock --endpoint ${server.url}
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${server.url} AWS_BEARER_TOKEN_BEDROCK=local AWS_REGION=us-east-1 <any program that asks Bedrock>`);
  const ended = new AbortController();
  await Promise.race(
    ['SIGINT', 'SIGTERM'].map((signal) => once(process, signal, { signal: ended.signal }).catch(() => {})),
  );
  ended.abort();
  await server.close();
  return 0;
}

function describe({ operation, model, protocol, id }: SeenRequest, ended: EndedRequest, verbose: boolean): string {
  const { outcome, status, error, usage, ms } = ended;
  const what = outcome === 'answered' || outcome === 'refused' ? String(status) : outcome;
  const tokens =
    usage === undefined
      ? ''
      : ` · ${usage.input} in, ${usage.output} out, cache ${usage.cacheRead} read, ${usage.cacheWrite} written`;
  const more = verbose ? ` · ${protocol} ${id}` : '';
  const line = `${operation ?? 'no operation'} ${model} · ${what}${error === undefined ? '' : ` ${error}`} · ${ms} ms${tokens}${more}`;
  return styled(error === undefined ? 'dim' : 'yellow', line);
}
