import { createHash } from 'node:crypto';

/** An id that is always the same for the same text, in the form of those that Connect gives. */
export function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

export const ACCOUNT_ID = '123456789012';
const ACCOUNT = `us-east-1:${ACCOUNT_ID}`;
/** How clients of AWS reach the contact center, which asks for no credentials. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

export const INSTANCE = uuidOf('instance');
export const INSTANCE_ARN = `arn:aws:connect:${ACCOUNT}:instance/${INSTANCE}`;
export const queueArn = (name: string) => `${INSTANCE_ARN}/queue/${uuidOf(`queue ${name}`)}`;
export const contactArn = (id: string) => `${INSTANCE_ARN}/contact/${id}`;
export const functionArn = (name: string) => `arn:aws:lambda:${ACCOUNT}:function:parley-${name}`;
export const botAliasArn = (name: string) => `arn:aws:lex:${ACCOUNT}:bot-alias/${uuidOf(`bot ${name}`)}/LOCALALIAS`;
export const topicArn = (name: string) => `arn:aws:sns:${ACCOUNT}:parley-${name}-chat`;
