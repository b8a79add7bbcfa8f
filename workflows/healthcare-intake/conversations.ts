import type { Conversation } from '../conversation.ts';

const silent = { type: 'caller.silent' } as const;
const left = { type: 'caller.left' } as const;
const press = (keys: string) => ({ type: 'caller.pressed', keys }) as const;

export const CONVERSATIONS: readonly Conversation[] = [];
