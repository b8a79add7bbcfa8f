/** What a request is for. */
export type Route =
  | { readonly operation: 'Converse' | 'ConverseStream'; readonly model: string }
  | { readonly operation: 'ApplyGuardrail'; readonly guardrail: string; readonly version: string }
  /** The model stands in its body. */
  | { readonly operation: 'ChatCompletions' | 'Responses' };

export type Operation = Route['operation'];

const CONVERSE = /^\/model\/(.+)\/(converse|converse-stream)$/;
const GUARDRAIL = /^\/guardrail\/(.+)\/version\/([^/]+)\/apply$/;

/** Reads a request's line; undefined where no operation is meant. Ids may be encoded (`:` as %3A), ARNs with their slashes too. */
export function routeOf(method: string, path: string): Route | undefined {
  if (method !== 'POST') return undefined;
  const [bare = ''] = path.split('?');
  if (bare === '/openai/v1/chat/completions') return { operation: 'ChatCompletions' };
  if (bare === '/openai/v1/responses') return { operation: 'Responses' };
  const converse = CONVERSE.exec(bare);
  if (converse) {
    const model = decoded(converse[1]);
    return model === undefined
      ? undefined
      : { operation: converse[2] === 'converse' ? 'Converse' : 'ConverseStream', model };
  }
  const apply = GUARDRAIL.exec(bare);
  const guardrail = decoded(apply?.[1]);
  const version = decoded(apply?.[2]);
  if (guardrail === undefined || version === undefined) return undefined;
  return { operation: 'ApplyGuardrail', guardrail, version };
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
