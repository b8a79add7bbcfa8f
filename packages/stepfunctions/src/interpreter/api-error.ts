/** An error as the Step Functions API gives it. `code` is its shape's name, such as `InvalidToken`. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

/** A request whose members break a rule of theirs. */
export const invalidMember = (value: string, member: string, constraint: string): ApiError =>
  new ApiError(
    'ValidationException',
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
