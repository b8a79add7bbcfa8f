import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { folderWith, ROOT, type Running, remove, start } from '../cli/command.ts';
import { launch, openPage } from './browser.ts';
import { conversationOf, LINES, WORKFLOWS } from './callers.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const folders: string[] = [];
const running: Running[] = [];
let wrong: (readonly string[])[] = [];
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const one of running.splice(0)) await kill(one);
  for (const folder of folders.splice(0)) remove(folder);
  expect(wrong.splice(0).flat()).toEqual([]);
});

async function kill({ process, ended }: Running): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}

function newFolder(): string {
  const folder = folderWith();
  folders.push(folder);
  return folder;
}

/** The command, as people start it, and where it says that it is open. */
async function command(...options: string[]): Promise<{ readonly one: Running; readonly address: string }> {
  const one = start(['center', '--no-open', ...options], ROOT);
  running.push(one);
  await one.until('The contact center is open: ');
  await one.until('Ctrl-C closes it.');
  return { one, address: /open: (\S+)/.exec(one.printed())?.[1] ?? '' };
}
const opened = (...options: string[]) => command('--port', '0', '--data', newFolder(), ...options);

/** The browser tells of connections that failed: a test that stops the contact center has asked for it. */
function forgiveLosses(): void {
  const lost = /net::ERR_CONNECTION_|403 \(Forbidden\)|WebSocket connection/;
  wrong = wrong.map((lines) => lines.filter((line) => !lost.test(line)));
}

/** A page of somebody's own: nothing is shared with another's. */
async function visit(address: string): Promise<Page> {
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  const { page, wrong: lines } = await openPage(context, address);
  wrong.push(lines);
  return page;
}

async function agentAt(address: string): Promise<Page> {
  const page = await visit(`${address}/agent`);
  await page.getByLabel('Your name').fill('Ana');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Waiting' }).waitFor();
  return page;
}

const rows = (watcher: Page) => watcher.locator('.rows a');
/** Waits until so many sessions have ended, and no others have. By locators: the page's policy lets no script of a test wait in it. */
async function haveEnded(watcher: Page, count: number): Promise<void> {
  const ended = rows(watcher)
    .locator('.state')
    .filter({ hasText: /^Ended/ });
  await ended.nth(count - 1).waitFor();
  expect(await ended.count()).toBe(count);
}
const step = (watcher: Page) => watcher.locator('.step.current .step-name');

it('every workflow is chatted with and called, by callers who do not mix, to the ends that the watcher sees', async () => {
  const { address, one } = await opened();
  const watcher = await visit(`${address}/watch`);
  await watcher.getByText('No sessions yet.').waitFor();
  const talked = WORKFLOWS.flatMap((workflow) =>
    (['chat', 'call'] as const).map(async (channel) => {
      const page = await visit(address);
      const conversation = conversationOf(page, channel);
      await conversation.begin(workflow);
      for (const [index, line] of LINES[workflow].entries()) {
        if (index === 1) {
          await page.reload();
          await conversation.begun();
        }
        await conversation.answered(line);
      }
      await page.getByRole('heading', { name: `The ${channel} came to its end.` }).waitFor();
      expect(await conversation.own()).toEqual(LINES[workflow]);
      await page.close();
    }),
  );
  await Promise.all(talked);
  await watcher.getByText(`${talked.length} in all`).waitFor();
  await haveEnded(watcher, talked.length);
  one.process.kill('SIGINT');
  expect((await one.ended).code).toBe(0);
  await watcher.getByText('The contact center does not answer.').first().waitFor();
  forgiveLosses();
});

it('a hand-off is seen on all three pages: by the caller, the watcher and the agent', async () => {
  const { address } = await opened('support');
  const [caller, watcher, agent] = await Promise.all([visit(address), visit(`${address}/watch`), agentAt(address)]);
  const chat = conversationOf(caller, 'chat');
  await chat.begin('support');
  await chat.answered('I want my money back for W1000007, it never came');
  await rows(watcher).click();
  await step(watcher).getByText('by_email').waitFor();
  await chat.answered('aisha.rahman@example.com');

  await step(watcher).getByText('handoff', { exact: true }).waitFor();
  await watcher.getByText('Handed to a person: support').first().waitFor();
  await watcher.locator('.session-facts').getByText('With a person: support').waitFor();
  await watcher.getByRole('tab', { name: 'Path' }).click();
  expect((await watcher.locator('.path strong').allTextContents()).slice(-1)).toEqual(['handoff']);

  await agent.getByRole('button', { name: 'Take Chat' }).click();
  await caller.getByText('Ana has joined the chat.').waitFor();
  const brief = agent.getByRole('complementary', { name: 'Brief' });
  expect(await brief.textContent()).toContain('Order IDW1000007');
  for (const said of ['I want my money back for W1000007, it never came', 'A refund of that size is for a person'])
    await agent.getByText(said).waitFor();
  await agent.getByLabel('Message').fill('Ana here.');
  await agent.keyboard.press('Enter');
  await caller.getByText('Ana here.').waitFor();
  await chat.tell('I want it back.');
  await agent.getByText('I want it back.').waitFor();
  await agent.getByRole('button', { name: 'End chat' }).click();
  await agent.getByRole('button', { name: 'End it now' }).click();
  await caller.getByRole('heading', { name: 'Ana ended the chat.' }).waitFor();
  await caller.getByRole('link', { name: 'See this session' }).click();
  await step(caller).getByText('handoff', { exact: true }).waitFor();
});

it('sessions on Step Functions are chatted with, called and watched as well', async () => {
  const { address } = await opened('support', '--host', 'stepfunctions');
  const watcher = await visit(`${address}/watch`);
  for (const channel of ['chat', 'call'] as const) {
    const page = await visit(address);
    const conversation = conversationOf(page, channel);
    await conversation.begin('support');
    for (const line of LINES.support) await conversation.answered(line);
    await page.getByRole('heading', { name: `The ${channel} came to its end.` }).waitFor();
  }
  await haveEnded(watcher, 2);
  await rows(watcher).first().click();
  await step(watcher).getByText('goodbye').waitFor();
});

it('the demo has callers by itself, who are watched', async () => {
  const { address } = await opened('support', '--demo');
  const watcher = await visit(`${address}/watch`);
  await rows(watcher).first().click();
  await watcher.locator('.event').first().waitFor();
});

describe('killed and started again, the contact center has lost its contacts', () => {
  it('and all pages say so, and go on', async () => {
    const data = newFolder();
    const { address, one } = await command('support', '--port', '0', '--data', data);
    const agent = await agentAt(address);
    const pages = await Promise.all(
      (['chat', 'call'] as const).map(async (channel) => ({ channel, page: await visit(address) })),
    );
    const conversations = pages.map(({ channel, page }) => ({ channel, page, ...conversationOf(page, channel) }));
    for (const { begin, answered } of conversations) {
      await begin('support');
      await answered('Where is my order?');
    }
    const away = await visit(address);
    const given = conversationOf(away, 'chat');
    await given.begin('support');
    await given.answered('I want to talk to a person');
    await agent.getByRole('button', { name: 'Take Chat' }).click();
    await agent.getByRole('log').waitFor();
    const watcher = await visit(`${address}/watch`);
    await watcher.getByText('3 in all').waitFor();
    const hangsUp = await visit(address);
    const hungUp = conversationOf(hangsUp, 'call');
    await hungUp.begin('support');

    await kill(one);
    await Promise.all([
      ...pages.map(({ page }) => page.getByText('The connection is lost.').waitFor()),
      agent.getByText('The contact center does not answer.').waitFor(),
      watcher.getByText('The contact center does not answer.').waitFor(),
    ]);
    await hangsUp.getByRole('button', { name: 'Hang up' }).click();
    await hangsUp.getByRole('heading', { name: 'You hung up.' }).waitFor();
    await hangsUp.getByRole('button', { name: 'Choose a workflow' }).click();
    await hangsUp.getByRole('button', { name: /^Chat: / }).click();
    await hangsUp.getByText('The contact center does not answer. Is it still running?').waitFor();
    await hangsUp.getByRole('button', { name: /^Call: / }).click();
    await hangsUp.getByText('The contact center does not answer. Trying again…').waitFor();

    await command('support', '--port', new URL(address).port, '--data', data);
    for (const { page, channel, begun } of conversations) {
      await page.getByRole('heading', { name: 'The contact center was started again.' }).waitFor();
      await page.getByText(`The ${channel} was lost with it.`).waitFor();
      await page.getByRole('button', { name: channel === 'chat' ? 'Start again' : 'Call again' }).click();
      await begun();
    }
    await agent.getByText('The contact center was started again: the contacts that you had are lost.').waitFor();
    await agent.getByRole('button', { name: 'Got it' }).click();
    await agent.getByText('Nobody waits.').waitFor();
    // The call that was begun while nobody answered.
    await hungUp.begun();
    // The sessions are there too: four of before, and three since.
    await watcher.getByText('7 in all').waitFor();
    forgiveLosses();
  });
});
