import type { Page } from 'playwright-core';
import type { WorkflowName } from '../center/workflows.ts';

export const TITLES: { readonly [name in WorkflowName]: string } = {
  support: 'Orders, returns and refunds',
  'supply-chain': 'Shipments, docks and claims',
  'healthcare-intake': 'Appointments and intake of a family practice',
};

/** What a caller says, up to the goodbye. */
export const LINES: { readonly [name in WorkflowName]: readonly string[] } = {
  support: ['Hi, where is my package?', 'luis.ortega@example.com', 'W1000004', "no, that's all, thanks"],
  'supply-chain': ['status of S2000002 please, ZIP 55401', 'and what about S2000003?', 'no thanks'],
  'healthcare-intake': [
    "no please don't record me",
    'when is my appointment',
    'maria gonzalez',
    'march twelfth nineteen eighty four',
    '424242',
    "that's it thank you",
  ],
};
export const WORKFLOWS: readonly WorkflowName[] = ['support', 'supply-chain', 'healthcare-intake'];

/** A chat or a call at a caller's page. */
export interface Conversation {
  begin(workflow: WorkflowName): Promise<void>;
  /** Waits until it has begun, and it is the caller's turn. */
  begun(): Promise<void>;
  /** Writes or says it. */
  tell(text: string): Promise<void>;
  /** Writes or says it, and waits until all of the answer is there. */
  answered(text: string): Promise<void>;
  /** What the caller wrote or said. */
  own(): Promise<readonly string[]>;
}

export function conversationOf(page: Page, channel: 'chat' | 'call'): Conversation {
  const bySystem = page.locator('li.line.system');
  const tell = async (text: string) => {
    await page.getByLabel(channel === 'chat' ? 'Your message' : 'What you say').fill(text);
    await page.keyboard.press('Enter');
  };
  const begun = async () => {
    await bySystem.nth(1).waitFor();
    if (channel === 'call') await page.getByText('Your turn.').waitFor();
  };
  return {
    begun,
    tell,
    begin: async (workflow) => {
      await page.getByRole('button', { name: `${channel === 'chat' ? 'Chat' : 'Call'}: ${TITLES[workflow]}` }).click();
      await begun();
    },
    answered: async (text) => {
      const before = await bySystem.count();
      await tell(text);
      await bySystem.nth(before).waitFor();
      if (channel === 'call') await page.locator('[data-state=listening], .ended').waitFor();
    },
    own: async () => {
      const texts = await page.locator('li.line.caller').allInnerTexts();
      return texts.map((text) =>
        text
          .replace(/^You: ?\n?/, '')
          .replace(/\n?(Delivered|Waits)$/, '')
          .trim(),
      );
    },
  };
}
