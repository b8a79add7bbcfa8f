import { z } from 'zod';
import type { Item } from '../contact.ts';
import { fromJson } from '../json.ts';
import type { Line } from './agents-messages.ts';

const list = z.object({
  data: z.object({
    content: z.object({
      title: z.string(),
      elements: z.array(z.object({ title: z.string() })).optional(),
    }),
  }),
});
const answer = z.object({ data: z.object({ content: z.object({ title: z.string() }) }) });

/** An item of a transcript as an agent reads it: what was said, and which agents came and went. Undefined where it is none of these. */
export function lineOf(item: Item): Line | undefined {
  const { Id: id, Content, ContentType, ParticipantRole: role, DisplayName: name = '', AbsoluteTime, Type } = item;
  const at = Date.parse(AbsoluteTime);
  if (Type === 'MESSAGE') {
    const by = role === 'CUSTOMER' ? 'caller' : role === 'AGENT' ? 'agent' : 'bot';
    return { id, at, by, name, text: plain(Content ?? '', ContentType) };
  }
  const what = /\.participant\.(joined|left)$/.exec(ContentType)?.[1];
  if (!what || role !== 'AGENT') return undefined;
  return { id, at, by: 'note', name, text: what };
}

/** Words without the marks of speech, and those of a list with what it offers. */
function plain(content: string, contentType: string): string {
  if (contentType === 'application/ssml+xml') return spoken(content);
  if (!contentType.includes('json') && !contentType.includes('interactive')) return content;
  const data = fromJson(content);
  const offered = list.safeParse(data).data?.data.content;
  if (offered) return [offered.title, ...(offered.elements ?? []).map(({ title }) => `• ${title}`)].join('\n');
  return answer.safeParse(data).data?.data.content.title ?? content;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
]);

const spoken = (ssml: string) =>
  ssml
    .replace(/<sub\b[^>]*\balias="([^"]*)"[^>]*>.*?<\/sub>/gs, '$1')
    .replace(/<break\b[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES.get(entity) ?? entity)
    .replace(/\s+/g, ' ')
    .trim();
