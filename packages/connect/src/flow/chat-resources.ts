import { associated, mayCall } from './resources.ts';

/**
 * The resources of a template where a bot of our own leads the chats of a flow: the topic that Connect streams them to, what is subscribed
 * to it (`ChatNotifiedArn`), and what lets Connect call the function of the flow's block (`ChatArn`). The topic's name is known before it
 * is there, as both functions are told it.
 * Source of the topic's policy: https://docs.aws.amazon.com/connect/latest/adminguide/chat-message-streaming.html
 */
export const chatResources = (name: string): { readonly [resource: string]: object } => ({
  ChatTopic: {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: { 'Fn::Sub': `\${Prefix}-${name}-chat` }, SignatureVersion: '2' },
  },
  ConnectMayStream: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'ChatTopic' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'connect.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: 'ChatTopic' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnEquals: { 'aws:SourceArn': { Ref: 'InstanceArn' } },
            },
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: { Ref: 'ChatTopic' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  },
  ChatSubscription: {
    Type: 'AWS::SNS::Subscription',
    DependsOn: ['SnsMayCall'],
    Properties: { TopicArn: { Ref: 'ChatTopic' }, Protocol: 'lambda', Endpoint: { Ref: 'ChatNotifiedArn' } },
  },
  SnsMayCall: mayCall('ChatNotifiedArn', 'sns.amazonaws.com', { Ref: 'ChatTopic' }, { anyAccount: true }),
  ConnectMayLetIn: mayCall('ChatArn', 'connect.amazonaws.com', { Ref: 'InstanceArn' }),
  ChatOfInstance: associated('LAMBDA_FUNCTION', { Ref: 'ChatArn' }),
});
