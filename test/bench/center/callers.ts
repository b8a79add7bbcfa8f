import { sleep, systemClock } from '@parley/engine';
import { type Chat, isEnd, openChat } from '../../center/chat.ts';
import { HEARD } from '../conversation.ts';
import { type Crowd, crowd, type Times } from './messages.ts';

// The process of the callers: it chats by the SDK's clients and sockets of their own, and tells how long each turn took.

process.on('message', async (asked) => {
  process.send?.(await chatAll(crowd.parse(asked)));
});
process.send?.('ready');

async function chatAll({ place, chats, turns, thinks }: Crowd): Promise<Times> {
  const desk = { ...place, flowId: () => place.flow };
  const times: Times = {};
  const opened: Chat[] = [];
  // Nobody is timed before all are there.
  for (let count = 0; count < chats; count += 20)
    opened.push(...(await Promise.all(Array.from({ length: 20 }, () => openChat(desk, 'parcels')))));
  await Promise.all(
    opened.map(async (chat) => {
      const own: number[] = [];
      times[chat.contact] = own;
      for (let turn = 0; turn < turns; turn++) {
        if (thinks > 0) await sleep(systemClock, Math.random() * thinks);
        const since = performance.now();
        await chat.say(HEARD);
        let words = await chat.heard();
        own.push(performance.now() - since);
        // The question comes in a message of its own.
        while (place.flow !== 'echo' && !words.endsWith('?')) words = await chat.heard();
      }
      if (place.flow !== 'echo') {
        await chat.say('bye');
        await chat.frames.next(isEnd);
      }
      chat.close();
    }),
  );
  return times;
}
