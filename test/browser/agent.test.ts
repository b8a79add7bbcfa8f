import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Chat, isEnd, openChat } from '../center/chat.ts';
import { type Opened, openCenter } from '../center/open.ts';
import type { WorkflowName } from '../center/workflows.ts';
import { axeProblems, launch, openPage, SCREENS } from './browser.ts';

const PAGES = { host: 'embedded', decider: 'offline' };
let browser: Browser;
let center: Opened;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await center.close();
});

async function signedIn(name: string, colorScheme: 'light' | 'dark' = 'light', viewport = SCREENS.desk) {
  const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
  const { page, wrong } = await openPage(context, `${center.endpoint}/agent`);
  expect(await axeProblems(page)).toEqual([]);
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Waiting' }).waitFor();
  return { page, wrong };
}

/** A chat whose workflow gave it to a person. */
async function handedOver(workflow: WorkflowName = 'support'): Promise<Chat> {
  const chat = await openChat(center, workflow);
  await chat.frames.next(({ Content = '' }) => Content.endsWith('today?'));
  await chat.say('I want my money back for W1000007, it never came');
  await chat.heard();
  await chat.say('aisha.rahman@example.com');
  await chat.heard();
  return chat;
}

const take = (page: Page) => page.getByRole('button', { name: /^Take/ }).first().click();
const isAgents = ({
  ParticipantRole,
  Type,
}: {
  readonly ParticipantRole?: string | undefined;
  readonly Type: string;
}) => ParticipantRole === 'AGENT' && Type === 'MESSAGE';

describe("the agent's page", () => {
  it.each([
    ['light', SCREENS.desk],
    ['dark', SCREENS.phone],
  ] as const)('takes a chat with its brief, answers, and ends it (%s, %o)', async (scheme, screen) => {
    center = await openCenter(['support'], { pages: PAGES });
    const { page, wrong } = await signedIn('Ana', scheme, screen);
    const chat = await handedOver();
    await page.getByRole('button', { name: 'Take Chat' }).waitFor();
    expect(await page.title()).toBe('(1) Agent · Parley');
    expect(await axeProblems(page)).toEqual([]);
    await take(page);
    const brief = page.getByRole('complementary', { name: 'Brief' });
    expect(await brief.textContent()).toMatch(/Who is callingA record was found, nothing was proved.*Order IDW1000007/);
    await page.getByText('I want my money back for W1000007').waitFor();

    await page.getByLabel('Message').pressSequentially('Ana here.');
    await chat.frames.next(
      ({ ContentType, ParticipantRole }) => ParticipantRole === 'AGENT' && ContentType.endsWith('.typing'),
    );
    await page.keyboard.press('Enter');
    expect((await chat.frames.next(isAgents)).Content).toBe('Ana here.');
    await chat.say('Good, I want it back.');
    await page.getByText('Good, I want it back.').waitFor();
    await chat.frames.next(({ ContentType }) => ContentType.endsWith('message.read'));
    expect(await axeProblems(page)).toEqual([]);

    await page.getByRole('button', { name: 'End chat' }).click();
    await page.getByRole('button', { name: 'End it now' }).click();
    await chat.frames.next(isEnd);
    await page.getByText('You ended it.', { exact: true }).waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('Nobody waits.').waitFor();
    expect(wrong).toEqual([]);
  });

  it('has its contacts, and what was said in between, after a reload; and says that the caller left', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const { page } = await signedIn('Ana');
    const chat = await handedOver();
    await take(page);
    await page.getByRole('log').waitFor();
    await page.reload();
    await page.getByText('I want my money back for W1000007').waitFor();
    await chat.say('Are you there?');
    await page.getByText('Are you there?').waitFor();
    await page.getByLabel('Message').fill('Yes.');
    await page.keyboard.press('Enter');
    expect((await chat.frames.next(isAgents)).Content).toBe('Yes.');
    center.contacts.find(chat.contact)?.end('CUSTOMER_DISCONNECT');
    await page.getByText('The caller left.', { exact: true }).waitFor();
    expect(await page.getByLabel('Message').count()).toBe(0);
  });

  it('gives a contact to one agent: the other sees it go', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const [ana, ben] = [await signedIn('Ana'), await signedIn('Ben')];
    await handedOver();
    await Promise.all([ana, ben].map(({ page }) => page.getByRole('button', { name: /^Take/ }).waitFor()));
    await take(ana.page);
    await ana.page.getByRole('log').waitFor();
    await ben.page.getByText('Nobody waits.').waitFor();
    expect(await ben.page.getByRole('button', { name: /^Take/ }).count()).toBe(0);
  });

  it('speaks in a call, whose caller is heard, beside a chat that has news', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const { page } = await signedIn('Ana');
    const chat = await handedOver();
    await take(page);
    await page.getByRole('log').waitFor();
    const phone = center.call('support', '+12025550123');
    const spoken = new Promise<string>((resolve) => {
      phone.hear((sound) => {
        if (sound.type === 'words' && sound.by === 'AGENT') resolve(sound.content);
      });
    });
    phone.press('0');
    await page.getByRole('button', { name: 'Take Call' }).click();
    await page.getByLabel('What you say').fill('Ana speaking.');
    await page.keyboard.press('Enter');
    expect(await spoken).toBe('Ana speaking.');
    phone.say('My lamp is broken');
    await page.getByText('My lamp is broken').waitFor();
    await chat.say('Hello?');
    await page.getByRole('button', { name: /Luis.*1 unread/ }).waitFor();
    await page.getByText('New message from Luis.').waitFor({ state: 'attached' });
    phone.hangUp();
    await page.getByText('The caller left.', { exact: true }).waitFor();
  });
});
