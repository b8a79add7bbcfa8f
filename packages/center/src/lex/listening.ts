/** How Lex listens for one answer. Times in milliseconds. */
export interface LexListening {
  /** For how long nothing is said before that is silence. */
  readonly silence: number;
  /** What is said may be talked over. */
  readonly interrupt: boolean;
  /** How many keys an answer has at most; undefined where nothing is set, and Lex takes up to 1,024. */
  readonly keys: number | undefined;
  /** How long after a key no other must come for it to be the last. */
  readonly keysEnd: number;
  readonly endKey: string;
  readonly deleteKey: string;
}

/**
 * How Lex listens by session attributes; what these leave out is as Lex has it. This is a copy of its own of what `LISTENING_ATTRIBUTES` of
 * `@parley/connect` are called: a wrong name there is not understood here.
 * Source: https://docs.aws.amazon.com/lexv2/latest/dg/session-attribs-speech.html
 */
export function lexListening(attributes: { readonly [name: string]: string }): LexListening {
  const of = (name: string) => attributes[`x-amz-lex:${name}:*:*`];
  const keys = of('dtmf:max-length');
  return {
    silence: Number(of('audio:start-timeout-ms') ?? 4_000),
    interrupt: of('allow-interrupt') !== 'false',
    keys: keys === undefined ? undefined : Number(keys),
    keysEnd: Number(of('dtmf:end-timeout-ms') ?? 5_000),
    endKey: of('dtmf:end-character') ?? '#',
    deleteKey: of('dtmf:deletion-character') ?? '*',
  };
}
