import { useEffect, useState } from 'react';
import { type RingingMessage, ringingMessage } from '../../../src/desk/calls-messages.ts';
import { openSocket, type PageSocket } from '../../shared/socket.ts';

type Ringing = RingingMessage['calls'][number];

/** A call that comes in, where the center calls somebody back: answered, or declined. */
export function IncomingCall({ answer }: { readonly answer: (contact: string) => void }) {
  const [calls, setCalls] = useState<readonly Ringing[]>([]);
  const [socket, setSocket] = useState<PageSocket>();
  useEffect(() => {
    const opened = openSocket({
      path: () => '/desk/ringing',
      messages: ringingMessage,
      message: (message) => setCalls(message.calls),
    });
    setSocket(opened);
    return () => opened.close();
  }, []);
  const [call] = calls;
  return (
    <div role="alert">
      {call && (
        <section className="ringing" aria-label="Incoming call">
          <p>
            <strong>A call for {call.number}</strong>
            <br />
            The contact center calls back.
          </p>
          <div className="row">
            <button type="button" className="main" onClick={() => answer(call.contact)}>
              Answer
            </button>
            <button type="button" onClick={() => socket?.send({ decline: call.contact })}>
              Decline
            </button>
          </div>
        </section>
      )}
    </div>
  );
}
