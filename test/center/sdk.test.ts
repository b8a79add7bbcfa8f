import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ConnectClient,
  DescribeContactCommand,
  StartChatContactCommand,
} from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import type { Center } from '@parley/center';
import { WebSocket } from 'ws';
import { openCenter } from './open.ts';

describe('thin', () => {
  it('talks', async () => {
    const center = await openCenter(['support']);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const connect = new ConnectClient({ endpoint: center.endpoint, region: 'us-east-1', credentials });
    const people = new ConnectParticipantClient({ endpoint: center.endpoint, region: 'us-east-1', credentials });
    const begun = await connect.send(new StartChatContactCommand({ InstanceId: center.instanceId, ContactFlowId: center.flowId('support'), ParticipantDetails: { DisplayName: 'Luis' } }));
    const { Websocket, ConnectionCredentials } = await people.send(new CreateParticipantConnectionCommand({ ParticipantToken: begun.ParticipantToken, Type: ['WEBSOCKET', 'CONNECTION_CREDENTIALS'] }));
    const socket = new WebSocket(Websocket?.Url ?? '');
    socket.on('message', (data) => console.log(String(data)));
    await new Promise((r) => socket.once('open', r));
    socket.send(JSON.stringify({ topic: 'aws/subscribe', content: { topics: ['aws/chat'] } }));
    await new Promise((r) => setTimeout(r, 1500));
    for (const line of ['Hi, where is my package?', 'luis.ortega@example.com', 'W1000004', "no, that's all, thanks"]) {
      await people.send(new SendMessageCommand({ ConnectionToken: ConnectionCredentials?.ConnectionToken, ContentType: 'text/plain', Content: line }));
      await new Promise((r) => setTimeout(r, 1000));
    }
    console.log(JSON.stringify(await connect.send(new DescribeContactCommand({ InstanceId: center.instanceId, ContactId: begun.ContactId }))));
    await center.close();
  });
});
