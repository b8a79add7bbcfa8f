/** What is used of the SDK's clients: loaded when the first chat or contact needs it, since it takes half a second. */
export {
  CreateParticipantCommand,
  DescribeContactCommand,
  StartContactStreamingCommand,
  StartOutboundVoiceContactCommand,
  StartTaskContactCommand,
  StopContactCommand,
  TagContactCommand,
  UpdateContactAttributesCommand,
} from '@aws-sdk/client-connect';
export {
  CreateParticipantConnectionCommand,
  DisconnectParticipantCommand,
  GetTranscriptCommand,
  SendEventCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
