import type { z } from 'zod';
import type { Fault } from './fault.ts';
import { pathReader } from './path.ts';

/** A request of an API of AWS, taken apart. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of the header x-amz-bearer. */
  readonly bearer: string | undefined;
  /** What came as JSON. */
  readonly body: unknown;
}

/** Does what is asked; undefined where it is asked of somebody else. */
export type Operation = (request: ApiRequest) => Promise<object> | undefined;

/** How the service calls what is wrong with a request. */
export type InvalidAs = (why: string) => Fault;

/**
 * An operation by its path, such as `/contacts/{InstanceId}/{ContactId}`: what is in the path, the query and the body is read together.
 */
export function operation<S extends z.ZodType>(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  {
    input,
    invalid,
    run,
  }: { readonly input: S; readonly invalid: InvalidAs; readonly run: (given: z.output<S>) => object | Promise<object> },
): Operation {
  const pathIn = pathReader(path);
  return (request) => {
    const inPath = request.method === method ? pathIn(request.path) : undefined;
    if (!inPath) return undefined;
    return (async () => {
      const inQuery = Object.fromEntries(
        [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)]),
      );
      const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
      const read = input.safeParse({ ...body, ...inQuery, ...inPath, Bearer: request.bearer });
      if (read.success) return run(read.data);
      const where = read.error.issues.map(({ path: at, code }) => `${at.join('.') || 'it'} (${code})`).join(', ');
      throw invalid(`The request is not valid: ${where}.`);
    })();
  };
}
