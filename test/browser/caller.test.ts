import { StartOutboundVoiceContactCommand } from '@aws-sdk/client-connect';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page, WebSocketRoute } from 'playwright-core';
import { z } from 'zod';
import { connectClient } from '../center/chat.ts';
import { type Opened, openCenter } from '../center/open.ts';
import type { WorkflowName } from '../center/workflows.ts';
import { axeProblems, launch, openPage, SCREENS } from './browser.ts';
import { LINES, TITLES, WORKFLOWS } from './callers.ts';

/** Each screen once, and each colour scheme. */
const LOOKS = [
  ['phone', 'dark'],
  ['small', 'light'],
  ['desk', 'light'],
  ['desk', 'dark'],
] as const;

/**
 * A voice and an ear in place of the browser's. `voice.said`: what was said aloud; with `voice.slow` it goes on saying a sentence until
 * `voice.end()`. `ear`: the recognition that listens.
 */
const VOICE = `
  const voice = { said: [], stopped: 0, slow: sessionStorage.getItem('slow') === 'yes', now: undefined };
  voice.end = () => { const now = voice.now; voice.now = undefined; now?.onend?.(new Event('end')); };
  Object.assign(window, { voice });
  Object.defineProperty(window, 'speechSynthesis', { value: {
    speak(utterance) {
      voice.said.push(utterance.text);
      voice.now = utterance;
      utterance.onstart?.(new Event('start'));
      if (!voice.slow) setTimeout(() => voice.now === utterance && voice.end());
    },
    cancel() { if (voice.now) voice.stopped += 1; voice.end(); },
  } });
  window.SpeechRecognition = class { start() { window.ear = this; } stop() { this.onend?.(); } abort() {} };
`;

let browser: Browser;
let center: Opened;
beforeAll(async () => {
  browser = await launch();
  center = await openCenter(WORKFLOWS, {
    pages: { host: 'embedded', decider: 'offline' },
  });
});
afterAll(async () => {
  await browser?.close();
  await center?.close();
});

/** What went wrong in the pages of a test, which has to be nothing, besides what it brought about itself. */
let wrong: (readonly string[])[] = [];
/** What the test brought about itself. */
const forgive = (what: string) => {
  wrong = wrong.map((lines) => lines.filter((line) => !line.includes(what)));
};
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  expect(wrong.splice(0).flat()).toEqual([]);
});

async function open(options: BrowserContextOptions & { readonly slow?: true } = {}): Promise<Page> {
  const { slow, ...rest } = options;
  const context = await browser.newContext({ viewport: SCREENS.desk, bypassCSP: true, ...rest });
  context.setDefaultTimeout(60_000);
  if (slow) await context.addInitScript(`sessionStorage.setItem('slow', 'yes')`);
  await context.addInitScript(VOICE);
  closing.push(() => context.close());
  const opened = await openPage(context, center.endpoint);
  wrong.push(opened.wrong);
  return opened.page;
}

const chatWith = (page: Page, workflow: WorkflowName) =>
  page.getByRole('button', { name: `Chat: ${TITLES[workflow]}` }).click();
const call = (page: Page, workflow: WorkflowName) =>
  page.getByRole('button', { name: `Call: ${TITLES[workflow]}` }).click();
const bySystem = (page: Page) => page.locator('li.line.system');
const typed = async (page: Page, field: 'Your message' | 'What you say', text: string) => {
  await page.getByLabel(field).fill(text);
  await page.keyboard.press('Enter');
};
const write = (page: Page, text: string) => typed(page, 'Your message', text);
const say = (page: Page, text: string) => typed(page, 'What you say', text);
const welcomed = (page: Page) => bySystem(page).nth(1).waitFor();
const yourTurn = (page: Page) => page.getByText('Your turn.').waitFor();
const ended = (page: Page, words: string | RegExp) => page.getByRole('heading', { name: words }).waitFor();
const spoken = async (page: Page) => z.array(z.string()).parse(await page.evaluate('voice.said'));
const focused = (page: Page) => page.evaluate('document.activeElement?.id || document.activeElement?.textContent');
const wide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth');

/** The contact of the conversation that the page has. */
async function contactOf(page: Page) {
  const kept = z
    .object({ contactId: z.string().optional(), workflow: z.string() })
    .parse(JSON.parse(String(await page.evaluate(`sessionStorage.getItem('parley.conversation')`))));
  const contact = center.contacts.all.find(({ id }) => id === kept.contactId);
  if (!contact) throw new Error('There is no such contact.');
  return contact;
}

/** Lets the page lose its sockets at this path: what it returns does that, and resolves once the page knows. */
async function losing(page: Page, path: string): Promise<() => Promise<void>> {
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(path, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  return async () => {
    for (const socket of sockets.splice(0)) await socket.close({ code: 4000, reason: 'lost' });
    await page.getByText('The connection is lost.').waitFor();
  };
}

/** What was said in a chat, in order, as the contact center has it. */
async function transcript(page: Page): Promise<readonly string[]> {
  const { items } = await contactOf(page);
  return items.flatMap(({ Type, Content = '' }) => (Type === 'MESSAGE' ? [Content] : []));
}

/** What the page shows of it. */
async function shown(page: Page): Promise<readonly string[]> {
  const texts = await page.locator('li.line:not(.note)').allInnerTexts();
  return texts
    .map((text) => text.replace(/^(You|Assistant|They): ?\n?/, '').replace(/\n?(Delivered|Waits)$/, ''))
    .map((text) => text.trim());
}

/** An agent takes whoever waits, once they do. */
async function taken(contact: { readonly id: string }, name: string) {
  for (;;) {
    const agent = center.queues.take(contact.id, name);
    if (agent) return agent;
    await new Promise<void>((resolve) => {
      const forget = center.queues.watch(() => {
        forget();
        resolve();
      });
    });
  }
}

describe('the start', () => {
  it.each(LOOKS)('says what to try, and fits a %s, %s', async (screen, colorScheme) => {
    const page = await open({ viewport: SCREENS[screen], colorScheme });
    await page.getByText('maya.chen@example.com').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    expect(await wide(page)).toBe(false);
  });
});

describe('a chat', () => {
  it('shows all that was said, up to its end', async () => {
    const page = await open();
    const lines = LINES['healthcare-intake'];
    await chatWith(page, 'healthcare-intake');
    await welcomed(page);
    for (const line of lines) {
      const before = await bySystem(page).count();
      await write(page, line);
      await bySystem(page).nth(before).waitFor();
    }
    await ended(page, 'The chat came to its end.');
    expect(await shown(page)).toEqual(await transcript(page));
    expect((await contactOf(page)).ended?.reason).toBe('CONTACT_FLOW_DISCONNECT');
  });

  it.each(LOOKS)(
    'has no problem for axe while it is open and when it is over, on a %s, %s',
    async (screen, colorScheme) => {
      const page = await open({ viewport: SCREENS[screen], colorScheme });
      await chatWith(page, 'support');
      await welcomed(page);
      await write(page, 'Where is my order?');
      await page.getByText('Delivered').waitFor();
      expect(await axeProblems(page)).toEqual([]);
      expect(await wide(page)).toBe(false);
      await page.getByRole('button', { name: 'End the chat' }).click();
      await ended(page, 'You ended the chat.');
      expect(await axeProblems(page)).toEqual([]);
    },
  );

  it('goes by the keyboard alone, and the focus goes to where it goes on', async () => {
    const page = await open();
    await page.getByText('maya.chen@example.com').waitFor();
    for (let tabs = 0; tabs < 10; tabs++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.ariaLabel')) === `Chat: ${TITLES.support}`) break;
    }
    await page.keyboard.press('Enter');
    await welcomed(page);
    expect(await focused(page)).toBe('message');
    await page.keyboard.type('I want to know where my order is');
    await page.keyboard.press('Enter');
    await bySystem(page).nth(2).waitFor();
    // The log, which scrolls, and then the button above it.
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('End the chat');
    await page.keyboard.press('Enter');
    await ended(page, 'You ended the chat.');
    expect(await focused(page)).toBe('You ended the chat.');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Start again');
  });

  it('is kept over a lost connection, with what was said meanwhile, and each message once', async () => {
    const page = await open();
    const lose = await losing(page, '**/socket/*');
    await chatWith(page, 'support');
    await welcomed(page);
    await write(page, 'Hi, where is my package?');
    await bySystem(page).nth(2).waitFor();
    const contact = await contactOf(page);
    await lose();
    contact.say('bot', 'Said while nobody listened.');
    await page.getByText('Said while nobody listened.').waitFor();
    await page.getByText('The connection is lost.').waitFor({ state: 'detached' });
    await write(page, 'luis.ortega@example.com');
    await page.getByText(/order number/).waitFor();
    expect(await shown(page)).toEqual(await transcript(page));
  });

  it('that ended while the page was away is over when it comes back', async () => {
    const page = await open();
    await chatWith(page, 'support');
    await welcomed(page);
    const contact = await contactOf(page);
    await page.goto(`${center.endpoint}/watch`);
    contact.end('API');
    await page.goto(center.endpoint);
    await ended(page, 'The chat came to its end.');
    await page.getByText('What can I do for you today?').waitFor();
    forgive('403');
  });

  it('says what could not be sent, and sends it again, once', async () => {
    const page = await open();
    await chatWith(page, 'support');
    await welcomed(page);
    const tokens = new Set<string>();
    page.on('request', (request) => {
      if (request.url().endsWith('/participant/message') && request.method() === 'POST')
        tokens.add(z.object({ ClientToken: z.string() }).parse(request.postDataJSON()).ClientToken);
    });
    await page.route('**/participant/message', (route) => route.abort());
    await write(page, 'Where is my order?');
    await page.getByText('Not sent.').waitFor();
    await page.unroute('**/participant/message');
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText(/e-mail address/).waitFor();
    expect(await shown(page)).toEqual(await transcript(page));
    expect((await shown(page)).filter((text) => text === 'Where is my order?')).toHaveLength(1);
    // Sent again, it is the same message.
    expect(tokens.size).toBe(1);
    forgive('ERR_FAILED');
  });

  it('has a message once that was taken, though its answer was lost', async () => {
    const page = await open();
    await chatWith(page, 'support');
    await welcomed(page);
    await page.route('**/participant/message', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await write(page, 'Where is my order?');
    await page.getByText(/e-mail address/).waitFor();
    await page.getByText('Delivered').waitFor();
    expect(await shown(page)).toEqual(await transcript(page));
    expect((await shown(page)).filter((text) => text === 'Where is my order?')).toHaveLength(1);
    forgive('ERR_FAILED');
  });

  it('shows who has taken it, that they type, and their words as they are', async () => {
    const page = await open();
    await chatWith(page, 'support');
    await welcomed(page);
    await write(page, 'I want to talk to a person');
    const agent = await taken(await contactOf(page), 'Ana');
    await page.getByText('Ana has joined the chat.').waitFor();
    agent.typing();
    await page.getByText('Ana is typing…').waitFor();
    agent.say('<b>Hello</b> & **welcome**');
    await page.getByText('<b>Hello</b> & **welcome**').waitFor();
    expect(await page.getByText('Ana is typing…').count()).toBe(0);
    expect(await axeProblems(page)).toEqual([]);
    agent.end();
    await ended(page, 'Ana ended the chat.');
  });

  it('has lists, quick replies and times to pick, which are picked once', async () => {
    const page = await open();
    await chatWith(page, 'support');
    await welcomed(page);
    const contact = await contactOf(page);
    const offer = (templateType: string, content: object) =>
      contact.say(
        'bot',
        JSON.stringify({ templateType, version: '1.0', data: { content } }),
        'application/vnd.amazonaws.connect.message.interactive',
      );
    const elements = [{ title: 'Track an order', subtitle: 'where it is' }, { title: 'Cancel it' }, { title: 'Else' }];
    offer('ListPicker', { title: 'What is it about?', elements });
    await page.getByRole('button', { name: 'Cancel it' }).waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Track an order' }).click();
    await page.getByText(/e-mail address/).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel it' }).count()).toBe(0);
    offer('QuickReply', { title: 'Sure?', elements: [{ title: 'Yes' }, { title: 'No' }] });
    await page.getByRole('button', { name: 'Yes' }).waitFor();
    offer('TimePicker', { title: 'When?', timeslots: [{ date: '2026-12-01T09:00-05:00', duration: 1_800 }] });
    await page.getByRole('button', { name: 'Tuesday, December 1 at 9:00 AM' }).click();
    await page.locator('li.line.caller', { hasText: 'Tuesday, December 1 at 9:00 AM' }).waitFor();
    const own = contact.items.filter(
      ({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOMER' && Type === 'MESSAGE',
    );
    expect(own.map(({ Content, ContentType }) => [Content, ContentType])).toEqual([
      ['Track an order', 'text/plain'],
      ['2026-12-01T09:00-05:00', 'text/plain'],
    ]);
  });

  it('with a bot of the workflow picks the answer to a confirmation', async () => {
    const bot = await openCenter(['support'], {
      flow: { chat: 'bot' },
      pages: { host: 'embedded', decider: 'offline' },
    });
    const page = await open();
    closing.push(() => bot.close());
    await page.goto(bot.endpoint);
    await chatWith(page, 'support');
    await page.getByText('What can I do for you today?').waitFor();
    await write(page, 'please cancel order W1000001, my e-mail is maya.chen@example.com');
    await page.getByText(/six-digit code\?/).waitFor();
    await write(page, '424242');
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText(/It's cancelled/).waitFor();
  });

  it('goes on in a new contact, with what was said before', async () => {
    const page = await open();
    await chatWith(page, 'support');
    await welcomed(page);
    await page.getByRole('button', { name: 'End the chat' }).click();
    await page.getByRole('button', { name: 'Go on with this chat' }).click();
    await page.getByText('The chat goes on from here.').waitFor();
    await bySystem(page).nth(3).waitFor();
    expect((await contactOf(page)).given.continued).toBeDefined();
    await write(page, 'Where is my order?');
    await page.getByText(/e-mail address/).waitFor();
    await page.getByRole('button', { name: 'End the chat' }).click();
    await page.getByRole('button', { name: 'Choose a workflow' }).click();
    await page.getByRole('heading', { name: 'Call or chat' }).waitFor();
    expect(await focused(page)).toBe('Call or chat');
  });

  it('is not disturbed by another one in another tab, nor by a call', async () => {
    const one = await open();
    const [two, three] = [await one.context().newPage(), await one.context().newPage()];
    for (const page of [two, three]) await page.goto(center.endpoint);
    await chatWith(one, 'support');
    await chatWith(two, 'support');
    await call(three, 'support');
    await Promise.all([welcomed(one), welcomed(two), yourTurn(three)]);
    await Promise.all([
      write(one, 'Where is my order?'),
      write(two, 'I want to cancel my order'),
      say(three, 'Where is my order?'),
    ]);
    for (const page of [one, two, three]) await page.getByText(/e-mail address/).waitFor();
    await one.getByRole('button', { name: 'End the chat' }).click();
    await ended(one, 'You ended the chat.');
    await write(two, 'maya.chen@example.com');
    await say(three, 'luis dot ortega at example dot com');
    for (const page of [two, three]) await page.getByText(/order number/).waitFor();
    expect(await shown(two)).toEqual(await transcript(two));
    expect((await shown(two)).join()).not.toContain('Where is my order?');
  });
});

describe('a call', () => {
  it('is said aloud, up to its end', async () => {
    const page = await open();
    const lines = LINES['supply-chain'];
    await call(page, 'supply-chain');
    await yourTurn(page);
    for (const line of lines) {
      const before = await bySystem(page).count();
      await say(page, line);
      await bySystem(page).nth(before).waitFor();
      await page.locator('[data-state=listening], .ended').waitFor();
    }
    await ended(page, 'The call came to its end.');
    const captions = (await shown(page)).filter((text) => !lines.includes(text)).join(' ');
    const aloud = (await spoken(page)).join(' ');
    for (const text of [captions, aloud]) expect(text).toMatch(/(Goodbye|day|care)/i);
    expect(captions + aloud).not.toMatch(/<\/?[a-z-]+/);
  });

  it.each(LOOKS)(
    'has no problem for axe while it is open and when it is over, on a %s, %s',
    async (screen, colorScheme) => {
      const page = await open({ viewport: SCREENS[screen], colorScheme });
      await call(page, 'support');
      await yourTurn(page);
      await say(page, 'Where is my order?');
      await page.getByText(/e-mail address/).waitFor();
      expect(await axeProblems(page)).toEqual([]);
      expect(await wide(page)).toBe(false);
      await page.getByRole('button', { name: 'Hang up' }).click();
      await ended(page, 'You hung up.');
      expect(await axeProblems(page)).toEqual([]);
    },
  );

  it('takes keys, by the keyboard as well, and silence', async () => {
    const page = await open();
    await call(page, 'support');
    await yourTurn(page);
    await page.getByRole('button', { name: 'Stay silent' }).click();
    await bySystem(page).nth(2).waitFor();
    await yourTurn(page);
    await say(page, 'please cancel order W1000001, my e-mail is maya.chen@example.com');
    await page
      .getByText(/six-digit code/)
      .last()
      .waitFor();
    await yourTurn(page);
    await page.getByRole('button', { name: '4', exact: true }).click();
    await page.keyboard.type('24242');
    await page.getByText(/Is that right/).waitFor();
    expect(await shown(page)).toContain('424242');
    // What is read digit by digit is said so.
    expect((await spoken(page)).join(' ')).toContain('4 2 4 2');
    await yourTurn(page);
    const before = await bySystem(page).count();
    await page.getByRole('button', { name: '2', exact: true }).click();
    await bySystem(page).nth(before).waitFor();
    expect((await shown(page)).at(-2)).toBe('2');
  });

  it('is talked over where it may be, and a confirmation is heard to its end', async () => {
    const page = await open({ slow: true });
    const stopped = () => page.evaluate('voice.stopped');
    await call(page, 'support');
    await page.getByText('You may talk over it.').waitFor();
    await page.getByLabel('What you say').pressSequentially('p');
    await yourTurn(page);
    expect(await stopped()).toBe(1);
    await say(page, 'please cancel order W1000001, my e-mail is maya.chen@example.com');
    await page.getByText('You may talk over it.').waitFor();
    // By voice.
    await page.getByRole('button', { name: 'Talk', exact: true }).click();
    await page.evaluate('ear.onspeechstart()');
    await yourTurn(page);
    expect(await stopped()).toBe(2);
    await page.evaluate(`ear.onresult({ results: [Object.assign(
      [{ transcript: 'for two for too', confidence: 0.9 }, { transcript: '424242', confidence: 0.8 }], { isFinal: true })] })`);
    await page.evaluate('ear.onend()');
    await page.getByText(/Is that right/).waitFor();
    await page.getByText('Please hear it to its end.').waitFor();
    const before = await bySystem(page).count();
    await say(page, 'no, leave it');
    await page.getByText('Waits').waitFor();
    expect(await stopped()).toBe(2);
    // It goes once all was heard.
    while (await page.getByText('Waits').count()) await page.evaluate('voice.end()');
    await bySystem(page).nth(before).waitFor();
  });

  it('is kept over a reload: what was said is shown, and not said again', async () => {
    const page = await open();
    await call(page, 'support');
    await yourTurn(page);
    await say(page, 'Where is my order?');
    await page.getByText(/e-mail address/).waitFor();
    await yourTurn(page);
    const before = await shown(page);
    await page.reload();
    await yourTurn(page);
    expect(await shown(page)).toEqual(before);
    expect(await spoken(page)).toEqual([]);
    await say(page, 'luis dot ortega at example dot com');
    await page.getByText(/order number/).waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await ended(page, 'You hung up.');
    await page.reload();
    await ended(page, 'You hung up.');
  });

  it('goes on after its connection was lost, and what was said meanwhile is heard once', async () => {
    const page = await open();
    const lose = await losing(page, '**/desk/calls*');
    await page.routeWebSocket('**/desk/calls/*', (socket) => void socket.connectToServer());
    await call(page, 'support');
    await yourTurn(page);
    await lose();
    await say(page, 'Where is my order?');
    await page.getByText(/e-mail address/).waitFor();
    await yourTurn(page);
    expect((await shown(page)).filter((text) => text === 'Where is my order?')).toHaveLength(1);
    expect((await spoken(page)).filter((text) => /e-mail address/.test(text))).toHaveLength(1);
  });

  it('goes to a person, who is heard', async () => {
    const page = await open();
    await call(page, 'support');
    await yourTurn(page);
    await say(page, 'I want to talk to a person');
    const agent = await taken(center.contacts.all.at(-1) ?? { id: '' }, 'Ana');
    agent.say('Ana here.');
    await page.getByText('Ana here.').waitFor();
    expect(await spoken(page)).toContain('Ana here.');
    agent.end();
    await ended(page, 'Ana ended the call.');
  });

  it('is silent where the caller wants it so, and counts no silence', async () => {
    const page = await open();
    await call(page, 'support');
    await yourTurn(page);
    await page.getByLabel('Read aloud').uncheck();
    await page.getByText(/Silence in \d+ s/).waitFor();
    await page.getByLabel('My silence counts after a while').uncheck();
    expect(await page.getByText(/Silence in/).count()).toBe(0);
    const before = await spoken(page);
    await say(page, 'Where is my order?');
    await page.getByText(/e-mail address/).waitFor();
    expect(await spoken(page)).toEqual(before);
  });

  it('rings where the contact center calls back, and is answered or declined', async () => {
    const page = await open();
    await page.getByRole('heading', { name: 'Call or chat' }).waitFor();
    const ring = () =>
      connectClient(center).send(
        new StartOutboundVoiceContactCommand({
          InstanceId: center.instanceId,
          ContactFlowId: center.flowId('support'),
          DestinationPhoneNumber: '+12025550188',
          SourcePhoneNumber: '+12025550100',
        }),
      );
    await ring();
    await page.getByText('A call for +12025550188').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByText('A call for').waitFor({ state: 'detached' });
    await ring();
    await page.getByRole('button', { name: 'Answer' }).click();
    await yourTurn(page);
    await page.getByText('What can I do for you today?').waitFor();
  });
});
