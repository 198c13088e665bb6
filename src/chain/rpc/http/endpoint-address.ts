/** Path segments and query values at least this long are taken for keys. */
const SECRET_LENGTH = 8;
const MAX_TEXT_LENGTH = 300;

/** An RPC endpoint's URL, taken apart so that its secrets go nowhere but to it. */
export class EndpointAddress {
  readonly url: string;
  /** Host and port: what logs and errors may show. */
  readonly label: string;
  /** The value of an `authorization` header for credentials in the URL. */
  readonly authorization: string | null;
  private readonly secrets: readonly string[];

  constructor(given: string) {
    const url = new URL(given);
    const { username, password } = url;
    url.username = '';
    url.password = '';
    // Never sent, and refused by WebSocket clients.
    url.hash = '';
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.authorization = credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
    this.url = url.href;
    this.label = url.host;
    this.secrets = [username, password, ...url.pathname.split('/'), ...url.searchParams.values()].filter(
      (part) => part.length >= SECRET_LENGTH,
    );
  }

  /** A text of the endpoint's own, fit for logs: shortened, and without what its URL keeps secret. */
  scrub(text: string): string {
    return this.secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text).slice(0, MAX_TEXT_LENGTH);
  }
}
