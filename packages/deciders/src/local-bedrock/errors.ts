/**
 * The errors of Bedrock Runtime and their status, as its API reference has them (Converse, section Errors, and "Common
 * errors"). `MissingAuthenticationTokenException`, `SerializationException` and `UnknownOperationException` come from the
 * layer in front of the service.
 */
const STATUS = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  MissingAuthenticationTokenException: 403,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  SerializationException: 400,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  ValidationException: 400,
} as const;

export type ErrorName = keyof typeof STATUS;

/** The errors that may come in the middle of a stream: the members of ConverseStreamOutput that are exceptions. */
export type StreamErrorName =
  | 'InternalServerException'
  | 'ModelStreamErrorException'
  | 'ServiceUnavailableException'
  | 'ThrottlingException'
  | 'ValidationException';

/** What the service says with the errors that a script names without words of its own. */
const WORDS: { readonly [name in ErrorName | StreamErrorName]: string } = {
  AccessDeniedException: "You don't have access to the model with the specified model ID.",
  InternalServerException: 'The system encountered an unexpected error during processing. Try your request again.',
  MissingAuthenticationTokenException: 'Missing Authentication Token',
  ModelErrorException: 'The model returned an error while it processed the request.',
  ModelNotReadyException: 'Model is not ready for inference. Wait and try your request again.',
  ModelStreamErrorException: 'The system encountered an unexpected error while the response was streamed.',
  ModelTimeoutException: 'Model has timed out in processing the request. Try your request again.',
  ResourceNotFoundException: 'Could not resolve the foundation model from the provided model identifier.',
  SerializationException: 'Start of structure or map found where not expected',
  ServiceQuotaExceededException: 'Your request exceeds the service quota for your account.',
  ServiceUnavailableException: 'Bedrock is unable to process your request.',
  ThrottlingException: 'Too many requests, please wait before trying again.',
  UnknownOperationException: 'There is no such operation.',
  ValidationException: 'The provided request is not valid.',
};

export const statusOf = (name: ErrorName): number => STATUS[name];
export const wordsOf = (name: ErrorName | StreamErrorName): string => WORDS[name];

/** OpenAI's names for the kinds of errors, by their status. */
const KINDS: { readonly [status: number]: string } = {
  400: 'invalid_request_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  429: 'rate_limit_error',
};

/** An error in the shape of the OpenAI-compatible endpoint (aws-samples/bedrock-access-gateway#185). */
export function openAiError(error: ErrorName, message: string): object {
  const type = KINDS[statusOf(error)] ?? 'server_error';
  const code = error === 'ResourceNotFoundException' ? 'model_not_found' : null;
  return { error: { message, type, param: null, code } };
}

/** A request that the service refuses: thrown by the checks, answered by the server. */
export class Refused extends Error {
  readonly error: ErrorName;

  constructor(error: ErrorName, message: string = wordsOf(error)) {
    super(message);
    this.name = 'Refused';
    this.error = error;
  }
}

export const invalid = (message: string) => new Refused('ValidationException', message);
