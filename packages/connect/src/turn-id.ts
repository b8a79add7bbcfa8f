import { createHash } from 'node:crypto';
import type { TurnRequest } from '@parley/engine';

/**
 * The id of a contact's event, where its channel gives it none. `turn` counts the answers that were given to the contact and
 * comes back with the next event, so an event that is sent again has the number it had. Where an answer was lost on its way, the
 * next event has that number too: a byte of what it holds tells it apart, which is too little to find out what was said.
 * `conversation`: whatever else tells one conversation of the channel from another.
 */
export function turnId(turn: number, event: TurnRequest['event'], conversation: readonly string[] = []): string {
  const { type, ...what } = event;
  const of = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);
  const where = conversation.length > 0 ? `${of(JSON.stringify(conversation), 8)}-` : '';
  return `${where}${turn}-${type}-${of(JSON.stringify(what), 2)}`;
}
