import {
  CreateParticipantCommand,
  DescribeContactCommand,
  GetContactAttributesCommand,
  ListQueuesCommand,
  StartChatContactCommand,
  StartContactStreamingCommand,
  StartOutboundVoiceContactCommand,
  StartTaskContactCommand,
  StopContactCommand,
  TagContactCommand,
  UntagContactCommand,
  UpdateContactAttributesCommand,
} from '@aws-sdk/client-connect';
import {
  CreateParticipantConnectionCommand,
  DisconnectParticipantCommand,
  GetTranscriptCommand,
  SendEventCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Notice } from '@parley/center';
import { connectClient, isEnd, openChat, type PushedItem, participantClient } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

let center: Opened;
afterEach(() => center.close());

const GREETING = 'What can I do for you today?';
const greeted = ({ Content = '' }: PushedItem) => Content.endsWith(GREETING);
const rejection = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.name : 'something'),
  );

describe("the SDK's clients", () => {
  it('have a whole contact of the support workflow, to its end', async () => {
    center = await openCenter(['support']);
    const chat = await openChat(center, 'support', { Attributes: { brand: 'acme' } });
    await chat.frames.next(greeted);
    await chat.say('Hi, where is my package?');
    expect(await chat.heard()).toMatch(/e-mail address/);
    await chat.say('luis.ortega@example.com');
    expect(await chat.heard()).toMatch(/order number/);
    await chat.say('W1000004');
    expect(await chat.heard()).toMatch(/on its way with UPS/);
    expect(await chat.heard()).toMatch(/anything else/);
    await chat.say("no, that's all, thanks");
    expect(await chat.heard()).toMatch(/Goodbye/);
    await chat.frames.next(isEnd);

    const { Contact } = await connectClient(center).send(
      new DescribeContactCommand({ InstanceId: center.instanceId, ContactId: chat.contact }),
    );
    expect(Contact).toMatchObject({
      Channel: 'CHAT',
      DisconnectReason: 'CONTACT_FLOW_DISCONNECT',
      Attributes: { brand: 'acme' },
    });
    expect(Contact?.DisconnectTimestamp).toBeInstanceOf(Date);
    // Nobody speaks in a contact that is over; what was said can still be read, page by page.
    const people = participantClient(center);
    const ConnectionToken = chat.connectionToken;
    expect(await rejection(chat.say('hello?'))).toBe('AccessDeniedException');
    const read: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await people.send(new GetTranscriptCommand({ ConnectionToken, MaxResults: 4, NextToken }));
      read.push(...(page.Transcript ?? []).map(({ Id = '' }) => Id));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(read.reverse()).toEqual(chat.frames.all.map(({ Id }) => Id));
  });

  it('hand over to a person, who has the brief and what was said, and answers', async () => {
    center = await openCenter(['support'], { queues: { support: { capacity: 1 } } });
    const chat = await openChat(center, 'support');
    await chat.frames.next(greeted);
    const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
    await chat.say('I want to talk to a human');
    expect(await chat.heard()).toMatch(/colleague/);
    await waits;
    const queue = center.queues.all.find(({ name }) => name === 'support');
    const [waiting] = queue ? center.queues.waiting(queue) : [];
    expect(waiting).toMatchObject({ contact: chat.contact, channel: 'CHAT' });
    expect(waiting?.brief).toMatch(/^Orders, returns and refunds\nIdentity: none\nCame from: need/);
    expect(waiting?.transcript.map(({ Content }) => Content)).toContain('I want to talk to a human');

    // The queue is full for the next one, who hears so and goes.
    const other = await openChat(center, 'support');
    await other.frames.next(greeted);
    await other.say('I want to talk to a human');
    await other.frames.next(({ Content = '' }) => Content.includes('everybody is busy'));
    await other.frames.next(isEnd);

    const agent = center.queues.take(chat.contact, 'Ana');
    const heard = new Frames<string>();
    agent?.hear(({ Content }) => heard.put(Content ?? ''));
    agent?.say('Ana here. How can I help?');
    const [joined, words] = [
      await chat.frames.next(
        ({ ContentType, ParticipantRole }) =>
          ContentType.endsWith('.participant.joined') && ParticipantRole === 'AGENT',
      ),
      await chat.frames.next(({ ParticipantRole, Type }) => Type === 'MESSAGE' && ParticipantRole === 'AGENT'),
    ];
    expect([joined.DisplayName, words.Content]).toEqual(['Ana', 'Ana here. How can I help?']);
    await chat.say('My lamp is broken');
    expect(await heard.next((text) => text !== '')).toBe('Ana here. How can I help?');
    expect(await heard.next((text) => text !== '')).toBe('My lamp is broken');
    agent?.end();
    await chat.frames.next(isEnd);
    // Who found the queue full may be followed up there by a task.
    expect(queue && center.queues.waiting(queue).filter(({ channel }) => channel === 'CHAT')).toEqual([]);
  });

  it('keep two callers apart who speak at once', async () => {
    center = await openCenter(['support']);
    const chats = await Promise.all([openChat(center, 'support'), openChat(center, 'support')]);
    await Promise.all(chats.map(({ frames }) => frames.next(greeted)));
    await Promise.all(chats.map((chat) => chat.say('Hi, where is my package?')));
    await Promise.all(chats.map((chat) => chat.heard()));
    const [first, second] = chats;
    await Promise.all([first.say('luis.ortega@example.com'), second.say('aisha.rahman@example.com')]);
    await Promise.all(chats.map((chat) => chat.heard()));
    await Promise.all([first.say('W1000004'), second.say('W1000005')]);
    expect(await first.heard()).toMatch(/rain jacket/);
    expect(await second.heard()).toMatch(/lamp/);
    for (const { frames, contact } of chats)
      expect(new Set(frames.all.map(({ ContactId }) => ContactId))).toEqual(new Set([contact]));
  });

  it('take a message that is sent again once, and all that is said at once in order', async () => {
    center = await openCenter(['support']);
    const chat = await openChat(center, 'support');
    await chat.frames.next(greeted);
    const people = participantClient(center);
    const message = {
      ConnectionToken: chat.connectionToken,
      ContentType: 'text/plain',
      Content: 'Hi, where is my package?',
      ClientToken: 'once',
    };
    const [one, again] = [
      await people.send(new SendMessageCommand(message)),
      await people.send(new SendMessageCommand(message)),
    ];
    expect(again.Id).toBe(one.Id);
    // Before it is answered, the next one.
    await chat.say('luis.ortega@example.com');
    await chat.say('W1000004');
    const answers = [await chat.heard(), await chat.heard(), await chat.heard()];
    expect(answers[0]).toMatch(/e-mail address/);
    expect(answers[1]).toMatch(/order number/);
    expect(answers[2]).toMatch(/on its way/);
  });

  it('go on after a socket was lost, and read what they missed', async () => {
    center = await openCenter(['support']);
    const chat = await openChat(center, 'support');
    await chat.frames.next(greeted);
    chat.drop();
    await chat.say('Hi, where is my package?');
    await chat.connect();
    await chat.say('luis.ortega@example.com');
    await chat.frames.next(({ Content = '' }) => /order number/.test(Content));
    const { Transcript = [] } = await participantClient(center).send(
      new GetTranscriptCommand({ ConnectionToken: chat.connectionToken, MaxResults: 100, SortOrder: 'ASCENDING' }),
    );
    const said = Transcript.flatMap(({ Content }) => Content ?? []);
    expect(said.filter((text) => /package|e-mail|ortega|order number/.test(text))).toEqual([
      'Hi, where is my package?',
      "What's the e-mail address we have on file for you?",
      'luis.ortega@example.com',
      "What's the order number? It begins with a W.",
    ]);
    await participantClient(center).send(new DisconnectParticipantCommand({ ConnectionToken: chat.connectionToken }));
    await chat.frames.next(isEnd);
  });

  it('are told of what they do wrong as by AWS', async () => {
    center = await openCenter(['support']);
    const [connect, people] = [connectClient(center), participantClient(center)];
    const InstanceId = center.instanceId;
    const ParticipantDetails = { DisplayName: 'Luis' };
    const ContactFlowId = center.flowId('support');
    const chat = await openChat(center, 'support');
    const ConnectionToken = chat.connectionToken;
    const cases: readonly (readonly [string, Promise<unknown>])[] = [
      [
        'ResourceNotFoundException',
        connect.send(new StartChatContactCommand({ InstanceId, ContactFlowId: 'nope', ParticipantDetails })),
      ],
      [
        'ResourceNotFoundException',
        connect.send(new StartChatContactCommand({ InstanceId: 'nope', ContactFlowId, ParticipantDetails })),
      ],
      ['ResourceNotFoundException', connect.send(new DescribeContactCommand({ InstanceId, ContactId: 'nope' }))],
      [
        'InvalidParameterException',
        connect.send(
          new StartChatContactCommand({ InstanceId, ContactFlowId, ParticipantDetails, ChatDurationInMinutes: 5 }),
        ),
      ],
      [
        'InvalidParameterException',
        connect.send(
          new StartChatContactCommand({
            InstanceId,
            ContactFlowId,
            ParticipantDetails,
            Attributes: { 'not a name': 'x' },
          }),
        ),
      ],
      [
        'InvalidParameterException',
        connect.send(
          new UpdateContactAttributesCommand({
            InstanceId,
            InitialContactId: chat.contact,
            Attributes: { big: 'x'.repeat(32_768) },
          }),
        ),
      ],
      [
        'InvalidRequestException',
        connect.send(
          new CreateParticipantCommand({
            InstanceId,
            ContactId: chat.contact,
            ParticipantDetails: { ParticipantRole: 'CUSTOM_BOT' },
          }),
        ),
      ],
      ['InvalidRequestException', connect.send(new StartTaskContactCommand({ InstanceId, Name: 'call' }))],
      ['UnknownOperationException', connect.send(new ListQueuesCommand({ InstanceId }))],
      [
        'AccessDeniedException',
        people.send(new CreateParticipantConnectionCommand({ ParticipantToken: 'nope', Type: ['WEBSOCKET'] })),
      ],
      [
        'AccessDeniedException',
        people.send(new SendMessageCommand({ ConnectionToken: 'nope', ContentType: 'text/plain', Content: 'x' })),
      ],
      [
        'ValidationException',
        people.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content: 'x'.repeat(1_025) })),
      ],
      [
        'ValidationException',
        people.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/html', Content: 'x' })),
      ],
      [
        'ValidationException',
        people.send(
          new SendEventCommand({ ConnectionToken, ContentType: 'application/vnd.amazonaws.connect.event.chat.ended' }),
        ),
      ],
    ];
    for (const [index, [wanted, work]] of cases.entries())
      expect([index, await rejection(work)]).toEqual([index, wanted]);
    await people.send(
      new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content: 'x'.repeat(1_024) }),
    );
  });

  it('set attributes and tags, make tasks, and stop a contact', async () => {
    center = await openCenter(['support']);
    const connect = connectClient(center);
    const { instanceId: InstanceId } = center;
    const chat = await openChat(center, 'support');
    await chat.frames.next(greeted);
    const ContactId = chat.contact;
    await connect.send(
      new UpdateContactAttributesCommand({ InstanceId, InitialContactId: ContactId, Attributes: { tier: 'gold' } }),
    );
    await connect.send(new TagContactCommand({ InstanceId, ContactId, Tags: { team: 'a', shift: 'b' } }));
    await connect.send(new UntagContactCommand({ InstanceId, ContactId, TagKeys: ['shift'] }));
    const { Attributes } = await connect.send(
      new GetContactAttributesCommand({ InstanceId, InitialContactId: ContactId }),
    );
    expect(Attributes).toEqual({ tier: 'gold' });
    const task = {
      InstanceId,
      Name: 'Call Luis',
      TaskTemplateId: 't',
      PreviousContactId: ContactId,
      ClientToken: 'once',
    };
    const made = await connect.send(new StartTaskContactCommand(task));
    expect((await connect.send(new StartTaskContactCommand(task))).ContactId).toBe(made.ContactId);
    const described = await connect.send(new DescribeContactCommand({ InstanceId, ContactId: made.ContactId }));
    expect(described.Contact).toMatchObject({ Channel: 'TASK', Name: 'Call Luis', PreviousContactId: ContactId });
    await connect.send(new StopContactCommand({ InstanceId, ContactId }));
    await chat.frames.next(isEnd);
    expect(await rejection(connect.send(new StopContactCommand({ InstanceId, ContactId })))).toBe(
      'ContactNotFoundException',
    );
    expect((await connect.send(new DescribeContactCommand({ InstanceId, ContactId }))).Contact).toMatchObject({
      DisconnectReason: 'API',
      Tags: { team: 'a' },
    });
  });

  it('go on in a new contact with a chat that is over, and read both', async () => {
    center = await openCenter(['support']);
    const first = await openChat(center, 'support');
    await first.frames.next(greeted);
    const PersistentChat = { RehydrationType: 'ENTIRE_PAST_SESSION', SourceContactId: first.contact } as const;
    expect(await rejection(openChat(center, 'support', { PersistentChat }))).toBe('InvalidRequestException');
    const { connectionToken } = first;
    await participantClient(center).send(new DisconnectParticipantCommand({ ConnectionToken: connectionToken }));
    await first.frames.next(isEnd);
    const second = await openChat(center, 'support', { PersistentChat });
    await second.frames.next(greeted);
    const { Transcript = [] } = await participantClient(center).send(
      new GetTranscriptCommand({ ConnectionToken: second.connectionToken, MaxResults: 100, SortOrder: 'ASCENDING' }),
    );
    expect(Transcript.map(({ Id }) => Id)).toEqual([...first.frames.all, ...second.frames.all].map(({ Id }) => Id));
  });

  it('call a number, which hears the workflow once the call is taken', async () => {
    center = await openCenter(['support']);
    const { ContactId = '' } = await connectClient(center).send(
      new StartOutboundVoiceContactCommand({
        InstanceId: center.instanceId,
        ContactFlowId: center.flowId('support'),
        DestinationPhoneNumber: '+12025550123',
        SourcePhoneNumber: '+12025550100',
      }),
    );
    expect(center.ringing()).toEqual(new Map([[ContactId, '+12025550123']]));
    const words = new Frames<string>();
    center.pickUp(ContactId)?.hear((sound) => {
      if (sound.type === 'words') words.put(sound.content);
    });
    await words.next((text) => text.endsWith(GREETING));
    expect(center.ringing().size).toBe(0);
  });

  it('stream messages to a topic, and let a bot of their own in', async () => {
    const notices = new Frames<Notice>();
    const topic = 'arn:aws:sns:us-east-1:123456789012:chats';
    center = await openCenter(['support'], { publish: (to, notice) => to === topic && notices.put(notice) });
    const [connect, people] = [connectClient(center), participantClient(center)];
    const { instanceId: InstanceId } = center;
    const chat = await openChat(center, 'support');
    await chat.frames.next(greeted);
    const ContactId = chat.contact;
    await connect.send(
      new StartContactStreamingCommand({
        InstanceId,
        ContactId,
        ClientToken: 'a',
        ChatStreamingConfiguration: { StreamingEndpointArn: topic },
      }),
    );
    const made = await connect.send(
      new CreateParticipantCommand({
        InstanceId,
        ContactId,
        ParticipantDetails: { ParticipantRole: 'CUSTOM_BOT', DisplayName: 'Parley' },
      }),
    );
    const { ConnectionCredentials } = await people.send(
      new CreateParticipantConnectionCommand({
        ParticipantToken: made.ParticipantCredentials?.ParticipantToken,
        Type: ['CONNECTION_CREDENTIALS'],
        ConnectParticipant: true,
      }),
    );
    const ConnectionToken = ConnectionCredentials?.ConnectionToken;
    await people.send(
      new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content: 'Hello from the bot' }),
    );
    const pushed = await chat.frames.next(
      ({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE',
    );
    expect(pushed).toMatchObject({ Content: 'Hello from the bot', DisplayName: 'Parley' });
    const notice = await notices.next(({ MessageAttributes }) => MessageAttributes['Type']?.Value === 'MESSAGE');
    expect(notice.MessageAttributes).toMatchObject({
      ContactId: { Value: ContactId },
      ParticipantRole: { Value: 'CUSTOM_BOT' },
    });
    expect(JSON.parse(notice.Message)).toMatchObject({ Content: 'Hello from the bot', Id: pushed.Id });
    await people.send(new DisconnectParticipantCommand({ ConnectionToken }));
    await chat.frames.next(
      ({ ContentType, ParticipantRole }) =>
        ContentType.endsWith('.participant.left') && ParticipantRole === 'CUSTOM_BOT',
    );
  });
});
