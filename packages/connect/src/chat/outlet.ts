import { createHash } from 'node:crypto';
import { MAX_MESSAGE } from '../speech/messages.ts';
import { type Fragment, piecesOf } from '../speech/pieces.ts';
import { isRefused, type Post } from './participant.ts';
import { INTERACTIVE } from './picker.ts';

const plain = (fragments: readonly Fragment[]) => fragments.map(({ text }) => text).join('');

/**
 * What is posted to a chat on account of one event, one after the other. Each text has a number, by which it is the same text when it is posted
 * again, after a crash or by somebody else.
 */
export class Outlet {
  readonly #post: (post: Post) => Promise<void>;
  readonly #about: readonly string[];
  readonly #before: Outlet | undefined;
  #count = 0;
  #chain: Promise<void> = Promise.resolve();
  /** What was handed out before the reply that has it: the texts, and how posting them went. */
  readonly #early: { readonly text: string; readonly posted: Promise<void> }[] = [];

  /** `about`: the chat and the event. `before`: an outlet whose early words are said in this one's replies. */
  constructor(post: (post: Post) => Promise<void>, about: readonly string[], before?: Outlet) {
    this.#post = post;
    this.#about = about;
    this.#before = before;
  }

  /** Posts words that come before their reply. What goes wrong shows when the reply has them. */
  early(text: string): void {
    const posted = this.#queue(text, this.#count++);
    posted.catch(() => undefined);
    this.#early.push({ text, posted });
  }

  /** Posts a text of a reply, unless it went out early. Rejects with what posting it fails with. */
  async say(text: string): Promise<void> {
    const own = this.#claimed(text);
    if (own) return own;
    // It has its number here as well: after a crash nobody knows that it went out early.
    const number = this.#count++;
    const early = this.#before === undefined ? undefined : this.#before.#claimed(text);
    await (early ?? this.#queue(text, number));
  }

  #claimed(text: string): Promise<void> | undefined {
    return this.#early[0]?.text === text ? this.#early.shift()?.posted : undefined;
  }

  /** Posts a question as an interactive message, or, where the service does not take it, as a text. Tells which. */
  async ask(content: string, question: string): Promise<boolean> {
    const number = this.#count++;
    let taken = true;
    await this.#then(async () => {
      try {
        await this.#post({ contentType: INTERACTIVE, content, token: this.#token(number, INTERACTIVE, content) });
      } catch (error) {
        if (!isRefused(error)) throw error;
        taken = false;
        await this.#text(question, number);
      }
    });
    return taken;
  }

  #queue(text: string, number: number): Promise<void> {
    return this.#then(() => this.#text(text, number));
  }

  async #text(text: string, number: number): Promise<void> {
    const contentType = 'text/plain';
    for (const [index, content] of piecesOf([{ text, spans: [] }], plain, MAX_MESSAGE, true).entries()) {
      await this.#post({ contentType, content, token: this.#token(number, `${contentType} ${index}`, content) });
    }
  }

  /** One after the other: what failed keeps what comes after from being posted before it. */
  #then(work: () => Promise<void>): Promise<void> {
    this.#chain = this.#chain.then(work);
    // Whoever said it hears of it.
    this.#chain.catch(() => undefined);
    return this.#chain;
  }

  #token(...what: readonly (string | number)[]): string {
    return createHash('sha256')
      .update(JSON.stringify([...this.#about, ...what]))
      .digest('hex');
  }
}
