import {
  type BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';

export const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** The smallest request there is. */
export const hello = (more: Partial<ConverseCommandInput> = {}): ConverseCommandInput => ({
  modelId: HAIKU,
  messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
  ...more,
});

/** A tool that is forced. */
export const decideTool: Partial<ConverseCommandInput> = {
  toolConfig: {
    tools: [{ toolSpec: { name: 'decide', inputSchema: { json: { type: 'object' } } } }],
    toolChoice: { tool: { name: 'decide' } },
  },
};

export const ask = (client: BedrockRuntimeClient, input = hello()): Promise<ConverseCommandOutput> =>
  client.send(new ConverseCommand(input));

export interface Streamed {
  readonly events: readonly ConverseStreamOutput[];
  /** What ended it, where it did not come to its end. */
  readonly error?: unknown;
}

/** Asks for a stream, and takes what comes. Rejects where none begins. */
export async function stream(client: BedrockRuntimeClient, input = hello()): Promise<Streamed> {
  const { stream: output } = await client.send(new ConverseStreamCommand(input));
  const events: ConverseStreamOutput[] = [];
  try {
    if (output) for await (const event of output) events.push(event);
    return { events };
  } catch (error) {
    return { events, error };
  }
}

/** The text of a stream, and the input of its tools as it came, by block. */
export function blocksOf({ events }: Streamed): readonly string[] {
  const blocks: string[] = [];
  for (const { contentBlockDelta } of events) {
    if (!contentBlockDelta) continue;
    const { contentBlockIndex: at = 0, delta } = contentBlockDelta;
    blocks[at] = (blocks[at] ?? '') + (delta?.text ?? delta?.toolUse?.input ?? delta?.reasoningContent?.text ?? '');
  }
  return blocks;
}

/** What a promise is rejected with. Fails where it is not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in settled) return settled.error;
  throw new Error('It was not rejected.');
}
