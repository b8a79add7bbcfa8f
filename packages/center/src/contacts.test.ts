import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { Contacts } from './contacts.ts';

const MINUTE = 60_000;

function made() {
  const clock = manualClock(0);
  const contacts = new Contacts(clock, () => undefined);
  const contact = contacts.begin({ channel: 'CHAT', initiation: 'API' });
  return { clock, contacts, contact };
}

describe('who may come into a contact', () => {
  it('has five minutes as a customer, after which the contact is over', async () => {
    const { clock, contacts, contact } = made();
    const { token } = contacts.seat(contact, 'CUSTOMER', 'Luis');
    await clock.advance(5 * MINUTE - 1);
    expect(contacts.seatOf(token)).toBeDefined();
    await clock.advance(1);
    expect(contacts.seatOf(token)).toBeUndefined();
    expect(contact.ended?.reason).toBe('EXPIRED');
  });

  it('has fifteen seconds as a bot, and the contact goes on without it', async () => {
    const { clock, contacts, contact } = made();
    const { token } = contacts.seat(contact, 'CUSTOM_BOT', 'Parley');
    await clock.advance(15_000);
    expect(contacts.seatOf(token)).toBeUndefined();
    expect(contact.ended).toBeUndefined();
  });

  it('is in it once, and may come back once connected', async () => {
    const { clock, contacts, contact } = made();
    const { seat, token } = contacts.seat(contact, 'CUSTOMER', 'Luis');
    contacts.connect(seat);
    contacts.connect(seat);
    await clock.advance(30 * MINUTE);
    expect(contacts.seatOf(token)).toBe(seat);
    expect(contact.items.map(({ ContentType }) => ContentType)).toEqual([
      'application/vnd.amazonaws.connect.event.participant.joined',
    ]);
  });

  it('listens by a ticket for 100 seconds, and speaks by a token for a day', async () => {
    const { clock, contacts, contact } = made();
    const { seat } = contacts.seat(contact, 'CUSTOMER', 'Luis');
    contacts.connect(seat);
    const [ticket, connection] = [contacts.ticket(seat), contacts.connection(seat)];
    await clock.advance(99_999);
    expect(contacts.listensAs(ticket.token)).toBe(seat);
    await clock.advance(1);
    expect(contacts.listensAs(ticket.token)).toBeUndefined();
    await clock.advance(24 * 60 * MINUTE - 100_001);
    expect(contacts.connectedAs(connection.token)).toBe(seat);
    await clock.advance(1);
    expect(contacts.connectedAs(connection.token)).toBeUndefined();
  });

  it('is forgotten, with the contact, an hour after its end', async () => {
    const { clock, contacts, contact } = made();
    const { seat } = contacts.seat(contact, 'CUSTOMER', 'Luis');
    const { token } = contacts.connection(seat);
    contact.end('API');
    await clock.advance(60 * MINUTE - 1);
    expect(contacts.find(contact.id)).toBe(contact);
    await clock.advance(1);
    expect(contacts.find(contact.id)).toBeUndefined();
    expect(contacts.connectedAs(token)).toBeUndefined();
  });

  it('is forgotten before that where a thousand contacts have ended since', () => {
    const { contacts, contact } = made();
    const { seat } = contacts.seat(contact, 'CUSTOMER', 'Luis');
    const { token } = contacts.connection(seat);
    const goesOn = contacts.begin({ channel: 'CHAT', initiation: 'API' });
    contact.end('API');
    const next = () => contacts.begin({ channel: 'CHAT', initiation: 'API' });
    const [second] = Array.from({ length: 999 }, () => {
      const one = next();
      one.end('API');
      return one;
    });
    expect(contacts.find(contact.id)).toBe(contact);
    next().end('API');
    expect(contacts.find(contact.id)).toBeUndefined();
    expect(contacts.connectedAs(token)).toBeUndefined();
    expect(contacts.all).toContain(second);
    expect(contacts.all).toContain(goesOn);
    expect(contacts.all).toHaveLength(1_001);
  });
});
