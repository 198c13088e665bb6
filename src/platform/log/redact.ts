const URL_PASSWORD = /(:\/\/[^/\s:@"]*):[^@/\s"]*@/g;
const TICKET = /([?&]ticket=)[^&\s"\\]+/g;
const BEARER = /\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}/gi;
const API_KEY = /\b(oee_(?:live|test)_[0-9A-Za-z]{8})_\w+/g;
/** A signed token (RFC 7519): two base64url parts of JSON and a signature. */
const SIGNED_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Members of logged objects that are never shown, at the top and one level down. */
const SECRET_MEMBERS = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'secret', 'token', 'ticket'];

/** The same as pino's paths. */
export const REDACTED_PATHS = SECRET_MEMBERS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.headers["${name}"]`]);

/** A finished log line without what is secret by its looks, wherever in it that stands: messages, stacks, URLs. */
export function redactLine(line: string): string {
  return line
    .replace(URL_PASSWORD, '$1:***@')
    .replace(TICKET, '$1***')
    .replace(BEARER, '$1 ***')
    .replace(API_KEY, '$1_***')
    .replace(SIGNED_TOKEN, '***');
}
