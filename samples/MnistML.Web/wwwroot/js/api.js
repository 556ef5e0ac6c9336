/** What the service refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail ? `${title}: ${detail}` : title);
    this.status = status;
  }
}

/** Asks the service; gives the parsed JSON of the answer, or null if it has no body. */
async function ask(method, path, options = {}) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, { method, ...options });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Problem(0, 'The service does not answer', 'Is it still running?');
  }
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  const body = isJson ? await answer.json() : null;
  if (!answer.ok) {
    const fields = body?.errors ? Object.values(body.errors).flat().join(' ') : body?.detail;
    throw new Problem(answer.status, body?.title ?? `The service answered ${answer.status}`, fields);
  }
  return body;
}

const json = value => ({ body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });

export const get = path => ask('GET', path);
export const remove = path => ask('DELETE', path);
export const post = (path, value) => ask('POST', path, value === undefined ? {} : json(value));
export const postPicture = (blob, signal) =>
  ask('POST', 'predict', { body: blob, signal, headers: { 'content-type': blob.type || 'application/octet-stream' } });
