import { InputError } from '@lrfind/core';

/** An answer of a server of MLflow that says that it cannot do something. */
export class MlflowRefusal extends Error {
  /** @param code of the error, such as `RESOURCE_DOES_NOT_EXIST`; the status of the answer where it has none */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** A tracking server of MLflow, by its REST API. */
export interface MlflowServer {
  /** Its address without user and password, for messages. */
  readonly address: string;
  /**
   * Calls a function of version 2.0 of the API, such as `runs/create`.
   *
   * @param body undefined for a request that only reads
   * @throws MlflowRefusal where the server cannot do it
   * @throws InputError where it cannot be reached, or is no server of MLflow
   */
  call(path: string, body?: object): Promise<Record<string, unknown>>;
  /**
   * Stores a file by the server's own service for artifacts.
   *
   * @param path below `mlflow-artifacts:/`
   */
  upload(path: string, contents: string | Uint8Array): Promise<void>;
}

/** How long a server may take to answer. */
const TIMEOUT_MS = 30_000;

/**
 * A server by its address. Who has a user and a password gives them in the address, or as MLflow itself takes them: in
 * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, or a token in `MLFLOW_TRACKING_TOKEN`. They are in no message.
 *
 * @param place the address, such as `http://127.0.0.1:5000`
 * @param flag the option that names it, for messages
 * @throws InputError for what is no such address
 */
export function mlflowServer(place: string, flag: string): MlflowServer {
  const url = parsedUrl(place);
  // What cannot be read may hold a password, so it is not shown.
  if (!url)
    throw new InputError(
      `${flag} must be the address of a tracking server of MLflow, such as http://127.0.0.1:5000, which "mlflow server" starts; it has no other kind of store that lrfind writes`,
    );
  const headers = authorization(url);
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const send = async (path: string, request: RequestInit): Promise<Response> => {
    try {
      return await fetch(`${base}/${path}`, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      const { cause, name } = error as { cause?: { code?: string; message?: string }; name?: string };
      const reason = name === 'TimeoutError' ? 'no answer within 30 s' : (cause?.code ?? cause?.message ?? name);
      throw new InputError(`${flag} ${base}: the server cannot be reached: ${reason}`);
    }
  };
  return {
    address: base,
    async call(path, body) {
      const json = { ...headers, 'content-type': 'application/json' };
      const response = await send(
        `api/2.0/mlflow/${path}`,
        body ? { method: 'POST', headers: json, body: JSON.stringify(body) } : { headers },
      );
      const answer: unknown = await response.json().catch(() => null);
      if (response.status === 401 || response.status === 403)
        throw new InputError(`${flag} ${base}: the server refuses user, password or token (${response.status})`);
      const { error_code, message } = (answer ?? {}) as { error_code?: unknown; message?: unknown };
      if (typeof error_code === 'string') throw new MlflowRefusal(error_code, String(message));
      if (!response.ok || typeof answer !== 'object' || answer === null)
        throw new InputError(`${flag} ${base}: no tracking server of MLflow answers there (status ${response.status})`);
      return answer as Record<string, unknown>;
    },
    async upload(path, contents) {
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      const response = await send(`api/2.0/mlflow-artifacts/artifacts/${encoded}`, {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body: contents as BodyInit,
      });
      if (!response.ok) throw new MlflowRefusal(String(response.status), `${path} cannot be stored`);
    },
  };
}

/** Null for what is no address of a server. */
function parsedUrl(place: string): URL | null {
  if (!/^https?:\/\//i.test(place) || !URL.canParse(place)) return null;
  return new URL(place);
}

function authorization({ username, password }: URL): Record<string, string> {
  const { MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD = '', MLFLOW_TRACKING_TOKEN } = process.env;
  const basic = (user: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
  });
  if (username !== '' || password !== '') return basic(decoded(username), decoded(password));
  if (MLFLOW_TRACKING_USERNAME) return basic(MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD);
  return MLFLOW_TRACKING_TOKEN ? { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}` } : {};
}

/** A part of an address without its escapes; as it is where these are none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
