/** Topic of the bus: the payload is the id of a key that was revoked. */
export const REVOKED_KEYS_TOPIC = 'revoked_keys';
