/** An error as AWS answers it: its type goes into a header, which the SDK makes an exception of. */
export class Fault extends Error {
  override readonly name = 'Fault';

  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export const notFound = (what: string): Fault => new Fault(404, 'ResourceNotFoundException', `${what} was not found.`);
export const invalidParameter = (why: string): Fault => new Fault(400, 'InvalidParameterException', why);
export const invalidRequest = (why: string): Fault => new Fault(400, 'InvalidRequestException', why);
export const denied = (): Fault => new Fault(403, 'AccessDeniedException', 'Access denied');
