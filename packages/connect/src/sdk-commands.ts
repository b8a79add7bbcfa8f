/** What is used of the SDK's clients; `sdk` loads it. */
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
