/**
 * The data of each server-sent event of a body, in order (WHATWG HTML, "Interpreting an event stream"). What has no data,
 * such as a comment that keeps the connection open, is passed over, and so is an event that was cut off.
 */
export async function* serverSent(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A break of two signs may have been cut in its middle.
    const whole = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, whole).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(whole);
    for (const line of lines) {
      if (line !== '') {
        const value = /^data(?:: ?(.*))?$/s.exec(line);
        if (value) data.push(value[1] ?? '');
      } else if (data.length > 0) {
        yield data.join('\n');
        data = [];
      }
    }
  }
}
