import { expect, it } from '@jest/globals';
import { Outlet } from './outlet.ts';
import type { Post } from './participant.ts';

const turns = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** A way to post that takes a message when it is told to. */
function slowly() {
  const begun: Post[] = [];
  const taking: (() => void)[] = [];
  const post = (one: Post) =>
    new Promise<void>((resolve) => {
      begun.push(one);
      taking.push(resolve);
    });
  const take = async () => {
    taking.shift()?.();
    await turns();
  };
  return { post, take, texts: () => begun.map(({ content }) => content), begun };
}

it('one text is posted after the other', async () => {
  const { post, take, texts } = slowly();
  const outlet = new Outlet(post, ['c1', 'e1']);
  outlet.early('One.');
  outlet.early('Two.');
  const said = Promise.all([outlet.say('One.'), outlet.say('Two.'), outlet.say('Three.')]);
  await turns();
  expect(texts()).toEqual(['One.']);
  await take();
  expect(texts()).toEqual(['One.', 'Two.']);
  await take();
  await take();
  await said;
  expect(texts()).toEqual(['One.', 'Two.', 'Three.']);
});

it('what comes after a text that could not be posted is not posted before it', async () => {
  const texts: string[] = [];
  const post = async ({ content }: Post) => {
    if (content === 'One.') throw new Error('throttled');
    texts.push(content);
  };
  const outlet = new Outlet(post, ['c1', 'e1']);
  outlet.early('One.');
  await expect(Promise.all([outlet.say('One.'), outlet.say('Two.')])).rejects.toThrow('throttled');
  expect(texts).toEqual([]);
});

it('the same text of the same answer has the same token, and no other has', async () => {
  const tokens: string[] = [];
  const post = async ({ token }: Post) => {
    tokens.push(token);
  };
  const answer = async (...about: string[]) => {
    const outlet = new Outlet(post, about);
    await outlet.say('Yes.');
    await outlet.say('Yes.');
    await outlet.ask('{}', 'Sure?');
  };
  await answer('c1', 'e1');
  await answer('c1', 'e1');
  expect(tokens.slice(3)).toEqual(tokens.slice(0, 3));
  await answer('c1', 'e2');
  await answer('c2', 'e1');
  expect(new Set(tokens).size).toBe(9);
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{64}$/);
});
